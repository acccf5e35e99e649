"""YAML files, read as Pulumi reads them.

Pulumi follows YAML as Go's yaml.v3 has it, then JSON: `yes` and `on` are text, `010` is 8, and `5269.0` inside a
list is 5269 (measured on the engine, 3.255).
"""

import math
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import yaml

from xmpp_federation_dns.problems import Path as Place
from xmpp_federation_dns.problems import Problem, StackSecret, shown

MAX_SIZE = 16 * 1024 * 1024
"""Octets of a file: room for more than 100,000 SIP domains."""
MAX_VALUES = 500_000
"""Values in a file, with its aliases followed."""

_TAG = "tag:yaml.org,2002:"
_UNTAGGED = "untagged"
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_TAGGED = {
    "int": _INTEGER,
    "float": re.compile(f"{_INTEGER.pattern}|{_FLOAT.pattern}"),
    "bool": re.compile("|".join((*_TRUE, *_FALSE))),
    "null": re.compile("|".join(_NULL)),
    "timestamp": _DATE,
}
"""What text may carry a tag that says what it is."""
_PLACEHOLDER = "AAAA"
"""Stands for an encrypted secret, of which only the rules of its place are known."""


class _Loader(yaml.CBaseLoader):
    """Leaves what an untagged scalar means to this module."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:  # noqa: ARG002 PyYAML's own
        """Return the tag of a node that has none in the file."""
        return _UNTAGGED


class StackFileError(Exception):
    """A file that cannot be read, told in one line."""


class Document:
    """The values of a YAML file, and where in it they stand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encrypted: list[Place] = []
        """Where encrypted values stand."""
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
            if is_secure(node):
                if place[-1] != "tsigSecret":
                    self.encrypted.append(place)
                return StackSecret(_PLACEHOLDER, encrypted=True)
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
            return _scalar(node)
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
    if len(octets) > MAX_SIZE:
        raise StackFileError(f"{path}: a file may have {MAX_SIZE} octets; this one has more")
    return text


def parsed(path: Path) -> yaml.Node | None:
    """Return the first document of a YAML file, as the engine does; nothing of one that is empty."""
    text = content(path)
    # Each value has one of these: a file of nothing but values takes more memory than its size tells.
    if sum(map(text.count, ",:\n[{")) > MAX_VALUES:
        raise StackFileError(f"{path}: more than {MAX_VALUES} values")
    try:
        return next(yaml.compose_all(text, _Loader), None)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackFileError(f"{path}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise StackFileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None


def _merged(node: yaml.Node) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else [node]


def is_secure(node: yaml.MappingNode) -> bool:
    """Tell whether Pulumi keeps an encrypted value there."""
    match node.value:
        case [(yaml.ScalarNode(value="secure"), yaml.ScalarNode() as item)]:
            return isinstance(_scalar(item), str)
        case _:
            return False


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Return what Go's yaml.v3 and JSON make of a scalar."""
    text: str = node.value
    tag = node.tag.removeprefix(_TAG)
    if kind := _TAGGED.get(tag):
        if not kind.fullmatch(text.replace("_", "")):
            raise ValueError(f"{shown(text)} is no !!{tag}")
    elif tag == "binary":
        raise ValueError("the tag !!binary is not read; write text")
    elif tag not in (_UNTAGGED, "!") or node.style:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no number that a stack can hold")
    if day := _DATE.fullmatch(text):
        return _day(*map(int, day.groups())) or text
    return _number(text)


def _day(year: int, month: int, day: int) -> str | None:
    # With a time of day, text is no name either way.
    try:
        return f"{date(year, month, day)} 00:00:00 +0000 UTC"
    except ValueError:
        return None


def _number(text: str) -> str | int | float:
    digits = "" if text.startswith("_") else text.replace("_", "")
    if _INTEGER.fullmatch(digits) and len(digits) <= len("-0b") + 64:
        sign, magnitude = ("-", digits[1:]) if digits[0] == "-" else ("", digits.removeprefix("+"))
        if re.fullmatch(r"0[0-7]+", magnitude):
            magnitude = "0o" + magnitude[1:]
        base = 0 if magnitude[:1] == "0" and magnitude[1:2].isalpha() else 10
        number = int(sign + magnitude, base)
        if -(2**63) <= number < 2**63:
            return number
        if 0 < number < 2**64:
            return _rounded(float(number))
    if _FLOAT.fullmatch(digits) and math.isfinite(number := float(digits)):
        return _rounded(number)
    return text


def _rounded(number: float) -> int | float:
    """Return a number as JSON carries it, in the digits that tell it from its neighbours."""
    return int(Decimal(repr(number))) if number.is_integer() and abs(number) < 1e21 else number


def as_text(value: str | float | bool | None) -> str:
    """Return a scalar at the top, or a key, as a program gets it."""
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
