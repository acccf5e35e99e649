"""Too many requests: all writers of a zone wait as long as the service asks one of them to."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import PUT, client, create, properties
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.clients.lab import PROVIDER, published

from xmpp_federation_dns.backends import attempts, azure_resource_manager
from xmpp_federation_dns.backends.azure_resource_manager import ResourceManager
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import Keeper

FASTER = 6
"""How much faster than the service the stand-in refills what it takes in a minute: far faster, and it is no limit."""


def throttling(zone: DnsZone, times: int = 1_000_000) -> Fault:
    """Return the answer that there are too many requests, and that 50 ms are to be waited."""
    return Fault(PUT, times=times, match=zone.group, status=429, code="TooManyRequests", message="Slow down.")


def seconds(zone: DnsZone, record_sets: dict[str, str]) -> float:
    """Publish, and return how long that took."""
    began = time.monotonic()
    create(zone, record_sets)
    assert published(zone) == record_sets
    return time.monotonic() - began


def test_a_zone_that_is_throttled_is_published_at_the_rate_that_the_service_takes(
    account: Azure, zone: DnsZone
):
    record_sets = domains(*range(30))
    own = seconds(account.zone("contoso.com"), record_sets)
    before = account.server.calls()[PUT]
    account.server.request("POST", "/-/throttle", {"speed": FASTER, "full": False})
    try:
        took = seconds(zone, record_sets)
    finally:
        account.server.request("POST", "/-/throttle", {"speed": 0})
    least = (len(record_sets) - 1) / 200 * 60 / FASTER
    # What the machine takes without limits has to be allowed for: it may be busier the second time.
    assert least <= took <= 1.1 * least + 2 * own
    assert account.server.calls()[PUT] > before + len(record_sets)


def test_what_is_throttled_is_sent_again(zone: DnsZone, account: Azure):
    with account.server.faulty(throttling(zone, 20)):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_long_waits_are_told_beside_the_resource(
    zone: DnsZone, account: Azure, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(attempts, "NOTICED", 0.0)
    told: list[str] = []
    keeper = Keeper(tell=lambda line, *, passing=False: told.append(f"{passing} {line}"))
    broken = Fault(PUT, times=1, match=zone.group, status=503, code="ServiceUnavailable", message="Sorry.")
    with account.server.faulty(throttling(zone, 1), broken):
        keeper.create(properties(zone, domain(1)))
    where = f"True zone contoso.com (resource group {zone.group}): "
    assert sorted(told) == [
        f"{where}ServiceUnavailable: Sorry. (PUT xmpp.d1.contoso.com A); waiting 0 s",
        f"{where}more calls than the service takes; waiting 0 s",
    ]


def test_throttling_that_does_not_end_is_told(zone: DnsZone, account: Azure, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(azure_resource_manager, "PATIENCE", 0.2)
    with account.server.faulty(throttling(zone)):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert error.unanswered is False
    assert str(error) == (
        f"zone contoso.com (resource group {zone.group}): TooManyRequests: Slow down. (PUT xmpp.d1.contoso.com A); "
        "0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )


def test_what_got_no_answer_before_it_was_throttled_for_good_may_be_done(
    zone: DnsZone, account: Azure, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(azure_resource_manager, "PATIENCE", 0.2)
    lost = Fault(PUT, times=1, match=zone.group, effect="lose")
    body = {"properties": {"TTL": 300, "ARecords": [{"ipv4Address": "131.107.155.10"}]}}
    with account.server.faulty(lost, throttling(zone)):
        error = failed(UpdateError, client(zone).azure.call, "PUT", f"{zone.path}/A/xmpp", "PUT", body)
    assert (error.unanswered, list(published(zone))) == (True, ["xmpp.contoso.com A"])


def test_all_wait_where_one_has_to(zone: DnsZone, account: Azure):
    azure: ResourceManager = client(zone).azure
    path = f"{zone.path}/A/www"
    fault = Fault("RecordSets_Get", times=1, match=zone.group, status=429, code="TooManyRequests")
    azure.call("GET", path, "first")
    with account.server.faulty(fault), ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        pool.submit(azure.call, "GET", path, "throttled").result()
        assert time.monotonic() - began >= 0.05
        waiting = [pool.submit(azure.call, "GET", path, "other") for _ in range(3)]
        assert [each.result().status for each in waiting] == [404, 404, 404]
