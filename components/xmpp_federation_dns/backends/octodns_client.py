"""A zone through a provider class of octoDNS: read, compared, changed, and read back.

No service is told a condition, so what somebody changes between the read and the write is overwritten: read again
after every batch, so that this is the shortest while that can be had, and nothing counts as done that was not seen.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar

from xmpp_federation_dns.backends.client import AlteredError, RefusedError, Right, UpdateError, ZoneClient
from xmpp_federation_dns.backends.octodns_package import Package, Records
from xmpp_federation_dns.changes import (
    Batch,
    Change,
    Content,
    Foreign,
    Live,
    Place,
    Weight,
    canonical_value,
    content,
    in_sight,
    is_made_of,
    listed,
    with_hidden,
)

_OWN = ("A", "AAAA", "SRV")
_SECURITY = {"CAA", "DS", "OPENPGPKEY", "SSHFP", "TLSA"}
_BESIDE = _SECURITY | {"HTTPS", "LOC", "MX", "NAPTR", "NS", "PTR", "SPF", "SVCB", "TXT", "URI"}
"""Types that answer no question for an address or a service; of any other, who knows (`ALIAS`, `…/LUA`)."""


class OctodnsClient(ZoneClient):
    """A zone whose provider is sent one record or record set at a time, as far as is known."""

    atomic: ClassVar = False
    conditional: ClassVar = False
    partial: ClassVar = True
    adopts: ClassVar = False
    # No limit of a service: so that an update tells how far it is, and reads back what it did.
    most: ClassVar = (1_000,)

    def __init__(self, name: str, package: Package, place: Place, least_ttl: int = 0) -> None:
        self.name = name
        self.package = package
        self.least_ttl = least_ttl
        self._place = place
        self._seen: Records | None = None

    @property
    def place(self) -> Place:
        """Class, zone and arguments."""
        return self._place

    def __str__(self) -> str:
        """Name the zone and the class."""
        return self.package.where

    def weight(self, change: Change) -> Weight:  # noqa: ARG002 each weighs the same
        """Return that one change is one."""
        return (1,)

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Read the whole zone, as packages do."""
        self._seen = there = self.package.read(self.name)
        live = {key: _live(key, there) for key in expected}
        return with_hidden(expected, live, self.name, _delegated(there))

    def listing(self) -> dict[str, Live]:
        """Read the whole zone."""
        there = self.package.read(self.name)
        keys = [
            f"{name} {rdtype}"
            for name, types in there.by_name.items()
            for rdtype in types
            if rdtype in (*_OWN, "CNAME")
        ]
        live = {key: found for key in keys if (found := _live(key, there))}
        return in_sight(live, self.name, _delegated(there))

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:
        """Read the zone; what else a key may do, no package tells."""
        reading = Right.tried("reading the zone", lambda: self.package.read(self.name))
        writing = super().access(keys, one_by_one=one_by_one) if reading.state == "allowed" else []
        return [reading, *writing]

    def send(self, batch: Batch) -> None:
        """Send one plan where everything is as its change says, and see that it is done."""
        low = [change.key for change in batch if change.new and change.new.ttl < self.least_ttl]
        if low:
            text = f"a TTL is less than {self.least_ttl:,} s, the smallest there; raise srvTtl and addressTtl"
            raise UpdateError(f"{self}: {listed(low)}: {text}")
        there, self._seen = self._seen or self.package.read(self.name), None
        for change in batch:
            if _live(change.key, there) != change.old:
                raise RefusedError(f"{self}: {change.key} is not what it was")
        self.package.apply(there, batch, f"{listed([change.key for change in batch])} sent")
        self._seen = there = self.package.read(self.name, unanswered=True)
        live = {change.key: found for change in batch if (found := _live(change.key, there))}
        undone = [change for change in batch if live.get(change.key) != change.new]
        if altered := [change for change in undone if live.get(change.key) not in (None, change.old)]:
            more = f"; so do {listed([change.key for change in altered[1:]])}" if altered[1:] else ""
            raise AlteredError(f"{self}: {_otherwise(altered[0], live[altered[0].key])}{more}", live)
        if undone:
            text = _otherwise(undone[0], live.get(undone[0].key))
            raise RefusedError(f"{self}: {text}", unanswered=True)


class AtomicOctodnsClient(OctodnsClient):
    """A zone whose provider carries out a plan as a whole or not at all."""

    atomic: ClassVar = True


def _otherwise(change: Change, found: Live | None) -> str:
    """Return how a record set reads otherwise than it was sent, and the way out."""
    if isinstance(found, Content) and change.new and found.values == change.new.values:
        option = "srvTtl" if change.type == "SRV" else "addressTtl"
        text = f"was sent with a TTL of {change.new.ttl:,} s, and reads with {found.ttl:,} s"
        return f"{change.key} {text}; set {option} to what the service keeps"
    shown = f"'{found}'" if found else "missing"
    text = f"{change.key} was sent, and reads as {shown} all the same"
    if found is None or found == change.old:
        return text
    if is_made_of(found, change):
        return f"{text}; the class or its service changes what it is told (docs/octodns.md)"
    return f"{text}; delete there what this stack did not send, then pulumi up"


def _delegated(there: Records) -> set[str]:
    return {name for name, types in there.by_name.items() if "NS" in types}


def _live(key: str, there: Records) -> Live | None:
    """Return what there is in the place of a record set: one of ours, or what would answer in its place."""
    name, _, rdtype = key.partition(" ")
    here = there.by_name.get(name, {})
    if other := min(here.keys() - _BESIDE - {*_OWN}, default=""):
        alias = here[other]
        return Foreign(f"CNAME {alias.ttl} {alias.value}" if other == "CNAME" else f"{other} record")
    record = here.get(rdtype)
    if record is None:
        return None
    for kind in ("dynamic", "geo", "octodns"):
        # What a package reads of a proxied, weighted or disabled record set beside its values.
        if getattr(record, kind, None):
            what = "options of its provider" if kind == "octodns" else f"{kind} values"
            return Foreign(f"record set with {what}")
    found = record.to_rrset()
    return content(found.ttl, [canonical_value(rdtype, value) for value in found.rdatas])
