"""A hosted zone in one pass, and the public zones of an account."""

import json
from pathlib import Path

import pytest
from tests.standins.clouds import Aws
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.bulk.test_hosted_zone import private, put
from tests.unit.bulk.test_interrupted import change
from tests.unit.cli import run
from tests.unit.clients.lab import Calls

from xmpp_federation_dns import Route53Zone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import DELEGATED, Foreign, contents


def zone_of(zone: HostedZone) -> Route53Zone:
    return Route53Zone(name=zone.name, zone_id=zone.id)


def test_a_zone_is_listed_page_by_page(zone: HostedZone, account: Aws):
    put(zone, domains(*range(160)))
    put(zone, {"www.contoso.com TXT": '300 "none of it"'})
    calls = Calls(account)
    assert zone_of(zone).client({}).listing() == contents(domains(*range(160)))
    assert calls() == {"ListResourceRecordSets": 2}


def test_aliases_and_what_is_delegated_are_listed_as_what_is_in_the_way(zone: HostedZone):
    put(zone, {"a.contoso.com CNAME": "300 lb.example.net.", "d1.contoso.com NS": "300 ns1.example.net."})
    put(zone, domain(1))
    lb = {"HostedZoneId": zone.id, "DNSName": "a.contoso.com", "EvaluateTargetHealth": False}
    change(zone, {"Name": "b.contoso.com", "Type": "A", "AliasTarget": lb})
    delegated = Foreign(DELEGATED.format("d1.contoso.com"), hides=True)
    assert zone_of(zone).client({}).listing() == {
        "a.contoso.com CNAME": Foreign("CNAME 300 lb.example.net."),
        "b.contoso.com A": Foreign("alias of a.contoso.com"),
        "_xmpp-server._tcp.d1.contoso.com SRV": delegated,
        "xmpp.d1.contoso.com A": delegated,
    }


def test_an_account_tells_its_public_zones(zone: HostedZone, account: Aws):
    hidden = private(account, "hidden.example")
    found = Route53Zone.zones_of_account({})
    assert zone_of(zone) in found
    assert hidden not in {each.zone_id for each in found}


def test_who_is_not_let_in_is_told_in_one_line(account: Aws):
    assert account
    error = failed(UpdateError, Route53Zone.zones_of_account, {"profile": "nobody"})
    assert str(error) == "Route 53: The config profile (nobody) could not be found"


def test_what_is_discovered_is_what_a_stack_publishes(
    account: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    zone, there = account.zone("discovered.example"), dict[str, str]()
    for key, text in domains(1, 2, 3).items():
        there[key.replace("contoso.com", zone.name)] = text.replace("contoso.com", zone.name)
    put(zone, {**there, f"www.{zone.name} A": "60 131.107.155.99"})
    found = run("discover", "--aws", "--zone", zone.name, "--output", "Pulumi.p.yaml")
    assert (found.returncode, found.stderr) == (0, b"")
    assert run("check", "Pulumi.p.yaml").returncode == 0
    exported = json.loads(run("export", "Pulumi.p.yaml", "--format", "json").stdout)
    assert {f"{e['name']} {e['type']}": f"{e['ttl']} {', '.join(e['values'])}" for e in exported} == there
