"""The output `records`: how record sets are written for people and programs outside Pulumi, and read again."""

import ipaddress
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration import plan as configuration
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.configuration.stackfile import opened
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.problems import ConfigurationError, described, printable
from xmpp_federation_dns.records import (
    ROOT,
    XMPP_SERVER,
    XMPPS_SERVER,
    AaaaRecordSet,
    AddressSet,
    ARecordSet,
    RecordSet,
    SrvRecord,
    SrvRecordSet,
    sip_domain,
)

MAX_SIZE = 64 * 1024 * 1024
"""Octets of a list of record sets: room for more than 100,000 SIP domains."""


class UnreadableError(Exception):
    """Something that holds no record sets of XMPP federation, told in one line."""


@pydantic.dataclasses.dataclass(frozen=True)
class Row:
    """One record set, as far as it is read again."""

    name: str
    type: Literal["SRV", "A", "AAAA"]
    ttl: Annotated[int, pydantic.Field(ge=0, lt=2**31)]
    values: Annotated[list[str], pydantic.Field(min_length=1)]
    zone: str


_ROWS = pydantic.TypeAdapter(list[Row])


def rows(plan: Plan, component: str = "") -> list[dict[str, Any]]:
    """Return the output `records` of *component*: one row for each record set, by name and type.

    Its values are a ``pulumi.Output`` where they become known during the update.
    """
    return [_row(record_set, zone, component) for record_set, zone in sorted(plan.homes.items(), key=_order)]


def _order(home: tuple[RecordSet, Zone]) -> tuple[str, str]:
    return home[0].name, home[0].type


def _row(record_set: RecordSet, zone: Zone, component: str) -> dict[str, Any]:
    more = {"component": component, "bulk": zone.bulk, "retainOnDelete": zone.retain_on_delete}
    return {
        "name": record_set.name,
        "type": record_set.type,
        "ttl": record_set.ttl,
        "values": record_set.rdata,
        "zone": zone.name,
        "provider": zone.provider,
        **{key: value for key, value in more.items() if value},
    }


def read(source: str) -> list[Federation]:
    """Return what *source* says: a stack file, a file with the output `records`, or `-` for standard input.

    Raises :class:`UnreadableError`, or :class:`StackFileError` for a stack file.
    """
    if source == "-":
        return from_json(sys.stdin.buffer.read(MAX_SIZE + 1), "standard input")
    path, source = Path(source), printable(source)
    if path.suffix in (".yaml", ".yml"):
        with opened(path) as file:
            try:
                plan = configuration.read(file.known(), file.problems)
            except ConfigurationError as error:
                count = len(error.problems)
                what, them = ("1 problem", "it") if count == 1 else (f"{count} problems", "them")
                text = f"{what} in it; `xmpp-federation-dns check` tells {them}"
                raise UnreadableError(f"{source}: {text}") from None
            return sorted(plan.federations, key=lambda federation: federation.domain)
    try:
        with path.open("rb") as file:
            return from_json(file.read(MAX_SIZE + 1), source)
    except OSError as error:
        raise UnreadableError(f"{source}: {error.strerror}") from None


def from_json(content: bytes, source: str) -> list[Federation]:
    """Return what the JSON text of the output `records` says; *source* is its name in messages."""
    if len(content) > MAX_SIZE:
        raise UnreadableError(f"{source}: more than {MAX_SIZE} octets")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        text = "no JSON; pipe in the output of `pulumi stack output records --json`"
        raise UnreadableError(f"{source}: {text}") from None
    return from_rows(found, source)


def from_rows(found: object, source: str) -> list[Federation]:
    """Return what rows, the output `records`, say; *source* is their name in messages."""
    if isinstance(found, dict) and "records" in found:
        text = "these are all outputs; pipe in that of `pulumi stack output records --json`"
        raise UnreadableError(f"{source}: {text}")
    try:
        parsed = _ROWS.validate_python(found)
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
            record_set = record_set_of(row)
            zones[record_set.name] = names.zone_name(row.zone)
        except ValueError:
            text = f"[{position}]: {described(row.name)} {row.type} is no record set of XMPP federation"
            raise UnreadableError(f"{source}: {text}") from None
        if not isinstance(record_set, SrvRecordSet):
            addresses[record_set.name].append(record_set)
        elif record_set.name.startswith(XMPP_SERVER):
            services[sip_domain(record_set.name)] = record_set
        else:
            direct_tls[sip_domain(record_set.name)] = record_set
    if not services:
        raise UnreadableError(f"{source}: no SRV record set of XMPP federation in it")
    return [
        _federation(domain, service, direct_tls.get(domain), addresses, zones)
        for domain, service in sorted(services.items())
    ]


def _federation(
    domain: str,
    service: SrvRecordSet,
    direct_tls: SrvRecordSet | None,
    addresses: Mapping[str, Sequence[AddressSet]],
    zones: Mapping[str, str],
) -> Federation:
    targets = dict.fromkeys(record.target for record in service.records)
    own = tuple(entry for target in targets for entry in addresses.get(target, ()))
    record_sets: Iterable[RecordSet] = [service, *own, *([direct_tls] if direct_tls else [])]
    homes = {record_set.name: zones[record_set.name] for record_set in record_sets}
    return Federation(domain, service, direct_tls, own, homes)


def record_set_of(row: Row) -> RecordSet:
    """Return the record set of *row*; raise ``ValueError`` where it is none of XMPP federation."""
    if row.type == "SRV":
        name = names.zone_name(row.name)
        if not name.startswith((f"{XMPP_SERVER}.", f"{XMPPS_SERVER}.")):
            raise ValueError(name)
        names.host_name(sip_domain(name))
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
