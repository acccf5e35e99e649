"""The rules, applied to stack files: what the command `check` finds and how it tells it."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from xmpp_federation_dns.configuration import findings
from xmpp_federation_dns.problems import Problem, shown, written
from xmpp_federation_dns.shape import parse
from xmpp_federation_dns.stackfile import StackFileError, opened, stack_directory

_COLOURS = {"error": "red", "warning": "yellow", "notice": "blue"}


@dataclass(frozen=True)
class Finding:
    """One problem in one stack file, with its line there."""

    path: Path
    line: int
    problem: Problem


def check(path: Path) -> list[Finding]:
    """Return what is wrong, unwise or not known in a stack file, from top to bottom.

    Raises :class:`StackFileError` where it cannot be read.
    """
    with opened(path) as file:
        args, origin, problems = parse(file.values)
        found = findings(args, origin, problems) + [
            Problem(place, f"{reason}; not checked", "notice", "S5") for place, reason in file.unknown.items()
        ]
        return sorted((Finding(path, file.line(p.path), p) for p in found), key=lambda finding: finding.line)


def stack_files(names: Sequence[str]) -> list[Path]:
    """Return the stack files of *names*, each a path or a stack of the project here; of all stacks by default."""
    directory = stack_directory()
    if not names:
        found = sorted(directory.glob("Pulumi.*.yaml"))
        if not found:
            raise StackFileError(f"{directory}: no stack files here; name a stack or a file")
        return found
    return [_stack_file(name, directory) for name in names]


def _stack_file(name: str, directory: Path) -> Path:
    # A name that is too long for a file is no error to os.path, unlike to pathlib.
    if os.path.exists(name) or name.endswith((".yaml", ".yml")):  # noqa: PTH110
        return Path(name)
    of_stack = directory / f"Pulumi.{name}.yaml"
    if os.path.exists(of_stack):  # noqa: PTH110
        return of_stack
    raise StackFileError(f"{shown(name)} is neither a file nor a stack: there is no {shown(str(of_stack))}")


def as_table(found: Iterable[Finding]) -> Table:
    """Return the findings as a table for a terminal."""
    table = Table("File", "", "Rule", "Problem")
    for finding in found:
        problem = finding.problem
        # Text, since brackets in a string are markup, and `:100:` of an IPv6 address a pictogram.
        table.add_row(
            Text(f"{finding.path}:{finding.line}", overflow="fold"),
            Text(problem.severity, _COLOURS[problem.severity]),
            problem.rule,
            Text(str(problem)),
        )
    return table


def summary(found: Sequence[Finding], files: int) -> str:
    """Return in one line how many problems there are."""
    severities = Counter(finding.problem.severity for finding in found)
    kinds = ("error", "warning", "notice")
    *most, last = [_count(severities[kind], kind) for kind in kinds if severities[kind]] or [""]
    text = f"{', '.join(most)} and {last}" if most else last
    return (
        f"{text} in {_count(files, 'stack file')}" if text else f"{_count(files, 'stack file')}: no problems"
    )


def as_json(found: Iterable[Finding]) -> str:
    """Return the findings as a JSON list."""
    rows = [
        {
            "file": str(finding.path),
            "line": finding.line,
            "severity": finding.problem.severity,
            "rule": finding.problem.rule,
            "path": written(finding.problem.path),
            "text": finding.problem.text,
        }
        for finding in found
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_annotations(found: Iterable[Finding]) -> str:
    """Return the findings as workflow commands of GitHub Actions, which shows them in the files."""
    return "\n".join(
        f"::{f.problem.severity} file={_escaped(str(f.path), ':,')},line={f.line},"
        f"title={_escaped(f'XMPP federation {f.problem.rule}', ':,')}::{_escaped(str(f.problem))}"
        for f in found
    )


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
