"""Targets whose addresses are published elsewhere."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.proof import DOMAIN, at, expected, proven, told
from tests.proof.xmpp.server import StandIn

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.report import Verdict

SHARED = "edge.example"


class Resolver(asyncio.DatagramProtocol):
    """A stand-in for a resolver: it knows *addresses* of names, and fails or is silent at names that say so."""

    def __init__(self, addresses: dict[tuple[str, str], str]) -> None:
        self.addresses, self.asked = addresses, Counter[str]()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked[f"{name} {kind}"] += 1
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if value := self.addresses.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, value))
        elif name.startswith("missing"):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif name.startswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        if not name.startswith("silent"):
            self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def resolver(**addresses: str) -> AsyncGenerator[tuple[Resolver, dict[str, Any]], None]:
    """Give a resolver that knows the addresses of the shared target, and the options that name it."""
    known = {(SHARED, kind): value for kind, value in addresses.items()}
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Resolver(known), ("127.0.0.1", 0)
    )
    try:
        port = transport.get_extra_info("sockname")[1]
        yield protocol, {"resolvers": (("127.0.0.1", port),)}
    finally:
        transport.close()


def elsewhere(target: str, *direct: str) -> Federation:
    return expected(DOMAIN, at(5269, target), direct=[at(5270, name) for name in direct])


def lines_of(entry: Federation, timeout: float = 5) -> list[str]:
    async def run() -> Verdict:
        async with resolver() as (_, options):
            [found] = await proven([entry], **options, timeout=timeout)
            return found

    return told(asyncio.run(run()).findings)


def test_addresses_of_both_kinds_are_contacted_and_asked_for_once(authority: Authority):
    async def run() -> tuple[list[Verdict], int, Counter[str]]:
        server = StandIn(authority.server(DOMAIN, "fabrikam.com"))
        async with (
            server.listening() as port,
            resolver(A="127.0.0.1", AAAA="::ffff:127.0.0.1") as (asked, options),
        ):
            entries = [expected(domain, at(port, SHARED)) for domain in (DOMAIN, "fabrikam.com")]
            verdicts = await proven(entries, ca_file=authority.roots, **options)
            return verdicts, server.contacts, asked.asked

    verdicts, contacts, asked = asyncio.run(run())
    assert verdicts == [Verdict(DOMAIN), Verdict("fabrikam.com")]
    assert contacts == 4
    assert asked == {"edge.example A": 1, "edge.example AAAA": 1}


@pytest.mark.parametrize("target", ["missing.example", "empty.example"])
def test_target_without_address_is_an_error(target: str):
    assert lines_of(elsewhere(target)) == [
        f"error C1 {target}: the target has no address in DNS; publish one, or correct the SRV record"
    ]


def test_target_of_direct_tls_without_address_is_an_error_of_it():
    assert lines_of(elsewhere("missing.example", "missing.example"))[1] == (
        "error C9 missing.example: the target has no address in DNS; publish one, or correct the SRV record"
    )


@pytest.mark.parametrize(
    ("target", "cause"),
    [("broken.example", "answered SERVFAIL"), ("silent.example", "The resolution lifetime expired after 0.")],
)
def test_resolver_that_fails_leaves_the_domain_unknown_within_the_time_of_a_contact(target: str, cause: str):
    [line] = lines_of(elsewhere(target), timeout=0.5)
    assert cause in line
    assert line.startswith(f"unknown C1 {target}: its addresses cannot be asked for: ")
    assert line.endswith("; name a resolver that answers")


@pytest.fixture
def no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "default_resolver", None)
    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", read)


@pytest.mark.usefixtures("no_resolver")
def test_machine_without_resolver_contacts_addresses_that_the_configuration_has(authority: Authority):
    async def run() -> list[Verdict]:
        async with StandIn(authority.server(DOMAIN)).listening() as port:
            entries = [expected(DOMAIN, at(port), addresses=["127.0.0.1"])]
            return await proven(entries, ca_file=authority.roots)

    assert asyncio.run(run()) == [Verdict(DOMAIN)]


@pytest.mark.usefixtures("no_resolver")
def test_machine_without_resolver_leaves_the_domain_unknown():
    [found] = asyncio.run(proven([elsewhere("edge.example")]))
    assert told(found.findings) == [
        "unknown C1 edge.example: its addresses cannot be asked for: Resolver configuration could not be read or "
        "specified no nameservers.; name a resolver that answers"
    ]
