"""What zones hold of XMPP federation: services and the hosts that they point to. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, Live
from xmpp_federation_dns.records import TTLS, XMPP_SERVER, XMPPS_SERVER, SrvRecord, sip_domain

SERVICES = (f"{XMPP_SERVER}.", f"{XMPPS_SERVER}.")
"""How the owners of services begin: the second one is that of direct TLS."""


class LeftOut(NamedTuple):
    """What the stack does not have, and why; *rule* is the one that it breaks, if any."""

    what: str
    why: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {f'{self.rule}: ' if self.rule else ''}{self.why}"


class Zones:
    """Zones as they were read, each name in the closest enclosing one; *left* hears what counts for nothing."""

    def __init__(self, found: Iterable[tuple[Zone, Mapping[str, Live]]], left: list[LeftOut]) -> None:
        listings = list(found)
        counts = Counter(zone.name for zone, _ in listings)
        self.zones = {zone.name: zone for zone, _ in listings if counts[zone.name] == 1}
        self._there: dict[str, Live] = {}
        for zone, record_sets in listings:
            for key, live in record_sets.items():
                home = names.closest(key.partition(" ")[0], counts)
                if counts[zone.name] == 1 and home == zone.name:
                    self._there[key] = live
                elif key.startswith(SERVICES):
                    text = (
                        f"{counts[zone.name]} zones are named {zone.name}: which of them peers see is unclear"
                    )
                    hidden = f"it stands in the zone {zone.name}, and peers look into {home}"
                    left.append(LeftOut(key, hidden if home != zone.name else text))

    def zone_of(self, name: str) -> str | None:
        """Return the zone that *name* is in; nothing where that is none of these."""
        return names.closest(name, self.zones)

    def services(self, left: list[LeftOut]) -> dict[str, Content]:
        """Return the SRV record sets of SIP domains by owner."""
        found: dict[str, Content] = {}
        owners = (key for key in self._there if key.startswith(SERVICES))
        for key in sorted(owners, key=lambda key: (sip_domain(key.partition(" ")[0]), key)):
            name, _, rdtype = key.partition(" ")
            live = self._there[key]
            if rdtype == "SRV" and isinstance(live, Content):
                found[name] = live
            elif rdtype in ("SRV", "CNAME"):
                left.append(LeftOut(key, str(live)))
        return found

    def host(self, name: str) -> dict[str, Live]:
        """Return what there is at the *name* of a host, by type."""
        return {
            rdtype: self._there[key]
            for rdtype in ("A", "AAAA", "CNAME")
            if (key := f"{name} {rdtype}") in self._there
        }


def records(service: Content) -> tuple[SrvRecord, ...]:
    """Return the SRV records of a record set, in canonical order."""
    return tuple(sorted(map(_record, service.values)))


def _record(value: str) -> SrvRecord:
    priority, weight, port, target = value.split()
    return SrvRecord(int(priority), int(weight), int(port), target.removesuffix("."))


def common_ttl(ttls: Iterable[int], default: int) -> int:
    """Return the TTL in seconds that most record sets have, of those that a stack can have; *default* for none."""
    counts = Counter(ttl for ttl in ttls if ttl in TTLS)
    return min(counts, key=partial(_rank, counts, default), default=default)


def _rank(counts: Counter[int], default: int, ttl: int) -> tuple[int, bool, int]:
    return -counts[ttl], ttl != default, ttl


def by_ttl(record_sets: Mapping[str, Content], ttl: int, option: str) -> Iterator[LeftOut]:
    """Yield which of *record_sets*, by key, has another TTL than the *option* of the stack."""
    for key, each in record_sets.items():
        if each.ttl not in TTLS:
            text = f"its TTL is {each.ttl}; {TTLS.start} to {TTLS.stop - 1} seconds are allowed"
            yield LeftOut(key, text, "P9")
        elif each.ttl != ttl:
            yield LeftOut(key, f"its TTL is {each.ttl}, and a stack has one {option}: {ttl} here")
