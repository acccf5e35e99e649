"""A zone of Google Cloud DNS in one pass, and the public zones of a project."""

import json
from pathlib import Path

import pytest
from tests.standins.clouds import PROJECT, Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.cli import run
from tests.unit.clients.lab import Calls, put
from tests.unit.gcp.lab import FIND, LIST, client

from xmpp_federation_dns import GoogleZone
from xmpp_federation_dns.backends import gcp_cloud_dns
from xmpp_federation_dns.backends.client import DeniedError, UpdateError
from xmpp_federation_dns.changes import DELEGATED, Foreign, contents


def test_a_zone_is_listed_page_by_page(account: Google, zone: ManagedZone, monkeypatch: pytest.MonkeyPatch):
    put(zone, {**domains(*range(20)), "www.contoso.com TXT": '300 "none of it"'})
    monkeypatch.setattr(gcp_cloud_dns, "PAGE", 10)
    reader, calls = client(zone), Calls(account)
    assert reader.listing() == contents(domains(*range(20)))
    assert calls() == {LIST: 5}


def test_what_is_none_of_ours_and_what_is_delegated_are_listed_as_what_is_in_the_way(zone: ManagedZone):
    put(zone, {"a.contoso.com CNAME": "300 lb.example.net.", "d1.contoso.com NS": "300 ns1.example.net."})
    put(zone, {**domain(1), "contoso.com ALIAS": "300 lb.example.net."})
    zone.put_rrset(
        {"name": "b.contoso.com.", "type": "A", "ttl": 60, "routingPolicy": {"wrr": {"items": []}}}
    )
    delegated = Foreign(DELEGATED.format("d1.contoso.com"), hides=True)
    assert client(zone).listing() == {
        "a.contoso.com CNAME": Foreign("CNAME 300 lb.example.net."),
        "b.contoso.com A": Foreign("A with routing policy wrr"),
        "contoso.com A": Foreign("ALIAS 300 lb.example.net."),
        "contoso.com AAAA": Foreign("ALIAS 300 lb.example.net."),
        "_xmpp-server._tcp.d1.contoso.com SRV": delegated,
        "xmpp.d1.contoso.com A": delegated,
    }


def test_a_project_tells_its_public_zones(account: Google):
    found = [account.zone(name, "listed-project") for name in ("contoso.com", "fabrikam.com")]
    account.zone("litware.com", "listed-project", visibility="private")
    assert GoogleZone.zones_of_account({"project": "listed-project"}) == [
        GoogleZone(name=zone.name, project="listed-project", managed_zone=zone.managed_zone) for zone in found
    ]


def test_zones_are_seen_by_the_service_account_and_published_by_it(account: Google):
    there = account.zone("contoso.com", "seen-project")
    principal, calls = "dns@seen-project.iam.gserviceaccount.com", Calls(account)
    [found] = GoogleZone.zones_of_account({"project": "seen-project", "service_account": principal})
    assert (found.managed_zone, found.service_account) == (there.managed_zone, principal)
    assert calls() == {"token": 1, "generateAccessToken": 1, FIND: 1}


@pytest.mark.parametrize("named", [{}, {"project": "DNS"}], ids=["none", "one that is none"])
def test_a_project_has_to_be_named(named: dict[str, str]):
    error = failed(UpdateError, GoogleZone.zones_of_account, named)
    text = f"'{named.get('project', '')}' is not the id of a project, such as dns-production"
    assert str(error) == f"Google Cloud DNS: {text}; name it with --project"


def test_what_keeps_zones_from_being_listed_is_told_in_one_line(account: Google):
    with account.server.faulty(Fault(FIND, status=403, code="forbidden", message="Forbidden")):
        error = failed(DeniedError, GoogleZone.zones_of_account, {"project": PROJECT})
    assert str(error) == (
        "Google Cloud DNS, project dns-production: forbidden: Forbidden (managedZones.list); zones are listed "
        "by roles/dns.reader on the project, not on a zone; a stack does without by managedZone (docs/pipelines.md)"
    )


def test_what_is_discovered_is_what_a_stack_publishes(
    account: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    zone = account.zone("contoso.com", "discovered-project")
    put(zone, {**domains(1, 2, 3), "www.contoso.com A": "60 131.107.155.99"})
    found = run("discover", "--gcp", "--project", zone.project, "--output", "Pulumi.p.yaml")
    assert (found.returncode, found.stderr) == (0, b"")
    assert run("check", "Pulumi.p.yaml").returncode == 0
    exported = json.loads(run("export", "Pulumi.p.yaml", "--format", "json").stdout)
    there = {f"{e['name']} {e['type']}": f"{e['ttl']} {', '.join(e['values'])}" for e in exported}
    assert there == domains(1, 2, 3)


@pytest.mark.parametrize("many", [1, 20])
def test_a_delegation_is_read_as_what_hides_a_new_record_set(zone: ManagedZone, many: int):
    put(zone, {"_tcp.d1.contoso.com NS": "300 ns9.example.net."})
    wanted = contents(domains(*range(1, many + 1)))
    service = "_xmpp-server._tcp.d1.contoso.com SRV"
    found = client(zone).read(dict.fromkeys(wanted))
    assert found == {service: Foreign(DELEGATED.format("_tcp.d1.contoso.com"), hides=True)}
    assert client(zone).read({service: wanted[service]}) == {}
