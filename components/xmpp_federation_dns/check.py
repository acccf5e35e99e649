"""The rules, applied to stack files: what the command `check` finds and how it tells it."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from xmpp_federation_dns.configuration import findings
from xmpp_federation_dns.included import KEYS
from xmpp_federation_dns.problems import Problem, Source, printable, shown, written
from xmpp_federation_dns.rules import View
from xmpp_federation_dns.shape import parse
from xmpp_federation_dns.stackfile import PROJECT_FILE, StackFile, opened, stack_directory
from xmpp_federation_dns.yamlfile import StackFileError

ROOM = {"win32": 32_767, "darwin": 1_048_576}.get(sys.platform, 131_072)
"""Octets that this system lets an environment variable have: Linux measured, the others by their manuals."""

_COLOURS = {"error": "red", "warning": "yellow", "notice": "blue"}


@dataclass(frozen=True)
class Finding:
    """One problem in one stack file, with its line there."""

    path: Path
    line: int
    problem: Problem


def check(path: Path) -> list[Finding]:
    """Return what is wrong, unwise or not known in a stack file and those that it includes, from top to bottom.

    Raises :class:`StackFileError` where it cannot be read.
    """
    with opened(path) as file:
        args, origin, problems = parse(file.values)
        unknown = (
            Problem(place, f"{why}; not checked", "notice", "S5") for place, why in file.unknown.items()
        )
        known = findings(View(args), origin, [*size(file.octets, file.largest), *file.problems, *problems])
        found = [_finding(file, problem) for problem in [*known, *unknown]]
        return sorted(found, key=lambda finding: (finding.path != path, str(finding.path), finding.line))


def size(octets: int, largest: str, room: int = ROOM) -> Iterator[Problem]:
    """Yield what is wrong or unwise in a configuration that takes so many *octets* of the *room* that there is.

    *largest* is the key that takes most of them.

    Pulumi cannot hand more to a program, which then does not start (pulumi/pulumi#20402).
    """
    if octets * 2 > room:
        what = "does not start here" if octets > room else "will not start here with twice as many"
        way = "move its items into files under 'include'" if largest in KEYS else "make it shorter"
        text = (
            f"the program {what}: Pulumi hands over all configuration in one environment variable, which takes "
            f"{octets:,} of {room:,} octets; the largest key is {shown(largest)}: {way}"
        )
        yield Problem((), text, "error" if octets > room else "warning", "S7")


def _finding(file: StackFile, problem: Problem) -> Finding:
    """Return where *problem* is: in the stack file, or in one that it includes."""
    match problem.path:
        case (Source() as source, *rest):
            place = tuple(rest)
            here = problem.at(place if source.places else ())
            return Finding(Path(source.name), source.line(place), here)
        case _:
            return Finding(file.path, file.line(problem.path), problem)


def stack_files(names: Sequence[str]) -> list[Path]:
    """Return the stack files of *names*, each a path or a stack of the project here; of all stacks by default.

    Raises :class:`StackFileError` where there is no such stack, or neither a project nor a stack file here.
    """
    directory = stack_directory()
    if not names:
        found = _all(directory)
        if not found and not Path(PROJECT_FILE).exists():
            raise StackFileError("no project and no stack files here; name a stack file")
        return found
    return [_stack_file(name, directory) for name in names]


def stacks() -> list[str]:
    """Return the names of all stacks of the project here."""
    return [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in _all(stack_directory())]


def _all(directory: Path) -> list[Path]:
    return sorted(directory.glob("Pulumi.*.yaml"))


def _stack_file(name: str, directory: Path) -> Path:
    if _is_there(name) or name.endswith((".yaml", ".yml")):
        return Path(name)
    of_stack = directory / f"Pulumi.{name}.yaml"
    if _is_there(of_stack):
        return of_stack
    raise StackFileError(f"{shown(name)} is neither a file nor a stack: there is no {shown(str(of_stack))}")


def _is_there(path: str | Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 to pathlib, a name that is too long for a file is an error


def as_table(found: Iterable[Finding]) -> Table:
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
