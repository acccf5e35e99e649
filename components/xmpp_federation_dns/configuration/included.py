"""The files that a stack includes: SIP domains, Edge pools and zones, where they are too many for a stack file.

Pulumi hands a program all of its configuration in one environment variable, which an operating system limits.
"""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic.alias_generators import to_camel

from xmpp_federation_dns.configuration.yamlfile import Document, StackFileError, content, parse_yaml, refused
from xmpp_federation_dns.problems import SECRETS, Problem, Source, Unknown, described, printable
from xmpp_federation_dns.problems import Path as Place
from xmpp_federation_dns.untyped import mapping

DESCRIPTION = (
    "Files that add to `domains`, `edgePools` and `zones`: `.yaml` with these lists, `.txt` and `.csv` with names of "
    "SIP domains. Relative to the folder of Pulumi.yaml, or absolute."
)
"""What the option is for."""
KEYS = ("domains", "edgePools", "zones")
"""What a file that is included may hold."""
RULE = "S6"

Position = int | tuple[Source, int]
"""Where an item stands: in the list of the stack, or in that of a file."""
Found = tuple[Source, dict[str, list[Any]], list[Problem]]
"""A file, the lists in it, and what is wrong with it."""


class Joined(list[Any]):
    """A list whose items stand in several files."""

    def __init__(self, items: Iterable[Any], positions: Iterable[Position] | None = None) -> None:
        super().__init__(items)
        self.positions: list[Position] = list(range(len(self)) if positions is None else positions)

    def add(self, source: Source, items: Sequence[Any]) -> None:
        """Put the *items* of a file at the end."""
        self += items
        self.positions += ((source, position) for position in range(len(items)))


def in_place_of(before: object, items: list[Any]) -> list[Any]:
    """Return *items* as those that stand where the ones of the list *before* do."""
    return Joined(items, before.positions) if isinstance(before, Joined) else items


def joined(values: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the configuration *values* with what the files under their `include` add, and what is wrong there.

    Names of files are relative to *folder*, that of Pulumi.yaml, or absolute.
    """
    rest = {key: value for key, value in values.items() if key != "include"}
    names = values.get("include")
    if names is None:
        return rest, []
    if isinstance(names, Unknown):
        names = [names]
    if not isinstance(names, list):
        way = f" (pulumi config set --path 'include[0]' {names})" if isinstance(names, str) else ""
        return rest, [Problem(("include",), f"expected a list, got {described(names)}{way}", rule="S3")]
    problems: list[Problem] = []
    read: set[str] = set()
    for position, name in enumerate(cast("list[object]", names)):
        # What a file may hold that cannot be read is not known; a list of names has SIP domains alone.
        source = Source(f"include[{position}]", lambda _: 1)
        held = KEYS[:1] if str(name).lower().endswith((".txt", ".csv")) else KEYS
        lists: dict[str, list[Any]] = {key: [Unknown()] for key in held}
        found: list[Problem] = []
        try:
            if not isinstance(name, Unknown):
                source, lists, found = _read(name, folder)
        except StackFileError as error:
            found = [Problem(("include", position), str(error), rule=RULE)]
        real = os.path.realpath(source.name)
        if real in read:
            text = f"{printable(source.name)} is included twice"
            problems.append(Problem(("include", position), text, rule=RULE))
            continue
        read.add(real)
        problems += found
        for key, items in lists.items():
            _extend(rest, key, source, items)
    return rest, problems


def _extend(values: dict[str, Any], key: str, source: Source, items: Sequence[Any]) -> None:
    """Add the *items* of a file to the list under *key*."""
    before = values.get(key, [])
    if isinstance(before, Unknown):
        # Whatever else there is, these are too.
        before = [before]
    # What is no list in the stack is told with everything else of its kind.
    if isinstance(before, list):
        there = cast("list[Any]", before)
        values[key] = there if isinstance(there, Joined) else Joined(there)
        values[key].add(source, items)


def _is_within(folder: Path, name: str) -> bool:
    """Tell whether a file is in a folder, whatever links lead there."""
    return Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder))


def _read(name: object, folder: Path) -> Found:
    """Return what a file adds."""
    if not isinstance(name, str):
        raise StackFileError(f"expected the name of a file, got {described(name)}")
    if not (Path(name).is_absolute() or "\0" in name or _is_within(folder, name)):
        raise StackFileError(f"{described(name)} leads out of the project; write an absolute path")
    path = Path(name) if Path(name).is_absolute() else Path(os.path.relpath(folder / name))
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise StackFileError(f"{described(name)} is none of {', '.join(KINDS)}")
    try:
        return kind(path)
    except RecursionError:
        raise refused(path, "its values lie too deep in one another") from None


def _yaml(path: Path) -> Found:
    document = Document(path)
    source = Source(str(path), document.line)
    root = parse_yaml(path, alone=True)
    if not isinstance(root, yaml.MappingNode):
        what = "is empty" if root is None else "is no mapping"
        raise refused(path, f"it {what}; it holds {_listed()}")
    lists: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    for key, (line, node) in document.entries(root, ()).items():
        value = document.value(node, (key,), (), line)
        if key not in KEYS:
            text = f"a file that is included holds {_listed()} alone"
            problems.append(Problem((key,), text, rule=RULE))
        elif isinstance(value, list):
            lists[key] = cast("list[Any]", value)
        elif value is not None and not isinstance(value, Unknown):
            # Text in place of zones may hold a secret.
            what = described(value) if key != "zones" else "something else"
            problems.append(Problem((key,), f"expected a list, got {what}", rule="S3"))
    problems += [*document.encrypted(), *_secrets(lists.get("zones", [])), *document.problems]
    problems.sort(key=lambda problem: document.line(problem.path))
    return source, lists, [problem.at((source, *problem.path)) for problem in problems]


def _secrets(zones: Iterable[object]) -> Iterator[Problem]:
    """Take the secrets out of *zones*, and yield where they stand."""
    for position, zone in enumerate(zones):
        options = mapping(zone)
        for key in (each for each in list(options) if to_camel(each) in SECRETS):
            if not isinstance(options[key], Unknown):
                options[key] = Unknown()
                text = f"secrets stand in the stack: {SECRETS[to_camel(key)]}"
                yield Problem(("zones", position, key), text, rule=RULE)


def _lines(path: Path) -> list[str]:
    """Return the lines of a file, each with its end."""
    return list(io.StringIO(content(path).removeprefix("\ufeff"), newline=""))


def names_in(lines: Iterable[str]) -> list[tuple[int, str]]:
    """Return the names in a list, one a line, each with its line; `#` begins a comment."""
    stripped = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    return [(number, name) for number, name in stripped if name]


def _text(path: Path) -> Found:
    return _names(path, names_in(_lines(path)), [])


def _csv(path: Path) -> Found:
    lines = _lines(path)
    # What Export-Csv of Windows PowerShell and Excel put before the header.
    before = 0
    while before < len(lines) and (not lines[before].strip() or lines[before].startswith(("#TYPE", "sep="))):
        before += 1
    header = "".join(lines[before : before + 1])
    delimiter = max(",;\t", key=header.count)
    rows = _rows(path, lines, before, delimiter)
    columns = [cell.strip() for cell in rows[0][1]] if rows else []
    column = next((position for position, each in enumerate(columns) if each.lower() == "name"), None)
    if column is None:
        raise refused(path, "its first line names no column 'Name'")
    problems: list[Problem] = []
    if others := [each for position, each in enumerate(columns) if position != column]:
        listed = ", ".join(printable(each) for each in others)
        text = f"not read but for the column {columns[column]}: {listed} (Edge pools stand in YAML)"
        problems.append(Problem((_line(path, 1 + before),), text, "warning", RULE))
    names: list[tuple[int, str]] = []
    for number, row in rows[1:]:
        if len(row) > column and (name := row[column].strip()):
            names.append((number, name))
        elif any(cell.strip() for cell in row):
            text = f"the column {columns[column]} is empty"
            problems.append(Problem((_line(path, number),), text, rule=RULE))
    return _names(path, names, problems)


def _rows(path: Path, lines: list[str], before: int, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the records after as many lines *before*, each with the line on which it begins."""
    reader = csv.reader(lines[before:], delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    first = before + 1
    try:
        for row in reader:
            rows.append((first, row))
            first = reader.line_num + before + 1
    except csv.Error as error:
        raise refused(path, f"not CSV: {error}", first) from None
    return rows


def _line(path: Path, number: int) -> Source:
    return Source(str(path), lambda _: number, places=False)


def listed_domains(path: Path) -> list[tuple[int, str]]:
    """Return the SIP domains of a list of names, `.txt` or `.csv`, each with its line.

    Raises :class:`StackFileError` where there is no such list.
    """
    kind = {".txt": _text, ".csv": _csv}.get(path.suffix.lower())
    if kind is None:
        raise StackFileError(f"{described(str(path))} is none of .txt, .csv")
    source, lists, problems = kind(path)
    for problem in problems:
        if problem.severity == "error":
            raise refused(
                path, problem.text, problem.path[0].line(()) if isinstance(problem.path[0], Source) else 1
            )
    return [(source.line(("domains", position)), name) for position, name in enumerate(lists["domains"])]


def _names(path: Path, found: list[tuple[int, str]], problems: list[Problem]) -> Found:
    """Return SIP domains that have a line each."""

    def line(place: Place) -> int:
        return found[cast("int", place[1])][0]

    return Source(str(path), line, places=False), {"domains": [name for _, name in found]}, problems


def _listed() -> str:
    return f"{', '.join(KEYS[:-1])} and {KEYS[-1]}"


KINDS: Mapping[str, Callable[[Path], Found]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".txt": _text,
    ".csv": _csv,
}
