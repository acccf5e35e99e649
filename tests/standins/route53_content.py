"""The record sets of one hosted zone, kept in moto's zone in the order in which the service lists them.

moto goes through the whole zone for every change and sorts it anew for every page, so that large zones would
be measured rather than what publishes to them. It also remembers record sets that are gone and takes them for
existing ones.
"""

import xml.etree.ElementTree as ET
from bisect import bisect_left
from typing import Any

from moto.route53.models import FakeZone
from moto.route53.models import RecordSet as Stored
from tests.standins.emulation import Change
from tests.standins.route53_rules import BatchChange, Key, RecordSet

NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"

Place = tuple[list[str], str, str]
"""Labels from the right, type, and set identifier: the order of a list."""

_FIRST: Place = ([], "", "")
_N = f"{{{NAMESPACE}}}"
_NUMBERS = ("TTL", "Weight")


class Content:
    """What is in a zone, and how it changes."""

    def __init__(self, zone: FakeZone) -> None:
        self._zone = zone
        self._stored: list[Any] = sorted(zone.rrsets, key=_order)
        zone.rrsets = self._stored
        self.record_sets = dict(map(_seen, self._stored))

    @property
    def name(self) -> str:
        """Name of the zone, with final dot."""
        return absolute(self._zone.name)

    def carry_out(self, element: ET.Element, change: BatchChange) -> Change:
        """Carry out a change that was judged to be right, and return it as tests see it."""
        key = change.record_set.key
        zone_id, name = self._zone.resource_id, key.name.removesuffix(".")
        at = self._position(key)
        if change.action == "DELETE":
            del self._stored[at], self.record_sets[key]
            return Change("delete", zone_id, name, key.type)
        stored = _stored(element, key)
        replaced = key in self.record_sets
        self._stored[at : at + replaced] = [stored]
        self.record_sets[key] = change.record_set
        ttl, values = change.record_set.ttl or 0, change.record_set.values
        return Change("update" if replaced else "create", zone_id, name, key.type, ttl, values)

    def _position(self, key: Key) -> int:
        """Return where the record set of *key* is, or has to be."""
        return bisect_left(self._stored, _place(*key), key=_order)


def parsed(element: ET.Element) -> BatchChange:
    """Return a change as the rules judge it."""

    def text(path: str) -> str | None:
        return element.findtext(f"{_N}ResourceRecordSet/{_N}{path}")

    ttl = text("TTL")
    key = Key(absolute(text("Name") or ""), text("Type") or "", text("SetIdentifier") or "")
    values = tuple(value.text or "" for value in element.iter(f"{_N}Value"))
    alias = element.find(f".//{_N}AliasTarget") is not None
    record_set = RecordSet(key, None if ttl is None else int(ttl), values, alias)
    return BatchChange(element.findtext(f"{_N}Action") or "", record_set)


def absolute(name: str) -> str:
    """Return *name* as Route 53 keeps it: lower case, with final dot."""
    return name.lower().removesuffix(".") + "."


def page(self: FakeZone, start_type: str, start_name: str) -> list[Stored]:
    """Return what moto lists from there on, and takes a page of."""
    stored: list[Any] = self.rrsets
    start = _place(absolute(start_name), start_type or "") if start_name else _FIRST
    return stored[bisect_left(stored, start, key=_order) :]


def _seen(stored: Any) -> tuple[Key, RecordSet]:
    key = Key(absolute(stored.name), str(stored.type), stored.set_identifier or "")
    ttl = None if stored.ttl is None else int(stored.ttl)
    return key, RecordSet(key, ttl, tuple(stored.records or ()), bool(stored.alias_target))


def _order(stored: Any) -> Place:
    return _place(absolute(stored.name), str(stored.type), stored.set_identifier or "")


def _place(name: str, type_: str, set_identifier: str = "") -> Place:
    return name.removesuffix(".").split(".")[::-1], type_, set_identifier


def _stored(element: ET.Element, key: Key) -> Stored:
    """Return a record set as moto has it."""
    found = _plain(next(element.iter(f"{_N}ResourceRecordSet")))
    values = [value.text or "" for value in element.iter(f"{_N}Value")]
    stored: Any = Stored({**found, "Name": key.name, "ResourceRecords": values})
    return stored


def _plain(element: ET.Element) -> Any:
    name = element.tag.removeprefix(_N)
    if len(element):
        return {child.tag.removeprefix(_N): _plain(child) for child in element}
    text = element.text or ""
    if name in _NUMBERS:
        return int(text)
    return text == "true" if text in ("true", "false") else text
