"""The policy of XMPP federation: which record sets a SIP domain needs, and in which zone each lies.

Made once, from what a user configured; what publishes, exports, proves and reviews looks at this value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from xmpp_federation_dns.configuration.args import EdgePool
from xmpp_federation_dns.records import (
    ROOT,
    XMPPS_SERVER,
    AaaaRecordSet,
    Addresses,
    AddressSet,
    ARecordSet,
    RecordSet,
    SrvRecord,
    SrvRecordSet,
    owner_name,
)


@dataclass(frozen=True, slots=True)
class Federation:
    """What peers of one SIP domain have to see.

    A target that is not among *addresses* has its addresses published elsewhere. *zones* has the zone of each owner
    name, *nameservers* the servers to ask about a zone where the configuration names some. *profile* is that of the
    configuration, and empty where that is not known.
    """

    domain: str
    service: SrvRecordSet
    direct_tls: SrvRecordSet | None
    addresses: tuple[AddressSet, ...]
    zones: Mapping[str, str]
    nameservers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    profile: Literal["lync", "standard", ""] = ""

    @property
    def services(self) -> tuple[SrvRecordSet, ...]:
        """The SRV record sets: one, or two where servers take direct TLS."""
        return (self.service, self.direct_tls) if self.direct_tls else (self.service,)

    @property
    def record_sets(self) -> tuple[RecordSet, ...]:
        """All record sets, the addresses first."""
        return (*self.addresses, *self.services)

    @property
    def servers(self) -> tuple[SrvRecord, ...]:
        """The SRV records of the service; none where federation is disabled."""
        return tuple(record for record in self.service.records if record.target != ROOT)


class Target(NamedTuple):
    """The name that an SRV record points to, the Edge pool there, and its addresses in canonical form."""

    name: str
    pool: EdgePool
    ipv4: Addresses
    ipv6: Addresses


def federation(
    domain: str,
    targets: Iterable[Target],
    ttls: tuple[int, int],
    zone_of: Callable[[str], str],
    nameservers: Mapping[str, Sequence[str]],
) -> Federation:
    """Return the record sets of a SIP domain; *ttls* are those of SRV and of address record sets in seconds.

    One SRV record set (RFC 6120 §3.2.1, Microsoft JJ618368), one more where servers take direct TLS (XEP-0368),
    and where a target has addresses one A and one AAAA record set. Without *targets* federation is disabled:
    the one SRV record has the target "." (RFC 2782).
    """
    srv_ttl, address_ttl = ttls
    records: list[SrvRecord] = []
    direct_tls: list[SrvRecord] = []
    addresses: list[AddressSet] = []
    for target, pool, ipv4, ipv6 in targets:
        records.append(SrvRecord(pool.priority, pool.weight, pool.port, target))
        if pool.direct_tls_port is not None:
            direct_tls.append(SrvRecord(pool.priority, pool.weight, pool.direct_tls_port, target))
        if ipv4:
            addresses.append(ARecordSet(target, address_ttl, ipv4))
        if ipv6:
            addresses.append(AaaaRecordSet(target, address_ttl, ipv6))
    records = records or [SrvRecord(0, 0, 0, ROOT)]
    service = SrvRecordSet(owner_name(domain), srv_ttl, tuple(sorted(records)))
    more = SrvRecordSet(owner_name(domain, XMPPS_SERVER), srv_ttl, tuple(sorted(direct_tls)))
    own = [*addresses, service, *([more] if direct_tls else [])]
    zones = {record_set.name: zone_of(record_set.name) for record_set in own}
    named = {zone: nameservers[zone] for zone in zones.values() if zone in nameservers}
    return Federation(domain, service, more if direct_tls else None, tuple(addresses), zones, named)
