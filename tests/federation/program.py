"""A server that runs inside a namespace."""

import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LIMIT = 120.0
"""Seconds in which a server of a test is up; on a busy machine, ejabberd takes half a minute."""


@contextmanager
def running(
    command: Sequence[str], log: Path, up: Callable[[], bool], environment: Mapping[str, str]
) -> Generator[None]:
    """Run *command* until the block ends; the block starts once *up* is true.

    Raises RuntimeError, with what the server wrote to *log*, where that does not come to pass.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
    try:
        deadline = time.monotonic() + LIMIT
        while not up():
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} is not up:\n{log.read_text()}")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)
