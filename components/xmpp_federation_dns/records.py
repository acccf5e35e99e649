"""DNS record sets as plain values: no Pulumi, no provider.

Names are absolute, lower case, A-labels, without final dot; the root is the empty name.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, cast

XMPP_SERVER = "_xmpp-server._tcp"
"""Service labels of server-to-server XMPP (RFC 6120 §3.2.1)."""
XMPPS_SERVER = "_xmpps-server._tcp"
"""Service labels of server-to-server XMPP over direct TLS (XEP-0368)."""
XMPP_PORT = 5269
"""TCP port of server-to-server XMPP (RFC 6120 §14.7)."""
PORTS = range(1, 65_536)
"""TCP ports that a server can listen on."""
UINT16 = range(65_536)
"""Priorities and weights of SRV records (RFC 2782)."""
TTLS = range(60, 86_401)
"""Seconds: below a minute resolvers ask without end, above a day a move takes too long."""
ROOT = ""
"""The root as the target of an SRV record: the service is decidedly not available (RFC 2782)."""


Later = Any
"""Addresses that become known during the update: a ``pulumi.Output``, which nothing here looks into."""


@dataclass(frozen=True, slots=True, order=True)
class SrvRecord:
    """One server of a service (RFC 2782): priority, weight and port are 0 to 65535."""

    priority: int
    weight: int
    port: int
    target: str

    def __str__(self) -> str:
        return f"{self.priority} {self.weight} {self.port} {self.target}."


@dataclass(frozen=True, slots=True)
class SrvRecordSet:
    """All SRV records of *name*; the TTL is in seconds."""

    name: str
    ttl: int
    records: tuple[SrvRecord, ...]
    type: ClassVar = "SRV"

    @property
    def values(self) -> list[str]:
        """The records in zone-file form, in canonical order."""
        return [str(record) for record in sorted(self.records)]


@dataclass(frozen=True, slots=True)
class ARecordSet:
    """All IPv4 addresses of *name*, canonical and sorted; the TTL is in seconds."""

    name: str
    ttl: int
    addresses: tuple[str, ...] | Later
    type: ClassVar = "A"

    @property
    def values(self) -> list[str] | Later:
        """The addresses in zone-file form."""
        return _listed(self.addresses)


@dataclass(frozen=True, slots=True)
class AaaaRecordSet:
    """All IPv6 addresses of *name*, canonical and sorted; the TTL is in seconds."""

    name: str
    ttl: int
    addresses: tuple[str, ...] | Later
    type: ClassVar = "AAAA"

    @property
    def values(self) -> list[str] | Later:
        """The addresses in zone-file form."""
        return _listed(self.addresses)


RecordSet = SrvRecordSet | ARecordSet | AaaaRecordSet
"""All records of one name and type (RFC 9499 "RRset"): the unit of publication."""


def owner_name(sip_domain: str, service: str = XMPP_SERVER) -> str:
    """Return the owner of the SRV record set of *sip_domain*."""
    return f"{service}.{sip_domain}"


def target_name(host: str, sip_domain: str) -> str:
    """Return the target of an Edge pool: *host* below *sip_domain*, or the domain itself for ``@``."""
    return sip_domain if host == "@" else f"{host}.{sip_domain}"


def _listed(addresses: tuple[str, ...] | Later) -> list[str] | Later:
    return list(cast("tuple[str, ...]", addresses)) if isinstance(addresses, tuple) else addresses
