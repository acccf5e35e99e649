"""DNS record sets as plain values: no provider.

Names are absolute, lower case, A-labels, without final dot; the root is the empty name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, cast

import pulumi

PACKAGE = "xmpp-federation-dns"
"""The Pulumi package of the component and of what keepers publish, and the namespace of its configuration."""
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

Addresses = tuple[str, ...] | pulumi.Output[list[str]]
"""Addresses in canonical form, sorted; an output where they become known during the update."""


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

    @property
    def rdata(self) -> list[str]:
        """The same: they are known before the update."""
        return self.values


@dataclass(frozen=True, slots=True)
class _Addresses:
    name: str
    ttl: int
    addresses: Addresses

    @property
    def values(self) -> list[str]:
        """The addresses in zone-file form; raises ``TypeError`` where they are not known yet."""
        return list(cast("Iterable[str]", self.addresses))

    @property
    def rdata(self) -> list[str] | pulumi.Output[list[str]]:
        """The addresses in zone-file form, or the output that becomes that."""
        return self.addresses if isinstance(self.addresses, pulumi.Output) else list(self.addresses)


class ARecordSet(_Addresses):
    """All IPv4 addresses of *name*; the TTL is in seconds."""

    __slots__ = ()
    type: ClassVar = "A"


class AaaaRecordSet(_Addresses):
    """All IPv6 addresses of *name*; the TTL is in seconds."""

    __slots__ = ()
    type: ClassVar = "AAAA"


AddressSet = ARecordSet | AaaaRecordSet
RecordSet = SrvRecordSet | AddressSet
"""All records of one name and type (RFC 9499 "RRset"): the unit of publication."""


def owner_name(sip_domain: str, service: str = XMPP_SERVER) -> str:
    """Return the owner of the SRV record set of *sip_domain*."""
    return f"{service}.{sip_domain}"


def sip_domain(owner: str) -> str:
    """Return the SIP domain whose SRV record set has this *owner*, of either service."""
    return owner.split(".", 2)[2]


def target_name(host: str, sip_domain: str) -> str:
    """Return the target of an Edge pool: *host* below *sip_domain*, or the domain itself for ``@``."""
    return sip_domain if host == "@" else f"{host}.{sip_domain}"
