"""What a run that does not end well leaves in the state, and what the next one makes of it."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.bulk.lab import OTHER_ADDRESS, domain, domains, failed
from tests.unit.keepers.memory import Client, MemoryKeeper, Update, Zone, first, update

from xmpp_federation_dns.backends.client import (
    AlteredError,
    RefusedError,
    UnservedError,
    UpdateError,
    ZoneGoneError,
)
from xmpp_federation_dns.changes import Batch, Content, contents
from xmpp_federation_dns.keepers.keeper import UnfinishedError


def refused(run: Update, state: dict[str, Any], wanted: Mapping[str, str], **options: Any) -> UnfinishedError:
    """Publish in vain, and keep in the state what is to be kept."""
    error = failed(UnfinishedError, lambda: run.publish(state, wanted, **options))
    state["resource"] = {**error.outs, "id": error.id}
    return error


NEW = [None, [1]]
NEW_IDS = ["created", "updated"]


@pytest.mark.parametrize("before", NEW, ids=NEW_IDS)
def test_what_a_zone_refused_belongs_to_whoever_publishes_it_then(
    zone: Zone, keeper: MemoryKeeper, before: list[int] | None
):
    state = first(keeper, *before) if before else {}
    zone.fails_after, zone.answers = len(zone.sent), True
    with update(keeper, "refused") as run:
        error = refused(run, state, domains(1, 2))
    assert (str(error).partition(";")[0], error.refresh) == (
        "zone contoso.com: no more",
        before is None,
    )
    zone.fails_after = 1_000
    zone.put(domains(1, 2))
    with update(keeper, "next") as run:
        again = failed(UpdateError, run.publish, state, domains(1, 2))
    assert "_xmpp-server._tcp.d2.contoso.com SRV: what is there is equal, but" in str(again)


def test_what_a_killed_run_left_stays_ours_where_the_next_one_is_refused(zone: Zone, keeper: MemoryKeeper):
    state: dict[str, Any] = {}
    with update(keeper, "killed") as run:
        state["journal"] = run.write(None, domains(1, 2))
    zone.put({**domain(1), **domain(2, OTHER_ADDRESS)})
    with update(keeper, "refused") as run:
        error = refused(run, state, domains(1, 2))
    assert (error.outs["recordSets"], error.refresh) == (
        {**domain(1), "_xmpp-server._tcp.d2.contoso.com SRV": "3600 0 0 5269 xmpp.d2.contoso.com."},
        True,
    )
    del zone.there["xmpp.d2.contoso.com A"]
    with update(keeper, "next") as run:
        state = run.publish(state, domains(1, 2))
    assert zone.texts == state["resource"]["recordSets"] == domains(1, 2)


def test_what_is_refused_in_the_place_that_a_zone_moved_to_leaves_the_state_as_it_was(
    zone: Zone, keeper: MemoryKeeper
):
    state = first(keeper, 1)
    before = dict(state["resource"])
    zone.put(domain(1, OTHER_ADDRESS))
    with update(keeper, "moved") as run:
        refused(run, state, domains(1, 2), server="two")
    assert state["resource"] == {**before, "journal": state["journal"]["runs"]}


def test_what_is_replaced_leaves_alone_what_it_published_before_its_last_run(
    zone: Zone, keeper: MemoryKeeper
):
    state = first(keeper, 1, 2)
    with update(keeper, "second") as run:
        state = run.publish(state, domain(2))
    zone.put(domain(1))
    with update(keeper, "replaced") as run:
        again = run.publish({"journal": state["journal"]}, domain(2))
        run.delete(state)
    assert zone.texts == domains(1, 2)
    assert again["resource"]["recordSets"] == domain(2)


def test_after_a_failure_the_next_run_looks_at_what_this_one_left(zone: Zone, keeper: MemoryKeeper):
    zone.fails_after = 1
    state: dict[str, Any] = {}
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, state, domains(1, 2, 3))
    assert (error.outs["recordSets"], error.outs["journal"]) == (domains(1, 2), [])
    zone.fails_after = 1_000
    zone.put(domain(3))
    state["resource"] = {**error.outs, "id": error.id}
    with update(keeper, "next") as run:
        state = run.publish(state, domains(1, 2, 3))
    assert zone.texts == state["resource"]["recordSets"] == domains(1, 2, 3)


@pytest.fixture
def tried_again(zone: Zone, keeper: MemoryKeeper) -> dict[str, Any]:
    """Return the state after a run that failed half way, and was tried again and killed before its end."""
    state: dict[str, Any] = {}
    zone.fails_after, zone.answers = 1, True
    with update(keeper, "failed") as run:
        error = refused(run, state, domains(1, 2, 3, 4))
    assert (error.outs["recordSets"], error.refresh) == (domains(1, 2), True)
    zone.fails_after = 1_000
    with update(keeper, "killed") as run:
        run.read(state)
    zone.put(domain(3))
    return state


AGAIN = {"the same": domains(1, 2, 3, 4), "something else": domains(1, 5), "less": domain(5)}


@pytest.mark.parametrize("wanted", AGAIN.values(), ids=AGAIN)
def test_what_a_second_try_left_that_was_killed_is_known(
    zone: Zone, keeper: MemoryKeeper, tried_again: dict[str, Any], wanted: Mapping[str, str]
):
    with update(keeper, "next") as run:
        run.read(tried_again)
        state = run.publish(tried_again, wanted)
    assert zone.texts == state["resource"]["recordSets"] == wanted


def test_what_a_second_try_left_is_known_after_a_third_that_was_killed_with_another_configuration(
    zone: Zone, keeper: MemoryKeeper, tried_again: dict[str, Any]
):
    with update(keeper, "third") as run:
        run.read(tried_again)
        tried_again["journal"] = run.write(tried_again["journal"], domains(1, 5))
    zone.put(domain(5))
    with update(keeper, "next") as run:
        run.read(tried_again)
        state = run.publish(tried_again, domain(2))
    assert zone.texts == state["resource"]["recordSets"] == domain(2)


def test_a_second_try_that_began_with_another_configuration_has_an_entry_of_its_own(
    zone: Zone, keeper: MemoryKeeper, tried_again: dict[str, Any]
):
    with update(keeper, "killed") as run:
        tried_again["journal"] = run.write(tried_again["journal"], domains(1, 2, 3))
    zone.put(domain(4))
    with update(keeper, "next") as run:
        run.read(tried_again)
        run.publish(tried_again, domains(1, 2, 3))
    assert zone.texts == domains(1, 2, 3, 4)


def test_a_second_try_that_fails_in_order_too_proves_nothing(
    zone: Zone, keeper: MemoryKeeper, tried_again: dict[str, Any]
):
    zone.error = UpdateError("no more")
    del zone.there["xmpp.d3.contoso.com A"], zone.there["_xmpp-server._tcp.d3.contoso.com SRV"]
    with update(keeper, "failed again") as run:
        run.read(tried_again)
        refused(run, tried_again, domains(1, 2, 3, 4))
    zone.error = None
    zone.put(domain(3))
    with update(keeper, "next") as run:
        again = failed(UpdateError, run.publish, tried_again, domains(1, 2, 3, 4))
    assert "xmpp.d3.contoso.com A: what is there is equal, but not of this resource" in str(again)


def test_where_nothing_is_held_a_second_try_of_a_mere_refusal_goes_on_too(zone: Zone, keeper: MemoryKeeper):
    state: dict[str, Any] = {}
    zone.error = UpdateError("no more")
    with update(keeper, "refused") as run:
        refused(run, state, domains(1, 2))
    zone.error = None
    with update(keeper, "killed") as run:
        run.read(state)
    zone.put(domain(1))
    with update(keeper, "next") as run:
        run.read(state)
        state = run.publish(state, domain(2))
    assert zone.texts == state["resource"]["recordSets"] == domain(2)


@pytest.mark.parametrize("held", [[], [1]], ids=["nothing", "a part"])
def test_what_replaces_a_resource_that_failed_takes_no_more_for_its_own_than_that_one_held(
    zone: Zone, keeper: MemoryKeeper, held: list[int]
):
    state: dict[str, Any] = {}
    zone.fails_after, zone.answers = len(held), True
    with update(keeper, "failed") as run:
        refused(run, state, {**domain(1), "mx.contoso.com A": "300 192.0.2.1", **domain(2, host="two")})
    zone.fails_after = 1_000
    foreign = {key: text for key, text in domain(2, host="two").items() if key not in zone.texts}
    zone.put(foreign)
    own = dict(state["resource"]["recordSets"])
    with update(keeper, "replaced") as run:
        run.read(state)
        run.publish({"journal": state["journal"]}, domain(3))
    assert zone.texts == {**foreign, **domain(3)}
    assert bool(own) == bool(held)


def test_after_a_mere_refusal_nobody_takes_for_held_what_somebody_edited(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    zone.put(domain(1, OTHER_ADDRESS))
    with update(keeper, "refused") as run:
        error = refused(run, state, {**domain(1, "131.107.155.12"), **domain(2)})
    assert (error.refresh, error.outs["recordSets"]) == (False, domain(1))


@pytest.mark.parametrize("kind", [UnservedError, ZoneGoneError])
def test_what_fails_since_nobody_serves_the_zone_is_not_looked_at_before_the_next_run(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch, kind: type[UpdateError]
):
    def send(client: Client, batch: Batch) -> None:
        if zone.sent:
            raise kind("nobody serves it")
        whole(client, batch)

    whole, state = Client.send, dict[str, Any]()
    monkeypatch.setattr(Client, "send", send)
    with update(keeper, "refused") as run:
        error = refused(run, state, domains(1, 2, 3))
    assert (error.outs["recordSets"], error.refresh) == (domains(1, 2), False)
    assert error.outs["journal"] == state["journal"]["runs"]


def test_what_a_killed_run_left_stays_ours_where_the_next_one_cannot_look(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    state = first(keeper, 1)
    with update(keeper, "killed") as run:
        state["journal"] = run.write(state["journal"], domains(1, 2))
    zone.put(domain(2))

    def read(_self: Client, _expected: object) -> None:
        raise UpdateError("no answer")

    with update(keeper, "without an answer") as run, monkeypatch.context() as patch:
        patch.setattr(Client, "read", read)
        failed(UpdateError, run.publish, state, domains(1, 2))
    with update(keeper, "next") as run:
        state = run.publish(state, domains(1, 2))
    assert zone.texts == state["resource"]["recordSets"] == domains(1, 2)


@pytest.mark.parametrize(
    ("partial", "unanswered", "kind"),
    [(True, True, UpdateError), (True, False, UnfinishedError), (False, True, UnfinishedError)],
)
def test_only_what_is_left_in_part_may_come_after_a_refusal_that_nothing_explains(
    keeper: MemoryKeeper,
    monkeypatch: pytest.MonkeyPatch,
    partial: bool,
    unanswered: bool,
    kind: type[UpdateError],
):
    def send(_self: Client, _batch: Batch) -> None:
        raise RefusedError("refused", unanswered=unanswered)

    monkeypatch.setattr(Client, "partial", partial)
    monkeypatch.setattr(Client, "send", send)
    with update(keeper, "refused") as run:
        failed(kind, run.publish, {}, domain(1))


def altered(monkeypatch: pytest.MonkeyPatch, there: Mapping[str, Content]) -> None:
    """Let the zone carry out each batch, and hold something else of it than was sent."""

    def send(_self: Client, _batch: Batch) -> None:
        raise AlteredError("zone contoso.com: reads otherwise", there)

    monkeypatch.setattr(Client, "send", send)


def test_of_a_batch_that_was_altered_what_is_as_it_was_sent_is_done(
    keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    address = {key: text for key, text in domain(1).items() if key.endswith(" A")}
    altered(monkeypatch, contents(address))
    with update(keeper, "altered") as run:
        error = failed(UnfinishedError, run.publish, {}, domain(1))
    assert str(error) == (
        "zone contoso.com: reads otherwise; 1 of 2 record sets are done, left for the next run: "
        "_xmpp-server._tcp.d1.contoso.com SRV (the state holds what is done)"
    )
    assert error.outs["recordSets"] == address


def test_of_a_batch_that_was_altered_what_is_not_there_is_not_in_the_state(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    state = first(keeper, 1)
    altered(monkeypatch, {})
    with update(keeper, "altered") as run:
        error = failed(UnfinishedError, run.publish, state, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert str(error) == (
        "zone contoso.com: reads otherwise; 0 of 3 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "xmpp.d2.contoso.com A, _xmpp-server._tcp.d2.contoso.com SRV (the state holds what is done)"
    )
    assert list(error.outs["recordSets"]) == ["_xmpp-server._tcp.d1.contoso.com SRV"]
    assert zone.texts == domain(1)
