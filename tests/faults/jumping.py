"""A clock that jumps, for all Python processes of a run: libfaketime shows it, and the monotonic clock stays."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

HOUR = 3600
"""Seconds."""
# Named after a process, which takes them away only where it ends as C programs do.
_LEFT = ("faketime_shm", "sem.faketime_sem")


class Clock:
    """The clock of a run, which is right until it jumps; *file* says by how much it is wrong."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @classmethod
    @contextmanager
    def kept(cls, file: Path) -> Generator[Self]:
        """Keep a clock in *file* until the block ends, and take away what libfaketime left of processes that ended."""
        try:
            yield cls(file)
        finally:
            for left in (path for kind in _LEFT for path in Path("/dev/shm").glob(f"{kind}_*")):
                if not Path("/proc", left.name.rpartition("_")[2]).exists():
                    left.unlink(missing_ok=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads processes to it."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(Path(__file__).with_name("clock")),
        }

    def jump(self, seconds: int) -> None:
        """Be so many seconds ahead from now on, or behind where they are negative."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)


def _library() -> Path:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise FileNotFoundError("libfaketime is not installed: apt-get install faketime")
    return found[0]
