"""What the keeper of a zone answers the engine, and what it tells whoever runs it."""

from collections.abc import Callable, Mapping

import pytest
from tests.unit.bulk import lab
from tests.unit.bulk.lab import ADDRESS, domain, domains, failed
from tests.unit.keepers.memory import (
    Client,
    LearningKeeper,
    MemoryKeeper,
    MemoryZone,
    Zone,
    first,
    properties,
    update,
)

from xmpp_federation_dns.backends.client import UnservedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.changes import Batch, Content, Foreign, Live
from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper, Read
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

KEY = "xmpp.d1.contoso.com A"


@pytest.fixture
def told(keeper: MemoryKeeper) -> list[str]:
    """Return the lines that the keeper tells."""
    lines: list[str] = []

    def tell(line: str, *, passing: bool = False) -> None:  # noqa: ARG001 what is told last may pass
        lines.append(line)

    keeper.tell = tell
    return lines


def fail(monkeypatch: pytest.MonkeyPatch, error: UpdateError) -> None:
    """Let the zone be unreadable."""

    def read(_self: Client, _expected: Mapping[str, Content | None]) -> dict[str, Live]:
        raise error

    monkeypatch.setattr(Client, "read", read)


def test_what_stays_behind_is_told_where_anything_was_published(
    keeper: MemoryKeeper, told: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(MemoryZone, "left_behind", lambda *_: "server changed")  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    new = properties(domain(1), server="two")
    with update(keeper, "moved"):
        keeper.diff("id", properties({}), new)
        assert told == []
        keeper.diff("id", properties(domain(1)), new)
    assert told == ["zone contoso.com: server changed"]


def test_the_id_of_a_resource_begins_with_what_it_keeps_and_is_like_no_other(keeper: MemoryKeeper):
    with update(keeper, "first"):
        one = keeper.create(properties(domain(1), journal=[])).id
        other = keeper.create(properties(domain(2), journal=[])).id
        single = keeper.create(properties({"xmpp.d3.contoso.com A": f"300 {ADDRESS}"})).id
    assert [each.rpartition(" ")[0] for each in (one, other, single)] == [
        "contoso.com",
        "contoso.com",
        "xmpp.d3.contoso.com A",
    ]
    assert len(one.rpartition(" ")[2]) == 8
    assert one != other


def test_how_far_an_update_is_is_told_until_the_next_line(keeper: MemoryKeeper):
    lines: list[tuple[str, bool]] = []

    def tell(line: str, *, passing: bool = False) -> None:
        lines.append((line, passing))

    keeper.tell = tell
    first(keeper, 1, 2, 3)
    assert lines == [
        ("zone contoso.com: 4 of 6 record sets", True),
        ("zone contoso.com: 6 of 6 record sets", True),
    ]


def test_a_zone_that_moved_gets_what_it_lacks_though_nothing_else_changed(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    zone.there.clear()
    with update(keeper, "same") as run:
        run.publish(state, domain(1))
    assert zone.texts == {}
    with update(keeper, "moved") as run:
        run.publish(state, domain(1), server="two")
    assert zone.texts == domain(1)


def test_why_a_service_is_waited_for_is_told_until_the_next_line(monkeypatch: pytest.MonkeyPatch):
    lines: list[tuple[str, bool]] = []

    def tell(line: str, *, passing: bool = False) -> None:
        lines.append((line, passing))

    def tells(_self: PrimaryZone, hears: Callable[[str], None]) -> None:
        hears("more calls than the service takes; waiting 5 s")

    monkeypatch.setattr(PrimaryZone, "tells", tells)
    Keeper("c2VjcmV0", tell).client(lab.properties(53, domain(1)))
    assert lines == [("more calls than the service takes; waiting 5 s", True)]


def test_what_a_resource_created_in_an_update_is_its_own_to_delete(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "one"):
        created = keeper.create(properties(domain(1)))
        keeper.delete(created.id, created.outs)
    assert zone.texts == {}


def test_a_delete_tells_what_another_resource_holds(zone: Zone, keeper: MemoryKeeper, told: list[str]):
    state = first(keeper, 1)
    told.clear()
    with update(keeper, "renamed") as run:
        run.publish(None, domain(1), existing="adopt")
        told.clear()
        run.delete(state)
    assert told == [
        "zone contoso.com: left in the zone (another resource of this stack holds them): "
        "_xmpp-server._tcp.d1.contoso.com SRV, xmpp.d1.contoso.com A"
    ]
    assert zone.texts == domain(1)


def test_in_a_zone_that_is_gone_nothing_is_left_to_delete(
    keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    fail(monkeypatch, ZoneGoneError("zone contoso.com: gone"))
    monkeypatch.setattr(Client, "conditional", False)
    with update(keeper, "last"):
        keeper.delete("id", properties(domain(1)))


def test_record_sets_of_a_zone_that_is_gone_are_gone(keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch):
    fail(monkeypatch, ZoneGoneError("zone contoso.com: gone"))
    assert keeper.read("id", properties(domain(1), journal=[])) == Read(None, {}, {})


def test_a_zone_that_its_server_does_not_serve_is_told_with_the_way_out(
    keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    fail(monkeypatch, UnservedError("zone contoso.com: REFUSED"))
    assert str(failed(UpdateError, keeper.read, "id", properties(domain(1)))) == (
        "zone contoso.com: REFUSED; where the zone is gone for good: retainOnDelete: true on it for one pulumi up "
        "without --refresh, or pulumi state delete"
    )


def test_a_zone_that_is_not_served_when_the_last_record_sets_go_is_told_with_the_way_out(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    state = first(keeper, 1)

    def unserved(_self: Client, _batch: Batch) -> None:
        raise UnservedError("zone contoso.com: NOTAUTH")

    monkeypatch.setattr(Client, "send", unserved)
    with update(keeper, "last") as run:
        error = failed(UpdateError, run.delete, state)
    assert str(error) == (
        "zone contoso.com: NOTAUTH; 0 of 2 record sets are done, left for the next run: _xmpp-server._tcp.d1."
        "contoso.com SRV, xmpp.d1.contoso.com A; where the zone is gone for good: retainOnDelete: "
        "true on it for one pulumi up without --refresh, or pulumi state delete"
    )
    assert zone.texts == domain(1)


def test_a_refresh_expects_what_the_state_says_and_an_import_knows_names_alone(
    keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    expected: list[Mapping[str, Content | None]] = []

    def read(_self: Client, asked: Mapping[str, Content | None]) -> dict[str, Live]:
        expected.append(asked)
        return {}

    monkeypatch.setattr(Client, "read", read)
    keeper.read("id", properties({KEY: f"300 {ADDRESS}", "xmpp.d2.contoso.com A": ""}))
    assert expected == [{KEY: Content(300, (ADDRESS,)), "xmpp.d2.contoso.com A": None}]


def test_one_record_set_that_is_gone_is_gone_and_a_zone_without_any_is_there(keeper: MemoryKeeper):
    assert keeper.read("id", properties(domain(1))) == Read(None, {}, {})
    empty = properties({}, journal=[])
    assert keeper.read("id", properties(domain(1), journal=[])) == Read("id", empty, empty)


def test_what_hides_a_record_set_is_told_as_it_is(zone: Zone, keeper: MemoryKeeper, told: list[str]):
    zone.there[KEY] = Foreign("it lies in a zone of its own", hides=True)
    assert keeper.read("id", properties({KEY: f"300 {ADDRESS}"})).id is None
    assert told == [f"zone contoso.com: {KEY} is gone: it lies in a zone of its own"]


def test_a_journal_reads_as_the_state_has_it_and_the_program_says_nothing_of_what_was_learnt(zone: Zone):
    keeper = LearningKeeper(zone)
    with update(keeper, "first") as run:
        state = {**run.write(None, domain(1)), "hostedZone": "Z1"}
    said = {key: value for key, value in state.items() if key not in ("runs", "hostedZone")}
    assert JournalKeeper(keeper).read("contoso.com", state) == Read("contoso.com", state, said)


def test_a_journal_is_imported_as_one_of_what_is_there(zone: Zone, keeper: MemoryKeeper):
    zone.put(domain(1))
    with update(keeper, "imported"):
        read = JournalKeeper(keeper).read("contoso.com", properties(dict.fromkeys(domain(1), "")))
    said = properties({}) | {"recordSets": journal.packed(domain(1))}
    assert read == Read("contoso.com", {**said, "runs": [["imported", journal.digest(domain(1))]]}, said)


def test_a_journal_of_what_is_not_there_is_not_imported(keeper: MemoryKeeper):
    asked = properties(dict.fromkeys(domain(1), ""))
    assert JournalKeeper(keeper).read("contoso.com", asked) == Read(None, {}, {})


def test_as_many_conflicts_as_an_error_tells_leave_nothing_to_count(zone: Zone, keeper: MemoryKeeper):
    zone.put(domains(*range(25)))
    with update(keeper, "first") as run:
        error = failed(UpdateError, run.write, None, domains(*range(25)))
    lines = str(error).splitlines()
    assert lines[0] == "zone contoso.com: nothing was changed because of 50 conflicts:"
    assert len({line.partition(":")[0] for line in lines[1:51]}) == 50
    assert lines[51:] == WAYS_OUT.splitlines()[1:]
