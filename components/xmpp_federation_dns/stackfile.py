"""Stack files, read as Pulumi reads them, without engine and without secrets.

A scalar at the top reaches a program as text (measured on the engine, 3.255).
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.configuration import OPTIONS, from_text
from xmpp_federation_dns.problems import Path as Place
from xmpp_federation_dns.problems import Problem, StackSecret, Unknown, shown
from xmpp_federation_dns.scalars import UNTAGGED, as_text, scalar

PROJECT = "xmpp-federation-dns"
PROJECT_FILE = "Pulumi.yaml"
MAX_SIZE = 16 * 1024 * 1024
"""Octets of a stack file: room for more than 100,000 SIP domains."""
MAX_VALUES = 500_000
"""Values in a stack file, with its aliases followed."""

_PLACEHOLDER = "AAAA"
"""Stands for an encrypted secret, of which all that matters is that it is there."""


class _Loader(yaml.CBaseLoader):
    """Leaves what an untagged scalar means to :func:`scalar`."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:  # noqa: ARG002 PyYAML's own
        """Return the tag of a node that has none in the file."""
        return UNTAGGED


class StackFileError(Exception):
    """A file that cannot be read as a stack file, told in one line."""


class StackFile:
    """The configuration in a stack file, and where in the file it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Place, int] = {}
        self._count = 0
        root = _parsed(path)
        document = self._entries(root, (), ()) if isinstance(root, yaml.MappingNode) else {}
        environment = document.get("environment")
        config = document.pop("config", None)
        if config is None and environment is None:
            raise StackFileError(f"{path}: not a stack file: it has no 'config'")
        self.values: dict[str, Any] = {}
        """The configuration as a program gets it from the engine, as far as the file alone tells."""
        self.unknown: dict[Place, str] = {}
        """Where something is not known, and why."""
        others = document
        if isinstance(config, yaml.MappingNode):
            for key, node in self._entries(config, (), ()).items():
                if (name := self._option(key)) is None:
                    others[key] = node
                else:
                    self._add(name, node)
        elif config is not None and self._value(config, ("config",), ()) is not None:
            raise StackFileError(f"{path}: not a stack file: 'config' is no mapping")
        own = dict(self.unknown)
        # A mistake of YAML anywhere in the file keeps the engine from reading it.
        for key, node in others.items():
            if self._value(node, (key,), ()) and node is environment:
                # The engine prefers what the stack itself sets.
                absent = [option for option in OPTIONS if option not in self.values]
                self.values |= dict.fromkeys(absent, Unknown())
                own[key,] = f"it may set {', '.join(absent)}"
        self.unknown = own

    def known(self) -> dict[str, Any]:
        """Return the configuration; raise :class:`StackFileError` where the file alone does not tell all of it."""
        for place, reason in self.unknown.items():
            way_out = "`pulumi stack output records --json` has what an update published"
            raise self._error(place, f"{reason}; this command needs every value in the file: {way_out}")
        return self.values

    def line(self, place: Place) -> int:
        """Return the line that *place*, or what is around it, stands on; the first is 1."""
        while place not in self._lines and place:
            place = place[:-1]
        return self._lines.get(place, 1)

    def _option(self, key: str) -> str | None:
        """Return the option that a *key* of the configuration sets, or nothing where it is another package's."""
        match key.split(":"):
            case [name]:
                return name
            case [namespace, name] | [namespace, "config", name]:
                return name if namespace == PROJECT else None
            case _:
                text = f"{shown(key)} is no key of a configuration; write namespace:key"
                raise StackFileError(f"{self.path}: {text}")

    def _add(self, name: str, node: yaml.Node) -> None:
        if (name,) in self._lines:
            raise self._error((name,), "given twice, with and without its namespace")
        value = self._value(node, (name,), ())
        if isinstance(node, yaml.ScalarNode):
            value = from_text(name, as_text(value), secret=False) if value not in (None, "") else None
        if value is not None:
            self.values[name] = value

    def _value(self, node: yaml.Node, place: Place, around: tuple[int, ...]) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            entries = self._entries(node, place, around)
            if _is_secure(node):
                if place[-1] == "tsigSecret":
                    return StackSecret(_PLACEHOLDER, encrypted=True)
                self.unknown[place] = "it is encrypted"
                return Unknown()
            inside = (*around, id(node))
            return {key: self._value(item, (*place, key), inside) for key, item in entries.items()}
        if isinstance(node, yaml.SequenceNode):
            inside = self._inside(node, place, around)
            items = cast("list[yaml.Node]", node.value)
            return [self._value(item, (*place, position), inside) for position, item in enumerate(items)]
        return self._scalar(cast("yaml.ScalarNode", node), place)

    def _entries(self, node: yaml.MappingNode, place: Place, around: tuple[int, ...]) -> dict[str, yaml.Node]:
        """Return the entries of a mapping, with those it merges in; a key may occur once."""
        inside = self._inside(node, place, around)
        own: dict[str, yaml.Node] = {}
        merged: dict[str, yaml.Node] = {}
        seen: set[str] = set()
        for key_node, item in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(place, "a key of it is no text", key_node)
            if key_node.value in seen:
                raise self._error(place, f"key {shown(key_node.value)} is there twice", key_node)
            seen.add(key_node.value)
            if key_node.value == "<<":
                for source in _merged(item):
                    if not isinstance(source, yaml.MappingNode):
                        raise self._error(place, "'<<' merges mappings only", source)
                    merged = self._entries(source, place, inside) | merged
            else:
                own[as_text(self._scalar(key_node, place))] = item
        return merged | own

    def _inside(self, node: yaml.CollectionNode, place: Place, around: tuple[int, ...]) -> tuple[int, ...]:
        """Return what is around the values of *node*, which may neither contain itself nor be too much."""
        if id(node) in around:
            raise self._error(place, "it contains itself", node)
        self._count += len(node.value) + 1
        if self._count > MAX_VALUES:
            raise StackFileError(f"{self.path}: more than {MAX_VALUES} values, with aliases followed")
        return (*around, id(node))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | float | bool | None:
        try:
            return scalar(node)
        except ValueError as error:
            raise self._error(place, str(error), node) from None

    def _error(self, place: Place, text: str, node: yaml.Node | None = None) -> StackFileError:
        line = node.start_mark.line + 1 if node else self.line(place)
        return StackFileError(f"{self.path}:{line}: {Problem(place, text)}")


@contextmanager
def opened(path: Path) -> Generator[StackFile]:
    """Read a stack file; where nothing can follow how deep its values lie, tell that in one line."""
    try:
        yield StackFile(path)
    except RecursionError:
        raise StackFileError(f"{path}: its values lie too deep in one another") from None


def stack_directory() -> Path:
    """Return where the project in this directory keeps its stack files."""
    try:
        project = _parsed(Path(PROJECT_FILE))
    except StackFileError:
        return Path()
    for key, item in project.value if isinstance(project, yaml.MappingNode) else ():
        if key.value == "stackConfigDir" and isinstance(item, yaml.ScalarNode):
            return Path(item.value)
    return Path()


def _parsed(path: Path) -> yaml.Node:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
        text = content.decode()
    except OSError as error:
        raise StackFileError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StackFileError(f"{path}: not UTF-8 text") from None
    if len(content) > MAX_SIZE:
        raise StackFileError(f"{path}: a stack file has at most {MAX_SIZE} octets; this one has more")
    # Each value has one of these: a file of nothing but values takes more memory than its size tells.
    if sum(map(text.count, ",:\n[{")) > MAX_VALUES:
        raise StackFileError(f"{path}: more than {MAX_VALUES} values")
    try:
        # Like the engine, the first document alone.
        node = next(yaml.compose_all(text, _Loader), None)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackFileError(f"{path}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise StackFileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        raise StackFileError(f"{path}: not a stack file: it is empty")
    return node


def _merged(node: yaml.Node) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else [node]


def _is_secure(node: yaml.MappingNode) -> bool:
    """Tell whether Pulumi keeps an encrypted value there."""
    match node.value:
        case [(yaml.ScalarNode(value="secure"), yaml.ScalarNode() as item)]:
            return isinstance(scalar(item), str)
        case _:
            return False
