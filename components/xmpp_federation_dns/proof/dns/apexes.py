"""Which zones name servers are authoritative for, where these are given and no delegation is followed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.server import Server


async def apexes(
    names: Iterable[str], servers: Sequence[Server], silent: dict[str, None]
) -> dict[str, str | None]:
    """Return the zone of each of *names* that one of *servers* is authoritative for; *silent* hears why one is not."""
    known: defaultdict[str, dict[Server, asyncio.Task[Answer]]] = defaultdict(dict)

    async def apex(name: str) -> str | None:
        while name:
            for server in servers:
                if server not in known[name]:
                    known[name][server] = asyncio.create_task(server.ask(Query(name, "SOA")))
                answer = await known[name][server]
                if answer.failure:
                    silent[f"{server.label}: {answer.failure}"] = None
                if answer.usable and answer.of(name, "SOA"):
                    return name
            name = name.partition(".")[2]
        return None

    for server in servers:
        await server.__aenter__()
    try:
        names = list(names)
        return dict(zip(names, await asyncio.gather(*map(apex, names)), strict=True))
    finally:
        for server in servers:
            await server.__aexit__(None, None, None)
