"""A probe of stand-in servers, and its findings in the form that tests compare."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from tests.proof.xmpp.server import StandIn

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.report import Finding, Verdict
from xmpp_federation_dns.proof.xmpp.probe import ProbeOptions, probe
from xmpp_federation_dns.records import ROOT, AaaaRecordSet, ARecordSet, SrvRecord, SrvRecordSet

DOMAIN = "contoso.com"
TARGET = "xmpp.contoso.com"


def expected(
    domain: str = DOMAIN,
    *servers: SrvRecord,
    addresses: Sequence[str] = (),
    direct: Sequence[SrvRecord] = (),
) -> Federation:
    """Return what peers have to see of *domain*: *servers*, of which the first has *addresses*."""
    target = servers[0].target
    ipv4, ipv6 = (tuple(a for a in addresses if (":" in a) == six) for six in (False, True))
    own = [ARecordSet(target, 300, ipv4)] * bool(ipv4) + [AaaaRecordSet(target, 300, ipv6)] * bool(ipv6)
    service = SrvRecordSet(f"_xmpp-server._tcp.{domain}", 3600, servers)
    direct_tls = SrvRecordSet(f"_xmpps-server._tcp.{domain}", 3600, tuple(direct)) if direct else None
    return Federation(domain, service, direct_tls, tuple(own), {})


def at(port: int, target: str = TARGET) -> SrvRecord:
    """Return the SRV record of *target* at *port*."""
    return SrvRecord(0, 0, port, target)


async def proven(entries: Sequence[Federation], **options: Any) -> list[Verdict]:
    """Return the verdicts on *entries*."""
    options.setdefault("timeout", 5)
    return await probe(entries, ProbeOptions(**options), lambda _: None)


def findings(server: StandIn, domain: str = DOMAIN, **options: Any) -> list[Finding]:
    """Return what a probe finds about *domain* at *server*."""

    async def run() -> list[Finding]:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(server.listening())
            target = f"xmpp.{domain}"
            if server.direct:
                entry = expected(domain, at(0, ROOT), direct=[at(port, target)])
                own = (ARecordSet(target, 300, ("127.0.0.1",)),)
                entry = Federation(domain, entry.service, entry.direct_tls, own, {})
            else:
                entry = expected(domain, at(port, target), addresses=["127.0.0.1"])
            [verdict] = await proven([entry], **options)
            assert verdict.domain == domain
            return [shifted(finding, port) for finding in verdict.findings]

    return asyncio.run(run())


def shifted(finding: Finding, port: int) -> Finding:
    """Return *finding* as if *port* were 5269."""
    there = f"port {port}"
    subject, way_out = (text.replace(there, "port 5269") for text in (str(finding.subject), finding.way_out))
    about = finding.subject._replace(name=subject)
    return Finding(finding.check, finding.severity, about, finding.text, way_out, seen=finding.seen)


def told(found: Sequence[Finding]) -> list[str]:
    """Return findings as lines: severity, check, text, and what was seen."""
    return [
        f"{finding.severity} {finding.check} {finding}"
        + "".join(f" [{k}: {v}]" for k, v in finding.seen.items())
        for finding in found
    ]
