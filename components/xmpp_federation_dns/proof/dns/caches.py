"""The check of what recursive resolvers say: V14, the view of peers that ask through a cache."""

import asyncio
from collections.abc import Iterator, Sequence

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.report import Finding, Severity, Subject


class Caches:
    """Recursive resolvers, and until when each may still give an old answer from its cache."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = list(dict.fromkeys(servers))
        self._until: dict[tuple[str, Question], float] = {}

    async def ask(self, expected: Sequence[Federation]) -> dict[str, list[Finding]]:
        """Ask every resolver for all that is expected; return what is wrong, by SIP domain."""
        wanted = {
            Question(record_set.name, record_set.type): record_set
            for each in expected
            for record_set in (*each.services, *each.addresses)
        }
        found: dict[Question, list[Finding]] = {question: [] for question in wanted}

        def judge(label: str, query: Query, answer: Answer) -> None:
            values = sorted(wanted[query.question].values)
            found[query.question] += self._finding(label, query.question, answer, values)

        async def one(server: Server) -> None:
            async with server:
                await server.ask_all(queries, judge)

        queries = [Query(*question, recursive=True) for question in wanted]
        await asyncio.gather(*map(one, self._servers))
        return {
            each.domain: [
                f for s in (*each.services, *each.addresses) for f in found[Question(s.name, s.type)]
            ]
            for each in expected
        }

    def _finding(
        self, label: str, question: Question, answer: Answer, wanted: list[str]
    ) -> Iterator[Finding]:
        def finding(severity: Severity, text: str, way_out: str) -> Finding:
            return Finding(
                "V14", severity, Subject(*question), text, way_out, ", ".join(wanted), {label: str(answer)}
            )

        if answer.failure:
            yield finding("unknown", "a resolver does not answer", "name another one")
        elif answer.status == "SERVFAIL":
            text = "a resolver finds no valid answer"
            yield finding("error", text, "compare V1 and V15; it may also remember a failure")
        elif answer.status not in ("NOERROR", "NXDOMAIN"):
            yield finding("unknown", "it does not resolve names for this machine", "name another one")
        elif answer.values(*question) == wanted:
            self._until.pop((label, question), None)
        else:
            now = asyncio.get_running_loop().time()
            # The age of what it says counts from the first time.
            left = self._until.setdefault((label, question), now + _remaining(answer)) - now
            if left > 0:
                # The text says nothing that is another one each time: a baseline goes by it.
                yield finding("warning", "a resolver still has the old answer", f"wait {left:.0f} s")
            else:
                text = "a resolver says something else than the name servers of the zone"
                yield finding("error", text, "look for another zone of the same name there")


def _remaining(answer: Answer) -> int:
    return max((record.ttl for record in answer.records), default=answer.negative_ttl)
