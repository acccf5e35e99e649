"""The policy of XMPP federation: which record sets a SIP domain needs. No Pulumi, no provider."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xmpp_federation_dns.records import (
    ROOT,
    XMPPS_SERVER,
    AaaaRecordSet,
    ARecordSet,
    Later,
    RecordSet,
    SrvRecord,
    SrvRecordSet,
    owner_name,
)


@dataclass(frozen=True, slots=True)
class Server:
    """What peers connect to: the fields of its SRV records (RFC 2782) and the addresses of its target.

    Without *direct_tls_port* it has no SRV record for direct TLS; without addresses, these are published
    elsewhere.
    """

    priority: int
    weight: int
    port: int
    target: str
    ipv4: tuple[str, ...] | Later = ()
    ipv6: tuple[str, ...] | Later = ()
    direct_tls_port: int | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A SIP domain by its canonical name, with its servers; without any, federation is disabled."""

    name: str
    servers: tuple[Server, ...]


def record_sets(domains: Iterable[Domain], srv_ttl: int, address_ttl: int) -> Iterator[RecordSet]:
    """Yield the record sets of every SIP domain; the TTLs are in seconds.

    One SRV record set a domain (RFC 6120 §3.2.1, Microsoft JJ618368), one more where servers take direct
    TLS (XEP-0368), and where a target has addresses one A and one AAAA record set.
    """
    for domain in domains:
        for server in domain.servers:
            if server.ipv4:
                yield ARecordSet(server.target, address_ttl, server.ipv4)
            if server.ipv6:
                yield AaaaRecordSet(server.target, address_ttl, server.ipv6)
        records = [SrvRecord(s.priority, s.weight, s.port, s.target) for s in domain.servers]
        records = records or [SrvRecord(0, 0, 0, ROOT)]
        yield SrvRecordSet(owner_name(domain.name), srv_ttl, tuple(sorted(records)))
        direct_tls = [
            SrvRecord(s.priority, s.weight, s.direct_tls_port, s.target)
            for s in domain.servers
            if s.direct_tls_port is not None
        ]
        if direct_tls:
            yield SrvRecordSet(owner_name(domain.name, XMPPS_SERVER), srv_ttl, tuple(sorted(direct_tls)))
