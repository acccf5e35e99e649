"""Several resources of one zone in one update: what one of them holds, no other deletes."""

import itertools
from typing import Any

import pytest
from tests.unit.bulk.lab import OTHER_ADDRESS, domain, domains, failed
from tests.unit.keepers.memory import (
    ALIAS,
    BlindClient,
    MemoryKeeper,
    Zone,
    first,
    properties,
    update,
)

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import contents
from xmpp_federation_dns.keepers.keeper import UnfinishedError

LEFT = "zone contoso.com: left in the zone (another resource of this stack holds them): "


def test_what_was_adopted_is_not_deleted_with_the_resource_that_published_it(
    zone: Zone, keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    state = first(keeper, 1)
    with update(keeper, "renamed") as run:
        run.publish(None, domain(1), existing="adopt")
        run.delete(state)
    assert zone.texts == domain(1)
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"{LEFT}_xmpp-server._tcp.d1.contoso.com SRV, xmpp.d1.contoso.com A"
    )


def test_nor_is_it_where_the_update_ended_in_between(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    with update(keeper, "ended early") as run:
        renamed = run.publish(None, domain(1), existing="adopt")
    with update(keeper, "next") as run:
        run.publish(renamed, domain(1))
        run.delete(state)
    assert zone.texts == domain(1)


def test_nor_is_what_was_created_meanwhile(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    zone.there.clear()
    with update(keeper, "renamed") as run:
        run.publish(None, domain(1))
        run.delete(state)
    assert zone.texts == domain(1)


def test_of_two_resources_that_both_go_the_last_one_deletes(zone: Zone, keeper: MemoryKeeper):
    one = first(keeper, 1)
    with update(keeper, "ended early") as run:
        two = run.publish(None, domain(1), existing="adopt")
    with update(keeper, "refreshed") as run:
        # A refresh compares too.
        for state in (one, two):
            resource = state["resource"]
            keeper.diff(resource["id"], resource, resource)
        run.delete(one)
        run.delete(two)
    assert zone.texts == {}


def test_what_is_replaced_is_no_claim(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    with update(keeper, "moved") as run:
        resource = state["resource"]
        assert keeper.diff(resource["id"], resource, {**resource, "zone": "fabrikam.com"}).replaces == [
            "zone"
        ]
        run.delete(state)
    assert zone.texts == {}


ORDERS = list(itertools.permutations(["give", "take"]))


@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
def test_a_domain_that_moves_is_never_lost(zone: Zone, keeper: MemoryKeeper, order: tuple[str, str]):
    giving, taking = first(keeper, 1, 2), first(keeper, 3)
    errors: list[UpdateError] = []
    with update(keeper, "moved") as run:
        for turn in order:
            state, wanted = (giving, domain(1)) if turn == "give" else (taking, domains(2, 3))
            try:
                run.publish(state, wanted)
            except UpdateError as error:
                errors.append(error)
    assert zone.texts == domains(1, 2, 3)
    assert len(errors) == (2 if order == ("take", "give") else 0)


def test_what_was_refused_to_another_resource_is_not_deleted_and_told(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    with update(keeper, "renamed") as run:
        failed(UpdateError, run.publish, None, domain(1))
        error = failed(UpdateError, run.delete, state)
    assert str(error) == (
        "_xmpp-server._tcp.d1.contoso.com SRV, xmpp.d1.contoso.com A not deleted: something else failed in this "
        "update, which may be to take the place; the next pulumi up deletes it"
    )
    assert zone.texts == domain(1)


def test_what_a_zone_in_bulk_no_longer_wants_and_another_was_refused_is_not_deleted_and_told(
    zone: Zone, keeper: MemoryKeeper
):
    state = first(keeper, 1, 2)
    with update(keeper, "moved") as run:
        failed(UpdateError, run.publish, None, domain(2))
        error = failed(UnfinishedError, run.publish, state, domain(1))
    assert str(error) == (
        "zone contoso.com: nothing more was changed: another resource of this stack wants "
        "_xmpp-server._tcp.d2.contoso.com SRV, xmpp.d2.contoso.com A, which this one would delete, and was refused; "
        "its error says the way out"
    )
    assert zone.texts == domains(1, 2)


def test_what_is_to_be_retained_stays_when_it_is_not_wanted_any_more(
    zone: Zone, keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    state = first(keeper, 1, 2)
    with update(keeper, "retained") as run:
        state = run.publish(state, domain(1), retainOnDelete=True)
    assert zone.texts == domains(1, 2)
    assert state["resource"]["recordSets"] == domain(1)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "zone contoso.com: left in the zone (retainOnDelete): _xmpp-server._tcp.d2.contoso.com SRV, "
        "xmpp.d2.contoso.com A"
    )


def test_a_batch_that_got_no_answer_is_ours(zone: Zone, keeper: MemoryKeeper):
    zone.lost = True
    with update(keeper, "first") as run:
        state = run.publish(None, domain(1))
    assert zone.texts == state["resource"]["recordSets"] == domain(1)


def test_a_batch_that_never_arrived_is_not_ours_where_somebody_published_a_part_of_it(
    zone: Zone, keeper: MemoryKeeper
):
    zone.before = {key: text for key, text in domain(1).items() if key.endswith(" A")}
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, None, domain(1))
    assert "xmpp.d1.contoso.com A: what is there is equal, but not of this resource" in str(error)
    assert zone.sent == []


def test_a_refusal_is_an_answer(zone: Zone, keeper: MemoryKeeper):
    with update(keeper, "first") as run:
        written = run.write(None, domain(1))
        zone.put(domain(1))
        error = failed(UnfinishedError, run.keep, {"journal": written}, domain(1))
    assert "is equal, but not of this resource" in str(error)


def test_a_refresh_drops_what_something_foreign_took_the_place_of_and_tells_it(
    zone: Zone, keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    state = first(keeper, 1)
    zone.there["xmpp.d1.contoso.com A"] = ALIAS
    capsys.readouterr()
    outs = keeper.read("id", state["resource"]).outs or {}
    assert list(outs["recordSets"]) == ["_xmpp-server._tcp.d1.contoso.com SRV"]
    assert capsys.readouterr().out == (
        "zone contoso.com: xmpp.d1.contoso.com A is gone: alias of lb.example.net. is in its place\n"
    )


def test_one_record_set_of_which_something_foreign_took_the_place_is_gone(zone: Zone, keeper: MemoryKeeper):
    zone.there["xmpp.d1.contoso.com A"] = ALIAS
    wanted = {key: text for key, text in domain(1).items() if key.endswith(" A")}
    assert keeper.read("id", properties(wanted)).id is None


def test_one_record_set_that_is_gone_and_refused_again_leaves_nothing_in_the_state(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    wanted = {"xmpp.d1.contoso.com A": "300 131.107.155.10"}
    other = {"xmpp.d1.contoso.com A": f"300 {OTHER_ADDRESS}"}
    client = keeper.client(properties(wanted))
    read = client.read

    def and_then_somebody_else(expected: Any) -> Any:
        live = read(expected)
        zone.put(wanted)
        return live

    monkeypatch.setattr(client, "read", and_then_somebody_else)
    monkeypatch.setattr(keeper, "client", lambda _: client)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with update(keeper, "one"):
        error = failed(UnfinishedError, keeper.update, "id", properties(other), properties(wanted))
    assert (error.outs["recordSets"], "journal" in error.outs) == ({}, False)
    assert contents(wanted) == zone.there


def test_a_conflict_of_something_that_hides_is_told_as_it_is(zone: Zone, keeper: MemoryKeeper):
    zone.there["xmpp.d1.contoso.com A"] = ALIAS
    with update(keeper, "one") as run:
        error = failed(UpdateError, run.publish, None, domain(1))
    assert str(error).splitlines()[1] == (
        "  xmpp.d1.contoso.com A: 'alias of lb.example.net.' is not of this resource (renamed: give the component "
        "aliases; else delete it there, or take the SIP domain out of the configuration)"
    )


def test_of_many_conflicts_the_first_are_told_and_the_rest_are_counted(zone: Zone, keeper: MemoryKeeper):
    zone.put(domains(*range(40)))
    with update(keeper, "first") as run:
        error = failed(UpdateError, run.write, None, domains(*range(40)))
    lines = str(error).splitlines()
    assert lines[0].endswith("nothing was changed because of 80 conflicts:")
    assert len(lines) == 1 + 50 + 1 + 1
    assert lines[51] == "  and 30 more"


def test_where_the_server_compares_nothing_even_one_batch_is_compared_first(zone: Zone):
    keeper = MemoryKeeper(zone, BlindClient)
    zone.put(domain(1, OTHER_ADDRESS))
    error = failed(UpdateError, keeper.create, properties(domain(1)))
    assert str(error).startswith("zone contoso.com: nothing was changed because of 2 conflicts:\n")
    assert (zone.texts, zone.sent) == (domain(1, OTHER_ADDRESS), [])


def test_what_a_run_tells_of_its_progress_does_not_grow_with_its_batches(
    keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    first(keeper, *range(300))
    lines = capsys.readouterr().out.splitlines()
    assert [line.removeprefix("zone contoso.com: ") for line in lines] == [
        f"{done} of 600 record sets" for done in [*range(32, 600, 32), 600]
    ]
