"""Record sets that somebody edits or deletes by hand; each step starts where the one before it ended."""

import pytest
from tests.engine.rfc2136.lab import BARE, UNCHANGED, Lab, Run

PUBLISHED = sorted(
    [
        *BARE,
        "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp",
        "xmpp 300 IN A 131.107.155.10",
        "xmpp 300 IN AAAA 2620:1ec::10",
    ]
)
EDITED = "xmpp 300 IN A 131.107.155.99"


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def inspected(published: Run, lab: Lab) -> Run:
    """Look at drift: one record set was edited, one deleted, and one got another TTL."""
    assert published.status == 0
    lab.knot.change("contoso.com", ("replace", "xmpp", "300", "A", "131.107.155.99"))
    lab.knot.change("fabrikam.com", ("delete", "xmpp", "AAAA"))
    lab.knot.change("fabrikam.com", ("replace", "xmpp", "60", "A", "131.107.155.10"))
    return lab.run("refresh", "--preview-only", "--diff")


@pytest.fixture(scope="module")
def refused(inspected: Run, lab: Lab) -> Run:
    assert inspected.status == 0
    lab.configure(addressTtl=600)
    done = lab.run("up", "--yes", "--skip-preview", "--target", "**federation-xmpp.contoso.com-A")
    lab.configure(addressTtl=300)
    return done


@pytest.fixture(scope="module")
def repaired(refused: Run, lab: Lab) -> Run:
    assert refused.status != 0
    return lab.run("up", "--yes", "--skip-preview", "--refresh")


@pytest.fixture(scope="module")
def destroyed(repaired: Run, lab: Lab) -> Run:
    assert repaired.status == 0
    lab.knot.change("contoso.com", ("replace", "xmpp", "300", "A", "131.107.155.99"))
    return lab.run("destroy", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture(scope="module")
def destroyed_after_refresh(destroyed: Run, lab: Lab) -> Run:
    assert destroyed.status != 0
    return lab.run("destroy", "--yes", "--skip-preview", "--refresh")


def test_refresh_shows_what_was_edited_and_what_was_deleted(inspected: Run) -> None:
    lines = [line.strip() for line in inspected.output.splitlines()]
    assert inspected.resources == {"to update": 2, "to delete": 1, "unchanged": 5}
    assert '~ xmpp.contoso.com A: "300 131.107.155.10" => "300 131.107.155.99"' in lines
    assert '~ xmpp.fabrikam.com A: "300 131.107.155.10" => "60 131.107.155.10"' in lines
    assert '- xmpp.fabrikam.com AAAA: "300 2620:1ec::10"' in lines


def test_up_alone_refuses_to_change_what_was_edited_and_tells_the_way_out(refused: Run, lab: Lab) -> None:
    assert refused.status == 1
    assert refused.errors == [
        f"DNS server 127.0.0.1 port {lab.knot.port}, zone contoso.com: nothing was changed because of 1 conflict:",
        "xmpp.contoso.com A: '300 131.107.155.99' is not what this stack published (pulumi up --refresh "
        "replaces it)",
    ]
    assert refused.changes == UNCHANGED


def test_up_with_refresh_repairs_what_was_edited_and_what_was_deleted(repaired: Run) -> None:
    assert (repaired.status, repaired.resources) == (0, {"created": 1, "updated": 2, "unchanged": 5})
    assert repaired.zones == {"contoso.com": PUBLISHED, "fabrikam.com": PUBLISHED}


def test_up_with_refresh_changes_nothing_else(repaired: Run) -> None:
    assert {zone: sorted(changes) for zone, changes in repaired.changes.items()} == {
        "contoso.com": ["+ xmpp 300 IN A 131.107.155.10", "- xmpp 300 IN A 131.107.155.99"],
        "fabrikam.com": [
            "+ xmpp 300 IN A 131.107.155.10",
            "+ xmpp 300 IN AAAA 2620:1ec::10",
            "- xmpp 60 IN A 131.107.155.10",
        ],
    }


def test_destroy_leaves_what_was_edited_and_tells_it(destroyed: Run, lab: Lab) -> None:
    assert destroyed.status == 1
    assert destroyed.errors == [
        f"DNS server 127.0.0.1 port {lab.knot.port}, zone contoso.com: nothing was changed because of 1 conflict:",
        "xmpp.contoso.com A: '300 131.107.155.99' is not what this stack published (with --refresh it is deleted "
        "all the same)",
    ]
    assert destroyed.zones == {"contoso.com": sorted([*BARE, EDITED]), "fabrikam.com": BARE}


def test_destroy_with_refresh_removes_what_was_edited_too(destroyed_after_refresh: Run) -> None:
    assert destroyed_after_refresh.status == 0
    assert destroyed_after_refresh.zones == {"contoso.com": BARE, "fabrikam.com": BARE}


@pytest.mark.usefixtures("destroyed_after_refresh")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 6


@pytest.mark.usefixtures("destroyed_after_refresh")
def test_the_secret_is_in_no_output_and_in_plain_text_in_no_state_file(lab: Lab) -> None:
    assert [run.leaks for run in lab.runs] == [[]] * 6
