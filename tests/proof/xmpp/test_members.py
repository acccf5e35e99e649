"""Whether the members of a pool agree: certificates of one CA that end together, and the same ways in."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from tests.proof.xmpp.authority import NOW, Authority, issue
from tests.proof.xmpp.proof import DOMAIN, at, expected, proven, told
from tests.proof.xmpp.server import EXTERNAL, HEADER, StandIn
from tests.proof.xmpp.test_addresses import shut_port

POOL = "warning C13 xmpp.contoso.com port 5269: "
OLD, NEW = NOW + timedelta(days=20), NOW + timedelta(days=90)


def found(authority: Authority, *members: StandIn) -> list[str]:
    """Return what a probe finds where each of *members* has an address of its own."""

    async def run() -> list[str]:
        addresses = [f"127.0.0.{number}" for number in range(1, len(members) + 1)]
        async with AsyncExitStack() as stack:
            port = shut_port()
            for address, member in zip(addresses, members, strict=True):
                await stack.enter_async_context(member.listening(address, port))
            entry = expected(DOMAIN, at(port), addresses=addresses)
            [verdict] = await proven([entry], ca_file=authority.roots)
            return [line.replace(str(port), "5269") for line in told(verdict.findings)]

    return asyncio.run(run())


def until(end: object) -> str:
    return f"certificate of contoso.com, until {end:%Y-%m-%d}, by 'CN=Stand-in root'"


def test_a_pool_that_is_half_renewed_is_told_with_both_certificates(authority: Authority):
    members = [StandIn(authority.server(DOMAIN, ends=ends)) for ends in (NEW, OLD)]
    assert found(authority, *members) == [
        f"{POOL}its addresses show different certificates; install the new one on every member, unless each renews "
        f"its own [127.0.0.1: {until(NEW)}] [127.0.0.2: {until(OLD)}]"
    ]


def test_members_that_were_renewed_in_one_week_agree(authority: Authority):
    members = [StandIn(authority.server(DOMAIN, ends=ends)) for ends in (NEW, NEW - timedelta(days=7))]
    assert found(authority, *members) == []


def test_a_member_with_a_certificate_of_another_ca_is_told(authority: Authority):
    other = issue("Other root", ca=True)
    members = [
        StandIn(authority.server(DOMAIN, ends=NEW)),
        StandIn(authority.context(issue("server", DOMAIN, by=other, ends=NEW))),
    ]
    assert f"{POOL}its addresses show different certificates" in found(authority, *members)[0]


def test_a_member_that_lets_peers_in_another_way_is_told(authority: Authority):
    members = [
        StandIn(authority.server(DOMAIN)),
        StandIn(authority.server(DOMAIN), second=HEADER + EXTERNAL),
    ]
    assert found(authority, *members) == [
        f"{POOL}its addresses do not offer peers the same; configure all members alike "
        "[127.0.0.1: offers dialback] [127.0.0.2: offers dialback and SASL EXTERNAL]"
    ]
