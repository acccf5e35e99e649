"""What `make fuzz` is told: one line where that is wrong."""

import argparse
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

MOST = 1440.0
"""Minutes that a search may take."""


@dataclass(frozen=True)
class Options:
    """The *target* of a search, None where they are to be listed; how long; the folder for what is found."""

    target: str | None
    minutes: float
    found: Path


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with one line."""
        self.exit(2, f"{self.prog}: {message}\n")


def read(arguments: Sequence[str], targets: Collection[str]) -> Options:
    """Read what is wanted of one of *targets*; end with one line where that cannot be."""
    parser = _Parser(prog="make fuzz")
    parser.add_argument("target", nargs="?")
    parser.add_argument("--minutes", default="20")
    parser.add_argument(
        "--found", type=Path, default=Path(".fuzz"), help="folder for what is found, and to go on from"
    )
    given = parser.parse_args(arguments)
    if given.target not in (None, *targets):
        parser.error(f"there is no TARGET '{given.target}'; there are {', '.join(targets)}")
    minutes = _number(given.minutes)
    if not 0 < minutes <= MOST:
        parser.error(f"MINUTES is '{given.minutes}', and not a number above 0, at most {MOST:.0f}")
    return Options(given.target, minutes, given.found)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def prepared(folders: Iterable[Path], corpus: Path, seeds: Iterable[bytes]) -> list[str]:
    """Make *folders*, put *seeds* into the first, and return what to go on from; end where a file cannot be read."""
    grown, *others = folders
    try:
        for folder in (grown, *others):
            folder.mkdir(parents=True, exist_ok=True)
        for number, octets in enumerate(seeds):
            (grown / f"seed-{number}").write_bytes(octets)
        found = [grown, *([corpus] if corpus.is_dir() else [])]
        for path in (each for folder in found for each in folder.iterdir()):
            path.read_bytes()
    except OSError as error:
        raise SystemExit(f"make fuzz: {error.filename}: {error.strerror}") from None
    return [str(folder) for folder in found]
