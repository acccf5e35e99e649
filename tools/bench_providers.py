"""Publish in bulk at Google Cloud DNS and at Cloudflare beside octoDNS, and 10,000 SIP domains that a stack includes.

Exit status 1 where a program fails or a bound is missed.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from tools.bench import table
from tools.bench.__main__ import BOUNDS_HEAD, RUNS, Bench, verdict
from tools.bench.bounds import GROWTH, SECONDS_OVER_FLOOR, Bound
from tools.bench.elsewhere import INCLUDING, PROVIDERS
from tools.bench.programs import Bulk, OctoDns
from tools.bench.session import Cell
from tools.bench.workload import STEPS

SIZES = (1_000, 3_000)
MANY = (3_000, 10_000)
MEGABYTES = 700
"""At most, for the larger of them."""
MINUTES = 5.0
"""For each provider, after which no step is begun that would not end in time: octoDNS takes a call a record."""
OVER_FLOOR = f"at most {SECONDS_OVER_FLOOR:.0f} s more than the floor and an empty `pulumi up`"


def main(arguments: list[str]) -> int:
    """Return 1 where a program fails or a bound is missed."""
    parser = argparse.ArgumentParser(prog="make bench-providers", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(arguments)
    start = Bench(MINUTES)
    start.empty()
    parts, found, failed = [f"Measured on {time.strftime('%Y-%m-%d')}."], list[Bound](), list[str]()
    for provider, programs in PROVIDERS.items():
        bench = Bench(MINUTES)
        for size in SIZES:
            bench.measure([each for each in programs if not issubclass(each, OctoDns)], size, runs=RUNS)
        for size in SIZES:
            bench.measure([each for each in programs if issubclass(each, OctoDns)], size)
        parts += [f"{provider}:", table.table(bench.cells)]
        found += over_floor(provider, programs[-1].title, bench.cells, start.start_up)
        failed += bench.failed
    bench = Bench(MINUTES)
    for size in MANY:
        bench.measure(INCLUDING, size)
    parts += [f"A list of {MANY[1]:,} SIP domains that the stack includes:", table.table(bench.cells)]
    found += growth(bench.cells)
    parts.append("\n".join([*BOUNDS_HEAD, *map(str, found)]))
    print("\n\n".join(parts))
    if given.write:
        table.write(parts, "providers")
    return verdict(found, [*failed, *bench.failed])


def over_floor(provider: str, floor: str, cells: list[Cell], empty: float) -> Iterator[Bound]:
    """Yield how much longer than the floor and an empty `pulumi up`, in seconds, this component takes to create."""
    seconds = {
        (cell.program, cell.size): cell.used.seconds for cell in cells if cell.step == STEPS[0] and cell.used
    }
    for size in SIZES:
        if (Bulk.title, size) in seconds and (floor, size) in seconds:
            over = seconds[Bulk.title, size] - seconds[floor, size] - empty
            text = f"{provider}: {size:,} SIP domains created in bulk {OVER_FLOOR}"
            yield Bound(text, f"{over:.2f} s", over <= SECONDS_OVER_FLOOR)


def growth(cells: list[Cell]) -> Iterator[Bound]:
    """Yield how much more time than fewer SIP domains many take, and how much memory."""
    used = {(cell.program, cell.size, cell.step): cell.used for cell in cells if cell.used}
    for program in (each.title for each in INCLUDING):
        pairs = {
            step: (used.get((program, MANY[0], step)), used.get((program, MANY[1], step))) for step in STEPS
        }
        for step, (few, many) in pairs.items():
            if few and many:
                times = many.seconds / few.seconds
                text = f"{program}, {step}: {MANY[1]:,} SIP domains at most {GROWTH} times the {MANY[0]:,}"
                yield Bound(text, f"{times:.2f} times", times <= GROWTH)
        most = max((many.megabytes for _, many in pairs.values() if many), default=0.0)
        if most:
            yield Bound(f"{program}: less than {MEGABYTES} MB", f"{most:.0f} MB", most < MEGABYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
