"""What the measurements have to keep to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tools.bench.programs import Batches, Bulk, Empty, HandWritten
from tools.bench.session import Cell
from tools.bench.usage import Usage
from tools.bench.workload import STEPS, Step

SIZE, LARGE = 1_000, 3_000
WRITES = 4
TIMES_FASTER = 50
SECONDS_OVER_FLOOR = 3.0
SECONDS_OVER_EMPTY = 2.0
MEMORY = 1.5
GROWTH = 3.5
"""Of the time, from 1,000 SIP domains to 3,000."""


@dataclass(frozen=True)
class Bound:
    """One bound, what was measured, and whether that keeps to it."""

    text: str
    measured: str
    kept: bool

    def __str__(self) -> str:
        """Say all of it in one row of a table."""
        return f"| {self.text} | {self.measured} | {'kept' if self.kept else '**missed**'} |"


def bounds(cells: Iterable[Cell]) -> Iterator[Bound]:
    """Yield the bounds for which everything was measured."""
    found = {(cell.program, cell.size, cell.step): cell for cell in cells if cell.used}

    def used(program: str, size: int, step: Step) -> Usage | None:
        cell = found.get((program, size, step))
        return cell.used if cell else None

    created = found.get((Bulk.title, SIZE, "create all"))
    bulk = used(Bulk.title, SIZE, "create all")
    hand = used(HandWritten.title, SIZE, "create all")
    floor = used(Batches.title, SIZE, "create all")
    empty = used(Empty.title, 0, "no change")
    if created:
        text = f"{SIZE:,} SIP domains created in bulk: at most {WRITES} write calls"
        yield Bound(text, f"{created.writes}", created.writes <= WRITES)
    if bulk and hand:
        times = hand.seconds / bulk.seconds
        text = f"the same at least {TIMES_FASTER} times faster than the hand-written program"
        yield Bound(text, f"{times:.1f} times", times >= TIMES_FASTER)
    if bulk and floor and empty:
        over = bulk.seconds - floor.seconds - empty.seconds
        text = f"the same at most {SECONDS_OVER_FLOOR:.0f} s more than the floor and an empty `pulumi up`"
        yield Bound(text, f"{over:.2f} s", over <= SECONDS_OVER_FLOOR)
    for step in ("no change", "change one domain"):
        done = used(Bulk.title, SIZE, step)
        if done and empty:
            over = done.seconds - empty.seconds
            text = f"{SIZE:,} SIP domains in bulk, {step}: within {SECONDS_OVER_EMPTY:.0f} s of an empty `pulumi up`"
            yield Bound(text, f"{over:.2f} s", over <= SECONDS_OVER_EMPTY)
    if bulk and hand:
        ratio = bulk.megabytes / hand.megabytes
        text = (
            f"{SIZE:,} SIP domains created in bulk: at most {MEMORY} times the hand-written program's memory"
        )
        yield Bound(text, f"{ratio:.2f} times", ratio <= MEMORY)
    for step in STEPS:
        small, large = used(Bulk.title, SIZE, step), used(Bulk.title, LARGE, step)
        if small and large:
            growth = large.seconds / small.seconds
            text = f"bulk, {step}: {LARGE:,} SIP domains at most {GROWTH} times the {SIZE:,}"
            yield Bound(text, f"{growth:.2f} times", growth <= GROWTH)
