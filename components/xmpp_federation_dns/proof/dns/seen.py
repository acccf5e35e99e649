"""What name servers say of a domain, as the value that its own stack would have: `verify` and `probe` judge that. Pure.

By construction it is what was published, so that the checks which compare with a configuration hold.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from xmpp_federation_dns import names
from xmpp_federation_dns.addresses import faults
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Record
from xmpp_federation_dns.proof.dns.questions import Answers, Question
from xmpp_federation_dns.records import (
    PORTS,
    ROOT,
    XMPP_PORT,
    XMPPS_SERVER,
    AaaaRecordSet,
    AddressSet,
    ARecordSet,
    SrvRecord,
    SrvRecordSet,
    owner_name,
)

MOST_TARGETS = 16
"""Targets of a domain that are looked at, in the order in which peers try them; a server may send thousands."""
MOST_ADDRESSES = 8
"""Addresses of a target and family that are contacted."""
VERSIONS = {"A": 4, "AAAA": 6}


def seen(domain: str, answers: Answers) -> Federation:
    """Return what is published of *domain*: without records where there is no SRV record set of XMPP."""
    service = _services(owner_name(domain), answers)
    direct_tls = _services(owner_name(domain, XMPPS_SERVER), answers)
    found = Federation(domain, service, direct_tls if direct_tls.records else None, (), {})
    addresses = [each for target in targets(found) for each in address_sets(target, answers)]
    return replace(found, addresses=tuple(addresses))


def fallback(published: Federation, own: Sequence[AddressSet]) -> Federation:
    """Return where peers go that see no SRV record: to *own* addresses of the domain itself (RFC 6120 §3.2.2)."""
    domain = published.domain
    service = SrvRecordSet(published.service.name, 0, (SrvRecord(0, 0, XMPP_PORT, domain),))
    addresses = [each for each in published.addresses if each.name != domain]
    return replace(published, service=service, addresses=(*own, *addresses))


def address_sets(name: str, answers: Answers) -> list[AddressSet]:
    """Return the addresses of *name*, as most of its name servers have them."""
    found: list[AddressSet] = []
    for kind, make in (("A", ARecordSet), ("AAAA", AaaaRecordSet)):
        records = _most(Question(name, kind), answers)
        if records:
            values = tuple(sorted(record.value for record in records))
            found.append(make(name, min(record.ttl for record in records), values))
    return found


def of_resolver(name: str, addresses: Iterable[str]) -> list[AddressSet]:
    """Return *addresses* of both families, as a resolver tells them of *name*, as record sets."""
    by_kind: dict[type[AddressSet], list[str]] = {ARecordSet: [], AaaaRecordSet: []}
    for address in addresses:
        by_kind[AaaaRecordSet if ":" in address else ARecordSet].append(address)
    return [make(name, 0, tuple(values)) for make, values in by_kind.items() if values]


def in_order(published: Federation) -> list[tuple[SrvRecord, bool]]:
    """Return the servers, and whether each takes direct TLS: those that peers try first, up to a bound a service."""
    found: list[tuple[SrvRecord, bool]] = []
    for direct, service in enumerate(published.services):
        records = {record for record in service.records if record.target != ROOT}
        ordered = sorted(records, key=lambda each: (each.priority, -each.weight, each.target, each.port))
        found += [(record, bool(direct)) for record in ordered[:MOST_TARGETS]]
    return found


def targets(published: Federation) -> list[str]:
    """Return the targets that are looked at."""
    return list(dict.fromkeys(record.target for record, _ in in_order(published)))


def is_askable(target: str) -> bool:
    """Tell whether *target* is a name that can have addresses: no address itself, and no octets that names lack."""
    name = canonical(names.zone_name, target)
    return bool(name) and not name.rpartition(".")[2].isdigit()


def reached(published: Federation, *, allow_private: bool) -> Federation | None:
    """Return what is contacted of *published*, within bounds; nothing where that is nothing.

    Addresses that no peer on the internet reaches would be machines near this one, and whoever publishes them would
    choose what is contacted there: they are left out unless a lab has them (*allow_private*).
    """
    addresses = [
        replace(each, addresses=values)
        for each in published.addresses
        if (values := tuple(islice(_contacted(each, allow_private=allow_private), MOST_ADDRESSES)))
    ]
    there = {each.name for each in addresses}
    kept = [each for each in in_order(published) if each[0].target in there and each[0].port in PORTS]
    if not kept:
        return None
    plain, direct = (
        tuple(record for record, is_direct in kept if is_direct is wanted) for wanted in (False, True)
    )
    service = replace(published.service, records=plain)
    direct_tls = SrvRecordSet(owner_name(published.domain, XMPPS_SERVER), 0, direct) if direct else None
    return replace(published, service=service, direct_tls=direct_tls, addresses=tuple(addresses))


def way(federation: Federation) -> str:
    """Return in one line where peers go: the servers in their order, each with its addresses."""
    steps: list[str] = []
    for record, direct in in_order(federation):
        addresses = [a for each in federation.addresses if each.name == record.target for a in each.values]
        listed = ", ".join(addresses[:4]) + (f" and {len(addresses) - 4} more" if addresses[4:] else "")
        kind = ", direct TLS" if direct else ""
        steps.append(f"{record.target} port {record.port}{kind} ({listed})")
    return ", ".join(steps[:4]) + (f" and {len(steps) - 4} more" if steps[4:] else "")


def _services(owner: str, answers: Answers) -> SrvRecordSet:
    found = _most(Question(owner, "SRV"), answers)
    ttl = min((record.ttl for record in found), default=0)
    return SrvRecordSet(owner, ttl, tuple(sorted(_server(record.value) for record in found)))


def _server(value: str) -> SrvRecord:
    priority, weight, port, target = value.split()
    return SrvRecord(int(priority), int(weight), int(port), target.removesuffix("."))


def _most(question: Question, answers: Answers) -> tuple[Record, ...]:
    """Return the records that most of the name servers have which have any; the others lag behind (V12)."""
    found = [records for answer in answers.usable(question).values() if (records := answer.of(*question))]
    counts = Counter(frozenset(record.value for record in records) for records in found)
    return max(found, key=lambda records: counts[frozenset(record.value for record in records)], default=())


def _contacted(record_set: AddressSet, *, allow_private: bool) -> Iterator[str]:
    bad = {
        fault.position
        for fault in faults(record_set.values, VERSIONS[record_set.type], allow_private=allow_private)
    }
    return (address for position, address in enumerate(record_set.values) if position not in bad)
