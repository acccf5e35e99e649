"""A zone whose server changes one record set at a time: the order, and what a run leaves that ends early."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed, service
from tests.unit.keepers.memory import MemoryKeeper, SingleClient, Zone, update

from xmpp_federation_dns.backends.client import RefusedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.changes import Batch
from xmpp_federation_dns.keepers.keeper import UnfinishedError


@pytest.fixture
def keeper(zone: Zone) -> MemoryKeeper:
    return MemoryKeeper(zone, SingleClient)


def published(keeper: MemoryKeeper, *numbers: int) -> dict[str, Any]:
    with update(keeper, "before") as run:
        return run.publish(None, domains(*numbers))


def refuse(monkeypatch: pytest.MonkeyPatch, key: str, error: UpdateError) -> list[str]:
    """Let the server refuse one record set; return the list of all that are sent."""
    tried: list[str] = []
    send = SingleClient.send

    def refused(self: SingleClient, batch: Batch) -> None:
        tried.append(batch[0].key)
        if batch[0].key == key:
            raise error
        send(self, batch)

    monkeypatch.setattr(SingleClient, "send", refused)
    return tried


def test_addresses_come_before_services_and_go_after_them(zone: Zone, keeper: MemoryKeeper):
    state = published(keeper, 1, 2)
    first = [sent[0] for sent in zone.sent]
    zone.sent.clear()
    with update(keeper, "next") as run:
        run.publish(state, domains(1, 2, host="edge"))
    assert [sorted(first[:2]), sorted(first[2:])] == [
        ["xmpp.d1.contoso.com A", "xmpp.d2.contoso.com A"],
        ["_xmpp-server._tcp.d1.contoso.com SRV", "_xmpp-server._tcp.d2.contoso.com SRV"],
    ]
    assert [sent[0] for sent in zone.sent] == [
        "edge.d1.contoso.com A",
        "_xmpp-server._tcp.d1.contoso.com SRV",
        "xmpp.d1.contoso.com A",
        "edge.d2.contoso.com A",
        "_xmpp-server._tcp.d2.contoso.com SRV",
        "xmpp.d2.contoso.com A",
    ]


def test_a_conflict_in_the_only_batch_keeps_the_rest_of_it_back(zone: Zone, keeper: MemoryKeeper):
    state = published(keeper, 1)
    zone.sent.clear()
    zone.put(domain(2, OTHER_ADDRESS))
    with update(keeper, "next") as run:
        error = failed(UpdateError, run.publish, state, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert str(error).startswith("zone contoso.com: nothing was changed because of 2 conflicts:\n")
    assert zone.sent == []


def test_no_service_is_sent_where_an_address_was_not(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        refuse(patch, "xmpp.d2.contoso.com A", UpdateError("zone contoso.com: denied"))
        state: dict[str, Any] = {}
        with update(keeper, "first") as run:
            error = failed(UnfinishedError, run.publish, state, domains(1, 2))
    assert str(error) == (
        "zone contoso.com: denied; 1 of 4 record sets are done, left for the next run: "
        "_xmpp-server._tcp.d1.contoso.com SRV, xmpp.d2.contoso.com A, _xmpp-server._tcp.d2.contoso.com SRV (the "
        "state holds what is done)"
    )
    assert error.outs["recordSets"] == zone.texts == {"xmpp.d1.contoso.com A": f"300 {ADDRESS}"}
    state["resource"] = {**error.outs, "id": error.id}
    with update(keeper, "next") as run:
        assert run.publish(state, domains(1, 2))["resource"]["recordSets"] == zone.texts == domains(1, 2)


def test_after_an_error_nothing_more_is_begun(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SingleClient, "writers", 1)
    tried = refuse(monkeypatch, "xmpp.d1.contoso.com A", UpdateError("zone contoso.com: denied"))
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, {}, domains(1, 2))
    assert (tried, zone.texts, error.outs["recordSets"]) == (["xmpp.d1.contoso.com A"], {}, {})


def test_no_more_than_so_many_changes_are_on_their_way(keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(SingleClient, "most", (20,))
    together = Barrier(SingleClient.writers + 1)
    met: list[int] = []
    send = SingleClient.send

    def waiting(self: SingleClient, batch: Batch) -> None:
        with suppress(BrokenBarrierError):
            met.append(together.wait(0.2))
        send(self, batch)

    monkeypatch.setattr(SingleClient, "send", waiting)
    published(keeper, *range(8))
    assert met == []


def test_what_somebody_puts_in_the_place_of_what_goes_while_no_answer_comes_is_told(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    state = published(keeper, 1)
    monkeypatch.setattr(SingleClient, "partial", True)

    def unanswered(_self: SingleClient, _batch: Batch) -> None:
        zone.put(service("d1.contoso.com", ttl=60))
        raise RefusedError("refused", unanswered=True)

    monkeypatch.setattr(SingleClient, "send", unanswered)
    with update(keeper, "next") as run:
        error = failed(UnfinishedError, run.publish, state, {})
    assert str(error).splitlines() == [
        "zone contoso.com: no more was changed because of 1 conflict:",
        "  _xmpp-server._tcp.d1.contoso.com SRV: '60 0 0 5269 xmpp.d1.contoso.com.' is not what this stack published "
        "(with --refresh it is deleted all the same)",
    ]


def test_each_change_without_an_answer_is_recognised_by_itself(zone: Zone, keeper: MemoryKeeper):
    state = published(keeper, 1)
    zone.lost = True
    with update(keeper, "next") as run:
        state = run.publish(state, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert state["resource"]["recordSets"] == zone.texts == {**domain(1, OTHER_ADDRESS), **domain(2)}


def test_of_changes_without_an_answer_those_that_did_not_happen_are_sent_again(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    send, lost = SingleClient.send, ["xmpp.d1.contoso.com A", "xmpp.d2.contoso.com A"]

    def unanswered(self: SingleClient, batch: Batch) -> None:
        key = batch[0].key
        if key != "xmpp.d2.contoso.com A" or key not in lost:
            send(self, batch)
        if key in lost:
            lost.remove(key)
            raise RefusedError("refused", unanswered=True)

    monkeypatch.setattr(SingleClient, "send", unanswered)
    with update(keeper, "first") as run:
        state = run.publish(None, domains(1, 2))
    assert state["resource"]["recordSets"] == zone.texts == domains(1, 2)
    assert sorted(sent[0] for sent in zone.sent) == sorted(domains(1, 2))


def test_what_somebody_publishes_meanwhile_is_told_and_the_rest_of_its_phase_is_in_the_state(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(SingleClient, "writers", 1)
    zone.before = {"xmpp.d1.contoso.com A": "60 192.0.2.1"}
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, {}, domains(1, 2))
    assert str(error) == (
        "zone contoso.com: no more was changed because of 1 conflict:\n"
        "  xmpp.d1.contoso.com A: '60 192.0.2.1' is not of this resource (renamed: give the component aliases; else "
        "delete it there, or take the SIP domain out of the configuration) (the state holds what is done)"
    )
    assert error.outs["recordSets"] == {"xmpp.d2.contoso.com A": f"300 {ADDRESS}"}


def test_what_is_refused_though_everything_is_as_it_was_thought_is_told(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
):
    key = "_xmpp-server._tcp.d1.contoso.com SRV"
    tried = refuse(monkeypatch, key, RefusedError("zone contoso.com: Conflict: full"))
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, {}, domain(1))
    assert str(error) == (
        f"zone contoso.com: Conflict: full; 1 of 2 record sets are done, left for the next run: {key} (the state "
        "holds what is done)"
    )
    assert tried == ["xmpp.d1.contoso.com A", key]
    assert list(zone.texts) == ["xmpp.d1.contoso.com A"]


def test_a_zone_that_goes_meanwhile_is_told_as_that(keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch):
    refuse(monkeypatch, "_xmpp-server._tcp.d1.contoso.com SRV", ZoneGoneError("zone contoso.com: gone"))
    with update(keeper, "first") as run:
        error = failed(UnfinishedError, run.publish, {}, domain(1))
    assert str(error) == "zone contoso.com: gone (the state holds what is done)"


def test_how_far_an_update_is_is_told_after_each_batch(
    keeper: MemoryKeeper, capsys: pytest.CaptureFixture[str]
):
    published(keeper, 1, 2, 3)
    assert capsys.readouterr().out.splitlines() == [
        "zone contoso.com: 4 of 6 record sets",
        "zone contoso.com: 6 of 6 record sets",
    ]
