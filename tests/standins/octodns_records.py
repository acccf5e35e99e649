"""Provider classes of octoDNS over accounts in memory: one that sends record by record, and what goes wrong.

As octodns-digitalocean 1.0.1 does (run and read 2026-11-29): one POST or DELETE a record, an update deletes before it
posts, an object remembers what it read, what is refused is an exception with the answer in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from logging import getLogger
from typing import Any, ClassVar, NamedTuple

from octodns.provider.base import BaseProvider
from octodns.record import Record, Rrset
from octodns.source.base import BaseSource


class Entry(NamedTuple):
    """One record: owner without final dot, type, TTL in seconds, and value in zone-file form."""

    name: str
    type: str
    ttl: int
    value: str


class Answer(NamedTuple):
    """The answer that an exception carries."""

    text: str


class ServiceError(Exception):
    """What the service refuses."""

    def __init__(self, text: str) -> None:
        super().__init__("400 Client Error")
        self.response = Answer(text)


@dataclass
class Account:
    """An account with zones, by name without final dot."""

    zones: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])
    requests: list[str] = field(default_factory=list[str])
    """What was sent, in order."""
    reads: int = 0
    plans: int = 0
    stops_after: int = 1_000
    """Requests after which the service takes no more."""
    stops_with: type[BaseException] = ServiceError
    keeps: Callable[[Entry], list[Entry]] = lambda entry: [entry]
    """What the service makes of a record that is posted."""

    def send(self, zone: str, method: str, entry: Entry) -> None:
        """Carry out one request."""
        if not self.stops_after:
            raise self.stops_with("no more of them today")
        self.stops_after -= 1
        self.requests.append(f"{method} {entry.name} {entry.type} {entry.value}")
        if method == "POST":
            self.zones[zone] += self.keeps(entry)
        else:
            self.zones[zone].remove(entry)

    def texts(self, zone: str) -> dict[str, str]:
        """Return what is in *zone*, as the state writes it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        ttls: dict[str, int] = {}
        for each in self.zones[zone]:
            found[f"{each.name} {each.type}"].append(each.value)
            ttls[f"{each.name} {each.type}"] = each.ttl
        return {key: f"{ttls[key]} {', '.join(sorted(values))}" for key, values in found.items()}


ACCOUNTS: defaultdict[str, Account] = defaultdict(Account)
"""The accounts, by the argument of this name."""


class RecordProvider(BaseProvider):
    """Sends one request a record."""

    SUPPORTS_GEO: ClassVar = False
    SUPPORTS_ROOT_NS: ClassVar = True
    SUPPORTS: ClassVar = {"A", "AAAA", "ALIAS", "CNAME", "NS", "SRV", "TXT"}

    def __init__(self, id: str, account: str, token: str = "", **kwargs: Any) -> None:  # noqa: A002 octoDNS's own
        self.log = getLogger(f"RecordProvider[{id}]")
        super().__init__(id, **kwargs)
        self.account = ACCOUNTS[account]
        self.token = token
        self._cache: dict[str, list[Entry]] = {}

    def list_zones(self) -> list[str]:
        """Return the zones with their final dots."""
        return sorted(f"{name}." for name in self.account.zones)

    def populate(self, zone: Any, target: bool = False, lenient: bool = False) -> bool:  # noqa: ARG002 octoDNS's own
        """Read the records, once."""
        if zone.name not in self._cache:
            self.account.reads += 1
            if self.token == "wrong":
                self.log.warning("the service says no to %s", self.token)
                raise ServiceError("403 Forbidden: wrong")
            if zone.name[:-1] not in self.account.zones:
                return False
            self._cache[zone.name] = list(self.account.zones[zone.name[:-1]])
        of_octodns: Any = Record
        entries = sorted(self._cache[zone.name], key=lambda each: each[:2])
        for (name, rdtype), group in groupby(entries, lambda each: each[:2]):
            there = list(group)
            rrset: Any = Rrset(f"{name}.", rdtype, there[0].ttl, [each.value for each in there])
            record = of_octodns.from_rrset(zone, rrset, lenient=True, source=self)
            zone.add_record(self.seen(record), lenient=lenient)
        return True

    def seen(self, record: Any) -> Any:
        """Return a record as it is read."""
        return record

    def _apply(self, plan: Any) -> None:
        self.account.plans += 1
        zone = plan.desired.name[:-1]
        for change in plan.changes:
            for entry in _entries(change.existing):
                self.account.send(zone, "DELETE", entry)
            for entry in _entries(change.new):
                self.account.send(zone, "POST", entry)


class ProxiedProvider(RecordProvider):
    """Reads addresses that stand behind a proxy, as octodns-cloudflare 1.2.0 does."""

    def seen(self, record: Any) -> Any:
        """Return a record with the options of its provider."""
        if record._type == "A":
            record.octodns = {"cloudflare": {"proxied": True}}
        return record


class GeoProvider(RecordProvider):
    """Reads addresses that depend on who asks, as packages with ``SUPPORTS_GEO`` do."""

    def seen(self, record: Any) -> Any:
        """Return a record with other values for Europe."""
        record.geo = {"EU": ["192.0.2.1"]}
        return record


class SilentProvider(RecordProvider):
    """Says that it has done what it has not."""

    def _apply(self, plan: Any) -> None:
        pass


class WholeZoneProvider(RecordProvider):
    """Writes the zone anew from what is desired, as octodns-transip 1.0.1 does."""

    def _apply(self, plan: Any) -> None:
        wanted = [entry for record in plan.desired.records for entry in _entries(record)]
        self.account.zones[plan.desired.name[:-1]] = wanted


class AddressProvider(RecordProvider):
    """Knows no services."""

    SUPPORTS: ClassVar = {"A", "AAAA", "NS"}


class EmptyProvider(RecordProvider):
    """Reads nothing of a zone, as octodns-scaleway does where it is not allowed to."""

    def populate(self, zone: Any, target: bool = False, lenient: bool = False) -> bool:  # noqa: ARG002 octoDNS's own
        """Say that the zone is there."""
        return True


class OnlySource(BaseSource):
    """Reads, and publishes nothing."""


class Unfinished(BaseProvider):
    """A provider without the way to publish."""


def _entries(record: Any) -> Iterator[Entry]:
    if record is not None:
        rrset = record.to_rrset()
        for value in rrset.rdatas:
            yield Entry(rrset.name[:-1], record._type, rrset.ttl, value)
