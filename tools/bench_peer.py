"""Ask about 200 partners over DNS and XMPP, alone and for ten SIP domains of ours, and fail where that takes too long.

What is measured is the whole command, as in :mod:`tools.bench_verify`. Two Knot servers have a zone for each partner,
and one stand-in serves all of them over XMPP, on the same cores.
"""

import asyncio
import json
import multiprocessing
import socket
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.server import StandIn

from tools.bench_check import COMMAND
from tools.bench_verify import Measured, fastest, row, served

PARTNERS, OURS = 200, 10
SECONDS, MEGABYTES = 10.0, 150
"""For 200 partners alone."""
PAIR = 0.05
"""Seconds that each pair of a domain of ours and a partner may take."""
ADDRESS = "127.0.53.3"
"""Where all of them are served."""


def main() -> int:
    """Print a row for the partners alone and one for the matrix; return 1 where a bound is missed."""
    partners = [f"p{number}.example" for number in range(PARTNERS)]
    ours = [f"o{number}.example" for number in range(OURS)]
    print("| command | zones | domains | seconds | of the processor | MB | times alone |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with (
            xmpp(directory, [*partners, *ours]) as port,
            served([*records(partners, port), *records(ours, port)]) as (_, nameservers),
        ):
            listed, own = directory / "partners.txt", directory / "ours.json"
            listed.write_text("\n".join(partners))
            own.write_text(json.dumps([*records(ours, port)]))
            command = [COMMAND, "peer", "--file", listed, "--format", "json", "--allow-private"]
            command += ["--ca-file", directory / "roots.pem", "--timeout", "60"]
            places = [f"{address}:{port}" for address, port in nameservers]
            # TLSA and CAA records are asked of a resolver, which is to be none but these.
            command += [f"{option}={place}" for option in ("--nameserver", "--resolver") for place in places]
            alone = fastest(command)
            row("peer", "a zone each", PARTNERS, alone, "1.0")
            pairs = fastest([*command, "--ours", own])
            row(
                f"peer, {OURS} of ours",
                "a zone each",
                PARTNERS,
                pairs,
                f"{pairs.seconds / alone.seconds:.1f}",
            )
    missed = [*bounds(alone, pairs)]
    for bound in missed:
        print(f"missed: {bound}", file=sys.stderr)
    return 1 if missed else 0


def bounds(alone: Measured, pairs: Measured) -> Iterator[str]:
    """Yield the bounds that a measurement misses."""
    if alone.seconds > SECONDS:
        yield f"{PARTNERS} partners in {alone.seconds:.2f} s, more than {SECONDS} s"
    if alone.megabytes > MEGABYTES:
        yield f"{PARTNERS} partners in {alone.megabytes:.0f} MB, more than {MEGABYTES} MB"
    if pairs.seconds > PAIR * PARTNERS * OURS:
        yield f"{PARTNERS * OURS} pairs in {pairs.seconds:.2f} s, more than {PAIR} s each"


def records(domains: list[str], port: int) -> Iterator[dict[str, Any]]:
    """Yield the record sets of *domains*, as a stack puts them out: each in a zone of its own."""
    for domain in domains:
        common = {"zone": domain, "provider": "rfc2136"}
        values = [f"0 0 {port} xmpp.{domain}."]
        yield {"name": f"_xmpp-server._tcp.{domain}", "type": "SRV", "ttl": 3600, "values": values, **common}
        yield {"name": f"xmpp.{domain}", "type": "A", "ttl": 300, "values": [ADDRESS], **common}


@contextmanager
def xmpp(directory: Path, domains: list[str]) -> Generator[int]:
    """Serve *domains* over XMPP in a process of its own; give the port."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = probe.getsockname()[1]
    ready, tell = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(directory, domains, port, tell), daemon=True
    )
    process.start()
    try:
        ready.recv()
        yield port
    finally:
        process.terminate()
        process.join()


def serve(directory: Path, domains: list[str], port: int, tell: Connection) -> None:
    """Serve *domains* at *port* with one certificate, its root in *directory*; say over *tell* when that is ready."""
    context = Authority(directory).server(*domains)

    async def run() -> None:
        async with StandIn(context).listening(ADDRESS, port):
            tell.send(True)
            await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
