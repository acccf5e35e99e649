"""A zone of Azure DNS in one pass, and the public zones of a subscription."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import LIST, client
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.cli import run
from tests.unit.clients.lab import Calls, put

from xmpp_federation_dns import AzureZone
from xmpp_federation_dns.backends.client import UpdateError, ZoneGoneError
from xmpp_federation_dns.changes import DELEGATED, Foreign, contents


def test_a_zone_is_listed_page_by_page(account: Azure, zone: DnsZone):
    put(zone, domains(*range(60)))
    calls = Calls(account, "RecordSets_")
    assert client(zone).listing() == contents(domains(*range(60)))
    assert calls() == {LIST: 2}


def test_aliases_and_what_is_delegated_are_listed_as_what_is_in_the_way(zone: DnsZone):
    put(zone, {"a.contoso.com CNAME": "300 lb.example.net.", "d1.contoso.com NS": "300 ns1.example.net."})
    put(zone, domain(1))
    delegated = Foreign(DELEGATED.format("d1.contoso.com"), hides=True)
    assert client(zone).listing() == {
        "a.contoso.com CNAME": Foreign("CNAME 300 lb.example.net."),
        "_xmpp-server._tcp.d1.contoso.com SRV": delegated,
        "xmpp.d1.contoso.com A": delegated,
    }


@pytest.mark.parametrize("named", [{}, {"subscription_id": SUBSCRIPTION}], ids=["environment", "option"])
def test_a_subscription_tells_its_zones(account: Azure, zone: DnsZone, named: dict[str, Any]):
    assert account
    found = AzureZone.zones_of_account(named)
    assert AzureZone(name=zone.name, resource_group=zone.group, **named) in found


def test_a_resource_group_tells_its_zones(account: Azure, zone: DnsZone):
    assert account
    [found] = AzureZone.zones_of_account({"resource_group": zone.group})
    assert (found.name, found.resource_group) == (zone.name, zone.group)


def test_what_keeps_zones_from_being_listed_is_told_in_one_line(
    account: Azure, zone: DnsZone, monkeypatch: pytest.MonkeyPatch
):
    assert account
    assert zone
    error = failed(ZoneGoneError, AzureZone.zones_of_account, {"resource_group": "nowhere"})
    assert str(error).startswith(
        "Azure DNS: ResourceGroupNotFound: Resource group 'nowhere' could not be found."
    )
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID")
    error = failed(UpdateError, AzureZone.zones_of_account, {})
    assert str(error) == (
        "Azure DNS: '' is not the id of a subscription, which is a GUID; name it with --subscription, or in "
        "ARM_SUBSCRIPTION_ID"
    )


def test_what_is_discovered_is_what_a_stack_publishes(
    account: Azure, zone: DnsZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert account
    monkeypatch.chdir(tmp_path)
    put(zone, {**domains(1, 2, 3), "www.contoso.com A": "60 131.107.155.99"})
    found = run("discover", "--azure", "--resource-group", zone.group, "--output", "Pulumi.p.yaml")
    assert (found.returncode, found.stderr) == (0, b"")
    assert run("check", "Pulumi.p.yaml").returncode == 0
    exported = json.loads(run("export", "Pulumi.p.yaml", "--format", "json").stdout)
    there = {f"{e['name']} {e['type']}": f"{e['ttl']} {', '.join(e['values'])}" for e in exported}
    assert there == domains(1, 2, 3)
