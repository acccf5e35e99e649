"""One round of questions: each goes to the servers of the zone that its name lies in."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from xmpp_federation_dns.names import closest
from xmpp_federation_dns.proof.dns.agreement import DISAGREE, as_texts
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.authority import Delegation, ZoneView, look
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import Answers, Question
from xmpp_federation_dns.proof.dns.server import Server, Servers
from xmpp_federation_dns.proof.report import Finding, Severity, Subject

if TYPE_CHECKING:
    from xmpp_federation_dns.proof.dns.delegation import Parents

ZONES_AT_A_TIME = 32
"""Zones whose name servers have open sockets at the same time."""


class Round:
    """What was asked and answered: *zones* are those that the records are published in.

    *nameservers*: those that are asked about a zone in place of the ones to which its parent delegates. *parents* tell
    the zones of all other names. *seconds* are those that the servers of one zone may take to answer a batch.
    """

    def __init__(
        self,
        zones: Set[str],
        servers: Servers,
        nameservers: Mapping[str, Sequence[Server]],
        parents: "Parents | None" = None,
        seconds: float | None = None,
    ) -> None:
        self.answers = Answers()
        self.views: dict[str, ZoneView] = {}
        self.homes: dict[str, str | None] = {}
        """The zone of each name that was asked for, where it is known."""
        self._zones = zones
        self._servers = servers
        self._nameservers = nameservers
        self._done: set[Question] = set()
        self._badly_signed: dict[Question, Finding] = {}
        self._elsewhere: set[Question] = set()
        self._parents = parents
        self._seconds = seconds
        self._limit = asyncio.Semaphore(ZONES_AT_A_TIME)

    async def start(self) -> None:
        """Look up the parents of the zones, where these are followed; raise :class:`NoResolverError`."""
        if followed := self._zones - self._nameservers.keys():
            # Loads half a second of modules that nobody needs who names the servers.
            from xmpp_federation_dns.proof.dns.delegation import Parents

            self._parents = Parents(self._servers)
            await self._parents.start(followed)

    async def ask(self, every: Iterable[Question], one: Iterable[Question] = ()) -> None:
        """Ask every server of a zone for *every*, and one of them for each of *one*."""
        batches = dict.fromkeys(every), dict.fromkeys(one)
        zones = {each.name: closest(each.name, self._zones) for batch in batches for each in batch}
        if self._parents:
            elsewhere = [name for name, zone in zones.items() if zone is None]
            homes = await asyncio.gather(*(self._home(name, self._parents) for name in elsewhere))
            zones |= zip(elsewhere, homes, strict=True)
        self.homes |= zones
        by_zone: defaultdict[str, tuple[list[Question], list[Question]]] = defaultdict(lambda: ([], []))
        for position, batch in enumerate(batches):
            for question in batch:
                if (zone := zones[question.name]) is not None:
                    by_zone[zone][position].append(question)
                else:
                    self._elsewhere.add(question)
        await asyncio.gather(*(self._ask(zone, *lots) for zone, lots in by_zone.items()))

    def about(self, question: Question) -> Iterator[Finding]:
        """Yield what keeps the answers to a question from proving anything."""
        if question in self._badly_signed:
            yield self._badly_signed[question]
        answers = self.answers.all(question)
        bad = {label: answer for label, answer in answers.items() if not answer.usable}
        check = {"SRV": "V3", "TLSA": "V16"}.get(question.type, "V8")
        severity: Severity = "unknown"
        if question in self._elsewhere and not self._parents:
            severity = "info"
            text = "not asked for: the given name servers do not serve its zone"
            way_out = "its own delegation is followed without --nameserver or nameservers"
        elif question in self._elsewhere:
            text = "the resolver of this machine does not tell whose zone it lies in"
            way_out = "ask again, or name the servers to ask, with --nameserver or nameservers of the zone"
        elif question not in self._done:
            text, way_out = "the time limit came first", "raise --timeout"
        elif not bad:
            return
        elif cut := next((answer.cut for answer in bad.values() if answer.cut), ""):
            severity = "error"
            text = "it lies in a zone of its own, which is delegated to other name servers"
            way_out = f"publish it in the zone {cut}"
            if len(bad) < len(answers):
                check, bad, (text, way_out) = "V12", answers, DISAGREE
        elif any(answer.status for answer in bad.values()):
            severity = "error"
            text, way_out = "a name server has no answer for peers", "read the log of the name server"
        else:
            text, way_out = "a name server gives no answer", "ask again"
        yield Finding(check, severity, Subject(*question), text, way_out, seen=as_texts(bad))

    async def _home(self, name: str, parents: "Parents") -> str | None:
        # Who has no answer in time has none.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                return await parents.zone(name)
        return None

    async def _ask(self, zone: str, every: list[Question], one: list[Question]) -> None:
        # What was not asked in time is told of each question.
        with suppress(TimeoutError):
            async with self._limit, AsyncExitStack() as stack, asyncio.timeout(self._seconds):
                await self._ask_all(zone, every, one, stack)

    async def _ask_all(
        self, zone: str, every: list[Question], one: list[Question], stack: AsyncExitStack
    ) -> None:
        if zone not in self.views:
            self.views[zone] = await self._look(zone, stack)
        view = self.views[zone]
        serving = [await stack.enter_async_context(server) for server in view.servers]
        if serving:
            common = [Query(*question) for question in every]
            lots = {server: [*common] for server in serving}
            for position, question in enumerate(one):
                lots[serving[position % len(serving)]].append(Query(*question))
            await asyncio.gather(*(server.ask_all(lot, self._keep) for server, lot in lots.items()))
            if view.keys:
                from xmpp_federation_dns.proof.dns.dnssec import signatures

                self._badly_signed |= await signatures(every, zone, serving[0], view.keys)
        self._done.update(every)

    async def _look(self, zone: str, stack: AsyncExitStack) -> ZoneView:
        """Return how *zone* looks; what is opened for that stays open for the questions that follow."""
        delegation: Delegation | Finding | None = None
        servers = self._nameservers.get(zone, ())
        if self._parents and not servers:
            delegation = await self._parents.delegation(zone)
            if isinstance(delegation, Finding):
                return ZoneView((), (delegation,))
            servers = delegation.servers
        return await look(zone, [await stack.enter_async_context(each) for each in servers], delegation)

    def _keep(self, label: str, query: Query, answer: Answer) -> None:
        self.answers.add(query.question, label, answer)
