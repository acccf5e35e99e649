"""Measure every program at every size, print the table and what it has to keep to, and write the page.

Exit status 1 where a program fails or a bound is missed.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from tools.bench import planning, table
from tools.bench.bounds import Bound, bounds
from tools.bench.programs import (
    Batches,
    Bulk,
    Empty,
    FromYaml,
    HandWritten,
    OctoDns,
    PerRecord,
    Program,
    Waiting,
)
from tools.bench.session import Cell, Session
from tools.bench.terraform import Terraform, versions
from tools.bench.workload import OF_ALL, STEPS, Step

SIZES = (100, 1_000, 3_000)
MINUTES = 22.0
"""After which no step is begun that would not end in time; the last one may take a few more."""
QUICK: tuple[type[Program], ...] = (Bulk, FromYaml, OctoDns, Batches)
ONE_BY_ONE: tuple[type[Program], ...] = (HandWritten, PerRecord)
WAITING = 10
"""SIP domains for the rows that wait as the published provider does."""
RUNS = 3
"""Of programs that take seconds, each with a zone and a state of its own: the median counts."""
BOUNDS_HEAD = ("| bound | measured | |", "|---|---|---|")


@dataclass
class Bench:
    """All measurements of one run."""

    minutes: float
    begun: float = field(default_factory=time.monotonic)
    cells: list[Cell] = field(default_factory=list[Cell])
    failed: list[str] = field(default_factory=list[str])
    start_up: float = 0.0
    """Seconds of an empty `pulumi up`, which do not grow."""

    def measure(
        self, programs: Iterable[type[Program]], size: int, steps: Sequence[Step] = STEPS, runs: int = 1
    ) -> None:
        """Do each step with every program, as long as there is time."""
        with ExitStack() as stack:
            sessions = {
                each: [stack.enter_context(Session.of(each, size)) for _ in range(runs)] for each in programs
            }
            stopped = dict.fromkeys(sessions, "")
            for step in steps:
                for program, each in sessions.items():
                    reason = stopped[program] or self.too_long(program, size, step)
                    if reason and step == STEPS[0]:
                        stopped[program] = "nothing was created"
                    cell = Cell(program.title, size, step, None, {}, reason)
                    try:
                        self.add(cell if reason else Cell.median([session.run(step) for session in each]))
                    except RuntimeError as error:
                        print(error, file=sys.stderr)
                        stopped[program] = "failed"
                        self.failed.append(f"{program.title}, {size:,} SIP domains, {step}")
                        self.add(replace(cell, not_run="failed"))

    def add(self, cell: Cell) -> None:
        """Keep a cell, and show it."""
        self.cells.append(cell)
        print(table.row(cell), file=sys.stderr, flush=True)

    def too_long(self, program: type[Program], size: int, step: Step) -> str:
        """Return why there is no time for a step, empty where there is."""
        expected = self.expected(program.title, size, step)
        seconds_left = self.minutes * 60 - (time.monotonic() - self.begun)
        if expected is None or expected[0] <= seconds_left:
            return ""
        seconds, source = expected
        return (
            f"would take at least {seconds / 60:.0f} min, by {source}" if seconds > 60 else "no time was left"
        )

    def expected(self, program: str, size: int, step: Step) -> tuple[float, str] | None:
        """Return seconds that a step takes by what was measured, and by what; nothing where nothing was."""
        done = {
            (cell.size, cell.step): cell.used.seconds
            for cell in self.cells
            if cell.program == program and cell.used
        }
        smaller = sorted(each for each, of in done if of == step and each < size)
        if not smaller:
            return None
        before = done[smaller[-1], step]
        first, same = done.get((size, STEPS[0])), done.get((smaller[-1], STEPS[0]))
        if step in OF_ALL and first and same:
            return before * first / same, f"its {STEPS[0]!r} and the row of {smaller[-1]:,}"
        alone = max(before - self.start_up, 0)
        return self.start_up + alone * size / smaller[-1], f"the row of {smaller[-1]:,}"

    def empty(self) -> None:
        """Measure what every run of Pulumi takes."""
        with Session.of(Empty, 0) as session:
            session.run("create all")
            cell = Cell.median([session.run("no change") for _ in range(RUNS)])
        self.start_up = cell.used.seconds if cell.used else 0.0
        self.add(cell)


def main(arguments: list[str]) -> int:
    """Return 1 where a program fails or a bound is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of SIP domains")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="after which no long step is begun")
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md where no size is missing"
    )
    given = parser.parse_args(arguments)
    sizes = sorted({int(size) for size in given.sizes.split(",")})
    bench = Bench(given.minutes)
    terraform = terraform_versions()
    others: list[type[Program]] = [Terraform] if terraform else []
    warm_up()
    bench.empty()
    for size in sizes:
        bench.measure(QUICK, size, runs=RUNS)
    bench.measure([Waiting, *others], WAITING, STEPS[:1])
    rows, found = planning.growth()
    share = planning.share(sizes[-1])
    # The largest size last: nothing else may wait for what takes hours.
    for part in (sizes[:-1], sizes[-1:]):
        for programs in (ONE_BY_ONE, others):
            for size in part:
                bench.measure(programs, size)
    found = [*bounds(bench.cells), *found]
    measured = table.table(bench.cells)
    minutes = (time.monotonic() - bench.begun) / 60
    parts = [
        f"Measured on {time.strftime('%Y-%m-%d')} in {minutes:.0f} minutes: {table.where(terraform)}",
        measured,
        "\n".join(rows),
        share,
        "\n".join([*BOUNDS_HEAD, *map(str, found)]),
    ]
    print("\n\n".join(parts))
    if given.write and set(SIZES) <= set(sizes):
        table.write(parts)
    return verdict(found, bench.failed)


def terraform_versions() -> str:
    """Return them, or nothing and why."""
    try:
        return versions()
    except RuntimeError as error:
        print(f"Terraform is left out: {error}", file=sys.stderr)
        return ""


def warm_up() -> None:
    """Run each program once, so that none has to fill the caches for the others."""
    for program in (*QUICK, *ONE_BY_ONE):
        with Session.of(program, 1) as session:
            session.run(STEPS[0])


def verdict(found: Iterable[Bound], failed: Iterable[str]) -> int:
    """Say on standard error what failed and which bounds are missed."""
    missed = [f"missed: {bound.text}: {bound.measured}" for bound in found if not bound.kept]
    lines = [*(f"failed: {each}" for each in failed), *missed]
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
