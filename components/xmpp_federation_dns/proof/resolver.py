"""What a recursive resolver answers, of which each question is asked once."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import cast

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.resolver
from dns.nameserver import Do53Nameserver

from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.problems import one_line

IN_FLIGHT = 32
"""Questions that wait for an answer at the same time."""


class UnresolvedError(Exception):
    """A question without an answer; says why."""


class Resolver:
    """Asks *servers*, or those of this machine, with *timeout* in seconds for each question.

    Raises :class:`UnresolvedError` where this machine has none.
    """

    def __init__(self, servers: Sequence[Endpoint] = (), timeout: float | None = None) -> None:
        self._timeout = timeout
        self._answers: dict[tuple[str, str], asyncio.Task[list[str]]] = {}
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        if servers:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
            self._resolver.nameservers = [Do53Nameserver(*server) for server in servers]
            return
        try:
            self._resolver = dns.asyncresolver.get_default_resolver()
        except dns.resolver.NoResolverConfiguration as error:
            raise UnresolvedError(str(error)) from None

    async def addresses(self, name: str) -> list[str]:
        """Return the addresses of *name*, of both families; raise :class:`UnresolvedError`."""
        return [*await self.values(name, "A"), *await self.values(name, "AAAA")]

    async def values(self, name: str, kind: str) -> list[str]:
        """Return the values of a record set, sorted, none where there is none; raise :class:`UnresolvedError`."""
        # A task, so that all who want to know wait for the one query.
        if (name, kind) not in self._answers:
            self._answers[name, kind] = asyncio.create_task(self._ask(name, kind))
        # One of them that gives up leaves the others waiting.
        return await asyncio.shield(self._answers[name, kind])

    async def _ask(self, name: str, kind: str) -> list[str]:
        try:
            async with self._slots:
                answer = await self._resolver.resolve(
                    f"{name}.", kind, raise_on_no_answer=False, lifetime=self._timeout
                )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise UnresolvedError(one_line(error)) from None
        found = cast("Iterable[dns.rdata.Rdata]", answer.rrset or ())
        return sorted(rdata.to_text().removesuffix(".").lower() for rdata in found)
