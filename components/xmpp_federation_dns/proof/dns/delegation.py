"""Which name servers are authoritative for a zone, as its parent says: what peers on the internet follow."""

import asyncio
from collections.abc import Iterable, Sequence

from xmpp_federation_dns import names
from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.authority import Delegation
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import FAMILIES
from xmpp_federation_dns.proof.dns.server import Server, Servers
from xmpp_federation_dns.proof.report import Finding, NoResolverError, Subject
from xmpp_federation_dns.proof.resolver import Resolver, UnresolvedError

MOST_REFERRALS = 10
"""Referrals that are followed from the closest delegated name down to a zone."""
MOST_SERVERS = 13
"""Names of name servers of a zone that are followed; the root zone has as many."""
MOST_ADDRESSES = 2 * MOST_SERVERS
"""Addresses of name servers of a zone that are asked."""


class Parents:
    """Finds delegations by asking the servers of the parent zones; what a resolver says is kept.

    The resolver of the machine is asked for the parents, and for addresses that no parent has as glue: inside a
    company it may know another zone of the same name. *resolvers* are asked in its place. Raises
    :class:`NoResolverError` where there is none.
    """

    def __init__(self, servers: Servers, resolvers: Sequence[Endpoint] = ()) -> None:
        self._servers = servers
        self._whose = "the given resolver" if resolvers else "the resolver of this machine"
        try:
            self._resolver = Resolver(resolvers)
        except UnresolvedError:
            text = "this machine has no resolver; name the servers to ask, with --nameserver or nameservers of the zone"
            raise NoResolverError(text) from None

    async def start(self, zones: Iterable[str]) -> None:
        """Look up the parents of *zones*; raise :class:`NoResolverError` where the resolver tells none of them."""
        parents = sorted({zone.partition(".")[2] for zone in zones})
        looked_up = (self._look_up(parent, "NS") for parent in parents)
        results = await asyncio.gather(*looked_up, return_exceptions=True)
        failures = [each for each in results if isinstance(each, UnresolvedError)]
        if len(failures) == len(parents):
            raise NoResolverError(str(failures[0]))

    async def zone(self, name: str) -> str | None:
        """Return the closest delegated zone that *name* lies in, as far as the resolver tells."""
        try:
            return await self._zone(name)
        except UnresolvedError:
            return None

    async def delegation(self, zone: str) -> Delegation | Finding:
        """Return the delegation of *zone*, or why there is none."""
        try:
            return await self._delegation(zone)
        except UnresolvedError as error:
            way_out = "ask again, or name the servers to ask, with --nameserver or nameservers of the zone"
            return Finding("V1", "unknown", Subject(zone, of="zone"), str(error), way_out)

    async def _delegation(self, zone: str) -> Delegation | Finding:
        subject = Subject(zone, of="zone")
        parent = await self._zone(zone.partition(".")[2])
        servers, _ = await self._addressed(await self._look_up(parent, "NS"), ())
        for _ in range(MOST_REFERRALS):
            server, answer = await self._ask(servers, Query(zone, "NS"))
            if server is None:
                text = f"none of the name servers of {parent or 'the root'} answers"
                seen = {each.label: each.failure or str(answer) for each in servers}
                way_out = "look for a firewall between here and them"
                return Finding("V1", "unknown", subject, text, way_out, seen=seen)
            records = [record for record in (*answer.records, *answer.authority) if record.type == "NS"]
            cut = names.closest(zone, {record.name for record in records})
            if cut is None or names.is_within(parent, cut):
                text = f"{parent or 'the root'} has no delegation of it: the zone is not public"
                way_out = (
                    "have it delegated at the registrar, correct its name, or give a private one nameservers"
                )
                return Finding("V2", "error", subject, text, way_out)
            hosts = sorted({record.value.removesuffix(".") for record in records if record.name == cut})
            below, unaddressed = await self._addressed(hosts, answer.glue)
            if cut == zone:
                _, secure = await self._ask([server], Query(zone, "DS"))
                return Delegation(below, frozenset(hosts), tuple(secure.values(zone, "DS")), unaddressed)
            parent, servers = cut, below
        text = f"more than {MOST_REFERRALS} referrals lead to it"
        return Finding("V1", "error", subject, text, "shorten the chain of delegations")

    async def _zone(self, name: str) -> str:
        while name and not await self._look_up(name, "NS"):
            name = name.partition(".")[2]
        return name

    @staticmethod
    async def _ask(servers: Sequence[Server], query: Query) -> tuple[Server | None, Answer]:
        """Return the first server that knows, and what it says; without one, what the last one says."""
        answer = Answer()
        for server in servers:
            async with server:
                answer = await server.ask(query)
            if answer.status in ("NOERROR", "NXDOMAIN"):
                return server, answer
        return None, answer

    async def _addressed(
        self, hosts: Sequence[str], glue: Sequence[Record]
    ) -> tuple[tuple[Server, ...], tuple[str, ...]]:
        """Return the servers of those names, one for each address, and the names without address."""
        hosts = hosts[:MOST_SERVERS]
        found = await asyncio.gather(*(self._addresses(host, glue) for host in hosts))
        places = [(host, address) for host, some in zip(hosts, found, strict=True) for address in some]
        servers = dict.fromkeys(self._servers.at(*place) for place in places[:MOST_ADDRESSES])
        return tuple(servers), tuple(host for host, some in zip(hosts, found, strict=True) if not some)

    async def _addresses(self, host: str, glue: Sequence[Record]) -> list[str]:
        known = [record.value for record in glue if record.name == host and record.type in FAMILIES]
        if known:
            return known
        try:
            return await self._resolver.addresses(host)
        except UnresolvedError:
            return []

    async def _look_up(self, name: str, kind: str) -> list[str]:
        try:
            return await self._resolver.values(name, kind)
        except UnresolvedError as error:
            text = f"{self._whose} does not tell {kind} of {name or '.'}: {error}"
            raise UnresolvedError(text) from None
