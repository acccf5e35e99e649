"""A peer who looks at a zone all the time while it is published."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.standins.zones import WatchedZone

LOOK = 0.02
"""Seconds between two looks."""


def leaks(directory: Path, *secrets: str) -> list[str]:
    """Return the files below *directory*, whatever a run left, in which one of *secrets* stands."""
    files = [path for path in directory.rglob("*") if path.is_file() and not path.is_symlink()]
    return [
        str(path.relative_to(directory))
        for path in files
        if any(secret.encode() in path.read_bytes() for secret in secrets)
    ]


@contextmanager
def watched(zone: WatchedZone, every: float = LOOK) -> Generator[list[str]]:
    """Look at the zone as a peer does, *every* few seconds; yield SRV records that had no address behind them."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(every):
            try:
                found = zone.record_sets()
            except (OSError, EOFError):  # the server is down, and nobody sees anything
                continue
            hosts = {name for name, type_ in found if type_ == "A"}
            seen.extend(
                value
                for (_, type_), each in found.items()
                for value in each.values
                if type_ == "SRV" and value.split()[3].removesuffix(".") not in hosts
            )

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
