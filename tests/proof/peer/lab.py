"""Partners of a test: zones at one stand-in name server, and stand-in XMPP servers on loopback."""

from collections.abc import Mapping, Sequence
from typing import Any

import dns.message
import dns.rcode
from tests.proof.dns.cases import run
from tests.proof.dns.standin import Behaviour, StandIn, authority, sent, serving

from xmpp_federation_dns.names import closest
from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.dns.look import Look, look
from xmpp_federation_dns.proof.report import Finding

DOMAIN = "fabrikam.com"
OWNER = f"_xmpp-server._tcp.{DOMAIN}"
TARGET = f"xmpp.{DOMAIN}"
ADDRESS = "131.107.155.20"
SRV = "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp\n"
PUBLISHED = f"{SRV}xmpp 300 A {ADDRESS}\n"
ASK = f"ask the administrator of {DOMAIN} to "


def several(zones: Mapping[str, str]) -> Behaviour:
    """Return the behaviour of one server that is authoritative for *zones*, by name without final dot."""
    behaviours: dict[str, Any] = {zone: authority(f"{zone}.", text) for zone, text in zones.items()}

    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        message = dns.message.from_wire(query)
        zone = closest(message.question[0].name.to_text(omit_final_dot=True).lower(), zones)
        if zone is None:
            reply = dns.message.make_response(message)
            reply.set_rcode(dns.rcode.REFUSED)
            return sent(reply.to_wire(), tcp)
        return behaviours[zone](query, tcp)

    return behave


def looked(
    zones: Mapping[str, str], *domains: str, asked: list[StandIn] | None = None, **options: Any
) -> list[Look]:
    """Return what DNS says of *domains* where one server has *zones*; *asked* gets the server."""

    async def ask() -> list[Look]:
        async with serving(several(zones)) as server:
            if asked is not None:
                asked.append(server)
            there = ((server.address, server.port),)
            options.setdefault("timeout", 5)
            return await look(domains or [DOMAIN], LookOptions(there, **options), lambda _: None)

    return run(ask())


def looked_at(behaviour: Behaviour, domain: str = DOMAIN, **options: Any) -> Look:
    """Return what DNS says of *domain* where the server behaves so."""

    async def ask() -> Look:
        async with serving(behaviour) as server:
            there = ((server.address, server.port),)
            [one] = await look([domain], LookOptions(there, **options), lambda _: None)
            return one

    return run(ask())


def found(records: str, **options: Any) -> list[Finding]:
    """Return what is found of fabrikam.com where its zone has *records*."""
    [one] = looked({DOMAIN: records}, **options)
    return list(one.findings)


def told(findings: Sequence[Finding]) -> list[str]:
    """Return findings as lines: check, severity, and what a report shows first."""
    return [f"{each.check} {each.severity} {each}" for each in findings]
