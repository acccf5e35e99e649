"""The import file of the engine, with the ids of what is published already. Pure.

`pulumi preview --import-file` writes every resource that an update would create, each with its parent; those that
exist stand in `nameTable` (pkg/cmd/pulumi/operations/preview.go, 3.255). What `pulumi import` is to take needs an id.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, Live
from xmpp_federation_dns.live.readings import Reading
from xmpp_federation_dns.problems import described
from xmpp_federation_dns.records import PACKAGE
from xmpp_federation_dns.untyped import mapping

COMPONENT = f"{PACKAGE}:index:XmppFederationDns"
PLACEHOLDER = "<PLACEHOLDER>"
"""What the engine writes for an id."""
_PROVIDER = "pulumi:providers:"

State = Literal[
    "adopted",
    "accepted",
    "filled",
    "kept",
    "missing",
    "different",
    "in the way",
    "elsewhere",
    "waiting",
    "unread",
]
TAKEN: tuple[State, ...] = ("adopted", "accepted", "filled")
"""The states of what stays in the file."""


class ImportFileError(Exception):
    """A file that is no import file of the stack, told in one line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What becomes of one record set of the file."""

    resource: str
    """Its logical name."""
    zone: str
    state: State
    reason: str = ""
    id: str = ""
    wanted: str = ""
    live: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the file that belongs to a component of ours."""

    resource: str
    type: str
    key: str
    """``owner-name TYPE``, or what else follows the name of the component."""
    id: str
    waits_for: str
    """A resource above it that has to be created first."""


class ImportFile:
    """An import file as the engine writes it; what it says beside that is kept."""

    def __init__(self, text: str) -> None:
        """Read *text*; raise :class:`ImportFileError` where it is none."""
        try:
            root: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise ImportFileError("it is no JSON") from None
        if not isinstance(root, dict):
            raise ImportFileError("it is no import file: a mapping with 'resources' is expected")
        self.root = cast("dict[str, Any]", root)
        # The engine leaves either out where it is empty.
        if self.root and not self.root.keys() & {"resources", "nameTable"}:
            raise ImportFileError("it is no import file: it has neither 'resources' nor 'nameTable'")
        self.resources: list[dict[str, Any]] = _checked(self.root.get("resources") or [])
        self.table: dict[str, Any] = _table(self.root.get("nameTable") or {})
        self._by_name = {each["name"]: each for each in self.resources}

    def entries(self) -> dict[int, Entry]:
        """Return the resources under components of ours that are no components, by position."""
        found: dict[int, Entry] = {}
        for position, each in enumerate(self.resources):
            component = self._component(each.get("parent", ""))
            resource = each.get("logicalName") or each["name"]
            if each.get("component") or component is None or not resource.startswith(f"{component}-"):
                continue
            key = resource.removeprefix(f"{component}-")
            if each["type"] != f"{PACKAGE}:index:RecordSets":
                key = " ".join(key.rsplit("-", 1))
            found[position] = Entry(resource, each["type"], key, each.get("id", ""), self._waits_for(each))
        return found

    def written(self, ids: Mapping[int, str]) -> str:
        """Return the file with the resources of these *ids* by position, those that had one, and what they need."""
        chosen = {
            position
            for position, each in enumerate(self.resources)
            if position in ids or (_has_id(each) and not self._waits_for(each))
        }
        needed = {name for position in chosen for name in self._needed(self.resources[position])}
        resources = [
            {**each, "id": ids[position]} if position in ids else each
            for position, each in enumerate(self.resources)
            if position in chosen or each["name"] in needed
        ]
        return json.dumps({**self.root, "resources": resources}, indent=4, ensure_ascii=False) + "\n"

    def _component(self, parent: str) -> str | None:
        """Return the logical name of *parent* where it is a component of ours."""
        if urn := self.table.get(parent):
            kinds, _, name = urn.partition("::")[2].partition("::")[2].partition("::")
            return name if kinds.rpartition("$")[2] == COMPONENT else None
        above = self._by_name.get(parent, {})
        return (above.get("logicalName") or parent) if above.get("type") == COMPONENT else None

    def _above(self, resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the parents that the file creates, from the next one up."""
        seen: set[str] = set()
        while (name := resource.get("parent", "")) in self._by_name and name not in {*self.table, *seen}:
            seen.add(name)
            resource = self._by_name[name]
            yield resource

    def _waits_for(self, resource: Mapping[str, Any]) -> str:
        missing = (
            each["name"] for each in self._above(resource) if not each.get("component") and not _has_id(each)
        )
        return next(missing, "")

    def _needed(self, resource: Mapping[str, Any]) -> Iterator[str]:
        """Yield the names of the parents and providers without which *resource* cannot be imported."""
        for each in (resource, *self._above(resource)):
            yield from (each[key] for key in ("parent", "provider") if key in each)


def needed(entries: Collection[Entry], homes: Mapping[str, Zone]) -> set[str]:
    """Return the names of the zones that have to be read."""
    return {
        home.name
        for entry in entries
        if (home := homes.get(entry.key)) and entry.type == home.resource and entry.id == PLACEHOLDER
    }


def judged(
    entries: Mapping[int, Entry],
    homes: Mapping[str, Zone],
    readings: Mapping[str, Reading],
    accepted: Collection[str] = (),
) -> dict[int, Finding]:
    """Return what becomes of each of *entries*.

    *homes* are the zones of the stack's record sets, by key, and of what is kept as a whole, by name; *readings*
    are those of the zones that :func:`needed` names; what differs is taken in where its name is *accepted*.
    """
    return {
        position: _judged(entry, homes.get(entry.key), readings, accepted)
        for position, entry in entries.items()
        if entry.type != f"{PACKAGE}:index:Journal"
    }


def _judged(
    entry: Entry, zone: Zone | None, readings: Mapping[str, Reading], accepted: Collection[str]
) -> Finding:
    if entry.id not in ("", PLACEHOLDER):
        return Finding(entry.resource, zone.name if zone else "", "filled", "it had an id", entry.id)
    if zone is None:
        return Finding(
            entry.resource, "", "elsewhere", "the stack has no such record set: was the file of another one?"
        )
    if entry.type.startswith(f"{PACKAGE}:"):
        way = "`pulumi up` takes over what is equal"
        if not zone.adopts:
            way = "this package keeps it, and takes over nothing there: delete what is there"
        elif zone.existing != "adopt":
            way = "this package keeps it: set existing: adopt on the zone, for one `pulumi up`"
        return Finding(entry.resource, zone.name, "kept", way)
    if entry.type != zone.resource:
        return Finding(
            entry.resource, zone.name, "elsewhere", f"{described(entry.type)} is none of the zone's types"
        )
    if entry.waits_for:
        text = (
            f"its parent {described(entry.waits_for)} does not exist: create that first, then preview again"
        )
        return Finding(entry.resource, zone.name, "waiting", text)
    reading = readings[zone.name]
    if reading.fault:
        return Finding(entry.resource, zone.name, "unread", reading.fault)
    name, _, rdtype = entry.key.partition(" ")
    import_id = zone.import_id(name, rdtype, reading.learnt)
    state, reason = _compared(reading.wanted[entry.key], reading.live.get(entry.key), name in accepted)
    return Finding(
        entry.resource,
        zone.name,
        state,
        reason,
        import_id if state in TAKEN else "",
        str(reading.wanted[entry.key]),
        str(reading.live.get(entry.key, "")),
    )


def _compared(wanted: Content, live: Live | None, accepted: bool) -> tuple[State, str]:
    if live is None:
        return "missing", "it is not there: `pulumi up` creates it"
    if not isinstance(live, Content):
        return "in the way", f"{live}: take it away, or leave the name out of the stack"
    if live == wanted:
        # The published providers compare values as text.
        return (
            "adopted",
            "spelled otherwise there: the next `pulumi up` writes it anew" if live.spelling else "",
        )
    if accepted:
        return "accepted", f"there: {live}; the next `pulumi up` makes it {wanted}"
    return "different", f"there: {live}; wanted: {wanted}: change either, or --accept"


def _checked(resources: object) -> list[dict[str, Any]]:
    """Return the resources, each with a name; raise :class:`ImportFileError` where one is none."""
    if not isinstance(resources, list):
        raise ImportFileError("it is no import file: 'resources' is no list")
    found: list[dict[str, Any]] = []
    for position, each in enumerate(cast("list[Any]", resources)):
        known = mapping(each)
        name = known.get("name") or known.get("logicalName")
        texts = [known.get(key, "") for key in ("id", "parent", "provider", "logicalName")]
        if not all(isinstance(text, str) for text in (name, known.get("type"), *texts)):
            raise ImportFileError(
                f"resources[{position}] is no resource: a type and a name are expected, as text"
            )
        found.append({**known, "name": name})
    return found


def _table(table: object) -> dict[str, Any]:
    if not isinstance(table, dict) or not all(
        isinstance(urn, str) for urn in cast("dict[str, Any]", table).values()
    ):
        raise ImportFileError("it is no import file: 'nameTable' is no mapping of names to URNs")
    return cast("dict[str, Any]", table)


def _has_id(resource: Mapping[str, Any]) -> bool:
    return resource.get("id", "") not in ("", PLACEHOLDER)
