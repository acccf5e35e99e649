"""The addresses of targets that are published elsewhere, as a resolver has them."""

import asyncio
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.nameserver import Do53Nameserver
from dns.rdatatype import RdataType


class UnresolvedError(Exception):
    """A target whose addresses no resolver could be asked for; says why."""


class Targets:
    """Resolves each target once, with *timeout* in seconds.

    Asks *resolvers*, address and port, or those of the system.
    """

    def __init__(self, timeout: float, resolvers: Sequence[tuple[str, int]] = ()) -> None:
        self._timeout = timeout
        self._resolvers = [Do53Nameserver(*place) for place in resolvers]
        self._asked: dict[str, asyncio.Task[list[str]]] = {}

    async def addresses(self, target: str) -> list[str]:
        """Return the addresses of *target*, none where there are none; raise :class:`UnresolvedError`."""
        if target not in self._asked:
            self._asked[target] = asyncio.create_task(self._resolve(target))
        return await self._asked[target]

    async def _resolve(self, target: str) -> list[str]:
        found: list[str] = []
        try:
            resolver = dns.asyncresolver.Resolver(configure=not self._resolvers)
            resolver.nameservers = self._resolvers or resolver.nameservers
            for kind in (RdataType.A, RdataType.AAAA):
                answer = await resolver.resolve(
                    f"{target}.", kind, raise_on_no_answer=False, lifetime=self._timeout
                )
                found += map(str, answer.rrset or ())
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as error:
            raise UnresolvedError(str(error)) from None
        return found
