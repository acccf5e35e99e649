"""What packages say beside their errors: the log is collected, and what they print is kept from both streams.

Commands write results to standard output, and no package knows which of its arguments are secret.
"""

import logging
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TextIO


class _Depth(threading.local):
    packages: int = 0
    """How many of this thread's calls are those of a package."""


class _Stream:
    """A stream that takes nothing from a thread in which a package runs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if _DEPTH.packages else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_DEPTH = _Depth()
_LOCK = threading.Lock()
_REPLACED: list[tuple[TextIO, TextIO]] = []
"""What standard output and error were as each of the calls that are under way began, in whatever thread."""


@contextmanager
def silent() -> Generator[None]:
    """Drop what this thread prints; others, which may show progress, go on."""
    with _LOCK:
        _REPLACED.append((sys.stdout, sys.stderr))
        if len(_REPLACED) == 1:
            sys.stdout, sys.stderr = map(_as_text, _REPLACED[0])
    _DEPTH.packages += 1
    try:
        yield
    finally:
        _DEPTH.packages -= 1
        with _LOCK:
            first = _REPLACED[0]
            _REPLACED.pop()
            if not _REPLACED:
                sys.stdout, sys.stderr = first


@contextmanager
def logged() -> Generator[list[str]]:
    """Collect the warnings and errors that this thread logs."""
    lines: list[str] = []
    thread = threading.get_ident()

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # Several zones may be read at a time.
            if record.thread == thread:
                lines.append(record.getMessage())

    collector = Lines(logging.WARNING)
    logging.getLogger().addHandler(collector)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(collector)


def _as_text(stream: TextIO) -> Any:
    return _Stream(stream)
