"""The measurements as one table, and the page of the documentation that holds it."""

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from tools.bench import chart
from tools.bench.programs import OCTODNS_MAX_CHANGES, OCTODNS_SYNC
from tools.bench.session import Cell
from tools.bench.workload import STEPS
from tools.docs import replaced
from tools.lab.stack import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks.md"
HEAD = (
    "| SIP domains | step | program | seconds | CPU seconds | MB | API calls |",
    "|---|---|---|---|---|---|---|",
)


def table(cells: Iterable[Cell]) -> str:
    """Return all cells, the programs side by side for each size and step."""
    ordered = sorted(cells, key=lambda cell: (cell.size, STEPS.index(cell.step)))
    return "\n".join([*HEAD, *map(row, ordered)])


def row(cell: Cell) -> str:
    """Return one row."""
    head = f"| {f'{cell.size:,}' if cell.size else 'none'} | {cell.step} | {cell.program} |"
    if cell.used is None:
        return f"{head} not run: {cell.not_run} | | | |"
    used = cell.used
    figures = f"{used.seconds:.2f} | {used.processor:.2f} | {used.megabytes:.0f}"
    return f"{head} {figures} | {calls(cell.calls)} |"


def calls(found: Mapping[str, int]) -> str:
    """Return calls of the provider's API by operation, the most frequent first."""
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{count:,} {operation}" for operation, count in ordered) or "none"


def where(terraform: str) -> str:
    """Return the machine and the versions of everything that was measured, *terraform* among them."""
    engine = output(["pulumi", "version"])
    octodns = output([OCTODNS_SYNC, "--version"])
    packages = ["pulumi", "pulumi-aws", "boto3", "moto"]
    installed = ", ".join(f"{name} {version(name)}" for name in packages)
    release = platform.freedesktop_os_release()["PRETTY_NAME"]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory:.0f} GiB, {release}, "
        f"Linux {platform.release()}, CPython {platform.python_version()}; Pulumi engine {engine}, {installed}, "
        f"{octodns} (`max_changes: {OCTODNS_MAX_CHANGES}`){terraform and f', {terraform}'}."
    )


def processor() -> str:
    """Return the name of the processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def output(command: Sequence[str | Path]) -> str:
    """Return what *command* prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def write(parts: Iterable[str], part: str = "measurements") -> None:
    """Put what was measured into a part of the page, and draw its picture."""
    text = replaced(PAGE.read_text(), {part: "\n" + "\n\n".join(parts) + "\n"})
    PAGE.write_text(text)
    PAGE.with_suffix(".svg").write_text(chart.of_page(text))
