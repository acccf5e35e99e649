"""How the commands speak to a terminal, a file or a pipe."""

import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

WIDTH = 160
"""Columns of a table that goes to a file or a pipe."""
ERRORS = 1
"""Exit status of a command that found errors."""
IMPOSSIBLE = 2
"""Exit status of a command that cannot be carried out."""


class _Lasting(FileIO):
    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            return memoryview(data).nbytes


def lasting(stream: TextIO) -> TextIOWrapper:
    """Return *stream* as one whose reader may go: the rest is dropped, and the exit status tells all the same."""
    raw = BufferedWriter(_Lasting(stream.fileno(), "wb", closefd=False))
    buffered = isinstance(stream, TextIOWrapper) and not stream.line_buffering
    return TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=not buffered)


def print_table(table: Table) -> None:
    """Print to standard output, as wide as the terminal where there is one."""
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def print_error(text: str) -> None:
    """Print *text* to standard error, marked as an error."""
    typer.echo(f"error: {text}", err=True)


def print_warning(text: str) -> None:
    """Print *text* to standard error, marked as a warning."""
    typer.echo(f"warning: {text}", err=True)


def cannot(text: str) -> typer.Exit:
    """Print why a command cannot be carried out, and return what ends it."""
    print_error(text)
    return typer.Exit(IMPOSSIBLE)
