"""From a mapping or arguments to arguments of the right shape, and what did not fit.

A value that does not fit is reported and left out, so that the rules still see the rest: mistakes of
shape and of sense come in the same answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, cast

import pulumi
from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from xmpp_federation_dns.args import BACKENDS, EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.included import Joined
from xmpp_federation_dns.problems import ConfigurationError, Path, Problem, Secret, shown

_ARGS = TypeAdapter(XmppFederationDnsArgs)
_MODELS = (XmppFederationDnsArgs, SipDomain, EdgePool, *BACKENDS)
_SNAKE: dict[Any, str] = {to_camel(field.name): field.name for model in _MODELS for field in fields(model)}
_PROVIDERS = ", ".join(zone.provider for zone in BACKENDS)
_LISTS = ("domains", "zones")
_EXPECTED = {
    "bool_type": "true or false",
    "dataclass_type": "a mapping",
    "int_type": "a whole number",
    "is_instance_of": "a list",
    "provider_type": "a Pulumi provider",
    "sequence_str": "a list",
    "string_type": "text",
}


def parse(given: object) -> tuple[XmppFederationDnsArgs, "Origin", list[Problem]]:
    """Return the arguments in *given* as far as they fit, where they came from, and what did not fit."""
    if not isinstance(given, Mapping | XmppFederationDnsArgs):
        text = f"expected a mapping or XmppFederationDnsArgs, got {shown(given)}"
        raise ConfigurationError([Problem((), text)])
    tree: dict[str, Any] = _plain(given)
    origin = Origin(tree)
    found: list[Problem] = []
    while True:
        for key in _LISTS:
            tree.setdefault(key, _Items(()))
        try:
            return _ARGS.validate_python(tree), origin, found
        except ValidationError as error:
            details = error.errors(include_url=False)
        found += [_problem(detail, origin) for detail in details if not origin.is_blamed(_place(detail))]
        for detail in details:
            origin.blame(_place(detail))
        # Later and deeper places first: leaving one out moves what follows it.
        for detail in sorted(details, key=_place, reverse=True):
            if detail["type"] == "missing":
                origin.fill(_place(detail))
            else:
                origin.leave_out(_place(detail))


class Origin:
    """Where the values of parsed arguments stand in what the user wrote."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree
        self._blamed: set[Path] = set()

    def path(self, place: Path) -> Path:
        """Return *place* in the user's own positions and style of keys."""
        node: Any = self._tree
        path: list[Any] = []
        for step in place:
            key: Any = step
            if isinstance(node, _Items) and isinstance(step, int):
                key = node.positions[step]
                node = node[step]
                if not isinstance(key, int):
                    source, key = key
                    path.insert(0, source)
            elif isinstance(node, _ShortForm):
                break
            elif isinstance(node, Zone):
                path.append(_SNAKE.get(step, step))
                break
            else:
                if step not in node and _SNAKE.get(step) in node:
                    key = _SNAKE[step]
                node = cast("dict[Any, Any]", node).get(key)
            path.append(key)
        return tuple(path)

    def blame(self, place: Path) -> None:
        """Note that the value at *place* does not fit."""
        # In a file that is included, and in the list that it adds to.
        for path in (self.path(place), place[:1]):
            self._blamed.update(path[:length] for length in range(len(path) + 1))

    def is_blamed(self, place: Path) -> bool:
        """Tell whether what is wrong at *place* follows from a value there or below that does not fit."""
        return self.path(place) in self._blamed

    def leave_out(self, place: Path) -> None:
        """Take the value at *place* out; of a list of the configuration itself an empty one stays."""
        if len(place) == 1 and to_camel(str(place[0])) in (*_LISTS, "edgePools"):
            self._tree[str(place[0])] = _Items(())
        else:
            del self._around(place)[place[-1]]

    def fill(self, place: Path) -> None:
        """Put an empty text where a required one is missing."""
        self._around(place)[place[-1]] = ""

    def _around(self, place: Path) -> Any:
        node: Any = self._tree
        for step in place[:-1]:
            node = node[step]
        return node


class _Items(list[Any]):
    """A list that remembers the positions its items had before some were left out."""

    def __init__(self, items: Iterable[Any], positions: Iterable[Any] | None = None) -> None:
        super().__init__(items)
        self.positions = list(range(len(self)) if positions is None else positions)

    def __delitem__(self, position: Any) -> None:
        super().__delitem__(position)
        del self.positions[position]


class _ShortForm(dict[str, Any]):
    """A SIP domain that was given by its name alone."""


def _plain(value: Any) -> Any:
    """Return *value* as dictionaries and lists; a key whose value is null counts as absent."""
    if isinstance(value, _MODELS):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        plain = {str(key): _plain(item) for key, item in items if item is not None}
        if isinstance(domains := plain.get("domains"), _Items):
            domains[:] = [_ShortForm(name=item) if isinstance(item, str) else item for item in domains]
        return plain
    if isinstance(value, list | tuple):
        positions = value.positions if isinstance(value, Joined) else None
        return _Items(map(_plain, cast("list[object]", value)), positions)
    return value


def _place(detail: ErrorDetails) -> Path:
    """Return where an error is, without the tags by which pydantic tells the members of a union apart."""
    place = detail["loc"]
    return place[:2] + place[3:] if len(place) > 2 and place[0] in _LISTS else place


def _problem(detail: ErrorDetails, origin: Origin) -> Problem:
    place: Path = _place(detail)
    value: Any = detail["input"]
    if to_camel(str(place[-1])) == "tsigSecret":
        value = Secret()
    path = origin.path(place)
    match detail["type"]:
        case "missing":
            return Problem(path[:-1], f"'{place[-1]}' is missing", rule="S2")
        case "unexpected_keyword_argument":
            return Problem(path, _unknown_key(str(place[-1]), detail["loc"]), rule="S1")
        case "union_tag_invalid" | "union_tag_not_found" if "provider" in value:
            text = f"{shown(value['provider'])} is none of the providers {_PROVIDERS}"
            return Problem((*path, "provider"), text, rule="S4")
        case "union_tag_not_found":
            return Problem(path, f"'provider' is missing; it is one of {_PROVIDERS}", rule="S2")
        case "literal_error":
            allowed = detail.get("ctx", {})["expected"]
            return Problem(path, f"{shown(value)} is none of {allowed}", rule="S4")
        case kind:
            text = f"expected {_expected(kind, detail)}, got {shown(value)}{_hint(kind, value)}"
            return Problem(path, text, rule="S3")


def _expected(kind: str, detail: ErrorDetails) -> str:
    named = detail.get("ctx", {})
    if named.get("class") == "Zone":
        return "a mapping with provider and name"
    if named.get("class_name") == "SipDomain":
        return "a name or a mapping"
    return _EXPECTED[kind]


def _hint(kind: str, value: object) -> str:
    if kind == "int_type" and isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return " (write it without quotes)"
    if isinstance(value, pulumi.Output):
        return " (it has to be known before the update)"
    return ""


def _unknown_key(key: str, location: tuple[str | int, ...]) -> str:
    known = _keys_at(location)
    if to_camel(key) in known:
        return f"given twice, as {key} and {to_camel(key)}"
    close = get_close_matches(to_camel(key), known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"
    return f"unknown key; {hint}"


def _keys_at(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the mapping around *location* may have."""
    model: type = XmppFederationDnsArgs
    for container, _, tag in zip(location, location[1:], (*location[2:], ""), strict=False):
        if container == "zones":
            model = next(zone for zone in BACKENDS if zone.provider == tag)
        elif container in ("edgePools", "edge_pools"):
            model = EdgePool
        elif container == "domains":
            model = SipDomain
    return [to_camel(field.name) for field in fields(model)]
