"""The keeper of a zone of Azure DNS against its stand-in: what it publishes, changes, deletes and reads."""

import subprocess
import sys
from typing import Any

import pytest
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import DELETE, GET, LIST, PUT, client, create, learnt, properties
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed, service
from tests.unit.clients.lab import PROVIDER, Calls, published, put, update

from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.client import RefusedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.changes import DELEGATED, Change, Content, contents

HOST = "xmpp.d1.contoso.com A"


@pytest.fixture
def calls(account: Azure, zone: DnsZone) -> Calls:
    assert zone.id
    return Calls(account, "RecordSets_")


def test_its_changes_are_single_and_the_server_checks_each():
    assert (AzureDnsZone.atomic, AzureDnsZone.conditional) == (False, True)


def test_a_zone_is_created_record_set_by_record_set_after_one_look(zone: DnsZone, calls: Calls):
    result = PROVIDER.create(properties(zone, domains(*range(20))))
    assert published(zone) == domains(*range(20))
    assert {key: calls()[key] for key in (LIST, PUT)} == {LIST: 2, PUT: 40}
    assert str(result.id).startswith("contoso.com ")
    assert result.outs == {**properties(zone, domains(*range(20))), **learnt(zone)}


def test_few_names_are_asked_for_one_by_one(zone: DnsZone, calls: Calls):
    create(zone, domain(1))
    # Each name for its type, and for a CNAME record in the place; it and those above for a delegation.
    assert calls() == {GET: 8, PUT: 2}


def test_a_delete_in_a_resource_group_that_is_gone_is_done(zone: DnsZone):
    PROVIDER.delete("", {**create(zone, domain(1)), "resourceGroup": "deleted"})


def test_what_is_equal_in_dns_is_equal_however_it_is_written(zone: DnsZone):
    zone.put("_xmpp-server._tcp.d1.contoso.com", "SRV", 3600, "0 0 5269 XMPP.d1.Contoso.com..")
    state = create(zone, service("d1.contoso.com"), existing="adopt")
    assert [change.action for change in zone.history()] == ["create"]
    changed = properties(zone, service("d1.contoso.com", ttl=60))
    assert update(state, changed)["recordSets"] == published(zone)


def test_a_refresh_reads_page_by_page(zone: DnsZone, account: Azure):
    put(zone, domains(*range(150)))
    calls = Calls(account, "RecordSets_")
    outs = PROVIDER.read("id", properties(zone, domains(*range(150)))).outs
    assert outs["recordSets"] == domains(*range(150))
    assert calls() == {LIST: 4}


def test_a_zone_that_is_not_there_is_told(zone: DnsZone):
    zone.delete()
    error = failed(ZoneGoneError, PROVIDER.create, properties(zone, domains(*range(20))))
    assert str(error) == (
        f"zone contoso.com (resource group {zone.group}): ParentResourceNotFound: Failed to perform 'read' on "
        f"resource(s) of type 'dnszones/recordsets', because the parent resource '{zone.id}' could not be found. "
        "(list); create the zone, or correct its resourceGroup or subscriptionId"
    )


def test_what_somebody_noted_beside_the_records_stays(zone: DnsZone):
    path = f"{zone.import_id('xmpp.d1.contoso.com', 'A')}"
    body = {"properties": {"TTL": 300, "metadata": {"by": "ops"}, "ARecords": [{"ipv4Address": ADDRESS}]}}
    zone._send("PUT", path, body)  # pyright: ignore[reportPrivateUsage]
    state = create(zone, domain(1), existing="adopt")
    update(state, properties(zone, domain(1, OTHER_ADDRESS)))
    there = zone._send("GET", path)["properties"]  # pyright: ignore[reportPrivateUsage]
    assert (there["metadata"], there["ARecords"]) == ({"by": "ops"}, [{"ipv4Address": OTHER_ADDRESS}])


def test_a_zone_in_another_resource_group_keeps_what_is_in_it(zone: DnsZone):
    state = create(zone, domain(1))
    zone.move(f"{zone.group}-moved")
    before = len(zone.history())
    new = properties(zone, domains(1, 2))
    assert update(state, new) == {**new, **learnt(zone)}
    assert {change.name for change in zone.history()[before:]} == {
        "xmpp.d2.contoso.com",
        "_xmpp-server._tcp.d2.contoso.com",
    }


def test_the_subscription_of_the_zone_is_that_of_the_program_before_that_of_the_environment(account: Azure):
    subscription = "00000000-0000-0000-0000-0000000000cc"
    zone = account.zone("contoso.com", subscription)
    state = create(zone, domain(1), subscriptionId=subscription)
    assert (state["subscription"], published(zone)) == (subscription, domain(1))


def test_the_subscription_of_a_zone_that_is_published_is_that_of_the_state(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch
):
    state = create(zone, domain(1))
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", "00000000-0000-0000-0000-0000000000cc")
    assert update(state, properties(zone, domain(2)))["subscription"] == SUBSCRIPTION
    assert published(zone) == domain(2)


def test_no_subscription_at_all_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID")
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"zone contoso.com (resource group {zone.group}): no subscription is named; set subscriptionId on the "
        "zone, or ARM_SUBSCRIPTION_ID"
    )


def change(old: str | None, new: str | None) -> list[Change]:
    return [Change(HOST, old and Content.of(old), new and Content.of(new))]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("new", [f"300 {OTHER_ADDRESS}", None], ids=["changed", "deleted"])
def test_what_was_not_read_before_is_read_and_compared(zone: DnsZone, new: str | None):
    put(zone, {HOST: "60 192.0.2.1"})
    error = failed(RefusedError, client(zone).send, change(f"300 {ADDRESS}", new))
    assert str(error) == f"zone contoso.com (resource group {zone.group}): {HOST} is not what it was"
    assert published(zone) == {HOST: "60 192.0.2.1"}


def test_what_is_gone_is_not_changed(zone: DnsZone):
    error = failed(RefusedError, client(zone).send, change(f"300 {ADDRESS}", f"300 {OTHER_ADDRESS}"))
    assert str(error) == f"zone contoso.com (resource group {zone.group}): {HOST} is gone"


def test_what_is_gone_is_deleted(zone: DnsZone, account: Azure):
    calls = Calls(account, "RecordSets_")
    client(zone).send(change(f"300 {ADDRESS}", None))
    assert DELETE not in calls()


@pytest.mark.parametrize("new", [f"300 {OTHER_ADDRESS}", None], ids=["changed", "deleted"])
@pytest.mark.parametrize("meanwhile", [f"300 {ADDRESS}", "60 192.0.2.1"], ids=["written anew", "edited"])
def test_what_somebody_writes_after_it_was_read_is_not_overwritten(
    zone: DnsZone, new: str | None, meanwhile: str
):
    put(zone, {HOST: f"300 {ADDRESS}"})
    reader = client(zone)
    assert reader.read(contents({HOST: f"300 {ADDRESS}"})) == contents({HOST: f"300 {ADDRESS}"})
    put(zone, {HOST: meanwhile})
    error = failed(RefusedError, reader.send, change(f"300 {ADDRESS}", new))
    assert str(error).startswith(
        f"zone contoso.com (resource group {zone.group}): PreconditionFailed: The condition '"
    )
    assert published(zone) == {HOST: meanwhile}


def test_what_somebody_creates_first_is_not_overwritten(zone: DnsZone):
    put(zone, {HOST: "60 192.0.2.1"})
    error = failed(RefusedError, client(zone).send, change(None, f"300 {ADDRESS}"))
    assert "The condition '*' in the If-None-Match header was not satisfied." in str(error)
    assert published(zone) == {HOST: "60 192.0.2.1"}


def test_the_place_knows_no_case(zone: DnsZone):
    given: dict[str, Any] = properties(zone, {}, resourceGroup=zone.group.upper(), **learnt(zone))
    assert (
        PROVIDER.zone(given).place(given) == client(zone).place == (SUBSCRIPTION, zone.group, "contoso.com")
    )


def test_an_update_without_difference_loads_nothing_of_azure(zone: DnsZone):
    given = properties(zone, domain(1))
    program = f"""
import sys
from xmpp_federation_dns.keepers.keeper import Keeper
Keeper().update("", {given!r}, {given!r})
print([name for name in sys.modules if name.partition(".")[0] in ("azure", "msal", "requests")])
"""
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("cut", ["d1", "_tcp.d1"])
@pytest.mark.parametrize("many", [1, 20])
def test_nothing_is_created_below_a_delegation(zone: DnsZone, cut: str, many: int):
    put(zone, {f"{cut}.contoso.com NS": "300 ns9.example.net."})
    wanted = domains(*range(1, many + 1))
    assert f"_xmpp-server._tcp.d1.contoso.com SRV: {DELEGATED.format(f'{cut}.contoso.com')}" in str(
        failed(UpdateError, create, zone, wanted)
    )
    assert [key for key in published(zone) if not key.endswith(" NS")] == []


def test_what_was_published_before_a_delegation_is_deleted_all_the_same(zone: DnsZone):
    state = create(zone, domain(1))
    put(zone, {"d1.contoso.com NS": "300 ns9.example.net."})
    update(state, properties(zone, {}))
    assert [key for key in published(zone) if not key.endswith(" NS")] == []
