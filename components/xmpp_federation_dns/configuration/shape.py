"""From a mapping or arguments to arguments of the right shape, and what did not fit.

A value that does not fit is reported, and the rules see the rest: mistakes of shape and of sense come in the
same answer. In its place, as in that of a value that is not known, stands one from which no rule concludes anything.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import Any, cast

import pulumi
from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from xmpp_federation_dns.backends import OTHER_NAMES, PROVIDERS, Zone, zone_class, zone_classes
from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.configuration.included import Joined, in_place_of
from xmpp_federation_dns.problems import (
    SECRETS,
    ConfigurationError,
    Path,
    Problem,
    Secret,
    Source,
    Unknown,
    described,
    dotted,
)

_ARGS = TypeAdapter(XmppFederationDnsArgs)
_MODELS = (XmppFederationDnsArgs, SipDomain, EdgePool, *zone_classes())
_SNAKE: dict[Any, str] = {to_camel(field.name): field.name for model in _MODELS for field in fields(model)}
_PROVIDERS = ", ".join(PROVIDERS)
_LISTS = ("domains", "zones")
_POOL = {"host": "", "priority": -1}
_IN_PLACE: dict[str, Any] = {
    # What zones of some provider have to say.
    **{
        to_camel(field.name): Unknown()
        for zone in zone_classes()
        for field in fields(zone)
        if field.default is MISSING
    },
    "domains": [],
    "zones": [],
    "edgePools": [_POOL],
    "name": "",
    "host": "",
    "target": "",
    "priority": -1,
    "weight": -1,
    "ipv4": Unknown(),
    "ipv6": Unknown(),
    "manageAddresses": False,
    "providerClass": "",
    "arguments": {},
    "tsigKeyName": "",
    **dict.fromkeys(SECRETS, Unknown()),
    "profile": "standard",
    "allowPrivateAddresses": True,
    "bulk": True,
}
"""What stands in place of the value of a key that is not known; of any other key, its default."""
_ITEM_IN_PLACE: dict[str, Any] = {
    "domains": {"name": ""},
    "zones": {"provider": "aws", "name": ""},
    "edgePools": _POOL,
    "ipv4": Unknown(),
    "ipv6": Unknown(),
}
"""The same of an item in the list under a key."""
_EXPECTED = {
    "argument_type": "text, a whole number, true or false",
    "bool_type": "true or false",
    "dataclass_type": "a mapping",
    "dict_type": "a mapping",
    "int_type": "a whole number",
    "max_removed_type": "a whole number or off",
    "is_instance_of": "a list",
    "provider_type": "a Pulumi provider",
    "sequence_str": "a list",
    "string_type": "text",
    "zone_type": "a mapping with provider and name",
}

_SWITCHES = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_ALGORITHM = re.compile(r"(hmac-?)?(md5|sha[0-9-]*)([.].{0,24})?", re.IGNORECASE)
"""What was meant as a TSIG algorithm (RFC 8945 §6)."""


def parse(given: object) -> tuple[XmppFederationDnsArgs, "Origin", list[Problem]]:
    """Return the arguments in *given* as far as they are known, where they came from, and what did not fit."""
    if not isinstance(given, Mapping | XmppFederationDnsArgs):
        text = f"expected a mapping or XmppFederationDnsArgs, got {described(given)}"
        raise ConfigurationError([Problem((), text)])
    tree: dict[str, Any] = _plain(given)
    origin = Origin(tree)
    found: list[Problem] = []
    while True:
        for key in _LISTS:
            tree.setdefault(key, [])
        try:
            return _ARGS.validate_python(tree), origin, found
        except ValidationError as error:
            details = error.errors(include_url=False)
        told = [detail for detail in details if not _is_unknown(detail)]
        found += [_problem(detail, origin) for detail in told if not origin.is_blamed(_place(detail))]
        for detail in details:
            origin.blame(_place(detail))
        # Deeper places first: what is around them may be replaced too.
        for detail in sorted(details, key=lambda detail: len(_place(detail)), reverse=True):
            origin.replace(_place(detail), is_key=detail["type"] != "unexpected_keyword_argument")


class Origin:
    """Where the values of parsed arguments stand in what the user wrote."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree
        self._wrong: set[Path] = set()
        self._blamed: set[Path] = set()

    def path(self, place: Path) -> Path:
        """Return *place* in the user's own style of keys."""
        node: Any = self._tree
        path: list[Any] = []
        for step in place:
            key: Any = step
            if isinstance(node, list):
                items = cast("list[Any]", node)
                key = items.positions[cast("int", step)] if isinstance(items, Joined) else step
                node = items[cast("int", step)]
                if isinstance(key, tuple):
                    source, key = cast("tuple[Any, int]", key)
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

    def model(self, place: Path) -> type:
        """Return what the mapping around *place* is read as."""
        match place:
            case ("zones", int(position), *_):
                return zone_class(self._tree["zones"][position]["provider"])
            case (*_, "edgePools" | "edge_pools", int(), _):
                return EdgePool
            case ("domains", *_):
                return SipDomain
            case _:
                return XmppFederationDnsArgs

    def blame(self, place: Path) -> None:
        """Note that the value at *place* does not fit, or is not known."""
        path = self.path(place)
        self._wrong.add(path)
        # In a file that is included, and in the list that it adds to.
        for each in (path, self.path(place[:1])):
            self._blamed.update(each[:length] for length in range(len(each) + 1))

    def is_blamed(self, place: Path) -> bool:
        """Tell whether what is wrong at *place* follows from a value there, around or below that does not fit."""
        path = self.path(place)
        return path in self._blamed or any(path[:length] in self._wrong for length in range(len(path)))

    def replace(self, place: Path, *, is_key: bool) -> None:
        """Put in *place* what rules conclude nothing from, or nothing where that is no key."""
        around: Any = self._tree
        for step in place[:-1]:
            around = around[step]
        last = place[-1]
        if isinstance(last, int):
            key, item = to_camel(str(place[-2])), around[last]
            around[last] = deepcopy(_ITEM_IN_PLACE.get(key, ""))
            # Whatever its provider, a zone holds the names in it.
            if key == "zones" and isinstance(item, dict):
                around[last]["name"] = cast("dict[str, Any]", item).get("name", "")
        elif is_key and (key := to_camel(str(last))) in _IN_PLACE:
            around[last] = deepcopy(_IN_PLACE[key])
        else:
            del around[last]


class _ShortForm(dict[str, Any]):
    """A SIP domain that was given by its name alone."""


def _plain(value: Any) -> Any:
    """Return *value* as dictionaries and lists; a key whose value is null counts as absent."""
    # A class of the program's own is what it is.
    if type(value) in _MODELS:
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        plain = {str(key): _plain(item) for key, item in items if item is not None}
        if isinstance(domains := plain.get("domains"), list):
            domains[:] = [
                _ShortForm(name=item) if isinstance(item, str) else item
                for item in cast("list[Any]", domains)
            ]
        return plain
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in cast("list[object]", value)]
        return in_place_of(cast("object", value), items)
    return value


def _place(detail: ErrorDetails) -> Path:
    """Return where an error is, without the tags by which pydantic tells the members of a union apart."""
    place = detail["loc"]
    return place[:2] + place[3:] if len(place) > 2 and place[0] == "domains" else place


def _is_unknown(detail: ErrorDetails) -> bool:
    """Tell whether what does not fit is not known, or is a zone of a provider that is not."""
    value: Any = detail["input"]
    if detail["type"] == "provider_unknown":
        value = cast("dict[str, Any]", value).get("provider")
    return isinstance(value, Unknown)


def _problem(detail: ErrorDetails, origin: Origin) -> Problem:
    place: Path = _place(detail)
    value: Any = detail["input"]
    if to_camel(str(place[-1])) in SECRETS:
        value = Secret()
    path = origin.path(place)
    match detail["type"]:
        case "missing":
            return Problem(path[:-1], f"'{place[-1]}' is missing", rule="S2")
        case "unexpected_keyword_argument":
            return Problem(path, _unknown_key(str(place[-1]), origin.model(place)), rule="S1")
        case "provider_unknown":
            meant = _meant_provider(value["provider"])
            text = f"{described(value['provider'])} is none of the providers {_PROVIDERS}{meant}"
            return Problem((*path, "provider"), text, rule="S4")
        case "provider_missing":
            return Problem(path, f"'provider' is missing; it is one of {_PROVIDERS}", rule="S2")
        case "literal_error":
            allowed = detail.get("ctx", {})["expected"]
            # What is pasted in place of an algorithm may hold the secret of the key.
            pasted = to_camel(str(place[-1])) == "tsigAlgorithm" and not _ALGORITHM.fullmatch(str(value))
            return Problem(path, f"{'this' if pasted else described(value)} is none of {allowed}", rule="S4")
        case kind:
            is_number = kind == "string_type" and type(detail["input"]) is int
            hint = _in_quotes(value, path) if is_number else _hint(kind, value, path)
            text = f"expected {_expected(kind, detail)}, got {described(value)}{hint}"
            return Problem(path, text, rule="S3")


def _expected(kind: str, detail: ErrorDetails) -> str:
    named = detail.get("ctx", {})
    if named.get("class_name") == "SipDomain":
        return "a name or a mapping"
    return _EXPECTED[kind]


def _hint(kind: str, value: object, path: Path) -> str:
    if (
        kind in ("int_type", "max_removed_type")
        and isinstance(value, str)
        and value.isdecimal()
        and len(value) < 20
    ):
        return _without_quotes(str(int(value)), path)
    if kind == "bool_type" and isinstance(value, str) and (switch := _SWITCHES.get(value.lower())):
        return _without_quotes(switch, path)
    if isinstance(value, pulumi.Output):
        return " (it has to be known before the update)"
    return ""


def _in_quotes(value: object, path: Path) -> str:
    """Return what to write for a number that was to be an id or a name of an option of a zone."""
    if "zones" not in path or path[-1] == "name":
        return ""
    return " (write it with quotes)" if isinstance(value, Secret) else f" (write '{value}' with quotes)"


def _without_quotes(value: str, path: Path) -> str:
    # `pulumi config set` keeps the quotes of what stood there before, also with --type (measured, 3.255).
    if path and isinstance(path[0], Source):
        return f" (write {value} without quotes)"
    key = f"--path '{dotted(path)}'"
    return f" (write {value} without quotes, or pulumi config rm {key} && pulumi config set {key} {value})"


def _meant_provider(name: object) -> str:
    text = str(name).lower()
    found = OTHER_NAMES.get(text) or next(iter(get_close_matches(text, PROVIDERS, n=1)), None)
    return f"; did you mean {found}?" if found and isinstance(name, str) else ""


def _unknown_key(key: str, model: type) -> str:
    known = [to_camel(field.name) for field in fields(model)]
    if key == "include":
        return "unknown key; stack_configuration() reads it, from the configuration of a stack"
    if to_camel(key) in known:
        return f"given twice, as {key} and {to_camel(key)}"
    top = ["include"] if model is XmppFederationDnsArgs else []
    close = get_close_matches(to_camel(key), [*known, *top], n=1)
    # Only programs have a provider of their own.
    listed = (each for each in known if each != "explicitProvider")
    hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(listed)}"
    return f"unknown key; {hint}"
