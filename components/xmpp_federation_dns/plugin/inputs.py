"""The record sets that a program registers itself: what is wrong with their inputs, and what an import id says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast, get_type_hints
from urllib.parse import parse_qsl

from pydantic.alias_generators import to_snake

from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_class
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import content
from xmpp_federation_dns.configuration.rules import View, zones
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.names import is_within
from xmpp_federation_dns.plugin.sdk import UNKNOWN
from xmpp_federation_dns.plugin.values import Properties
from xmpp_federation_dns.problems import StackSecret, Unknown, described, dotted, is_no_base64
from xmpp_federation_dns.published import Row, record_set_of

_OWN = ("recordSets", "journal")
_NOT_HERE = ("bulk", "name", "nameservers", "explicitProvider")
"""Options of a zone that say how a component publishes it."""
_TOO_MANY = "more than one record set; RecordSets keeps any number"
_FORM = (
    "<provider>/<zone>/<name>/<TYPE>?<option>=<value>&…, such as "
    "rfc2136/contoso.com/xmpp.contoso.com/A?server=192.0.2.53&tsigKeyName=pulumi"
)


_OF_THE_ENGINE = ("version", "pluginDownloadURL")
"""What the engine adds to the configuration of a provider that an SDK makes: which plugin it asks for."""


def configuration_faults(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the configuration of a provider."""
    known = ("tsigSecret", *_OF_THE_ENGINE)
    yield from (f"{key}: unknown property; known is tsigSecret" for key in given if key not in known)
    secret = given.get("tsigSecret")
    if secret != UNKNOWN and is_no_base64(secret):
        yield "tsigSecret: the secret is not base64"


def checked(kind: str, given: Properties, secret: str | None) -> tuple[Properties, list[str]]:
    """Return the inputs of a resource in canonical form, with defaults, and everything that is wrong with them."""
    options = {key: value for key, value in given.items() if key not in _OWN}
    zone, faults = _zone(options, secret)
    if kind == "RecordSet":
        # The engine has an option for a resource that is one record set.
        faults += [f"{key}: unknown property" for key in ("retainOnDelete", "journal") if key in given]
    record_sets = given.get("recordSets")
    if kind == "Journal":
        faults += _journal_faults(record_sets)
        return given, faults
    if not isinstance(record_sets, dict) or not record_sets:
        known = record_sets == UNKNOWN
        return given, faults if known else [
            *faults,
            "recordSets: expected a mapping of at least one record set",
        ]
    texts, wrong = _record_sets(cast("dict[str, object]", record_sets), zone)
    if kind == "RecordSet" and len(texts) > 1:
        wrong.append(f"recordSets: {_TOO_MANY}")
    canonical = {**given, "recordSets": texts}
    if faults or wrong:
        return canonical, faults + wrong
    # As a component registers them and an import finds them: with what an option is where it is left out.
    defaults = replace(zone, **dict.fromkeys(zone.secrets)).properties()
    return {key: value for key, value in defaults.items() if value is not None} | canonical, []


def imported(kind: str, id_: str, secret: str | None) -> Properties:
    """Return the properties that the id of an import says; raises :class:`UpdateError` where it has another form."""
    path, _, query = id_.partition("?")
    provider, *rest = path.split("/")
    names = [f"{name} {type_}" for name, type_ in zip(rest[1::2], rest[2::2], strict=False)]
    if provider not in PROVIDERS or len(rest) % 2 != 1 or not names:
        raise UpdateError(f"{described(id_)} is not the id of an import: expected {_FORM}")
    kind_of_zone = zone_class(provider)
    hints = get_type_hints(kind_of_zone)
    options: Properties = {"provider": provider, "zone": rest[0]}
    for key, value in parse_qsl(query, keep_blank_values=True):
        options[key] = int(value) if hints.get(to_snake(key)) is int and value.isdecimal() else value
    shown = [key for key in options if to_snake(key) in kind_of_zone.secrets]
    zone, faults = _zone({key: value for key, value in options.items() if key not in shown}, secret)
    faults += [
        f"{key}: an id is shown; pulumi config set --secret xmpp-federation-dns:{key}" for key in shown
    ]
    if kind == "RecordSet" and len(names) > 1:
        faults.append(_TOO_MANY)
    if faults:
        raise UpdateError(
            f"{described(path if shown else id_)} is not the id of an import: {'; '.join(faults)}"
        )
    properties: Properties = dict(zone.properties())
    given = {key: value for key, value in properties.items() if value is not None}
    return given | {"recordSets": dict.fromkeys(names, "")}


def _zone(options: Properties, secret: str | None) -> tuple[Zone, list[str]]:
    """Return the zone that *options* name, and what is wrong with them."""
    faults = [f"{key}: unknown property" for key in options if key in _NOT_HERE]
    known = {
        key: Unknown() if value == UNKNOWN else value
        for key, value in options.items()
        if key not in _NOT_HERE
    }
    if "zone" not in known:
        faults.append("'zone' is missing")
    known["name"] = known.pop("zone", Unknown())
    common = {} if secret is None else {"tsigSecret": StackSecret(secret, encrypted=True)}
    args, origin, problems = parse({"domains": [], "zones": [known], **common})
    view = View(args)
    found = [
        p for rule in (zones.zone_names, zones.forms) for p in rule(view) if not origin.is_blamed(p.path)
    ]
    for problem in (*problems, *found):
        if problem.severity == "error":
            key = dotted(problem.path[2:]).replace("name", "zone")
            faults.append(f"{key}: {problem.text}" if key else problem.text)
    return args.zones[0], faults


def _record_sets(given: Mapping[str, object], zone: Zone) -> tuple[dict[str, object], list[str]]:
    """Return record sets by key in canonical form, and what is wrong with them."""
    texts: dict[str, object] = {}
    wrong: list[str] = []
    for key, text in given.items():
        texts[key] = text
        name, _, type_ = key.partition(" ")
        if text == UNKNOWN:
            continue
        ttl, _, values = str(text).partition(" ")
        try:
            row = Row(name, cast("Any", type_), int(ttl), values.split(", "), zone.name)
            found = record_set_of(row)
        except ValueError:
            such = "such as xmpp.contoso.com A: 300 131.107.155.10, 131.107.155.11"
            wrong.append(
                f"recordSets: {described(key)}: {described(text)} is no record set of XMPP federation, {such}"
            )
            continue
        if f"{found.name} {found.type}" != key:
            wrong.append(f"recordSets: {described(key)}: write '{found.name} {found.type}'")
        elif zone.name and not is_within(found.name, zone.name):
            wrong.append(f"recordSets: {described(key)} does not lie in zone {zone.name}")
        texts[key] = str(content(found.ttl, found.values))
    return texts, wrong


def _journal_faults(text: object) -> list[str]:
    try:
        return [] if text == UNKNOWN else list(journal.unpacked(str(text)))[:0]
    except ValueError:
        return ["recordSets: expected what a component writes of a zone in bulk"]
