"""Questions about domains that nobody here publishes: their SRV records, and where these lead."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns import ports, tlsa_checks
from xmpp_federation_dns.proof.dns.apexes import apexes
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Question, further, leftovers
from xmpp_federation_dns.proof.dns.round import Round
from xmpp_federation_dns.proof.dns.seen import is_askable, of_resolver, seen, targets
from xmpp_federation_dns.proof.dns.server import Server, Servers
from xmpp_federation_dns.proof.resolver import Resolver, UnresolvedError
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER, AddressSet, owner_name

if TYPE_CHECKING:
    from xmpp_federation_dns.proof.dns.delegation import Parents

PATIENCE = 2.0
"""Seconds that one attempt over UDP waits."""
SHARE = 5
"""A contact is given the time for as many attempts, one after the other."""
CONTACTS = 6
"""The name servers of one zone may take as long as so many contacts, one after the other."""


@dataclass(frozen=True, slots=True)
class LookOptions:
    """Whom to ask, and how long.

    Without *nameservers*, those to which the parents of zones delegate. *resolvers* are asked for parents, and for
    addresses of hosts, in place of those of this machine. *timeout*: seconds of a contact, from which all others
    follow; *rate*: questions per second and server. *allow_private* admits addresses that only a lab reaches.
    """

    nameservers: tuple[Endpoint, ...] = ()
    resolvers: tuple[Endpoint, ...] = ()
    timeout: float = 10.0
    rate: float = 5000.0
    allow_private: bool = False


class Asking:
    """What is asked about *domains*, and answered."""

    def __init__(self, domains: Iterable[str], options: LookOptions) -> None:
        self.options = options
        self.owners = {owner_name(domain, each) for domain in domains for each in (XMPP_SERVER, XMPPS_SERVER)}
        self.resolved: dict[str, list[AddressSet] | UnresolvedError] = {}
        """What a resolver tells of names whose own servers tell no address, and do not deny it."""
        self.silent: dict[str, None] = {}
        servers = Servers(options.rate, min(PATIENCE, options.timeout / SHARE))
        self.given = list(
            dict.fromkeys(servers.at(address, address, port) for address, port in options.nameservers)
        )
        self._parents = None if self.given else _parents(servers, options.resolvers)
        # Of given servers, zones are found as names come up.
        self._zones: set[str] = set()
        self._nameservers: dict[str, Sequence[Server]] = {}
        self.round = Round(self._zones, servers, self._nameservers, self._parents, CONTACTS * options.timeout)
        self._resolver = cache(lambda: Resolver(options.resolvers))

    async def start(self, domains: Iterable[str]) -> None:
        """Look up the parents of *domains*; raise :class:`NoResolverError` where the resolver tells none of them."""
        if self._parents:
            await self._parents.start(domains)

    async def ask(self, domains: Iterable[str]) -> None:
        """Ask for the services of *domains*, for the addresses these lead to, and for what misleads peers."""
        answers = self.round.answers
        domains = list(domains)
        owners = [owner_name(domain, each) for domain in domains for each in (XMPP_SERVER, XMPPS_SERVER)]
        await self._find_zones(owners)
        await self.round.ask([Question(owner, "SRV") for owner in owners])
        published = [
            seen(domain, answers) for domain in domains if answers.usable(Question(owner_name(domain), "SRV"))
        ]
        hosts = list(dict.fromkeys(host for each in published for host in hosts_of(each)))
        await self._find_zones(hosts)
        more = [
            question
            for each in published
            for question in (*leftovers(each, self.owners), *ports.question(each))
        ]
        addresses = [Question(host, kind) for host in hosts for kind in FAMILIES]
        # Many domains may share a target.
        await self.round.ask([question for question in addresses if not answers.all(question)], more)
        await self.round.ask(
            [
                question
                for each in published
                for question in (
                    *further(each, self.owners, answers),
                    *tlsa_checks.questions(each, self.round.views),
                )
            ],
            [question for each in published for question in ports.further(each, answers)],
        )
        unresolved = [host for host in hosts if host not in self.resolved and self._is_open(host)]
        await asyncio.gather(*map(self._resolve, unresolved))

    async def _find_zones(self, names: Iterable[str]) -> None:
        if self.given:
            found = {
                zone for zone in (await apexes(names, self.given, self.silent)).values() if zone is not None
            }
            self._zones |= found
            self._nameservers |= dict.fromkeys(found, self.given)

    def _is_open(self, host: str) -> bool:
        """Tell whether *host* may have addresses that its servers do not tell: behind a CNAME, or for want of them."""
        answers = self.round.answers
        found = {kind: answers.usable(Question(host, kind)).values() for kind in FAMILIES}
        if any(answer.of(host, kind) for kind, some in found.items() for answer in some):
            return False
        return not all(found.values()) or any(
            answer.of(host, "CNAME") for some in found.values() for answer in some
        )

    async def _resolve(self, host: str) -> None:
        try:
            self.resolved[host] = of_resolver(host, await self._resolver().addresses(host))
        except UnresolvedError as error:
            self.resolved[host] = error


def _parents(servers: Servers, resolvers: Sequence[Endpoint]) -> "Parents":
    # Loads half a second of modules that nobody needs who names the servers.
    from xmpp_federation_dns.proof.dns.delegation import Parents

    return Parents(servers, resolvers)


def hosts_of(published: Federation) -> list[str]:
    """Return the names whose addresses are asked for: targets, and the domain itself where peers fall back to it."""
    own = [] if published.service.records else [published.domain]
    return [*own, *filter(is_askable, targets(published))]
