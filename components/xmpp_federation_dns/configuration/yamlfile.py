"""YAML files, what their values are, and where in them these stand."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic.alias_generators import to_camel

from xmpp_federation_dns.configuration.scalars import UNTAGGED, AmbiguousError, scalar
from xmpp_federation_dns.problems import SECRETS, Problem, StackSecret, Unknown, described, printable
from xmpp_federation_dns.problems import Path as Place

MAX_SIZE = 16 * 1024 * 1024
"""Octets of a file: room for more than 100,000 SIP domains."""
MAX_VALUES = 500_000
"""Values in a file, with its aliases followed."""

_SPLIT = "split it into several files under 'include'"
_PLACEHOLDER = "AAAA"
"""Stands for an encrypted secret, of which all that matters is that it is there."""


class _Loader(yaml.CBaseLoader):
    """Leaves what an untagged scalar means to :func:`scalar`."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:  # noqa: ARG002 PyYAML's own
        """Return the tag of a node that has none in the file."""
        return UNTAGGED


class StackFileError(Exception):
    """A file that cannot be read, told in one line."""


Entry = tuple[int, yaml.Node]
"""The line of a key, and its value."""


class Document:
    """The values of a YAML file, and where in it they stand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unknown: dict[Place, str] = {}
        """Where something is not known, and why."""
        self.problems: list[Problem] = []
        """What the file says in a way that may mean something else."""
        self._lines: dict[Place, int] = {}
        self._count = 0

    def line(self, place: Place) -> int:
        """Return the line that *place*, or what is around it, stands on, with its key; the first is 1."""
        while place not in self._lines and place:
            place = place[:-1]
        return self._lines.get(place, 1)

    def encrypted(self) -> Iterator[Problem]:
        """Yield what is encrypted, for a file in which nothing may be."""
        for place in self.unknown:
            yield Problem(place, "what is encrypted stands in the stack file", rule="S6")

    def value(self, node: yaml.Node, place: Place, around: tuple[int, ...] = (), line: int = 0) -> Any:
        """Return the value of *node*, which stands at *place*, below a key on *line*."""
        self._lines.setdefault(place, line or node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            entries = self.entries(node, place, around)
            inside = (*around, id(node))
            values = {
                key: self.value(item, (*place, key), inside, line) for key, (line, item) in entries.items()
            }
            match values:
                case {"secure": str()} if len(values) == 1:
                    if any(key in SECRETS for key in place[-1:]):
                        return StackSecret(_PLACEHOLDER, encrypted=True)
                    self.unknown[place] = "it is encrypted"
                    return Unknown()
                case _:
                    return values
        if isinstance(node, yaml.SequenceNode):
            inside = self._inside(node, place, around)
            items = cast("list[yaml.Node]", node.value)
            return [self.value(item, (*place, position), inside) for position, item in enumerate(items)]
        return self._scalar(cast("yaml.ScalarNode", node), place)

    def entries(self, node: yaml.MappingNode, place: Place, around: tuple[int, ...] = ()) -> dict[str, Entry]:
        """Return the entries of a mapping, with those it merges in; a key may occur once."""
        inside = self._inside(node, place, around)
        own: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        seen: set[str] = set()
        for key_node, item in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(place, "a key of it is no text", key_node)
            key: str = key_node.value
            if key in seen:
                raise self.error(place, f"key {described(key)} is there twice", key_node)
            seen.add(key)
            if key == "<<":
                for source in item.value if isinstance(item, yaml.SequenceNode) else [item]:
                    if not isinstance(source, yaml.MappingNode):
                        raise self.error(place, "'<<' merges mappings only", source)
                    merged = self.entries(source, place, inside) | merged
            else:
                # Told where it is no text; no option has such a key.
                self._scalar(key_node, place)
                own[key] = (key_node.start_mark.line + 1, item)
        return merged | own

    def _inside(self, node: yaml.CollectionNode, place: Place, around: tuple[int, ...]) -> tuple[int, ...]:
        """Return what is around the values of *node*, which may neither contain itself nor be too much."""
        if id(node) in around:
            raise self.error(place, "it contains itself", node)
        self._count += len(node.value) + 1
        if self._count > MAX_VALUES:
            raise refused(self.path, f"more than {MAX_VALUES} values, with aliases followed: {_SPLIT}")
        return (*around, id(node))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | bool | Unknown | None:
        try:
            return scalar(node)
        except AmbiguousError as error:
            is_secret = any(to_camel(str(key)) in SECRETS for key in place[-1:])
            text = "YAML takes this for a number or a date: write it in quotes" if is_secret else str(error)
            self.problems.append(Problem(place, text, rule="S3"))
            return Unknown()
        except ValueError as error:
            raise self.error(place, str(error), node) from None

    def error(self, place: Place, text: str, node: yaml.Node | None = None) -> StackFileError:
        """Return an error that names the line."""
        line = node.start_mark.line + 1 if node else self.line(place)
        return refused(self.path, str(Problem(place, text)), line)


def refused(path: Path, text: str, line: int | None = None) -> StackFileError:
    """Return what is wrong with a file, or with a line of it."""
    return StackFileError(f"{printable(str(path))}{f':{line}' if line else ''}: {text}")


def content(path: Path) -> str:
    """Return the text of a file; raise :class:`StackFileError` where it has none, or too much."""
    try:
        # To open a pipe is to wait for somebody who writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise refused(path, "not a regular file")
        with path.open("rb") as file:
            octets = file.read(MAX_SIZE + 1)
        if len(octets) > MAX_SIZE:
            raise refused(path, f"a file may have {MAX_SIZE} octets; this one has more: {_SPLIT}")
        return octets.decode()
    except OSError as error:
        raise refused(path, str(error.strerror)) from None
    except UnicodeDecodeError:
        raise refused(path, "not UTF-8 text; save it as UTF-8 (in PowerShell: -Encoding utf8)") from None
    except ValueError:
        raise StackFileError(f"{described(str(path))} is not the name of a file") from None


def parse_yaml(path: Path, *, alone: bool = False) -> yaml.Node | None:
    """Return the first document of a YAML file, as the engine does; nothing of one that is empty.

    *alone*: whether others are refused.
    """
    text = content(path)
    # Each value has one of these: a file of nothing but values takes more memory than its size tells.
    if sum(map(text.count, ",:\n[{")) > MAX_VALUES:
        raise refused(path, f"more than {MAX_VALUES} values: {_SPLIT}")
    try:
        documents = yaml.compose_all(text, _Loader)
        first = next(documents, None)
        if alone and next(documents, None) is not None:
            raise refused(path, "it has more than one document")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise refused(path, f"not YAML: {error.problem}", line) from None
    except yaml.YAMLError as error:
        raise refused(path, f"not YAML: {str(error).splitlines()[0]}") from None
    return first
