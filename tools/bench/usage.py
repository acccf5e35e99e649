"""What a command takes, with every process that it starts: time of the clock and the processor, and memory."""

import ctypes
import os
import resource
import select
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LOOK = 0.05
"""Seconds between two looks at the memory."""
PR_SET_CHILD_SUBREAPER = 36
"""Of prctl(2): a process whose parent ends becomes a child of this one, which can then account for it."""
LEFT_BEHIND = 20.0
"""Seconds that processes may live on after the command that started them."""


@dataclass(frozen=True)
class Usage:
    """Seconds of the clock and of all processors, and the most megabytes held at once.

    The memory of several processes is the sum of their proportional set sizes (PSS): what they share counts
    once.
    """

    seconds: float
    processor: float
    megabytes: float

    @classmethod
    def median(cls, runs: Sequence[Self]) -> Self:
        """Return the median of both times, and the most memory."""
        return cls(
            statistics.median(run.seconds for run in runs),
            statistics.median(run.processor for run in runs),
            max(run.megabytes for run in runs),
        )


def usage(
    command: Sequence[str | Path],
    log: Path,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Usage:
    """Run *command* with its output in *log*; raise :class:`RuntimeError` where it fails."""
    _adopt_orphans()
    others = _children().get(os.getpid(), [])
    before = _processor()
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        most = 0
        ended = os.pidfd_open(process.pid)
        while not select.select([ended], [], [], LOOK)[0]:
            most = max(most, sum(map(_memory, descendants(process.pid))))
        seconds = time.perf_counter() - start
        os.close(ended)
        status = process.wait()
    _wait_for_orphans(others)
    if status:
        text = log.read_text(errors="replace")
        raise RuntimeError(f"{' '.join(map(str, command))}: exit status {status}\n{text[-4000:]}")
    return Usage(seconds, _processor() - before, most / 1e6)


def _adopt_orphans() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _wait_for_orphans(others: Sequence[int]) -> None:
    deadline = time.monotonic() + LEFT_BEHIND
    while orphans := set(_children().get(os.getpid(), [])) - set(others):
        for pid in orphans:
            os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > deadline:
            raise RuntimeError(f"processes live on after the command that started them: {sorted(orphans)}")
        time.sleep(LOOK)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children() -> dict[int, list[int]]:
    """Return the processes of this machine by their parents."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                # The name before the last parenthesis may hold anything (proc(5)).
                fields = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()
                found[int(fields[1])].append(int(entry.name))
    return found


def descendants(pid: int) -> Iterator[int]:
    """Yield *pid* and every process that it started, directly or not, and that still runs."""
    children = _children()
    left = [pid]
    while left:
        yield (each := left.pop())
        left += children.get(each, [])


def _memory(pid: int) -> int:
    """Return the proportional set size in octets, none of a process that has ended."""
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
