"""What the tests of `verify` expect, and ask about."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.questions import Answers, Question
from xmpp_federation_dns.proof.dns.service import service
from xmpp_federation_dns.proof.dns.target_checks import target
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.published import from_rows

T = TypeVar("T")
SRV_NAME = "_xmpp-server._tcp.contoso.com"
SRV = "0 0 5269 xmpp.contoso.com."
TARGET = "xmpp.contoso.com"
ADDRESS = "131.107.155.10"
RECORDS = f"_xmpp-server._tcp 3600 SRV {SRV}\nxmpp 300 A {ADDRESS}\n"
AGAIN = "run `pulumi up --refresh`"
NOTHING = Answer("NOERROR", authoritative=True)
NO_NAME = Answer("NXDOMAIN", authoritative=True)


def row(name: str, kind: str, *values: str, ttl: int = 300, zone: str = "contoso.com") -> dict[str, Any]:
    """Return one record set of the output ``records``."""
    return {"name": name, "type": kind, "ttl": ttl, "values": list(values), "zone": zone, "provider": "aws"}


def expected(
    domain: str = "contoso.com",
    *,
    srv: tuple[str, ...] = (SRV,),
    ipv4: tuple[str, ...] = (ADDRESS,),
    ipv6: tuple[str, ...] = (),
    direct_tls: tuple[str, ...] = (),
    ttl: int = 3600,
    zone: str = "contoso.com",
) -> Federation:
    """Return what is expected of *domain*, whose target is ``xmpp`` below it."""
    srv = tuple(value.replace("contoso.com", domain) for value in srv)
    rows = [row(f"_xmpp-server._tcp.{domain}", "SRV", *srv, ttl=ttl, zone=zone)]
    for kind, values in (("A", ipv4), ("AAAA", ipv6)):
        if values:
            rows.append(row(f"xmpp.{domain}", kind, *values, zone=zone))
    if direct_tls:
        rows.append(row(f"_xmpps-server._tcp.{domain}", "SRV", *direct_tls, ttl=ttl, zone=zone))
    [found] = from_rows(rows, "records")
    return found


def answer(name: str, kind: str, *values: str, ttl: int = 300) -> Answer:
    """Return what an authority says that has these records."""
    return Answer("NOERROR", True, tuple(Record(name, kind, ttl, value) for value in values))


def a(*values: str, ttl: int = 300) -> Answer:
    """Return what an authority says that has these IPv4 addresses of the target."""
    return answer(TARGET, "A", *values, ttl=ttl)


def aaaa(*values: str) -> Answer:
    """Return what an authority says that has these IPv6 addresses of the target."""
    return answer(TARGET, "AAAA", *values)


def said(*servers: Mapping[tuple[str, str], Answer]) -> Answers:
    """Return what the servers ns1, ns2 … said."""
    found = Answers()
    for number, answers in enumerate(servers, 1):
        for (name, kind), each in answers.items():
            found.add(Question(name, kind), f"ns{number}", each)
    return found


def found_at(wanted: Federation, *answers: tuple[Answer, Answer]) -> list[Finding]:
    """Return what is found at the target where servers answer so about IPv4 and IPv6."""
    there = said(*({(TARGET, "A"): ipv4, (TARGET, "AAAA"): ipv6} for ipv4, ipv6 in answers))
    return list(target(wanted, TARGET, there))


def srv(*values: str, ttl: int = 3600) -> Answer:
    return answer(SRV_NAME, "SRV", *values, ttl=ttl)


def services(wanted: Federation, *answers: Answer) -> list[Finding]:
    """Return what is found where ns1, ns2 … give these answers for the SRV records."""
    said_of = said(*({(SRV_NAME, "SRV"): each} for each in answers))
    return list(service(wanted, wanted.service, said_of))


def about_srv(
    check: str,
    severity: str,
    text: str,
    way_out: str = AGAIN,
    *seen: str,
    wanted: str = SRV,
) -> Finding:
    by_server = {f"ns{number}": each for number, each in enumerate(seen, 1)}
    return Finding(check, severity, Subject(SRV_NAME, "SRV"), text, way_out, wanted, by_server)  # pyright: ignore[reportArgumentType] a literal


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run *coroutine*, for ten seconds at most."""

    async def limited() -> T:
        return await asyncio.wait_for(coroutine, 10)

    return asyncio.run(limited())
