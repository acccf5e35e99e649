"""The keeper of a zone of dynamic updates against Knot: what it publishes, changes, deletes and reads."""

from typing import Any

import pytest
from tests.unit.bulk import lab
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed, service
from tests.unit.dynamic_update.lab import SECRET
from tools.lab.knot import Knot

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.keepers.journal import packed
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper
from xmpp_federation_dns.keepers.ownership import WAYS_OUT


@pytest.fixture
def provider() -> Keeper:
    return Keeper(SECRET)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(PrimaryZone, "most", (900,))


def properties(port: int, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource of a zone in bulk."""
    return lab.properties(port, record_sets, journal=[], **others)


def create(knot: Knot, provider: Keeper, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return provider.create(properties(knot.port, record_sets, **others)).outs or {}


def serial(knot: Knot) -> int:
    """Return the serial of the zone, which every message that changes something raises."""
    return int(knot.ask(f"{ZONE}.", "SOA")[0].split()[6])


def names(knot: Knot) -> set[str]:
    """Return the keys of all record sets that the zone does not need itself."""
    return {f"{name}.{ZONE} {rdtype}" for name, rdtype in knot.names(ZONE) if name not in ("@", "ns1")}


def test_a_zone_is_created_in_one_message(knot: Knot, provider: Keeper):
    before = serial(knot)
    state = create(knot, provider, domains(1, 2))
    assert state == properties(knot.port, domains(1, 2))
    assert provider.read(ZONE, state).outs == state
    assert serial(knot) == before + 1


def test_a_journal_is_written_where_nothing_is_there_by_a_message_that_changes_nothing(
    knot: Knot,
):
    writer = JournalKeeper(Keeper(SECRET))
    before = serial(knot)
    given = properties(knot.port, {}) | {"recordSets": packed(domain(1))}
    created = writer.create(given)
    assert (created.id, (created.outs or {})["recordSets"], serial(knot)) == (
        ZONE,
        given["recordSets"],
        before,
    )


@pytest.mark.usefixtures("small")
def test_several_messages_show_how_far_they_are(
    knot: Knot, provider: Keeper, capsys: pytest.CaptureFixture[str]
):
    create(knot, provider, domains(1, 2, 3))
    assert names(knot) == set(domains(1, 2, 3))
    assert capsys.readouterr().out.splitlines() == [
        f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com: {done} of 6 record sets" for done in (4, 6)
    ]


def test_an_update_is_one_message_with_the_difference(knot: Knot, provider: Keeper):
    old = create(knot, provider, domains(1, 2))
    before = serial(knot)
    new = properties(knot.port, {**domain(1, OTHER_ADDRESS), **domain(3)})
    state = provider.update("", old, new).outs
    assert state == new
    assert provider.read(ZONE, new).outs == new
    assert (names(knot), serial(knot)) == (set(domains(1, 3)), before + 1)


def test_another_ttl_is_published(knot: Knot, provider: Keeper):
    old = create(knot, provider, domain(1))
    new = properties(knot.port, {**service("d1.contoso.com", 60), "xmpp.d1.contoso.com A": f"60 {ADDRESS}"})
    provider.update("", old, new)
    assert provider.read(ZONE, old).outs == new


def test_a_new_key_sends_nothing(knot: Knot, provider: Keeper):
    old = create(knot, provider, domain(1))
    new = {**old, "tsigKeyName": "other"}
    assert provider.update("", old, new).outs == new


def test_a_delete_takes_what_is_in_the_state_alone(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("add", "www.contoso.com.", "300", "A", "192.0.2.1"))
    provider.delete("", state)
    assert names(knot) == {"www.contoso.com A"}


@pytest.mark.usefixtures("small")
def test_all_conflicts_are_listed_and_nothing_is_changed(knot: Knot, provider: Keeper):
    knot.change(
        ZONE,
        ("add", "xmpp.d1.contoso.com.", "300", "A", ADDRESS),
        ("add", "xmpp.d2.contoso.com.", "60", "CNAME", "edge.example.net."),
        ("add", "xmpp.d3.contoso.com.", "60", "A", "192.0.2.1"),
    )
    before = serial(knot)
    error = failed(UpdateError, provider.create, properties(knot.port, domains(1, 2, 3)))
    assert str(error) == (
        f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com: nothing was changed because of 3 conflicts:\n"
        f"  xmpp.d1.contoso.com A: what is there is equal, but not of this resource\n"
        "  xmpp.d2.contoso.com A: 'CNAME 60 edge.example.net.' is not of this resource (renamed: give the component "
        "aliases; else delete it there, or take the SIP domain out of the configuration)\n"
        "  xmpp.d3.contoso.com A: '60 192.0.2.1' is not of this resource (renamed: give the component aliases; else "
        "delete it there, or take the SIP domain "
        f"out of the configuration){WAYS_OUT}"
    )
    assert serial(knot) == before


def test_what_is_equal_is_adopted_where_that_is_wanted(knot: Knot, provider: Keeper):
    knot.change(ZONE, ("add", "xmpp.d1.contoso.com.", "300", "A", ADDRESS))
    state = create(knot, provider, domain(1), existing="adopt")
    provider.delete("", state)
    assert names(knot) == set()


@pytest.mark.usefixtures("small")
def test_a_delete_goes_on_where_an_interrupted_one_ended(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2, 3))
    provider.delete("", {**state, "recordSets": domains(1, 2)})
    provider.delete("", state)
    assert names(knot) == set()


def test_the_records_of_a_wildcard_are_no_conflict(knot: Knot, provider: Keeper):
    knot.change(ZONE, ("add", "*.contoso.com.", "60", "A", "192.0.2.1"))
    state = create(knot, provider, domain(1))
    knot.change(
        ZONE, ("delete", "xmpp.d1.contoso.com.", "A"), ("delete", "_xmpp-server._tcp.d1.contoso.com.")
    )
    outs = provider.read(ZONE, state).outs
    assert outs is not None
    assert outs["recordSets"] == {}


def test_a_refresh_shows_what_was_edited_and_what_is_gone(knot: Knot, provider: Keeper):
    state = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("replace", "xmpp.d1.contoso.com.", "60", "A", OTHER_ADDRESS))
    knot.change(ZONE, ("delete", "xmpp.d2.contoso.com.", "A"))
    result = provider.read(ZONE, state)
    expected = properties(
        knot.port,
        {**domain(1), **service("d2.contoso.com"), "xmpp.d1.contoso.com A": f"60 {OTHER_ADDRESS}"},
    )
    assert (result.id, result.outs, result.inputs) == (ZONE, expected, expected)


def test_another_server_gets_what_it_lacks(knot: Knot, provider: Keeper):
    old = create(knot, provider, domains(1, 2))
    knot.change(ZONE, ("delete", "xmpp.d1.contoso.com.", "A"))
    new = properties(knot.port, {**domain(1), **domain(3)})
    assert provider.update("", {**old, "server": "192.0.2.53"}, new).outs == new
    assert names(knot) == set(domains(1, 3))
