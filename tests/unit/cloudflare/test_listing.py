"""A zone of Cloudflare in one pass, the zones of a token, and the stack that discover makes of them."""

import json
from pathlib import Path

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.cli import run
from tests.unit.clients.lab import Calls, put
from tests.unit.cloudflare.lab import LIST, client

from xmpp_federation_dns import CloudflareZone
from xmpp_federation_dns.backends.client import Right, UpdateError
from xmpp_federation_dns.changes import DELEGATED, Foreign, contents


def test_a_zone_is_listed_in_one_call(account: Cloudflare, zone: Watched):
    put(zone, {**domains(*range(60)), "contoso.com TXT": "300 v=spf1"})
    calls = Calls(account)
    assert client(zone).listing() == contents(domains(*range(60)))
    assert calls() == {LIST: 1}


def test_aliases_and_what_is_delegated_are_listed_as_what_is_in_the_way(zone: Watched):
    put(zone, {"a.contoso.com CNAME": "300 lb.example.net", "d1.contoso.com NS": "300 ns1.example.net"})
    put(zone, domain(1))
    delegated = Foreign(DELEGATED.format("d1.contoso.com"), hides=True)
    assert client(zone).listing() == {
        "a.contoso.com CNAME": Foreign("CNAME 300 lb.example.net"),
        "_xmpp-server._tcp.d1.contoso.com SRV": delegated,
        "xmpp.d1.contoso.com A": delegated,
    }


def test_a_token_tells_its_zones(account: Cloudflare, zone: Watched):
    elsewhere = account.zone("partial.example", type="partial")
    found = CloudflareZone.zones_of_account({})
    for each in (zone, elsewhere):
        assert CloudflareZone(name=each.name, zone_id=each.id) in found


def test_a_zone_that_peers_do_not_ask_says_why(zone: Watched):
    assert client(zone).unasked == ""
    zone.set(paused=True)
    told = "the zone is paused; enable Cloudflare on it (Overview, Advanced Actions)"
    assert client(zone).unasked == told
    assert client(zone).stops([]) == [Right("the zone", "in the way", told)]


def test_without_a_token_no_zones_are_listed(account: Cloudflare, monkeypatch: pytest.MonkeyPatch):
    assert account
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN")
    assert str(failed(UpdateError, CloudflareZone.zones_of_account, {})) == (
        "Cloudflare: no API token here; set CLOUDFLARE_API_TOKEN (an update takes apiToken of the zone, too)"
    )


def test_what_is_discovered_is_what_a_stack_publishes(
    account: Cloudflare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    zone = account.zone("contoso.com")
    account.token("token-of-this-one-zone-alone", zones=[zone.id])
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "token-of-this-one-zone-alone")
    monkeypatch.chdir(tmp_path)
    put(zone, {**domains(1, 2, 3), "www.contoso.com A": "60 131.107.155.99"})
    found = run("discover", "--cloudflare", "--output", "Pulumi.p.yaml")
    assert (found.returncode, found.stderr) == (0, b"")
    assert f"zoneId: {zone.id}" in Path("Pulumi.p.yaml").read_text().replace('"', "").replace("'", "")
    assert run("check", "Pulumi.p.yaml").returncode == 0
    exported = json.loads(run("export", "Pulumi.p.yaml", "--format", "json").stdout)
    there = {f"{e['name']} {e['type']}": f"{e['ttl']} {', '.join(e['values'])}" for e in exported}
    assert there == domains(1, 2, 3)
