"""A zone that Knot signs, its trust anchor, and an XMPP server that the zone leads to."""

import asyncio
import hashlib
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import dns.dnssec
import dns.message
import dns.query
from cryptography.hazmat.primitives import serialization
from tests.proof.dns.knots import knot
from tests.proof.xmpp.authority import Issued
from tests.proof.xmpp.proof import DOMAIN, TARGET, at, expected, proven
from tests.proof.xmpp.server import StandIn
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.report import Finding

ZONE = """\
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
"""
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Signed:
    """Where the zone is served, and a file with its trust anchor."""

    port: int
    anchor: Path

    @property
    def options(self) -> dict[str, Any]:
        """What makes a probe ask there."""
        return {"resolvers": ((HOST, self.port),), "trust_anchors": self.anchor}


@contextmanager
def signed(
    directory: Path, text: str, zone: str = f"{DOMAIN}.", *, signing: bool = True
) -> Generator[Signed]:
    """Serve *zone* with *text*, signed by Knot, until the block ends."""
    port = free_port()
    with knot(directory / "knot", {zone: ZONE + text}, port, signing=signing):
        anchor = directory / "anchor"
        anchor.write_text(ds_of(zone, port) if signing else f"{zone} DS 1 13 2 {'00' * 32}\n")
        yield Signed(port, anchor)


def ds_of(zone: str, port: int) -> str:
    """Return the DS records of a zone as lines of a zone file."""
    [keys] = dns.query.udp(dns.message.make_query(zone, "DNSKEY"), HOST, 5, port).answer
    found = [key for key in cast("list[Any]", list(keys)) if key.flags & 1]
    return "".join(f"{zone} DS {dns.dnssec.make_ds(keys.name, key, 'SHA256').to_text()}\n" for key in found)


def records(port: int, *tlsa: str) -> str:
    """Return what the SIP domain publishes: SRV, address, and TLSA records of the target at *port*."""
    lines = [f"_xmpp-server._tcp 3600 SRV 0 0 {port} xmpp", f"xmpp 300 A {HOST}"]
    return "\n".join([*lines, *(f"_{port}._tcp.xmpp 300 TLSA {each}" for each in tlsa), ""])


def findings(
    server: StandIn, port: int, options: dict[str, Any], addresses: tuple[str, ...] = (HOST,)
) -> list[Finding]:
    """Return what a probe finds where *server* listens at *port*, as if that were 5269."""

    async def run() -> list[Finding]:
        async with AsyncExitStack() as stack:
            for address in addresses:
                await stack.enter_async_context(server.listening(address, port))
            entry = expected(DOMAIN, at(port, TARGET), addresses=addresses)
            [verdict] = await proven([entry], **options)
            return [_shifted(finding, port) for finding in verdict.findings]

    return asyncio.run(run())


def _shifted(finding: Finding, port: int) -> Finding:
    """Return *finding* as if *port* were 5269, also where TLSA records have it in their owner."""
    places = {f"_{port}.": "_5269.", f"port {port}": "port 5269"}
    name, text, way_out = finding.subject.name, finding.text, finding.way_out
    for there, instead in places.items():
        name, text, way_out = (each.replace(there, instead) for each in (name, text, way_out))
    return replace(finding, subject=finding.subject._replace(name=name), text=text, way_out=way_out)


def key_digest(issued: Issued) -> str:
    """Return the SHA-256 digest of a certificate's public key."""
    key = issued.certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(key).hexdigest()
