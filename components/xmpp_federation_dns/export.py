"""Record sets in forms for people and programs outside Pulumi."""

from collections.abc import Iterable
from typing import Any

from xmpp_federation_dns.records import RecordSet


def record(record_set: RecordSet, zone: str, provider: str) -> dict[str, Any]:
    """Return one record set as the component's output ``records`` has it."""
    return {
        "name": record_set.name,
        "type": record_set.type,
        "ttl": record_set.ttl,
        "values": record_set.values,
        "zone": zone,
        "provider": provider,
    }


def in_order(record_sets: Iterable[RecordSet]) -> list[RecordSet]:
    """Return the record sets in the order of the output ``records``: by name and type."""
    return sorted(record_sets, key=lambda record_set: (record_set.name, record_set.type))
