"""A clock that jumps, for all Python processes of a run: libfaketime shows it, and the monotonic clock stays."""

from collections.abc import Mapping
from pathlib import Path

HOUR = 3600
"""Seconds."""


class Clock:
    """The clock of a run, which is right until it jumps; *file* says by how much it is wrong."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads processes to it."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
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
