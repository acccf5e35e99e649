"""How long `check` takes for 10,000 SIP domains, and whether it grows faster than their number.

Each figure is that of a whole process, from start to exit status, on one core; the median of several runs.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COUNTS = (1, 1_000, 10_000)
RUNS = 5
MOST_SECONDS = 2.0
MOST_MEGABYTES = 200
MOST_GROWTH = 15.0
"""Times 1,000 domains that 10,000 may take beyond start-up: linear growth is 10, the rest is noise."""


@dataclass(frozen=True)
class Usage:
    """Processor time in seconds and peak memory in megabytes of one process."""

    seconds: float
    megabytes: float


def main() -> int:
    """Print the table; return 1 where a bound is missed."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as directory:
        usages = {count: median(stack_file(Path(directory), count)) for count in COUNTS}
    start, thousand, most = (usages[count] for count in COUNTS)
    growth = (most.seconds - start.seconds) / (thousand.seconds - start.seconds)
    table = Table(
        "SIP domains", "seconds", "beyond start-up", "MB", title="xmpp-federation-dns check, one core"
    )
    for count, usage in usages.items():
        beyond = usage.seconds - start.seconds
        table.add_row(f"{count:,}", f"{usage.seconds:.2f}", f"{beyond:.2f}", f"{usage.megabytes:.0f}")
    console = Console()
    console.print(table)
    console.print(f"10,000 domains take {growth:.1f} times as long as 1,000, beyond start-up")
    good = most.seconds < MOST_SECONDS and most.megabytes < MOST_MEGABYTES and growth < MOST_GROWTH
    console.print(
        f"bounds: {MOST_SECONDS:.0f} s, {MOST_MEGABYTES} MB, {MOST_GROWTH:.0f} times: {'met' if good else 'MISSED'}"
    )
    return 0 if good else 1


def stack_file(directory: Path, count: int) -> Path:
    """Write a correct stack of *count* SIP domains, every tenth with an Edge pool of its own."""
    own = "    - {{name: site-{0:05}.contoso.com, edgePools: [{{host: edge, ipv4: [131.107.155.20]}}]}}\n"
    lines = [
        own.format(number) if number % 10 == 0 else f"    - site-{number:05}.contoso.com\n"
        for number in range(count)
    ]
    path = directory / f"Pulumi.{count}.yaml"
    path.write_text(
        "config:\n  zones: [{provider: aws, name: contoso.com}]\n"
        "  edgePools: [{ipv4: [131.107.155.10, 131.107.155.11], ipv6: ['2620:1ec::10']}]\n  domains:\n"
        + "".join(lines)
    )
    return path


def median(path: Path) -> Usage:
    """Return the usage of `check` on a stack file."""
    usages = [run(path) for _ in range(RUNS)]
    return Usage(
        statistics.median(usage.seconds for usage in usages), max(usage.megabytes for usage in usages)
    )


def run(path: Path) -> Usage:
    """Run `check` once."""
    command = str(Path(sys.executable).parent / "xmpp-federation-dns")
    pid = os.posix_spawn(
        command,
        [command, "check", str(path)],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"error: check ended with {os.waitstatus_to_exitcode(status)}")
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
