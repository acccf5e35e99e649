"""How the commands speak to a terminal, a file or a pipe."""

import sys

import typer
from rich.console import Console
from rich.table import Table

WIDTH = 160
"""Columns of a table that goes to a file or a pipe."""
IMPOSSIBLE = 2
"""Exit status of a command that cannot be carried out."""


def printed(table: Table) -> None:
    """Print to standard output, as wide as the terminal where there is one."""
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def tell(text: str) -> None:
    """Tell an error in one line."""
    typer.echo(f"error: {text}", err=True)


def cannot(text: str) -> typer.Exit:
    """Tell why a command cannot be carried out, and return what ends it."""
    tell(text)
    return typer.Exit(IMPOSSIBLE)
