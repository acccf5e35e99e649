"""What a command found, as a table for people and in forms for programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from xmpp_federation_dns.commands.terminal import print_error, print_table
from xmpp_federation_dns.markdown import MOST, printed, table_row, within

Format = Literal["text", "json", "markdown", "github"]
Form = Annotated[
    Format, typer.Option("--format", help="`markdown` for a pull request, `github` annotates a workflow run.")
]
Severity = Literal["error", "warning", "notice", "info"]

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
    """The same for programs, with all *faults* in it."""
    faults: Sequence[str] = ()
    """Why something could not be looked at, each in one line."""


def print_report(report: Report, form: Format) -> None:
    """Print *report* in the form that was asked for, and its faults on standard error, too."""
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
    for fault in report.faults:
        print_error(printed(fault))


def _as_table(report: Report) -> Table:
    table = Table(*report.columns)
    for row in report.rows:
        # Text, since brackets in a string are markup.
        table.add_row(*(Text(printed(cell), _COLOURS[row.severity], overflow="fold") for cell in row.cells))
    return table


def as_markdown(report: Report, most: int = MOST) -> str:
    """Return *report* in at most so many characters: the summary, what matters most, and the rest counted."""
    lines = [f"### {report.title}", "", *report.summary.splitlines(), ""]
    if report.faults:
        lines += [*(f"- Not looked at: {printed(fault)}" for fault in report.faults), ""]
    if report.rows:
        lines += [table_row(report.columns), "|" + "---|" * len(report.columns)]
    return within(lines, [table_row(each.cells) for each in by_severity(report.rows)], most)


def as_annotations(report: Report) -> str:
    """Return what is not as it should be as workflow commands of GitHub Actions, and the summary as a notice."""
    rows = [row for row in by_severity(report.rows) if row.severity != "info"]
    told = [("error", fault) for fault in report.faults]
    told += [(row.severity, " · ".join(filter(None, row.cells))) for row in rows]
    worst = told[0][0] if told else "notice"
    title = escaped(report.title, ":,")
    return "\n".join(
        f"::{severity} title={title}::{escaped(text)}" for severity, text in [(worst, report.summary), *told]
    )


def escaped(text: str, more: str = "") -> str:
    """Return *text* as a workflow command takes it."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def by_severity(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* with what matters most first."""
    return sorted(rows, key=lambda row: _ORDER[row.severity])
