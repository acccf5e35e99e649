"""A stack from its first preview to its end; each step starts where the one before it ended."""

import pytest
from tests.engine.rfc2136.lab import BARE, OTHER_SECRET, UNCHANGED, Lab, Run
from tools.lab.knot import Knot

EDGE_POOLS = [
    {"ipv4": ["131.107.155.9", "131.107.155.10"], "ipv6": ["2620:1ec::10"], "priority": 5},
    {"host": "xmpp2", "ipv4": ["131.107.155.20"], "priority": 10},
]
PUBLISHED = [
    "_xmpp-server._tcp 3600 IN SRV 10 0 5269 xmpp2",
    "_xmpp-server._tcp 3600 IN SRV 5 0 5269 xmpp",
    "xmpp 300 IN A 131.107.155.10",
    "xmpp 300 IN A 131.107.155.9",
    "xmpp 300 IN AAAA 2620:1ec::10",
    "xmpp2 300 IN A 131.107.155.20",
]
FOREIGN = "www 300 IN A 131.107.155.1"


def types(changes: list[str]) -> list[str]:
    """Return the types of the changed records, in order."""
    return [change.split()[4] for change in changes]


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    lab.knot.change("contoso.com", ("add", "www", "300", "A", "131.107.155.1"))
    lab.configure(edgePools=EDGE_POOLS)
    return lab.run("preview")


@pytest.fixture(scope="module")
def published(previewed: Run, lab: Lab) -> Run:
    assert previewed.status == 0
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def repeated(published: Run, lab: Lab) -> Run:
    assert published.status == 0
    return lab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.fixture(scope="module")
def reordered(repeated: Run, lab: Lab) -> Run:
    assert repeated.status == 0
    lab.configure(
        zones=[lab.zone("Fabrikam.com."), lab.zone("CONTOSO.com")],
        edgePools=[
            {"host": "XMPP2", "ipv4": ["131.107.155.20"], "priority": 10},
            {
                "ipv4": ["131.107.155.10", "131.107.155.9"],
                "ipv6": ["2620:01EC:0:0::0010"],
                "priority": 5,
            },
        ],
        domains=["FABRIKAM.com", {"name": "Contoso.COM."}],
    )
    return lab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.fixture(scope="module")
def refreshed(reordered: Run, lab: Lab) -> Run:
    assert reordered.status == 0
    return lab.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.fixture(scope="module")
def grown(refreshed: Run, lab: Lab) -> Run:
    assert refreshed.status == 0
    lab.configure(domains=["corp.contoso.com", "fabrikam.com", "contoso.com"])
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def shrunk(grown: Run, lab: Lab) -> Run:
    assert grown.status == 0
    lab.configure(domains=["fabrikam.com", "contoso.com"])
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def slower(shrunk: Run, lab: Lab) -> Run:
    assert shrunk.status == 0
    lab.configure(srvTtl=7200, addressTtl=600)
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def moved(slower: Run, lab: Lab) -> Run:
    assert slower.status == 0
    first, second = EDGE_POOLS
    lab.configure(edgePools=[{**first, "ipv4": ["131.107.155.9", "131.107.155.11"]}, second])
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def refreshed_too_early(moved: Run, lab: Lab, knot: Knot) -> Run:
    assert moved.status == 0
    knot.stop()
    knot.secret = OTHER_SECRET
    knot.start()
    lab.stack.set_secret("tsigSecret", OTHER_SECRET)
    return lab.run("refresh", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def rekeyed(refreshed_too_early: Run, lab: Lab) -> Run:
    assert refreshed_too_early.status == 1
    return lab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.fixture(scope="module")
def destroyed(rekeyed: Run, lab: Lab) -> Run:
    assert rekeyed.status == 0
    return lab.run("destroy", "--yes", "--skip-preview")


def test_preview_shows_every_record_set(previewed: Run) -> None:
    assert previewed.steps == {
        f"federation-{name} create"
        for domain in ("contoso.com", "fabrikam.com")
        for name in (
            f"_xmpp-server._tcp.{domain}-SRV",
            f"xmpp.{domain}-A",
            f"xmpp.{domain}-AAAA",
            f"xmpp2.{domain}-A",
        )
    }


def test_preview_publishes_nothing(previewed: Run) -> None:
    assert previewed.changes == UNCHANGED


def test_up_publishes_every_record_set(published: Run) -> None:
    assert (published.status, published.resources) == (0, {"created": 10})
    assert published.zones == {
        "contoso.com": sorted([*BARE, FOREIGN, *PUBLISHED]),
        "fabrikam.com": sorted([*BARE, *PUBLISHED]),
    }


@pytest.mark.parametrize("zone", ["contoso.com", "fabrikam.com"])
def test_an_srv_record_appears_after_the_addresses_of_its_targets(published: Run, zone: str) -> None:
    order = types(published.changes[zone])
    assert (sorted(order[:-2]), order[-2:]) == (["A", "A", "A", "AAAA"], ["SRV", "SRV"])


def test_a_second_up_changes_nothing(repeated: Run) -> None:
    assert (repeated.status, repeated.resources, repeated.changes) == (0, {"unchanged": 10}, UNCHANGED)


def test_neither_order_nor_spelling_of_the_configuration_changes_anything(reordered: Run) -> None:
    assert (reordered.status, reordered.resources, reordered.changes) == (0, {"unchanged": 10}, UNCHANGED)


def test_refresh_finds_no_drift_where_there_is_none(refreshed: Run) -> None:
    assert (refreshed.status, refreshed.resources) == (0, {"unchanged": 10})


def test_adding_a_domain_publishes_its_record_sets_alone(grown: Run) -> None:
    assert (grown.status, grown.resources) == (0, {"created": 4, "unchanged": 10})
    assert {zone: sorted(changes) for zone, changes in grown.changes.items()} == {
        "contoso.com": [
            "+ _xmpp-server._tcp.corp 3600 IN SRV 10 0 5269 xmpp2.corp",
            "+ _xmpp-server._tcp.corp 3600 IN SRV 5 0 5269 xmpp.corp",
            "+ xmpp.corp 300 IN A 131.107.155.10",
            "+ xmpp.corp 300 IN A 131.107.155.9",
            "+ xmpp.corp 300 IN AAAA 2620:1ec::10",
            "+ xmpp2.corp 300 IN A 131.107.155.20",
        ],
        "fabrikam.com": [],
    }


def test_removing_a_domain_removes_its_record_sets_alone(shrunk: Run, published: Run) -> None:
    assert (shrunk.status, shrunk.resources) == (0, {"deleted": 4, "unchanged": 10})
    assert shrunk.zones == published.zones
    assert {change[:1] for change in shrunk.changes["contoso.com"]} == {"-"}
    assert shrunk.changes["fabrikam.com"] == []


def test_an_srv_record_disappears_before_the_addresses_of_its_targets(shrunk: Run) -> None:
    order = types(shrunk.changes["contoso.com"])
    assert (order[:2], sorted(order[2:])) == (["SRV", "SRV"], ["A", "A", "A", "AAAA"])


def test_another_ttl_updates_the_record_sets_in_place(slower: Run) -> None:
    assert (slower.status, slower.resources) == (0, {"updated": 8, "unchanged": 2})
    new = [record.replace(" 3600 ", " 7200 ").replace(" 300 ", " 600 ") for record in PUBLISHED]
    assert slower.zones == {
        "contoso.com": sorted([*BARE, FOREIGN, *new]),
        "fabrikam.com": sorted([*BARE, *new]),
    }


def test_another_address_changes_its_record_sets_alone(moved: Run) -> None:
    assert (moved.status, moved.resources) == (0, {"updated": 2, "unchanged": 8})
    change = ["- xmpp 600 IN A 131.107.155.10", "+ xmpp 600 IN A 131.107.155.11"]
    assert moved.changes == {"contoso.com": change, "fabrikam.com": change}


def test_refresh_with_a_new_key_that_no_up_has_seen_tells_what_to_do(refreshed_too_early: Run) -> None:
    causes = {error.partition(" not read: ")[2] for error in refreshed_too_early.errors}
    assert causes == {
        "the secret of TSIG key 'demo' is not the server's "
        "(pulumi refresh, destroy and up --refresh begin with the key of the last up)"
    }


def test_a_new_key_changes_neither_a_resource_nor_a_record(rekeyed: Run) -> None:
    assert (rekeyed.status, rekeyed.resources, rekeyed.changes) == (0, {"unchanged": 10}, UNCHANGED)


def test_destroy_removes_exactly_what_was_published(destroyed: Run) -> None:
    assert (destroyed.status, destroyed.resources) == (0, {"deleted": 10})
    assert destroyed.zones == {"contoso.com": sorted([*BARE, FOREIGN]), "fabrikam.com": BARE}


@pytest.mark.usefixtures("destroyed")
def test_the_secret_is_in_no_output_and_in_plain_text_in_no_state_file(lab: Lab) -> None:
    assert [run.leaks for run in lab.runs] == [[]] * 12


@pytest.mark.usefixtures("destroyed")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 12
