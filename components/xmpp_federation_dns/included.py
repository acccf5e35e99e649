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

from xmpp_federation_dns.problems import Path as Place
from xmpp_federation_dns.problems import Problem, Source, Unknown, shown
from xmpp_federation_dns.yamlfile import Document, StackFileError, content, parsed

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
    if names is None or isinstance(names, Unknown):
        return rest, []
    if not isinstance(names, list):
        way = f" (pulumi config set --path 'include[0]' {names})" if isinstance(names, str) else ""
        return rest, [Problem(("include",), f"expected a list, got {shown(names)}{way}", rule="S3")]
    problems: list[Problem] = []
    read: set[Path] = set()
    for position, name in enumerate(cast("list[object]", names)):
        if isinstance(name, Unknown):
            continue
        try:
            source, lists, found = _read(name, folder, read)
        except StackFileError as error:
            problems.append(Problem(("include", position), str(error), rule=RULE))
            continue
        problems += found
        for key, items in lists.items():
            before = rest.get(key, [])
            if isinstance(before, Unknown):
                # Whatever else there is, these are too.
                before = [before]
            # What is no list in the stack is told with everything else of its kind.
            if isinstance(before, list):
                there = cast("list[Any]", before)
                rest[key] = there if isinstance(there, Joined) else Joined(there)
                rest[key].add(source, items)
    return rest, problems


def _read(name: object, folder: Path, read: set[Path]) -> Found:
    """Return what a file adds, of which none may be *read* already."""
    if not isinstance(name, str):
        raise StackFileError(f"expected the name of a file, got {shown(name)}")
    if Path(os.path.normpath(name)).parts[:1] == (os.pardir,):
        raise StackFileError(f"{shown(name)} leads out of the project; write an absolute path")
    path = Path(name) if Path(name).is_absolute() else Path(os.path.relpath(folder / name))
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise StackFileError(f"{shown(name)} is none of {', '.join(KINDS)}")
    if path in read:
        raise StackFileError(f"{path} is included twice")
    read.add(path)
    try:
        return kind(path)
    except RecursionError:
        raise StackFileError(f"{path}: its values lie too deep in one another") from None


def _yaml(path: Path) -> Found:
    document = Document(path)
    source = Source(str(path), document.line)
    root = parsed(path, alone=True)
    if not isinstance(root, yaml.MappingNode):
        what = "is empty" if root is None else "is no mapping"
        raise StackFileError(f"{path}: it {what}; it holds {_listed()}")
    lists: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    for key, node in document.entries(root, ()).items():
        value = document.value(node, (key,))
        place = (source, key)
        if key not in KEYS:
            problems.append(Problem(place, f"a file that is included holds {_listed()} alone", rule=RULE))
        elif isinstance(value, list):
            lists[key] = cast("list[Any]", value)
        elif value is not None:
            # Text in place of zones may hold a secret.
            what = shown(value) if key != "zones" else "something else"
            problems.append(Problem(place, f"expected a list, got {what}", rule="S3"))
    secrets = sorted({*document.unknown, *_secrets(lists.get("zones", []))}, key=document.line)
    problems += [
        Problem(
            (source, *place),
            "secrets stand in the stack: pulumi config set --secret tsigSecret"
            if place not in document.unknown
            else "what is encrypted stands in the stack file",
            rule=RULE,
        )
        for place in secrets
    ]
    return source, {} if secrets else lists, problems


def _secrets(zones: Iterable[object]) -> Iterator[Place]:
    for position, zone in enumerate(zones):
        for key in cast("dict[str, object]", zone) if isinstance(zone, dict) else ():
            if key in ("tsigSecret", "tsig_secret"):
                yield ("zones", position, key)


def _text(path: Path) -> Found:
    lines = content(path).removeprefix("\ufeff").splitlines()
    stripped = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    return _names(path, [(number, name) for number, name in stripped if name], [])


def _csv(path: Path) -> Found:
    lines = content(path).removeprefix("\ufeff").splitlines(keepends=True)
    # What Export-Csv of Windows PowerShell and Excel put before the header.
    before = 0
    while before < len(lines) and (not lines[before].strip() or lines[before].startswith(("#TYPE", "sep="))):
        before += 1
    header = "".join(lines[before : before + 1])
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO("".join(lines[before:]), newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num + before, row) for row in reader]
    except csv.Error as error:
        raise StackFileError(f"{path}:{reader.line_num + before}: not CSV: {error}") from None
    columns = [cell.strip() for cell in rows[0][1]] if rows else []
    column = next((position for position, each in enumerate(columns) if each.lower() == "name"), None)
    if column is None:
        raise StackFileError(f"{path}: its first line names no column 'Name'")
    problems: list[Problem] = []
    if others := [each for position, each in enumerate(columns) if position != column]:
        text = (
            f"not read but for the column {columns[column]}: {', '.join(others)} (Edge pools stand in YAML)"
        )
        problems.append(Problem((_line(path, 1 + before),), text, "warning", RULE))
    names: list[tuple[int, str]] = []
    for number, row in rows[1:]:
        if len(row) > column and (name := row[column].strip()):
            names.append((number, name))
        elif any(cell.strip() for cell in row):
            text = f"the column {columns[column]} is empty"
            problems.append(Problem((_line(path, number),), text, rule=RULE))
    return _names(path, names, problems)


def _line(path: Path, number: int) -> Source:
    return Source(str(path), lambda _: number, places=False)


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
