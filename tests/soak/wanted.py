"""What a stack publishes at one moment of a history: its SIP domains, their Edge pools, and how its zone is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins.zones import Published

ZONE = "contoso.com"
Key = tuple[str, str]
"""Name of a record set, absolute and without final dot, and its type."""
RecordSets = dict[Key, Published]


@dataclass(frozen=True)
class Pool:
    """An Edge pool: the label of its host, and its addresses."""

    host: str = "xmpp"
    ipv4: tuple[str, ...] = ("131.107.155.10",)
    ipv6: tuple[str, ...] = ()

    def configuration(self) -> dict[str, Any]:
        """Return it as a stack file has it."""
        return {"host": self.host, "ipv4": list(self.ipv4), "ipv6": list(self.ipv6)}

    def record_sets(self, domain: str, srv_ttl: int, address_ttl: int) -> RecordSets:
        """Return what a SIP domain with this pool publishes; TTLs are in seconds."""
        target = f"{self.host}.{domain}"
        found = {(f"_xmpp-server._tcp.{domain}", "SRV"): Published(srv_ttl, (f"0 0 5269 {target}.",))}
        for type_, addresses in (("A", self.ipv4), ("AAAA", self.ipv6)):
            if addresses:
                found[target, type_] = Published(address_ttl, addresses)
        return found


@dataclass(frozen=True)
class Wanted:
    """The SIP domains, the pool that they share, those that have their own, and both TTLs in seconds."""

    domains: tuple[str, ...] = ()
    shared: Pool = Pool()
    own: Mapping[str, Pool] = field(default_factory=dict[str, Pool])
    srv_ttl: int = 3600
    address_ttl: int = 300
    bulk: bool = False

    def record_sets(self) -> RecordSets:
        """Return what is published then."""
        return self.of(self.domains)

    def of(self, domains: Iterable[str]) -> RecordSets:
        """Return what these SIP domains publish."""
        found: RecordSets = {}
        for domain in domains:
            found |= self.own.get(domain, self.shared).record_sets(domain, self.srv_ttl, self.address_ttl)
        return found

    def configuration(self, zone: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a stack file has of it, with its *zone*."""
        domains = [
            {"name": each, "edgePools": [self.own[each].configuration()]} if each in self.own else each
            for each in self.domains
        ]
        return {
            "zones": [{**zone, "bulk": self.bulk}],
            "domains": domains,
            "edgePools": [self.shared.configuration()],
            "srvTtl": self.srv_ttl,
            "addressTtl": self.address_ttl,
        }


def sorted_values(record_sets: Mapping[Key, Published]) -> RecordSets:
    """Return the same record sets, the values of each in the order of their text."""
    return {key: Published(each.ttl, tuple(sorted(each.values))) for key, each in record_sets.items()}
