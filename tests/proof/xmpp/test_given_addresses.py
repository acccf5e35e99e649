"""What a probe contacts where it is told the servers, before DNS does (C15)."""

import asyncio
from dataclasses import replace

import pytest
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.proof import DOMAIN, at, expected, proven, told
from tests.proof.xmpp.server import HEADER, NOTHING, StandIn
from tests.proof.xmpp.test_addresses import shut_port

from xmpp_federation_dns.proof.xmpp import probe
from xmpp_federation_dns.records import ROOT


def test_servers_that_are_given_are_contacted_for_all_domains_in_place_of_others(authority: Authority):
    async def run() -> tuple[list[str], list[str]]:
        server = StandIn(authority.server(DOMAIN, "fabrikam.com"))
        async with server.listening() as port:
            own = expected(DOMAIN, at(port), addresses=["192.0.2.1"])
            foreign = expected("fabrikam.com", at(port, "edge.adatum.com"), addresses=[])
            other = expected("adatum.com", at(port, "xmpp.adatum.com"), addresses=["192.0.2.1"])
            entries = [own, foreign, other]
            options = {"ca_file": authority.roots, "addresses": (("127.0.0.1", 0), ("127.0.0.1", port))}
            verdicts = await proven(entries, **options)
        lines = [line for found in verdicts for line in told(found.findings)]
        return [found.state for found in verdicts], [line.replace(str(port), "5269") for line in lines]

    states, lines = asyncio.run(run())
    assert states == ["proven", "proven", "failed"]
    [line] = lines
    assert line.partition(": ")[0] == "error C5 127.0.0.1 port 5269 (adatum.com)"


def test_address_without_a_port_is_contacted_at_those_of_the_records(authority: Authority):
    async def run() -> dict[str, str]:
        direct = StandIn(authority.server(DOMAIN), direct=True, second=HEADER + NOTHING)
        async with StandIn(authority.server(DOMAIN)).listening() as port, direct.listening() as second:
            entry = expected(DOMAIN, at(port), addresses=["192.0.2.1"], direct=[at(second)])
            [found] = await proven([entry], ca_file=authority.roots, addresses=(("127.0.0.1", 0),))
        names = {str(port): "PORT", str(second): "DIRECT"}
        return {place.replace(k, v): "" for place in found.expiries for k, v in names.items() if k in place}

    assert [*asyncio.run(run())] == [
        f"127.0.0.1 port PORT ({DOMAIN})",
        f"127.0.0.1 port DIRECT, direct TLS ({DOMAIN})",
    ]


def test_port_of_direct_tls_is_spoken_to_so(authority: Authority):
    async def run() -> list[str]:
        direct = StandIn(authority.server(DOMAIN), direct=True, second=HEADER + NOTHING)
        async with direct.listening() as port:
            entry = expected(DOMAIN, at(shut_port()), addresses=["192.0.2.1"], direct=[at(port)])
            [found] = await proven([entry], ca_file=authority.roots, addresses=(("127.0.0.1", port),))
        return [place.replace(str(port), "PORT") for place in found.expiries]

    assert asyncio.run(run()) == [f"127.0.0.1 port PORT, direct TLS ({DOMAIN})"]


def test_members_that_are_given_are_one_pool(authority: Authority):
    async def run() -> list[str]:
        first, second = (StandIn(authority.server(DOMAIN)) for _ in range(2))
        second.second = second.second.replace(b"<dialback xmlns='urn:xmpp:features:dialback'/>", b"").replace(
            b"xmlns:db='jabber:server:dialback' ", b""
        )
        async with first.listening() as port, second.listening("127.0.0.2", port):
            entry = expected(DOMAIN, at(port), addresses=["192.0.2.1"])
            given = (("127.0.0.1", 0), ("127.0.0.2", 0))
            [found] = await proven([entry], ca_file=authority.roots, addresses=given)
        return [f"{finding.check} {finding.subject}".replace(str(port), "5269") for finding in found.findings]

    assert asyncio.run(run()) == [
        f"C13 {DOMAIN} port 5269",
        f"C6 127.0.0.2 port 5269 ({DOMAIN})",
    ]


def test_disabled_federation_needs_no_contact_with_servers_that_are_given():
    entry = expected(DOMAIN, at(0, ROOT), direct=[at(0, ROOT)])
    [found] = asyncio.run(proven([entry], addresses=(("127.0.0.1", 0), ("127.0.0.1", 5269))))
    assert found == replace(found, findings=())


def test_no_resolver_is_asked_about_servers_that_are_given(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(probe, "Validator", None)

    async def run() -> str:
        async with StandIn(authority.server(DOMAIN)).listening() as port:
            entry = expected(DOMAIN, at(port), addresses=["192.0.2.1"])
            [found] = await proven([entry], ca_file=authority.roots, addresses=(("127.0.0.1", port),))
        return found.state

    assert asyncio.run(run()) == "proven"
