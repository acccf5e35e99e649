"""A run of `pulumi` that is killed: no part of it gets a chance to clean up."""

import os
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tools.lab.stack import Stack

LOOK = 0.01
"""Seconds between two looks at what still runs."""


@contextmanager
def doomed(
    stack: Stack, *arguments: str, output: int | IO[bytes] = subprocess.DEVNULL
) -> Generator["subprocess.Popen[bytes]"]:
    """Run `pulumi` on *stack*, and kill it when the block ends, with everything that it started.

    What it says goes to *output*.
    """
    process = subprocess.Popen(
        ["pulumi", *arguments, "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"],
        cwd=stack.project,
        env=stack.environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Plugins run in process groups of their own, but in the same session.
        while left := list(_running(process.pid)):
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.poll()
            time.sleep(LOOK)
        process.wait()


def unlock(stack: Stack) -> bool:
    """Take away the lock that a killed run left; return whether a torn file had to go first.

    Pulumi replaces a state in files by renaming, but writes the attributes beside it in place. A run killed in
    between leaves them empty, and every command ends in "failed to load checkpoint: EOF".
    """
    torn = [path for path in stack.state_directory.rglob("*.attrs") if not path.stat().st_size]
    for path in torn:
        path.unlink()
    stack.pulumi("cancel", "--yes")
    return bool(torn)


def _running(session: int) -> Iterator[int]:
    """Yield every process of a session; one that only waits for its parent to notice its end is none."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                # The name before the last parenthesis may hold anything (proc(5)).
                fields = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] not in "ZX":
                    yield int(entry.name)
