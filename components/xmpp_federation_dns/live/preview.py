"""What the engine plans, as `pulumi preview --json` prints it: who holds which record set before and after.

The form is that of `PreviewDigest` (engine 3.255, pkg/display/json.go); fields that it may get are passed over.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, cast

from pulumi.runtime.rpc import UNKNOWN

from xmpp_federation_dns.backends import PROVIDERS, zone_class, zone_classes
from xmpp_federation_dns.changes import Content, Place, planned
from xmpp_federation_dns.problems import one_line, printable
from xmpp_federation_dns.records import PACKAGE
from xmpp_federation_dns.untyped import mapping, mappings

SECRET = "[secret]"  # noqa: S105 what the engine prints in place of one
PENDING = {UNKNOWN: "known during the update", SECRET: SECRET}
"""What a plan has in the place of values, and how people read it."""
MAX_SIZE = 512 * 1024 * 1024
"""Octets of a plan: the engine writes 10 KB a record set."""

_COMPONENT = f"{PACKAGE}:index:XmppFederationDns"
_ONE, _ALL = f"{PACKAGE}:index:RecordSet", f"{PACKAGE}:index:RecordSets"
_STACK = "pulumi:pulumi:Stack"
_KEPT = frozenset({"same", "update", "replace", "import-replacement", "refresh"})
_NEW = frozenset({"create", "create-replacement", "import"})
_GONE = frozenset({"delete", "delete-replaced"})
_NOTHING = frozenset(
    {
        *("read", "read-replacement", "discard", "discard-replaced"),
        *("remove-pending-replace", "diff", "extend-parameterize"),
    }
)
_FIELDS = 4
_MAKE_ONE = "pipe in the output of `pulumi preview --json`"


class PlanError(Exception):
    """A plan that cannot be reviewed, told in one line."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A resource that holds a record set: *content* in a *zone*, which is at *place*."""

    urn: str
    component: str
    """The name of its XmppFederationDns; empty where it is of none."""
    content: Content
    place: Place
    zone: str
    provider: str = ""
    kept: bool = False
    """Whether this package publishes it, and not a provider's plugin."""
    bulk: bool = False
    adopts: bool = False
    retains: bool = False
    """Whether the record set stays in the zone when the resource lets go of it."""


Holders = dict[str, dict[str, Holder]]
"""The holders of each record set by key and URN."""


@dataclass
class Preview:
    """What a plan says of record sets: their holders before and after, and the URNs of what it does otherwise."""

    before: Holders = field(default_factory=lambda: defaultdict(dict))
    after: Holders = field(default_factory=lambda: defaultdict(dict))
    deleted: set[str] = field(default_factory=set[str])
    replaced: set[str] = field(default_factory=set[str])
    imported: set[str] = field(default_factory=set[str])
    unseen: int = 0
    """Resources that stay as they are, of which neither steps nor outputs tell anything."""


def read(text: bytes, source: str) -> Preview:
    """Return what the plan *text* says; *source* is its name in messages. Raises :class:`PlanError`."""
    plan = _parsed(text, source)
    try:
        return _understood(plan, source)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # The engine's own plans have that form; what a hand or another program wrote may have any.
        raise PlanError(f"{source}: not a plan of the engine; {_MAKE_ONE}") from None


def _understood(plan: Mapping[str, Any], source: str) -> Preview:
    """Return what a plan says, as long as it has the form of the engine's."""
    preview = Preview()
    seen = same = 0
    refreshed: dict[str, list[str]] = {}
    outputs: dict[str, Any] = {}
    for step in mappings(plan.get("steps")):
        op, old, new = step["op"], mapping(step.get("oldState")), mapping(step.get("newState"))
        if op not in _KEPT | _NEW | _GONE | _NOTHING:
            raise PlanError(
                f"{source}: the plan has a step '{printable(str(op))}', which this version of xmpp-federation-dns "
                "does not know: upgrade it, or review the plan by eye"
            )
        state = new or old
        same += op == "same"
        seen += _COMPONENT in str(state.get("urn", "")).partition("::")[2]
        if state.get("type") == _STACK:
            outputs = mapping(old.get("outputs"))
        urn = str(step.get("urn", ""))
        # A refresh shows what the last update left; what it found is the old state of the step after it, if any.
        for key in refreshed.pop(urn, ()):
            preview.before[key].pop(urn, None)
            preview.after[key].pop(urn, None)
        held = _take(preview, op, urn, old, new)
        if op == "refresh":
            refreshed[urn] = held
    hidden = int(plan["changeSummary"].get("same", 0)) - same
    rows = list(_rows(outputs.get("records")))
    _name_zones(preview, {key: holder.zone for key, holder in rows})
    for key, holder in rows if hidden > 0 else ():
        if key not in preview.before and key not in preview.after:
            preview.before[key][holder.urn] = preview.after[key][holder.urn] = holder
    preview.unseen = 0 if rows else max(hidden, 0)
    if not seen and not rows:
        hint = "; with --show-sames, `pulumi preview --json` shows what stays as it is" if hidden > 0 else ""
        raise PlanError(f"{source}: no XmppFederationDns in this plan{hint}")
    return preview


def _parsed(text: bytes, source: str) -> dict[str, Any]:
    """Return the plan as far as its form is known."""
    if len(text) > MAX_SIZE:
        raise PlanError(f"{source}: more than {MAX_SIZE} octets")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise PlanError(f"{source}: it is empty; {_MAKE_ONE}") from None
        streamed = error.msg == "Extra data" and b'"sequence"' in text[: error.pos]
        hint = "events one by one; unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW" if streamed else _MAKE_ONE
        fault = "no plan" if streamed else f"no JSON, or cut off ({error.msg} in line {error.lineno})"
        raise PlanError(f"{source}: {fault}: {hint}" if streamed else f"{source}: {fault}; {hint}") from None
    except (ValueError, RecursionError):
        raise PlanError(f"{source}: no JSON; {_MAKE_ONE}") from None
    plan = mapping(found)
    if errors := [each for each in mappings(plan.get("diagnostics")) if each.get("severity") == "error"]:
        said = one_line(str(errors[0].get("message", "")).removeprefix("error:"))
        shown = said if len(said) <= 300 else f"{said[:299]}…"
        raise PlanError(f"{source}: the preview failed, so there is no plan to review: {printable(shown)}")
    given: Any = plan.get("steps") or []
    steps = mappings(given)
    whole = isinstance(given, list) and len(steps) == len(cast("list[Any]", given))
    if not whole or not isinstance(plan.get("changeSummary"), dict):
        raise PlanError(f"{source}: not a plan of the engine{_instead(plan)}; {_MAKE_ONE}")
    if any("op" not in step for step in steps):
        raise PlanError(f"{source}: a step of the plan has no 'op'; {_MAKE_ONE}")
    return plan


def _instead(plan: Mapping[str, Any]) -> str:
    if "resources" in plan:
        return ", but an import file"
    return ", but the state of a stack" if "deployment" in plan else ""


def _take(preview: Preview, op: str, urn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Note what one step does, and return the keys of what its resource held before."""
    before = _held(urn, old, (new or old) if op == "update" else old)
    after = _held(urn, new, new)
    _check(before, after)
    if op in _KEPT | _GONE:
        for key, holder in before.items():
            preview.before[key].setdefault(urn, holder)
    if op in _KEPT | _NEW:
        for key, holder in after.items():
            preview.after[key][urn] = holder
    if op == "delete":
        preview.deleted.add(urn)
    if op in ("replace", "import-replacement"):
        preview.replaced.add(urn)
    if op in ("import", "import-replacement"):
        preview.imported.add(urn)
    return [*before]


def _held(urn: str, state: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Holder]:
    """Return what a resource in *state* holds, by key; *last* is its state when it lets go of it."""
    token = str(state.get("type", ""))
    inputs = mapping(state.get("inputs"))
    parent = str(state.get("parent", ""))
    component = parent.rpartition("::")[2] if _type(parent) == _COMPONENT else ""
    retains = bool(last.get("retainOnDelete"))
    if token in (_ONE, _ALL):
        texts = mapping(inputs.get("recordSets"))
        zone = str(inputs.get("zone", ""))
        learnt = mapping(state.get("outputs"))
        options = {
            "kept": True,
            "bulk": token == _ALL,
            "adopts": inputs.get("existing") == "adopt",
            "retains": retains or bool(mapping(last.get("inputs")).get("retainOnDelete")),
        }
        place = _place({**learnt, **inputs})
        provider = str(inputs.get("provider", ""))
        return {
            key: Holder(urn, component, _content(str(text)), place, zone, provider, **options)
            for key, text in texts.items()
        }
    for zone_type in zone_classes():
        if zone_type.declares(token):
            place, found = zone_type.held(inputs)
            zone = PENDING.get(str(place[-1]), str(place[-1]))
            return {
                key: Holder(urn, component, content, place, zone, zone_type.provider, retains=retains)
                for key, content in found.items()
            }
    return {}


def _type(urn: str) -> str:
    """Return the type of the resource, without those of its parents."""
    return [*urn.split("::"), "", ""][2].rpartition("$")[2]


def _place(properties: Mapping[str, Any]) -> Place:
    provider = properties.get("provider")
    if provider not in PROVIDERS:
        return (str(properties.get("zone", "")),)
    place = zone_class(str(provider)).of(properties).place(properties)
    return tuple(part if isinstance(part, int) else str(part) for part in place)


def _content(text: str) -> Content:
    """Return a record set as a keeper has it."""
    return planned(0, text) if text in PENDING else Content.of(text)


def _check(*sides: Mapping[str, Holder]) -> None:
    """Raise ``ValueError`` where an SRV record has not its four fields (RFC 2782)."""
    for key, holder in chain.from_iterable(side.items() for side in sides):
        known = [value for value in holder.content.values if value not in PENDING]
        if key.endswith(" SRV") and any(len(value.split()) != _FIELDS for value in known):
            raise ValueError(f"{key}: {holder.content}")


def _name_zones(preview: Preview, zones: Mapping[str, str]) -> None:
    """Give zones the names that the last update exported: a plan has the id alone of a zone of Route 53."""
    for holders in (preview.before, preview.after):
        for key in holders.keys() & zones.keys():
            for urn, holder in holders[key].items():
                if not holder.kept:
                    holders[key][urn] = replace(holder, zone=zones[key])


def _rows(records: object) -> Iterator[tuple[str, Holder]]:
    """Yield what the last update exported as `records`, by key: it stays where no step is about it."""
    for row in mappings(records):
        key = f"{row.get('name')} {row.get('type')}"
        zone = str(row.get("zone", ""))
        yield key, Holder(f"::{key}", "-", planned(row.get("ttl"), row.get("values")), (zone,), zone)
