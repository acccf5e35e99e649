"""What is there already, what comes between, and what a run leaves that ends early, in a zone of Cloudflare."""

from typing import Any

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.standins.emulation import Fault
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed
from tests.unit.clients.lab import PROVIDER, Calls, published, put, update
from tests.unit.cloudflare.lab import BATCH, HOST, LIST, SERVICE, create, learnt, properties, refused, told
from tests.unit.keepers.memory import update as process

from xmpp_federation_dns.backends.client import DeniedError, UpdateError
from xmpp_federation_dns.backends.cloudflare_client import LOOKS, CloudflareDnsZone
from xmpp_federation_dns.changes import DELEGATED
from xmpp_federation_dns.keepers.keeper import UnfinishedError

FOREIGN = "is not of this resource (renamed: give the component aliases; else delete it there, or take the SIP domain"
NAME = "xmpp.d1.contoso.com"
PROXIED = (
    "is proxied: peers would reach Cloudflare's web proxy, which does not speak XMPP; set the record to DNS only, or "
    "delete it"
)


@pytest.mark.parametrize(
    ("records", "shown"),
    [
        (
            [{"type": "CNAME", "ttl": 60, "content": "edge.example.net"}],
            f"'CNAME 60 edge.example.net' {FOREIGN} out of the configuration)",
        ),
        (
            [{"type": "A", "ttl": ttl, "content": f"192.0.2.{ttl}"} for ttl in (60, 120)],
            f"'records with the TTLs 60, 120' {FOREIGN} out of the configuration)",
        ),
        ([{"type": "A", "proxied": True, "content": ADDRESS}], f"{ADDRESS} {PROXIED}"),
        (
            [{"type": "CNAME", "proxied": True, "content": "edge.example.net"}],
            "CNAME edge.example.net is proxied: peers would reach Cloudflare's web proxy, which does not speak XMPP; "
            "DNS only, it would be in the way all the same: delete the record",
        ),
    ],
    ids=["CNAME", "two TTLs", "proxied", "proxied CNAME"],
)
def test_what_this_component_never_publishes_is_a_conflict(
    zone: Watched, records: list[dict[str, Any]], shown: str
):
    for record in records:
        zone.add(name=NAME, **record)
    before = zone.records()
    assert refused(zone) == f"{told(zone)}: nothing was changed because of 1 conflict:\n  {HOST}: {shown}"
    assert zone.records() == before


@pytest.mark.parametrize("numbers", [range(1, 2), range(20)])
def test_what_would_be_created_below_a_delegation_is_a_conflict(zone: Watched, numbers: range):
    zone.put("d1.contoso.com", "NS", 300, "ns1.example.net")
    zone.put("contoso.com", "NS", 300, "ada.ns.cloudflare.com")
    error = failed(UpdateError, PROVIDER.create, properties(zone, domains(*numbers)))
    why = DELEGATED.format("d1.contoso.com")
    assert str(error) == (
        f"{told(zone)}: nothing was changed because of 2 conflicts:\n  {HOST}: {why}\n  {SERVICE}: {why}"
    )


def test_what_a_delegation_came_to_hide_can_be_deleted(zone: Watched):
    state = create(zone, domain(1))
    zone.put("d1.contoso.com", "NS", 300, "ns1.example.net")
    PROVIDER.delete("", state)
    assert list(published(zone)) == ["d1.contoso.com NS"]


def test_what_somebody_puts_in_the_place_of_what_goes_stays(zone: Watched, monkeypatch: pytest.MonkeyPatch):
    state = create(zone, domain(1))
    alias = {"name": NAME, "type": "CNAME", "content": "edge.example.net", "ttl": 60}
    meanwhile(monkeypatch, "_confirm", lambda: zone.add(**alias), before=True)
    PROVIDER.delete("", state)
    assert published(zone) == {f"{NAME} CNAME": "60 edge.example.net"}


def test_a_cname_record_at_the_apex_is_in_the_place_of_addresses(zone: Watched):
    zone.add(name="@", type="CNAME", content="lb.example.net", ttl=1)
    error = failed(UpdateError, PROVIDER.create, properties(zone, {"contoso.com A": f"300 {ADDRESS}"}))
    assert f"contoso.com A: 'CNAME 300 lb.example.net' {FOREIGN}" in str(error)


def test_a_record_of_ours_that_somebody_proxied_is_gone_and_is_told(
    zone: Watched, capsys: pytest.CaptureFixture[str]
):
    state = create(zone, domain(1))
    zone.edit(*HOST.split(), proxied=True)
    assert HOST not in PROVIDER.read("id", state).outs["recordSets"]
    assert capsys.readouterr().out == f"{told(zone)}: {HOST} is gone: {ADDRESS} {PROXIED}\n"


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, method: str, do: Any, *, before: bool = False, times: int = 1
) -> None:
    """Let somebody *do* something after the next calls of *method*, or *before* them."""
    original = getattr(CloudflareDnsZone, method)
    left = iter(range(times))

    def changed(self: CloudflareDnsZone, argument: Any) -> Any:
        if before and next(left, None) is not None:
            do()
        result = original(self, argument)
        if not before and next(left, None) is not None:
            do()
        return result

    monkeypatch.setattr(CloudflareDnsZone, method, changed)


def test_what_comes_between_the_look_and_the_batch_is_refused_by_the_server(
    zone: Watched, monkeypatch: pytest.MonkeyPatch
):
    meanwhile(
        monkeypatch, "read", lambda: zone.add(name=NAME, type="CNAME", content="edge.example.net", ttl=60)
    )
    assert refused(zone) == (
        f"{told(zone)}: nothing was changed because of 1 conflict:\n"
        f"  {HOST}: 'CNAME 60 edge.example.net' {FOREIGN} out of the configuration)"
    )
    assert list(published(zone)) == [f"{NAME} CNAME"]


def test_what_is_deleted_between_the_look_and_the_batch_is_published_anew(
    zone: Watched, monkeypatch: pytest.MonkeyPatch
):
    state = create(zone, domain(1))
    meanwhile(monkeypatch, "read", lambda: zone.remove(*HOST.split()))
    new = properties(zone, domain(1, OTHER_ADDRESS))
    assert update(state, new)["recordSets"] == published(zone) == domain(1, OTHER_ADDRESS)


def test_a_record_that_somebody_adds_at_the_same_time_is_told_and_what_was_sent_is_ours_in_the_next_run(
    zone: Watched, monkeypatch: pytest.MonkeyPatch
):
    place = {"provider": "cloudflare", "zoneId": zone.id}
    state: dict[str, Any] = {}
    stray = {"name": NAME, "type": "A", "content": "192.0.2.1", "ttl": 300}
    meanwhile(monkeypatch, "_confirm", lambda: zone.add(**stray), before=True)
    with process(PROVIDER, "first") as run:
        error = failed(UpdateError, run.publish, state, domains(1, 2), **place)
    assert str(error).startswith(
        f"{told(zone)}: {HOST} was sent, and is not what is there: somebody else changed it at the same time; look at "
        "it; 0 of 4 record sets are done, left for the next run: "
    )
    put(zone, {HOST: f"300 {ADDRESS}"})
    with process(PROVIDER, "next") as run:
        state = run.publish(state, domains(1, 2), **place)
    assert state["resource"]["recordSets"] == published(zone) == domains(1, 2)


def test_a_zone_that_shows_later_what_was_sent_is_waited_for(zone: Watched, account: Cloudflare):
    calls = Calls(account)
    read = CloudflareDnsZone.read
    looks: list[int] = []

    def late(self: CloudflareDnsZone, expected: Any) -> Any:
        looks.append(1)
        return {} if len(looks) < LOOKS else read(self, expected)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CloudflareDnsZone, "read", late)
        create(zone, domain(1))
    assert (calls()[BATCH], len(looks)) == (1, LOOKS)


@pytest.mark.usefixtures("small")
def test_a_create_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: Watched, account: Cloudflare):
    wanted = domains(*range(1, 6))
    denied = Fault(BATCH, match="_tcp.d3", status=403, code="10000", message="Authentication error")
    with account.server.faulty(denied):
        error = failed(UnfinishedError, PROVIDER.create, properties(zone, wanted))
    assert str(error) == (
        f"{told(zone)}: 10000: Authentication error (4 record sets); an active token may read the zone with Zone > "
        "Zone > Read and Zone > DNS > Read on it, and change it with Zone > DNS > Edit "
        "(docs/pipelines.md); 4 of 10 record sets are done, left for the next run: "
        "xmpp.d3.contoso.com A, _xmpp-server._tcp.d3.contoso.com SRV, xmpp.d4.contoso.com A, "
        "_xmpp-server._tcp.d4.contoso.com SRV, xmpp.d5.contoso.com A, _xmpp-server._tcp.d5.contoso.com SRV (the state "
        "holds what is done)"
    )
    assert error.outs == {**properties(zone, published(zone)), **learnt(zone)}
    assert update(dict(error.outs), properties(zone, wanted))["recordSets"] == published(zone) == wanted


def test_a_batch_that_was_carried_out_without_an_answer_is_done(zone: Watched, account: Cloudflare):
    old = create(zone, domains(1, 2))
    new = properties(zone, {**domain(1, OTHER_ADDRESS), **domain(3)})
    with account.server.faulty(Fault(BATCH, times=1, match=zone.id, effect="lose")):
        state = update(old, new)
    assert published(zone) == state["recordSets"] == new["recordSets"]


def test_what_was_done_before_the_connection_broke_for_good_is_ours_in_the_next_run(
    zone: Watched, account: Cloudflare
):
    place = {"provider": "cloudflare", "zoneId": zone.id}
    state: dict[str, Any] = {}
    lost = Fault(BATCH, times=1, match=zone.id, effect="lose")
    broken = Fault(BATCH, match=zone.id, status=502, message="Bad gateway")
    with process(PROVIDER, "first") as run, account.server.faulty(lost, broken):
        error = failed(UpdateError, run.publish, state, domains(1, 2), **place)
    assert str(error).startswith(f"{told(zone)}: HTTP 502: <p>Bad gateway</p> (4 record sets); 0 of 4 ")
    assert published(zone) == domains(1, 2)
    with process(PROVIDER, "next") as run:
        state = run.publish(state, domains(1, 2), **place)
    assert published(zone) == state["resource"]["recordSets"] == domains(1, 2)


@pytest.mark.parametrize("count", range(4))
def test_a_create_that_was_killed_after_any_record_set_goes_on(zone: Watched, count: int):
    wanted, place = domains(1, 2), {"provider": "cloudflare", "zoneId": zone.id}
    with process(PROVIDER, "killed") as run:
        state: dict[str, Any] = {"journal": run.write(None, wanted, **place)}
    put(zone, dict(list(wanted.items())[:count]))
    with process(PROVIDER, "next") as run:
        state = run.publish(state, wanted, **place)
    assert state["resource"]["recordSets"] == published(zone) == wanted


def test_a_full_zone_is_told_with_the_way_out_and_stays_as_it_is(zone: Watched):
    zone.set(plan="free")
    put(zone, domains(*range(1_000, 1_100)))
    before = published(zone)
    assert refused(zone).startswith(
        f"{told(zone)}: 81045: Record quota exceeded. (2 record sets); the plan of the zone takes no more records: "
        "delete others, or change the plan; 0 of 2 record sets are done"
    )
    assert published(zone) == before


def test_a_record_that_the_service_refuses_is_told_in_its_words(zone: Watched):
    zone.set(plan="free")
    error = failed(UpdateError, PROVIDER.create, properties(zone, {HOST: "30 192.0.2.1"}))
    assert str(error) == (
        f"{told(zone)}: 1004: DNS Validation Error; Invalid TTL. Must be between 60 and 86400 seconds, or 1. ({HOST})"
    )


@pytest.mark.parametrize("names", [1, 20])
def test_what_may_not_be_read_is_told(zone: Watched, account: Cloudflare, names: int):
    fault = Fault(LIST, match=zone.id, status=403, code="10000", message="Authentication error")
    with account.server.faulty(fault):
        error = failed(DeniedError, PROVIDER.create, properties(zone, domains(*range(names))))
    assert str(error).startswith(f"{told(zone)}: 10000: Authentication error (list); an active token may ")
