"""YAML files, read as Pulumi reads them, and where in them values stand."""

from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.problems import Path as Place
from xmpp_federation_dns.problems import Problem, StackSecret, Unknown, shown
from xmpp_federation_dns.scalars import UNTAGGED, as_text, scalar

MAX_SIZE = 16 * 1024 * 1024
"""Octets of a file: room for more than 100,000 SIP domains."""
MAX_VALUES = 500_000
"""Values in a file, with its aliases followed."""

_PLACEHOLDER = "AAAA"
"""Stands for an encrypted secret, of which all that matters is that it is there."""


class _Loader(yaml.CBaseLoader):
    """Leaves what an untagged scalar means to :func:`scalar`."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:  # noqa: ARG002 PyYAML's own
        """Return the tag of a node that has none in the file."""
        return UNTAGGED


class StackFileError(Exception):
    """A file that cannot be read, told in one line."""


class Document:
    """The values of a YAML file, and where in it they stand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unknown: dict[Place, str] = {}
        """Where something is not known, and why."""
        self._lines: dict[Place, int] = {}
        self._count = 0

    def line(self, place: Place) -> int:
        """Return the line that *place*, or what is around it, stands on; the first is 1."""
        while place not in self._lines and place:
            place = place[:-1]
        return self._lines.get(place, 1)

    def value(self, node: yaml.Node, place: Place, around: tuple[int, ...] = ()) -> Any:
        """Return the value of *node*, which stands at *place*."""
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            entries = self.entries(node, place, around)
            if _is_secure(node):
                if place[-1] == "tsigSecret":
                    return StackSecret(_PLACEHOLDER, encrypted=True)
                self.unknown[place] = "it is encrypted"
                return Unknown()
            inside = (*around, id(node))
            return {key: self.value(item, (*place, key), inside) for key, item in entries.items()}
        if isinstance(node, yaml.SequenceNode):
            inside = self._inside(node, place, around)
            items = cast("list[yaml.Node]", node.value)
            return [self.value(item, (*place, position), inside) for position, item in enumerate(items)]
        return self._scalar(cast("yaml.ScalarNode", node), place)

    def entries(
        self, node: yaml.MappingNode, place: Place, around: tuple[int, ...] = ()
    ) -> dict[str, yaml.Node]:
        """Return the entries of a mapping, with those it merges in; a key may occur once."""
        inside = self._inside(node, place, around)
        own: dict[str, yaml.Node] = {}
        merged: dict[str, yaml.Node] = {}
        seen: set[str] = set()
        for key_node, item in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(place, "a key of it is no text", key_node)
            if key_node.value in seen:
                raise self.error(place, f"key {shown(key_node.value)} is there twice", key_node)
            seen.add(key_node.value)
            if key_node.value == "<<":
                for source in _merged(item):
                    if not isinstance(source, yaml.MappingNode):
                        raise self.error(place, "'<<' merges mappings only", source)
                    merged = self.entries(source, place, inside) | merged
            else:
                own[as_text(self._scalar(key_node, place))] = item
        return merged | own

    def _inside(self, node: yaml.CollectionNode, place: Place, around: tuple[int, ...]) -> tuple[int, ...]:
        """Return what is around the values of *node*, which may neither contain itself nor be too much."""
        if id(node) in around:
            raise self.error(place, "it contains itself", node)
        self._count += len(node.value) + 1
        if self._count > MAX_VALUES:
            raise StackFileError(f"{self.path}: more than {MAX_VALUES} values, with aliases followed")
        return (*around, id(node))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | float | bool | None:
        try:
            return scalar(node)
        except ValueError as error:
            raise self.error(place, str(error), node) from None

    def error(self, place: Place, text: str, node: yaml.Node | None = None) -> StackFileError:
        """Return an error that names the line."""
        line = node.start_mark.line + 1 if node else self.line(place)
        return StackFileError(f"{self.path}:{line}: {Problem(place, text)}")


def content(path: Path) -> str:
    """Return the text of a file; raise :class:`StackFileError` where it has none, or too much."""
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_SIZE + 1)
        text = octets.decode()
    except OSError as error:
        raise StackFileError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StackFileError(f"{path}: not UTF-8 text") from None
    except ValueError:
        raise StackFileError(f"{str(path)!r} is not the name of a file") from None
    if len(octets) > MAX_SIZE:
        raise StackFileError(f"{path}: a file may have {MAX_SIZE} octets; this one has more")
    return text


def parsed(path: Path, *, alone: bool = False) -> yaml.Node | None:
    """Return the first document of a YAML file, as the engine does; nothing of one that is empty.

    *alone*: whether others are refused.
    """
    text = content(path)
    # Each value has one of these: a file of nothing but values takes more memory than its size tells.
    if sum(map(text.count, ",:\n[{")) > MAX_VALUES:
        raise StackFileError(f"{path}: more than {MAX_VALUES} values")
    try:
        documents = yaml.compose_all(text, _Loader)
        first = next(documents, None)
        if alone and next(documents, None) is not None:
            raise StackFileError(f"{path}: it has more than one document")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackFileError(f"{path}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise StackFileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    return first


def _merged(node: yaml.Node) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else [node]


def _is_secure(node: yaml.MappingNode) -> bool:
    """Tell whether Pulumi keeps an encrypted value there."""
    match node.value:
        case [(yaml.ScalarNode(value="secure"), yaml.ScalarNode() as item)]:
            return isinstance(scalar(item), str)
        case _:
            return False
