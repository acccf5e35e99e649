"""What Route 53 accepts in a ChangeResourceRecordSets batch, and the words in which it refuses the rest.

Source: API reference of ChangeResourceRecordSets, "Quotas" of the developer guide, and answers of the
service as users report them (2026-11).
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_RECORDS = 1_000
MAX_CHARACTERS = 32_000
"""ResourceRecord elements and characters of their values in a batch; those of an UPSERT count twice."""
MAX_TTL = 2_147_483_647
MAX_LABEL = 63
MAX_NAME = 255

_SRV = re.compile(r"(\d+)\s+(\d+)\s+(\d+)\s+(\S+)")
_HOST = re.compile(r"([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.?)+")


class Key(NamedTuple):
    """What makes a record set one of its kind in a zone."""

    name: str
    type: str
    set_identifier: str = ""


@dataclass(frozen=True)
class RecordSet:
    """A record set in a zone or in a change: the name absolute, lower case, with final dot."""

    key: Key
    ttl: int | None
    values: tuple[str, ...]
    alias: bool = False

    @property
    def label(self) -> str:
        """The record set as messages of Route 53 name it."""
        return f"[name='{self.key.name}', type='{self.key.type}']"


@dataclass(frozen=True)
class BatchChange:
    """One change of a batch."""

    action: str
    record_set: RecordSet


def input_fault(changes: Sequence[BatchChange]) -> str | None:
    """Return why a batch is no valid input at all, before any zone is looked at."""
    for change in changes:
        record_set = change.record_set
        where = (
            f"in Change with [Action={change.action}, Name={record_set.key.name}, "
            f"Type={record_set.key.type}, SetIdentifier={record_set.key.set_identifier or 'null'}]"
        )
        if record_set.alias:
            continue
        if record_set.ttl is None and not record_set.values:
            return (
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], "
                f"or TrafficPolicyInstanceId], but found none {where}"
            )
        if record_set.ttl is None:
            return f"Invalid request: Missing field 'TTL' {where}"
        if not record_set.values:
            return f"Invalid request: Missing field 'ResourceRecords' {where}"
        if not 0 <= record_set.ttl <= MAX_TTL:
            edge, bound = ("min", 0) if record_set.ttl < 0 else ("max", MAX_TTL)
            return (
                f"Invalid XML ; cvc-{edge}Inclusive-valid: Value '{record_set.ttl}' is not facet-valid with "
                f"respect to {edge}Inclusive '{bound}' for type 'TTL'."
            )
    return None


def batch_faults(
    changes: Sequence[BatchChange], existing: Mapping[Key, RecordSet], zone: str
) -> Iterator[str]:
    """Yield everything for which the service refuses a batch; it then carries out none of it."""
    records = sum(_weight(change) * len(change.record_set.values) for change in changes)
    characters = sum(_weight(c) * sum(map(len, c.record_set.values)) for c in changes)
    if records > MAX_RECORDS:
        yield f"Number of records limit of {MAX_RECORDS} exceeded."
    if characters > MAX_CHARACTERS:
        yield f"Number of characters limit of {MAX_CHARACTERS} exceeded."
    after = dict(existing)
    touched: dict[Key, str] = {}
    for change in changes:
        record_set = change.record_set
        yield from _name_faults(record_set.key.name, zone)
        if change.action != "DELETE":
            yield from _value_faults(record_set)
        before = touched.get(record_set.key)
        if before is not None and (before, change.action) not in (("DELETE", "CREATE"), ("DELETE", "UPSERT")):
            yield (
                "The request contains an invalid set of changes for a resource record set "
                f"'{record_set.key.type} {record_set.key.name}'"
            )
            continue
        touched[record_set.key] = change.action
        yield from _state_faults(change, after)
        if change.action == "DELETE":
            after.pop(record_set.key, None)
        else:
            after[record_set.key] = record_set
    yield from _coexistence_faults(changes, after, zone)
    yield from _policy_faults(changes, after)


def _weight(change: BatchChange) -> int:
    return 2 if change.action == "UPSERT" else 1


def _state_faults(change: BatchChange, existing: Mapping[Key, RecordSet]) -> Iterator[str]:
    record_set = change.record_set
    there = existing.get(record_set.key)
    if change.action == "CREATE" and there is not None:
        yield f"Tried to create resource record set {record_set.label} but it already exists"
    elif change.action == "DELETE" and there is None:
        yield f"Tried to delete resource record set {record_set.label} but it was not found"
    elif change.action == "DELETE" and there is not None:
        same = there.ttl == record_set.ttl and sorted(there.values) == sorted(record_set.values)
        if not same:
            yield (
                f"Tried to delete resource record set {record_set.label} but the values provided do not "
                "match the current values"
            )


def _name_faults(name: str, zone: str) -> Iterator[str]:
    if name != zone and not name.endswith("." + zone):
        yield f"RRSet with DNS name {name} is not permitted in zone {zone}"
    if len(name) > MAX_NAME:
        yield f"FATAL problem: DomainNameTooLong (Domain name is too long) encountered with '{name}'"
    for label in name.removesuffix(".").split("."):
        if len(label) > MAX_LABEL:
            yield f"FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{label}'"
        if not label:
            yield f"FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '{name}'"


def _value_faults(record_set: RecordSet) -> Iterator[str]:
    seen: set[str] = set()
    for value in record_set.values:
        if value in seen:
            yield f"Duplicate Resource Record: '{value}'"
        seen.add(value)
        if fault := _value_fault(record_set.key.type, value):
            yield f"Invalid Resource Record: 'FATAL problem: {fault} encountered with '{value}''"


def _value_fault(type_: str, value: str) -> str | None:
    match type_:
        case "A" if not _is_address(value, 4):
            return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
        case "AAAA" if not _is_address(value, 6):
            return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
        case "SRV" if not _is_srv(value):
            return "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)"
        case "CNAME" if not _HOST.fullmatch(value):
            return "CNAMERRDATAIllegalFormat (Value is not a valid domain name)"
        case _:
            return None


def _is_address(value: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(value).version == version and "%" not in value
    except ValueError:
        return False


def _is_srv(value: str) -> bool:
    fields = _SRV.fullmatch(value)
    if fields is None:
        return False
    numbers, target = fields.groups()[:3], fields[4]
    in_range = all(int(number) <= 65_535 for number in numbers)
    return in_range and (target == "." or _HOST.fullmatch(target) is not None)


def _policy_faults(changes: Sequence[BatchChange], after: Mapping[Key, RecordSet]) -> Iterator[str]:
    """Yield where a simple record set would stand beside those of a routing policy."""
    policies: dict[tuple[str, str], set[bool]] = {}
    for key in after:
        policies.setdefault((key.name, key.type), set()).add(bool(key.set_identifier))
    for change in changes:
        name, type_, identifier = change.record_set.key
        if change.action != "DELETE" and len(policies[name, type_]) > 1:
            # Of a policy beside a simple one as external-dns#3141 has it; the other way round unconfirmed.
            yield (
                f"RRSet with DNS name {name}, type {type_}, SetIdentifier {identifier or 'null'} cannot be created as "
                f"a {'non-weighted' if identifier else 'weighted'} set exists with the same name and type."
            )


def _coexistence_faults(
    changes: Sequence[BatchChange], after: Mapping[Key, RecordSet], zone: str
) -> Iterator[str]:
    """Yield where a CNAME would stand beside something else at one name."""
    types: dict[str, set[str]] = {change.record_set.key.name: set() for change in changes}
    for key in after:
        if key.name in types:
            types[key.name].add(key.type)
    for change in changes:
        name, type_ = change.record_set.key[:2]
        if change.action == "DELETE" or "CNAME" not in types[name] or len(types[name]) == 1:
            continue
        if type_ == "CNAME" and name == zone:
            yield f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
        elif type_ == "CNAME":
            yield (
                f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other "
                f"records with the same DNS name in zone {zone}"
            )
        else:
            yield (
                f"RRSet of type {type_} with DNS name {name} is not permitted because a conflicting RRSet of "
                f"type CNAME with the same DNS name already exists in zone {zone}"
            )
