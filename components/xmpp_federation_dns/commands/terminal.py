"""How the commands speak to a terminal, a file or a pipe."""

import sys

import typer
from rich.console import Console
from rich.table import Table

WIDTH = 160
"""Columns of a table that goes to a file or a pipe."""
ERRORS = 1
"""Exit status of a command that found errors."""
IMPOSSIBLE = 2
"""Exit status of a command that cannot be carried out."""


def print_table(table: Table) -> None:
    """Print to standard output, as wide as the terminal where there is one."""
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def print_error(text: str) -> None:
    """Print *text* to standard error, marked as an error."""
    typer.echo(f"error: {text}", err=True)


def cannot(text: str) -> typer.Exit:
    """Print why a command cannot be carried out, and return what ends it."""
    print_error(text)
    return typer.Exit(IMPOSSIBLE)
