"""What a command found, as a table for people and in forms for programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from xmpp_federation_dns.commands.terminal import print_table
from xmpp_federation_dns.problems import printable

Format = Literal["text", "json", "markdown", "github"]
Form = Annotated[
    Format, typer.Option("--format", help="`markdown` for a pull request, `github` annotates a workflow run.")
]
Severity = Literal["error", "warning", "notice", "info"]

MOST = 65_536
"""Characters of a comment on GitHub (measured there by others, 2026-11); a summary of a step has room for more."""
_COLOURS = {"error": "red", "warning": "yellow", "notice": "blue", "info": ""}
_ORDER = {"error": 0, "warning": 1, "notice": 2, "info": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report; what is of *severity* `info` is as it should be."""

    severity: Severity
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a command found: *summary* first, in one or more lines of plain text."""

    title: str
    summary: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    data: Any
    """The same for programs."""


def print_report(report: Report, form: Format) -> None:
    """Print *report* in the form that was asked for."""
    match form:
        case "json":
            typer.echo(json.dumps(report.data, indent=2, ensure_ascii=False))
        case "markdown":
            typer.echo(as_markdown(report))
        case "github":
            typer.echo(as_annotations(report))
        case _:
            if report.rows:
                print_table(_as_table(report))
            typer.echo(report.summary)


def _as_table(report: Report) -> Table:
    table = Table(*report.columns)
    for row in report.rows:
        # Text, since brackets in a string are markup.
        table.add_row(
            *(Text(_printable(cell), _COLOURS[row.severity], overflow="fold") for cell in row.cells)
        )
    return table


def as_markdown(report: Report, most: int = MOST) -> str:
    """Return *report* in at most so many characters: the summary, what matters most, and the rest counted."""
    lines = [f"### {report.title}", "", *report.summary.splitlines(), ""]
    if report.rows:
        lines += [_markdown_row(report.columns), "|" + "---|" * len(report.columns)]
    return within(lines, [_markdown_row(row.cells) for row in _by_severity(report.rows)], most)


def within(head: Sequence[str], rows: Sequence[str], most: int = MOST) -> str:
    """Return *head* and as many *rows* of a Markdown table as *most* characters take, and how many are left out."""
    # Characters outside of the basic plane may count twice.
    room = most - 200 - sum(_length(line) + 1 for line in head)
    kept: list[str] = []
    for row in rows:
        room -= _length(row) + 1
        if room < 0:
            break
        kept.append(row)
    left = len(rows) - len(kept)
    more = (
        ["", f"… and {left:,} more rows, which do not fit here; `--format json` has all of them."]
        if left
        else []
    )
    return "\n".join([*head, *kept, *more])


def as_annotations(report: Report) -> str:
    """Return what is not as it should be as workflow commands of GitHub Actions, and the summary as a notice."""
    told = [row for row in _by_severity(report.rows) if row.severity != "info"]
    worst = told[0].severity if told else "notice"
    lines = [f"::{worst} title={escaped(report.title, ':,')}::{escaped(report.summary)}"]
    return "\n".join(
        lines
        + [
            f"::{row.severity} title={escaped(report.title, ':,')}::{escaped(' · '.join(filter(None, row.cells)))}"
            for row in told
        ]
    )


def escaped(text: str, more: str = "") -> str:
    """Return *text* as a workflow command takes it."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _by_severity(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: _ORDER[row.severity])


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(cell, cells))} |"


def cell(text: str) -> str:
    """Return *text* as a cell of a Markdown table."""
    return _printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>")


def _printable(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
