"""Check stack files of 1,000 and 10,000 SIP domains, and fail where that takes too long or too much memory.

What is measured is the whole command, in a process of its own on one core: seconds of that core and the most
memory that it held, start-up included. How the time grows is measured without start-up, in this process.
"""

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xmpp_federation_dns.configuration.check import check

COMMAND = Path(sys.executable).with_name("xmpp-federation-dns")
SIZES = (1_000, 10_000)
SECONDS = 2.0
MEGABYTES = 200
GROWTH = 12.0
"""Ten times the domains may take that much longer."""
RUNS = 3
"""Of which the fastest counts: the others shared their core with something else."""
HEAD = """\
config:
  xmpp-federation-dns:zones:
    - provider: aws
      name: contoso.com
  xmpp-federation-dns:edgePools:
    - ipv4: [131.107.155.10, 131.107.155.11]
      ipv6: ["2620:1ec::10"]
  xmpp-federation-dns:domains:
"""


def name_alone(number: int) -> str:
    """Return a SIP domain in its short form."""
    return f"    - d{number}.contoso.com\n"


def own_edge_pool(number: int) -> str:
    """Return a SIP domain with an Edge pool of its own."""
    return (
        f"    - name: d{number}.contoso.com\n"
        "      edgePools:\n"
        "        - host: edge\n"
        "          ipv4: [131.107.155.20]\n"
    )


def broken(number: int) -> str:
    """Return a SIP domain with two mistakes."""
    return f"    - name: d_{number}.contoso.com\n      colour: blue\n"


SHAPES: dict[str, Callable[[int], str]] = {
    "names alone": name_alone,
    "an Edge pool each": own_edge_pool,
    "two mistakes each": broken,
}
BOUND = "names alone"
"""The shape that the bounds hold for; the others are there to be seen."""


def main() -> int:
    """Print the table; return 1 where a bound is missed."""
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        print("| stack file | SIP domains | seconds | MB | seconds without start-up | growth |")
        print("|---|---|---|---|---|---|")
        for shape, domain in SHAPES.items():
            before: float | None = None
            for size in SIZES:
                file = Path(directory) / "Pulumi.bench.yaml"
                file.write_text(HEAD + "".join(map(domain, range(size))))
                seconds, megabytes = measured(["check", "--format", "github", str(file)])
                alone = min(without_start_up(file) for _ in range(RUNS))
                growth = alone / before if before else 1.0
                before = alone
                print(
                    f"| {shape} | {size:,} | {seconds:.2f} | {megabytes:.0f} | {alone:.3f} | {growth:.1f} |"
                )
                if shape == BOUND:
                    missed += bounds(size, seconds, megabytes, growth)
    for bound in missed:
        print(f"missed: {bound}", file=sys.stderr)
    return 1 if missed else 0


def bounds(size: int, seconds: float, megabytes: float, growth: float) -> list[str]:
    """Return the bounds that a measurement misses."""
    held = {
        f"{size:,} SIP domains in {seconds:.2f} s, more than {SECONDS} s": seconds <= SECONDS,
        f"{size:,} SIP domains in {megabytes:.0f} MB, more than {MEGABYTES} MB": megabytes <= MEGABYTES,
        f"the time grows {growth:.1f} times, more than {GROWTH}": growth <= GROWTH,
    }
    return [bound for bound, kept in held.items() if not kept]


def measured(arguments: list[str]) -> tuple[float, float]:
    """Return seconds of the processor and megabytes of one run, the fastest of several."""
    return min(one_run(arguments) for _ in range(RUNS))


def one_run(arguments: list[str]) -> tuple[float, float]:
    """Run the command in a process of its own, on one core."""
    core = min(os.sched_getaffinity(0))
    child = subprocess.Popen(
        [COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509 nothing else runs here
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)}: exit status {child.returncode}")
    return usage.ru_utime + usage.ru_stime, kilobytes(usage) / 1000


def without_start_up(file: Path) -> float:
    """Return the seconds of the processor that the check alone takes."""
    gc.disable()  # as the command does
    start = time.process_time()
    check(file)
    return time.process_time() - start


def kilobytes(usage: resource.struct_rusage) -> float:
    """Return the most memory that a process held, which macOS gives in octets."""
    return usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss


if __name__ == "__main__":
    sys.exit(main())
