"""What a proof starts from: the record sets that peers have to see, by SIP domain."""

import ipaddress
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from xmpp_federation_dns import configuration, export, names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.problems import ConfigurationError, shown
from xmpp_federation_dns.records import (
    ROOT,
    XMPP_SERVER,
    XMPPS_SERVER,
    AaaaRecordSet,
    ARecordSet,
    SrvRecord,
    SrvRecordSet,
)
from xmpp_federation_dns.stackfile import opened

MAX_SIZE = 64 * 1024 * 1024
"""Octets of a list of record sets: room for more than 100,000 SIP domains."""

AddressSet = ARecordSet | AaaaRecordSet
Nameservers = Mapping[str, Sequence[str]]
"""Servers as a configuration has them, by zone."""


class UnreadableError(Exception):
    """Something that holds no record sets of XMPP federation, told in one line."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What peers of one SIP domain have to see.

    *zones* has the zone of each owner name, *nameservers* the servers to ask about a zone where the
    configuration names some. A target that is not among *addresses* has its addresses published elsewhere.
    """

    domain: str
    service: SrvRecordSet
    direct_tls: SrvRecordSet | None
    addresses: tuple[AddressSet, ...]
    zones: dict[str, str]
    nameservers: Nameservers = field(default_factory=dict[str, Sequence[str]])

    @property
    def servers(self) -> tuple[SrvRecord, ...]:
        """The SRV records of the service; none where federation is disabled."""
        return tuple(record for record in self.service.records if record.target != ROOT)


@pydantic.dataclasses.dataclass(frozen=True)
class Row:
    """One record set as the component's output ``records`` has it."""

    name: str
    type: Literal["SRV", "A", "AAAA"]
    ttl: Annotated[int, pydantic.Field(ge=0, lt=2**31)]
    values: Annotated[list[str], pydantic.Field(min_length=1)]
    zone: str


_ROWS = pydantic.TypeAdapter(list[Row])


def read(source: str) -> list[Expected]:
    """Return what *source* says: a stack file, a file with the output ``records``, or `-` for standard input.

    Raises :class:`UnreadableError`, or :class:`StackFileError` for a stack file.
    """
    if source == "-":
        return from_json(sys.stdin.buffer.read(MAX_SIZE + 1), "standard input")
    path = Path(source)
    if path.suffix in (".yaml", ".yml"):
        with opened(path) as file:
            try:
                plan = configuration.read(file.known(), file.problems)
            except ConfigurationError as error:
                count = len(error.problems)
                what, them = ("1 problem", "it") if count == 1 else (f"{count} problems", "them")
                text = f"{what} in it; `xmpp-federation-dns check` tells {them}"
                raise UnreadableError(f"{source}: {text}") from None
            return from_rows(export.records(plan), source, nameservers(plan.zones))
    try:
        with path.open("rb") as file:
            return from_json(file.read(MAX_SIZE + 1), source)
    except OSError as error:
        raise UnreadableError(f"{source}: {error.strerror}") from None


def from_json(content: bytes, source: str) -> list[Expected]:
    """Return what the JSON text of the output ``records`` says; *source* is its name in messages."""
    if len(content) > MAX_SIZE:
        raise UnreadableError(f"{source}: more than {MAX_SIZE} octets")
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError):
        text = "no JSON; pipe in the output of `pulumi stack output records --json`"
        raise UnreadableError(f"{source}: {text}") from None
    return from_rows(rows, source)


def nameservers(zones: Iterable[Zone]) -> Nameservers:
    """Return the servers to ask about those of *zones* that name some."""
    return {zone.name: zone.nameservers for zone in zones if zone.nameservers is not None}


def from_rows(rows: object, source: str, nameservers: Nameservers | None = None) -> list[Expected]:
    """Return what *rows*, the output ``records``, say; *source* is their name in messages.

    *nameservers* has the servers to ask about some of their zones.
    """
    try:
        parsed = _ROWS.validate_python(rows)
    except pydantic.ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
        text = "not the output `records` of XmppFederationDns"
        raise UnreadableError(f"{source}: {text}: {place or 'it'}: {fault['msg']}") from None
    services: dict[str, SrvRecordSet] = {}
    direct_tls: dict[str, SrvRecordSet] = {}
    addresses: defaultdict[str, list[AddressSet]] = defaultdict(list)
    zones: dict[str, str] = {}
    for position, row in enumerate(parsed):
        try:
            record_set = _record_set(row)
            zones[record_set.name] = names.zone_name(row.zone)
        except ValueError:
            text = f"[{position}]: {shown(row.name)} {row.type} is no record set of XMPP federation"
            raise UnreadableError(f"{source}: {text}") from None
        if not isinstance(record_set, SrvRecordSet):
            addresses[record_set.name].append(record_set)
        elif domain := _domain(record_set.name, XMPP_SERVER):
            services[domain] = record_set
        else:
            direct_tls[_domain(record_set.name, XMPPS_SERVER)] = record_set
    if not services:
        raise UnreadableError(f"{source}: no SRV record set of XMPP federation in it")
    return [
        _expected(service, direct_tls.get(domain), addresses, zones, nameservers or {})
        for domain, service in sorted(services.items())
    ]


def _expected(
    service: SrvRecordSet,
    direct_tls: SrvRecordSet | None,
    addresses: dict[str, list[AddressSet]],
    zones: dict[str, str],
    nameservers: Nameservers,
) -> Expected:
    targets = dict.fromkeys(record.target for record in service.records)
    own = tuple(entry for target in targets for entry in addresses.get(target, ()))
    record_sets = [service, *own, *([direct_tls] if direct_tls else [])]
    homes = {record_set.name: zones[record_set.name] for record_set in record_sets}
    servers = {zone: nameservers[zone] for zone in homes.values() if zone in nameservers}
    return Expected(_domain(service.name, XMPP_SERVER), service, direct_tls, own, homes, servers)


def _domain(owner: str, service: str) -> str:
    return owner.removeprefix(service + ".") if owner.startswith(service + ".") else ""


def _record_set(row: Row) -> SrvRecordSet | AddressSet:
    """Return the record set of *row*; raise ``ValueError`` where it is none of XMPP federation."""
    if row.type == "SRV":
        name = names.zone_name(row.name)
        names.host_name(_domain(name, XMPP_SERVER) or _domain(name, XMPPS_SERVER))
        return SrvRecordSet(name, row.ttl, tuple(sorted(map(_srv_record, row.values))))
    kind, version = (
        (ARecordSet, ipaddress.IPv4Address) if row.type == "A" else (AaaaRecordSet, ipaddress.IPv6Address)
    )
    found = sorted(map(version, row.values))
    return kind(names.host_name(row.name), row.ttl, tuple(map(str, found)))


def _srv_record(value: str) -> SrvRecord:
    priority, weight, port, target = value.split()
    numbers = (int(priority), int(weight), int(port))
    if not all(0 <= number <= 65535 for number in numbers):
        raise ValueError(value)
    return SrvRecord(*numbers, ROOT if target == "." else names.host_name(target))
