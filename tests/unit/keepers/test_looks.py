"""What a run looks at before it sends anything, and what others may do meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.unit.bulk.lab import OTHER_ADDRESS, domain, domains, failed
from tests.unit.keepers.memory import BlindClient, Client, MemoryKeeper, Zone, first, properties, update

from xmpp_federation_dns.changes import Batch
from xmpp_federation_dns.keepers import ownership
from xmpp_federation_dns.keepers.keeper import UnfinishedError


def test_where_the_server_compares_nothing_what_was_changed_by_hand_is_not_changed(zone: Zone):
    keeper = MemoryKeeper(zone, BlindClient)
    state = first(keeper, 1)
    zone.put(domain(1, "192.0.2.1"))
    with update(keeper, "next") as run:
        error = failed(UnfinishedError, run.publish, state, domain(1, OTHER_ADDRESS))
    assert str(error) == (
        "zone contoso.com: nothing was changed because of 1 conflict:\n"
        "  xmpp.d1.contoso.com A: '300 192.0.2.1' is not what this stack published (pulumi up --refresh replaces it)"
    )
    assert zone.texts == domain(1, "192.0.2.1")


def test_a_conflict_in_a_later_batch_keeps_the_first_one_back(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, *range(5))
    zone.put(domain(4, "192.0.2.1"))
    zone.sent.clear()
    with update(keeper, "next") as run:
        error = failed(UnfinishedError, run.publish, state, domains(*range(5), address=OTHER_ADDRESS))
    assert str(error).startswith("zone contoso.com: nothing was changed because of 1 conflict:\n  xmpp.d4.")
    assert zone.sent == []


@pytest.mark.parametrize(("sees_cuts", "reads"), [(True, 0), (False, 1)])
def test_one_batch_is_sent_without_a_look_where_the_server_compares_all_that_matters(
    zone: Zone, keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch, sees_cuts: bool, reads: int
):
    monkeypatch.setattr(Client, "sees_cuts", sees_cuts)
    with update(keeper, "first"):
        keeper.create(properties(domain(1)))
    assert (zone.reads, zone.texts) == (reads, domain(1))


def test_what_is_new_is_looked_for_once_in_an_update(zone: Zone, keeper: MemoryKeeper):
    state = first(keeper, 1)
    zone.reads = 0
    with update(keeper, "next") as run:
        run.publish(state, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert zone.reads == 1


CHANGES: list[tuple[list[int], dict[str, str], bool]] = [
    ([], domain(1), False),
    ([1], domain(1, OTHER_ADDRESS), False),
    ([1], domains(1, 2), False),
    ([1, 2], domain(1), True),
    ([1], {}, False),
]


@pytest.mark.parametrize(
    "change", CHANGES, ids=["all is new", "something changes", "more comes", "something goes", "all goes"]
)
def test_no_other_resource_is_refused_anything_while_something_goes_of_what_goes_on(
    zone: Zone,
    keeper: MemoryKeeper,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[list[int], dict[str, str], bool],
):
    before, wanted, alone = change
    state = first(keeper, *before) if before else {}
    free: list[bool] = []
    send = Client.send

    def watched(self: Client, batch: Batch) -> None:
        lock = ownership.CLAIMS.lock
        with ThreadPoolExecutor(1) as other:
            free.append(other.submit(lambda: lock.acquire(blocking=False) and not lock.release()).result())
        send(self, batch)

    monkeypatch.setattr(Client, "send", watched)
    with update(keeper, "next") as run:
        run.publish(state, wanted)
    assert free == [not alone]
    assert zone.texts == wanted
