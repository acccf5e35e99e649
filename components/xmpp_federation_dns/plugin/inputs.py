"""The record sets that a program registers itself: what is wrong with their inputs, and what an import id says."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, cast, get_args, get_type_hints
from urllib.parse import parse_qsl

import pydantic
from pydantic.alias_generators import to_camel, to_snake

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_class
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import content, contents
from xmpp_federation_dns.configuration.rules import View, zones
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.plugin.sdk import UNKNOWN
from xmpp_federation_dns.plugin.values import KINDS, Properties
from xmpp_federation_dns.problems import (
    ENCRYPT,
    SECRETS,
    StackSecret,
    Unknown,
    described,
    dotted,
    is_no_base64,
)
from xmpp_federation_dns.published import Row, record_set_of
from xmpp_federation_dns.untyped import mapping

_OF_COMPONENTS = ("bulk", "name", "nameservers", "explicitProvider", "retainOnDelete")
_TYPES = get_args(Row.__annotations__["type"])
_TOO_MANY = "more than one record set; RecordSets keeps any number"
_FORM = (
    "<provider>/<zone>/<name>/<TYPE>?<option>=<value>&…, such as "
    "rfc2136/contoso.com/xmpp.contoso.com/A?server=192.0.2.53&tsigKeyName=pulumi"
)
_SUCH = "such as xmpp.contoso.com A: 300 131.107.155.10, 131.107.155.11"
_RUNS = pydantic.TypeAdapter(list[tuple[str, str]])
_OF_THE_ENGINE = ("version", "pluginDownloadURL")
"""What the engine adds to the configuration of a provider that an SDK makes: which plugin it asks for."""


def configuration_faults(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the configuration of a provider."""
    known = ("tsigSecret", *_OF_THE_ENGINE)
    yield from (f"{key}: unknown property; known is tsigSecret" for key in given if key not in known)
    secret = given.get("tsigSecret", UNKNOWN)
    if not isinstance(secret, str):
        yield f"tsigSecret: expected text, got {described(secret)}"
    elif secret != UNKNOWN and is_no_base64(secret):
        yield "tsigSecret: the secret is not base64"


def checked(kind: str, given: Properties, secret: str | None) -> tuple[Properties, list[str]]:
    """Return the inputs of a resource in canonical form, with defaults, and everything that is wrong with them."""
    own = ("recordSets", "journal") if "journal" in KINDS[kind] else ("recordSets",)
    options = {key: value for key, value in given.items() if key not in own}
    zone, faults = _zone(kind, options, secret)
    record_sets = given.get("recordSets")
    if kind == "Journal":
        found, wrong = record_sets, _journal_faults(record_sets)
    else:
        found, wrong = _record_sets(record_sets, zone)
        wrong += _runs_faults(given.get("journal", UNKNOWN))
        if kind == "RecordSet" and found != UNKNOWN and len(found) > 1:
            wrong.append(f"recordSets: {_TOO_MANY}")
    if faults or wrong:
        return given, faults + wrong
    # As a component registers them and an import finds them: with what an option is where it is left out.
    known = given if given["zone"] == UNKNOWN else given | {"zone": zone.name}
    defaults = replace(zone, **dict.fromkeys(zone.secrets)).properties()
    return {key: value for key, value in defaults.items() if value is not None} | known | {
        "recordSets": found
    }, []


def imported(kind: str, id_: str, secret: str | None) -> Properties:
    """Return the properties that the id of an import says; raises :class:`UpdateError` where it has another form."""
    path, _, query = id_.partition("?")
    provider, *rest = path.split("/")
    pairs = list(zip(rest[1::2], rest[2::2], strict=False))
    if provider not in PROVIDERS or len(rest) % 2 != 1 or not pairs:
        raise UpdateError(f"{described(id_)} is not the id of an import: expected {_FORM}")
    hints = get_type_hints(zone_class(provider))
    options: Properties = {"provider": provider, "zone": rest[0]}
    faults: list[str] = []
    for key, value in parse_qsl(query, keep_blank_values=True):
        if "secret" in key.lower() or key in SECRETS:
            raise UpdateError(
                f"{described(path)} is not the id of an import: {key}: an id is shown; {SECRETS.get(key, ENCRYPT)}"
            )
        if key in options:
            faults.append(f"{key}: it stands at the beginning of the id")
        else:
            options[key] = int(value) if hints.get(to_snake(key)) is int and value.isdecimal() else value
    zone, wrong = _zone(kind, options, secret)
    faults += wrong + [fault for name, type_ in pairs for fault in _name_faults(name, type_, zone)]
    if kind == "RecordSet" and len(pairs) > 1:
        faults.append(_TOO_MANY)
    if faults:
        raise UpdateError(f"{described(id_)} is not the id of an import: {'; '.join(faults)}")
    properties: Properties = dict(zone.properties())
    given = {key: value for key, value in properties.items() if value is not None}
    return given | {"recordSets": dict.fromkeys((f"{name} {type_}" for name, type_ in pairs), "")}


def _zone(kind: str, options: Properties, secret: str | None) -> tuple[Zone, list[str]]:
    """Return the zone that *options* of a resource of this *kind* name, and what is wrong with them."""
    provider = options.get("provider")
    model = zone_class(provider) if provider in PROVIDERS else Zone
    known = [to_camel(field.name) for field in fields(model)]
    allowed = [
        *(key for key in known if key not in _OF_COMPONENTS), "zone", "recordSets", *KINDS[kind],
    ]  # fmt: skip
    faults: list[str] = []
    given: Properties = {"name": Unknown()}
    for key, value in options.items():
        if key in allowed or (model is Zone and key not in _OF_COMPONENTS):
            given["name" if key == "zone" else key] = Unknown() if value == UNKNOWN else value
        else:
            close = get_close_matches(key, allowed, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(allowed)}"
            faults.append(f"{dotted((key,))}: unknown property; {hint}")
    if "zone" not in options:
        faults.append("'zone' is missing")
    common = {} if secret is None else {"tsigSecret": StackSecret(secret, encrypted=True)}
    args, origin, problems = parse({"domains": [], "zones": [given], **common})
    view = View(args)
    found = [
        p for rule in (zones.zone_names, zones.forms) for p in rule(view) if not origin.is_blamed(p.path)
    ]
    for problem in (*problems, *found):
        if problem.severity == "error":
            place = "zone" if problem.path[2:] == ("name",) else dotted(problem.path[2:])
            # How the configuration of a stack is mended.
            text = re.sub(r", or pulumi config rm .*\)$", ")", problem.text)
            faults.append(f"{place}: {text}" if place else text)
    [zone] = args.zones
    wrong = any(fault.startswith("zone:") for fault in faults)
    # Of a name that is none, nothing is said but that.
    return replace(zone, name="" if wrong or not zone.name else names.zone_name(zone.name)), faults


def _name_faults(name: str, type_: str, zone: Zone) -> Iterator[str]:
    """Yield what is wrong with the name and the type of a record set."""
    if type_ not in _TYPES:
        yield f"{described(type_)} is none of the types {', '.join(_TYPES)}"
    try:
        canonical = names.zone_name(name)
    except ValueError as error:
        yield f"{described(name)} is not a name: {error}"
        return
    if canonical != name:
        yield f"{described(name)}: write '{canonical}'"
    elif zone.name and not names.is_within(name, zone.name):
        yield f"{described(name)} does not lie in zone {described(zone.name)}"


def _record_sets(given: Any, zone: Zone) -> tuple[Any, list[str]]:
    """Return record sets by key in canonical form, and what is wrong with them."""
    if given == UNKNOWN:
        return UNKNOWN, []
    record_sets = mapping(given)
    if not record_sets:
        return {}, ["recordSets: expected a mapping of at least one record set"]
    texts = dict(record_sets)
    wrong: list[str] = []
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        faults = list(_name_faults(name, type_, zone))
        if not faults and text != UNKNOWN:
            ttl, _, values = str(text).partition(" ")
            try:
                found = record_set_of(Row(name, cast("Any", type_), int(ttl), values.split(", "), zone.name))
                texts[key] = str(content(found.ttl, found.values))
            except ValueError:
                faults = [f"{described(text)} is no record set of XMPP federation, {_SUCH}"]
        wrong += [f"recordSets: {described(key)}: {fault}" for fault in faults]
    return texts, wrong


def _journal_faults(text: object) -> list[str]:
    try:
        if text != UNKNOWN:
            contents(journal.unpacked(str(text)))
    except (AttributeError, TypeError, ValueError, zlib.error):
        return ["recordSets: expected what a component writes of a zone in bulk"]
    return []


def _runs_faults(runs: object) -> list[str]:
    """Return what is wrong with the runs of a journal: each is a process, and what it wanted."""
    if runs in (UNKNOWN, []):
        return []
    try:
        entries = _RUNS.validate_python(runs)
    except pydantic.ValidationError:
        entries = []
    if not entries or any(_journal_faults(text) for _, text in entries[1:]):
        return ["journal: expected the output runs of a Journal"]
    return []
