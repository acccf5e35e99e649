"""How the time of this package alone grows, and what share of a whole `pulumi up` it is."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, ClassVar

from tools.bench.bounds import Bound
from tools.bench.programs import Bulk
from tools.bench.session import Session
from tools.bench.workload import ADDRESS, ZONE, wanted
from xmpp_federation_dns.backends.aws_client import HostedZone
from xmpp_federation_dns.backends.client import ZoneClient
from xmpp_federation_dns.changes import Batch, Change, Content, Live, Place, Weight, content
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.keepers.run import Run

SIZES = (1_000, 10_000)
GROWTH = 15.0
"""Ten times as much may take that much longer, since it fits no cache of the processor any more.

What grows with the square would take a hundred times as long.
"""
RUNS = 3
"""Of which the fastest counts: the others shared their core with something else."""
HEAD = ("| step | of | CPU seconds for 1,000 | for 10,000 | growth |", "|---|---|---|---|---|")
TIMED = """\
import os, time
from pathlib import Path

start = time.process_time()
{program}
Path(os.environ["BENCH_PLANNING"]).write_text(str(time.process_time() - start))
"""


class Accepting(ZoneClient):
    """A zone in which everything is as every batch says: what is left is the work of this package."""

    atomic: ClassVar = True
    conditional: ClassVar = True
    most: ClassVar = HostedZone.most

    def __str__(self) -> str:
        """Name the zone."""
        return f"zone {ZONE}"

    def weight(self, change: Change) -> Weight:
        """Weigh as Route 53 does."""
        return HostedZone.weight(self, change)  # pyright: ignore[reportArgumentType] it looks at the change alone

    @property
    def place(self) -> Place:
        """Return where the zone is."""
        return (ZONE,)

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Return what is expected."""
        return {key: each for key, each in expected.items() if each}

    def send(self, batch: Batch) -> None:
        """Accept everything."""


def growth() -> tuple[list[str], list[Bound]]:
    """Return the rows of the table, and whether each step grows no faster than linearly."""
    rows: list[str] = [*HEAD]
    found: list[Bound] = []
    for step, of, work in steps():
        small, large = (fastest(work, size) for size in SIZES)
        times = large / small
        rows.append(f"| {step} | {of} | {small:.3f} | {large:.3f} | {times:.1f} |")
        text = f"{step}: 10,000 {of} at most {GROWTH:.0f} times the 1,000"
        found.append(Bound(text, f"{times:.1f} times", times <= GROWTH))
    return rows, found


def steps() -> Iterator[tuple[str, str, Callable[[int], Callable[[], object]]]]:
    """Yield each step of ours, what it grows with, and how it is done for so many."""
    yield "configuration to record sets", "SIP domains in one zone", in_one_zone
    yield "configuration to record sets", "zones with a SIP domain each", in_zones
    yield "batches of a create", "SIP domains in one zone", created
    yield "batches of a changed TTL", "SIP domains in one zone", changed


def in_one_zone(size: int) -> Callable[[], object]:
    """Read a configuration with one zone."""
    zones = [{"provider": "aws", "name": ZONE, "bulk": True}]
    return reading(zones, [f"d{number}.{ZONE}" for number in range(size)])


def in_zones(size: int) -> Callable[[], object]:
    """Read a configuration with a zone for each SIP domain."""
    names = [f"d{number}.example" for number in range(size)]
    return reading([{"provider": "aws", "name": name, "bulk": True} for name in names], names)


def reading(zones: list[dict[str, Any]], domains: list[str]) -> Callable[[], object]:
    """Return the reading of a configuration."""
    given = {"zones": zones, "domains": domains, "edge_pools": [{"ipv4": [ADDRESS]}]}
    return lambda: read(given)


def created(size: int) -> Callable[[], object]:
    """Publish everything."""
    return lambda: publish({}, record_sets(size, 300))


def changed(size: int) -> Callable[[], object]:
    """Publish everything with another TTL."""
    return lambda: publish(record_sets(size, 300), record_sets(size, 600))


def publish(held: dict[str, Content], target: dict[str, Content]) -> None:
    """Run all batches from *held* to *target*."""
    with redirect_stdout(StringIO()):
        Run("all", Accepting(), held, target).publish()


def record_sets(size: int, ttl: int) -> dict[str, Content]:
    """Return the record sets of a zone as its resource has them."""
    found = wanted("create all", size).record_sets()
    return {f"{name} {type_}": content(ttl, each.values) for (name, type_), each in found.items()}


def fastest(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return the seconds of the processor that the fastest run takes."""
    todo = work(size)
    return min(seconds(todo) for _ in range(RUNS))


def seconds(todo: Callable[[], object]) -> float:
    """Return the seconds of the processor that *todo* takes."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    todo()
    taken = time.process_time() - start
    gc.enable()
    return taken


def share(size: int) -> str:
    """Return what share of the processor's time of a real `pulumi up` in bulk the planning takes."""
    with Session.of(Bulk, size) as session:
        program = session.program
        if not isinstance(program, Bulk):
            raise TypeError(program)
        file = program.stack.project / "__main__.py"
        file.write_text(TIMED.format(program=file.read_text()))
        note = program.directory / "planning"
        program.stack.environment["BENCH_PLANNING"] = str(note)
        used = session.run("create all").used
        planning = float(note.read_text())
    if used is None:
        raise ValueError(used)
    return (
        f"Of the {used.processor:.2f} CPU seconds of a `pulumi up` that creates {size:,} SIP domains in bulk, the "
        f"program of this package takes {planning:.2f} s ({planning / used.processor:.0%}), its imports included, "
        "until everything is handed to Pulumi."
    )
