"""Zones of Google Cloud DNS on the real engine, which this package publishes itself: one by one, and in bulk."""

from collections import Counter

import pytest
from tests.engine.clouds.lab import BULK, FEDERATION, ONE, Lab, Run, records
from tests.standins.clouds import Google
from tests.standins.managed_zones import ManagedZone

FOREIGN = ("www.contoso.com", "A", 60, "192.0.2.1")
SERVICE = ("_xmpp-server._tcp.eu.contoso.com", "SRV", 3600, "0 0 5269 xmpp.eu.contoso.com.")

OTHERS = {f"{FEDERATION}-{'-'.join(each[:2])}" for each in (FOREIGN, SERVICE)}


@pytest.fixture(scope="module", params=[False, True], ids=["one by one", "in bulk"])
def bulk(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture(scope="module")
def lab(bulk: bool, gcp: Google, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab.of(tmp_path_factory.mktemp("bulk" if bulk else "single"), gcp)


@pytest.fixture(scope="module")
def zone(bulk: bool, lab: Lab, gcp: Google) -> ManagedZone:
    """Return a zone in which somebody else publishes, and has what is wanted later."""
    zone = lab.watch(gcp.zone("contoso.com"))
    for record_set in (FOREIGN, SERVICE):
        zone.put(*record_set)
    zone.put("de.contoso.com", "NS", 60, "ns.example.net.")
    lab.configure(
        zones=[{**zone.configuration(), "bulk": bulk}],
        domains=["contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    return zone


@pytest.fixture(scope="module")
def published(lab: Lab, zone: ManagedZone) -> Run:
    assert records(zone) == OTHERS
    return lab.up()


@pytest.fixture(scope="module")
def again(lab: Lab, gcp: Google, published: Run) -> tuple[Run, dict[str, int]]:
    """Publish once more, and count the calls."""
    assert published.status == 0, published.output
    before = Counter(gcp.server.calls())
    run = lab.up()
    return run, dict(Counter(gcp.server.calls()) - before)


@pytest.fixture(scope="module")
def refused(lab: Lab, again: tuple[Run, dict[str, int]]) -> Run:
    """Want what somebody else has, exactly as it is."""
    assert again[0].status == 0
    lab.configure(domains=["contoso.com", "eu.contoso.com"])
    return lab.up()


@pytest.fixture(scope="module")
def hidden(lab: Lab, refused: Run) -> Run:
    """Want what would be below a delegation."""
    assert refused.status
    lab.configure(domains=["contoso.com", "de.contoso.com"])
    return lab.up()


@pytest.fixture(scope="module")
def repaired(lab: Lab, zone: ManagedZone, hidden: Run) -> Run:
    """Want it no more, after somebody edited a record set by hand."""
    assert hidden.status
    lab.configure(domains=["contoso.com"])
    zone.put("xmpp.contoso.com", "A", 60, "192.0.2.3")
    return lab.run("up", "--yes", "--skip-preview", "--refresh")


@pytest.fixture(scope="module")
def destroyed(lab: Lab, repaired: Run) -> Run:
    assert repaired.status == 0, repaired.output
    return lab.destroy()


def test_everything_is_published(published: Run, lab: Lab, bulk: bool):
    assert published.status == 0, published.output
    assert {each["type"] for each in lab.state().values()} == {BULK if bulk else ONE}


def test_publishing_again_changes_and_calls_nothing(again: tuple[Run, dict[str, int]]):
    run, calls = again
    assert (run.status, run.steps, calls) == (0, {}, {})


def test_what_is_equal_and_somebody_elses_is_refused_and_left(refused: Run, zone: ManagedZone):
    key = " ".join(SERVICE[:2])
    assert f"{key}: what is there is equal, but not of this resource" in refused.output
    assert SERVICE[:2] not in {change[1:] for change in refused.of(zone)}


def test_what_a_delegation_would_hide_is_refused_and_not_sent(hidden: Run, zone: ManagedZone):
    assert "it lies in a zone of its own, which is delegated to other name servers" in hidden.output
    assert [change for change in hidden.of(zone) if "de.contoso.com" in change[1]] == []


def test_a_refresh_repairs_what_was_edited(repaired: Run, zone: ManagedZone):
    assert repaired.status == 0, repaired.output
    assert zone.record_sets()["xmpp.contoso.com", "A"] == (300, ("131.107.155.10",))


def test_destroying_leaves_what_is_somebody_elses(destroyed: Run, zone: ManagedZone):
    assert destroyed.status == 0, destroyed.output
    assert records(zone) == OTHERS
