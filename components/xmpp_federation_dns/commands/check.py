"""The command `check`."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from xmpp_federation_dns.commands.reports import escaped
from xmpp_federation_dns.commands.terminal import (
    ERRORS,
    IMPOSSIBLE,
    cannot,
    print_error,
    print_table,
    print_warning,
)
from xmpp_federation_dns.configuration import check as checks
from xmpp_federation_dns.configuration.check import Located
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import dotted, printable

_COLOURS = {"error": "red", "warning": "yellow", "notice": "blue"}

Format = Literal["text", "json", "github"]


def check(
    stacks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="STACK",
            help="Stack files or stack names; all stacks of the project here when left out.",
            autocompletion=checks.stacks,
        ),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="`github` annotates the files of a workflow run.")
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")] = False,
) -> None:
    """Apply every rule to stack files, as `pulumi up` would; secrets stay encrypted.

    What is encrypted, or may come from an environment, is named in a notice and not checked.

    Exit status: 0 clean, 1 errors (or warnings with `--strict`), 2 a file cannot be read.

    All stacks of the project, warnings as errors: `xmpp-federation-dns check --strict`

    In a workflow: `xmpp-federation-dns check production --format github`
    """
    found: list[Located] = []
    try:
        paths = checks.stack_files(stacks or [])
    except StackFileError as error:
        raise cannot(str(error)) from None
    if not paths:
        print_warning("this project has no stacks yet: nothing was checked")
    read = 0
    for path in paths:
        try:
            found += checks.check(path)
            read += 1
        except StackFileError as error:
            print_error(str(error))
    _report(found, read, form)
    if read < len(paths):
        raise typer.Exit(IMPOSSIBLE)
    failing = ("error", "warning") if strict else ("error",)
    if (strict and not paths) or any(finding.problem.severity in failing for finding in found):
        raise typer.Exit(ERRORS)


def _report(found: list[Located], files: int, form: Format) -> None:
    match form:
        case "text":
            if found:
                print_table(as_table(found))
            if files:
                typer.echo(summary(found, files))
        case "json":
            typer.echo(as_json(found))
        case _:
            typer.echo(as_annotations(found), nl=bool(found))


def as_table(found: Iterable[Located]) -> Table:
    """Return the findings as a table for a terminal."""
    table = Table("File", "", "Rule", "Problem")
    for finding in found:
        problem = finding.problem
        # Text, since brackets in a string are markup, and `:100:` of an IPv6 address a pictogram.
        table.add_row(
            Text(f"{printable(str(finding.path))}:{finding.line}", overflow="fold"),
            Text(problem.severity, _COLOURS[problem.severity]),
            problem.rule,
            Text(str(problem)),
        )
    return table


def summary(found: Sequence[Located], files: int) -> str:
    """Return in one line how many problems there are."""
    severities = Counter(finding.problem.severity for finding in found)
    kinds = ("error", "warning", "notice")
    *most, last = [_count(severities[kind], kind) for kind in kinds if severities[kind]] or [""]
    text = f"{', '.join(most)} and {last}" if most else last
    return (
        f"{text} in {_count(files, 'stack file')}" if text else f"{_count(files, 'stack file')}: no problems"
    )


def as_json(found: Iterable[Located]) -> str:
    """Return the findings as a JSON list."""
    rows = [
        {
            "file": str(finding.path),
            "line": finding.line,
            "severity": finding.problem.severity,
            "rule": finding.problem.rule,
            "path": dotted(finding.problem.path),
            "text": finding.problem.text,
        }
        for finding in found
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_annotations(found: Iterable[Located]) -> str:
    """Return the findings as workflow commands of GitHub Actions, which shows them in the files."""
    return "\n".join(
        f"::{f.problem.severity} file={escaped(str(f.path), ':,')},line={f.line},"
        f"title={escaped(f'XMPP federation {f.problem.rule}', ':,')}::{escaped(str(f.problem))}"
        for f in found
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
