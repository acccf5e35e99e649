"""What a journal proves to the run that follows one that was killed."""

from collections.abc import Mapping

import pytest
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed
from tests.unit.keepers.memory import Client, LearningKeeper, MemoryKeeper, Zone, properties, update

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Content, Live, contents
from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.keepers.keeper import UnfinishedError
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

EQUAL = "xmpp.d1.contoso.com A: what is there is equal, but not of this resource"


def test_what_is_to_be_published_is_in_the_state_with_the_process_that_does_it(keeper: MemoryKeeper):
    with update(keeper, "one") as run:
        state = run.write(None, domain(1))
    assert journal.unpacked(state["recordSets"]) == domain(1)
    assert [entry[0] for entry in state["runs"]] == ["one"]


def test_the_digest_of_record_sets_is_what_states_have_and_their_order_means_nothing():
    one = {"xmpp.contoso.com A": f"300 {ADDRESS}"}
    other = {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com."}
    assert journal.digest({**one, **other}) == journal.digest({**other, **one}) == "5a8d09a37fbce495"


@pytest.mark.parametrize("count", range(7))
def test_a_create_that_was_killed_after_any_record_set_goes_on(zone: Zone, keeper: MemoryKeeper, count: int):
    wanted = domains(1, 2, 3)
    with update(keeper, "killed") as run:
        written = run.write(None, wanted)
    zone.put(dict(list(wanted.items())[:count]))
    with update(keeper, "next") as run:
        state = run.publish({"journal": written}, wanted)
    assert zone.texts == state["resource"]["recordSets"] == wanted


def test_what_a_killed_create_left_and_is_not_wanted_any_more_is_deleted(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "killed") as run:
        written = run.write(None, domains(1, 2))
    zone.put(domains(1, 2))
    wanted = {**domain(1, OTHER_ADDRESS), **domain(3)}
    with update(keeper, "next") as run:
        run.publish({"journal": written}, wanted)
    assert zone.texts == wanted


def test_an_update_that_was_killed_goes_on_though_the_configuration_is_what_it_was(
    zone: Zone, keeper: MemoryKeeper
):
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    with update(keeper, "killed") as run:
        state["journal"] = run.write(state["journal"], domain(1, OTHER_ADDRESS))
    zone.put(domain(1, OTHER_ADDRESS))
    with update(keeper, "next") as run:
        run.publish(state, domain(1))
    assert zone.texts == domain(1)


def test_what_a_killed_update_deleted_is_published_again_where_it_is_wanted_again(
    zone: Zone, keeper: MemoryKeeper
):
    with update(keeper, "first") as run:
        state = run.publish(None, domains(1, 2))
    with update(keeper, "killed") as run:
        state["journal"] = run.write(state["journal"], domain(1))
    zone.there = dict(contents(domain(1)))
    with update(keeper, "next") as run:
        state = run.publish(state, domains(1, 2))
    assert zone.texts == state["resource"]["recordSets"] == domains(1, 2)


def test_several_runs_that_were_killed_one_after_the_other_are_all_known(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    for number in (2, 3, 4):
        with update(keeper, f"killed {number}") as run:
            state["journal"] = run.write(state["journal"], domains(1, number))
        zone.put(domain(number))
    with update(keeper, "next") as run:
        state = run.publish(state, domains(1, 9))
    assert zone.texts == state["resource"]["recordSets"] == domains(1, 9)


def test_a_run_that_ended_proves_nothing_to_the_next(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        state = run.publish(None, domains(1, 2))
    zone.there.clear()
    with update(keeper, "second") as run:
        state = run.publish(state, domain(2))
    zone.put(domain(1))
    with update(keeper, "third") as run:
        failed(UnfinishedError, run.publish, state, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert zone.texts == domain(1)


def test_an_update_without_a_difference_asks_nobody(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    reads = zone.reads
    with update(keeper, "second") as run:
        again = run.publish(state, domain(1), existing="adopt")
    assert (zone.reads, zone.sent) == (reads, [list(reversed(domain(1)))])
    assert again["journal"]["runs"] == state["journal"]["runs"]


def test_equal_record_sets_of_a_hand_are_refused_before_anything_is_written(zone: Zone, keeper: MemoryKeeper):
    zone.put(domain(1))
    with update(keeper, "first") as run:
        error = failed(UpdateError, run.publish, None, domain(1))
    assert str(error) == (
        f"zone contoso.com: nothing was changed because of 2 conflicts:\n  {EQUAL}\n  "
        "_xmpp-server._tcp.d1.contoso.com SRV: what is there is equal, but not of this "
        f"resource{WAYS_OUT}"
    )
    assert zone.sent == []


def test_they_are_adopted_where_that_is_wanted(
    zone: Zone, keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    zone.put(domain(1))
    with update(keeper, "first") as run:
        state = run.publish(None, domains(1, 2), existing="adopt")
    assert state["resource"]["recordSets"] == domains(1, 2)
    assert capsys.readouterr().out.splitlines()[0] == (
        "zone contoso.com: adopted xmpp.d1.contoso.com A, _xmpp-server._tcp.d1.contoso.com SRV"
    )


def test_of_an_update_only_what_is_new_is_looked_at(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    zone.put(domain(2))
    with update(keeper, "second") as run:
        error = failed(UpdateError, run.publish, state, domains(1, 2))
    assert "xmpp.d1" not in str(error)
    assert "xmpp.d2.contoso.com A" in str(error)


def test_a_journal_of_something_else_proves_nothing(keeper: MemoryKeeper):
    with update(keeper, "killed") as run:
        runs = run.write(None, domain(1))["runs"]
    with update(keeper, "next"):
        assert journal.left(None, runs, domain(2), {}) == ({}, False)
        assert journal.left(None, runs, domain(1), {}) == (
            {k: [c] for k, c in contents(domain(1)).items()},
            False,
        )
        assert journal.left(runs, runs, domain(1), {}) == ({}, False)
    with update(keeper, "killed"):
        assert journal.left(None, runs, domain(1), {}) == ({}, True)


def test_a_journal_remembers_so_many_runs(keeper: MemoryKeeper):
    state = None
    for number in range(journal.MOST + 3):
        with update(keeper, f"run {number}") as run:
            state = run.write(state, domains(1, number + 2))
    assert state is not None
    last = journal.MOST + 2
    assert [entry[0] for entry in state["runs"]] == [f"run {n}" for n in range(last, last - journal.MOST, -1)]


def test_another_zone_replaces_the_journal_too(keeper: MemoryKeeper):
    with update(keeper, "one") as run:
        state = run.write(None, domain(1))
        new = properties({}) | {"recordSets": state["recordSets"]}
        same = run.journal.diff("", state, {**new, "runs": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"})
        other = run.journal.diff("", state, {**new, "zone": "fabrikam.com"})
    assert (same.changes, same.replaces) == (False, [])
    assert (other.changes, other.replaces) == (True, ["zone"])
    assert state["zone"] == ZONE


def test_what_the_journal_found_missing_is_not_looked_at_again_in_the_same_update(
    zone: Zone, keeper: MemoryKeeper
):
    with update(keeper, "first") as run:
        written = run.write(None, domains(1, 2, 3))
        run.keep({"journal": written}, domains(1, 2, 3))
    assert zone.reads == 1
    zone.there.clear()
    with update(keeper, "next") as run:
        run.keep({"journal": written}, domains(1, 2, 3))
    assert zone.reads == 2


def test_of_earlier_runs_a_journal_holds_what_they_had_otherwise(keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        state = run.write(None, domains(1, 2))
    with update(keeper, "second") as run:
        state = run.write(state, {**domain(1), **domain(2, OTHER_ADDRESS), **domain(3)})
    assert journal.unpacked(state["runs"][1][1]) == {
        "xmpp.d2.contoso.com A": f"300 {ADDRESS}",
        "xmpp.d3.contoso.com A": "",
        "_xmpp-server._tcp.d3.contoso.com SRV": "",
    }


def test_what_was_learnt_of_a_zone_stays_in_its_journal_where_nothing_is_looked_at(zone: Zone):
    keeper = LearningKeeper(zone)
    with update(keeper, "first") as run:
        state = {**run.write(None, domains(1, 2)), "hostedZone": "Z1"}
    with update(keeper, "second") as run:
        assert run.write(state, domain(1))["hostedZone"] == "Z1"


def test_what_a_killed_run_goes_on_publishing_while_no_answer_comes_is_ours(zone: Zone, keeper: MemoryKeeper):
    wanted = domains(1, 2, 3)
    with update(keeper, "killed") as run:
        written = run.write(None, wanted)
    zone.before = wanted
    with update(keeper, "next") as run:
        state = run.publish({"journal": written}, wanted)
    assert zone.texts == state["resource"]["recordSets"] == wanted
    assert zone.sent == []


def test_what_is_looked_at_is_asked_for_with_what_is_held(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    expected: list[Mapping[str, Content | None]] = []

    def read(_self: Client, asked: Mapping[str, Content | None]) -> dict[str, Live]:
        expected.append(asked)
        return {key: zone.there[key] for key in asked if key in zone.there}

    monkeypatch.setattr(Client, "read", read)
    monkeypatch.setattr(Client, "conditional", False)
    with update(keeper, "second") as run:
        run.keep(state, domain(1, OTHER_ADDRESS))
    assert expected == [{"xmpp.d1.contoso.com A": Content(300, (ADDRESS,))}]
