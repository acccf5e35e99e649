"""Record sets in forms for people and programs outside Pulumi."""

import json
from collections.abc import Iterable
from typing import Any

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration import Plan
from xmpp_federation_dns.records import RecordSet


def record(record_set: RecordSet, zone: Zone) -> dict[str, Any]:
    """Return one record set as the component's output ``records`` has it."""
    kept = {"bulk": zone.bulk, "retainOnDelete": zone.retain_on_delete}
    return {
        "name": record_set.name,
        "type": record_set.type,
        "ttl": record_set.ttl,
        "values": record_set.values,
        "zone": zone.name,
        "provider": zone.provider,
        **{key: value for key, value in kept.items() if value},
    }


def in_order(record_sets: Iterable[RecordSet]) -> list[RecordSet]:
    """Return the record sets in the order of the output ``records``: by name and type."""
    return sorted(record_sets, key=lambda record_set: (record_set.name, record_set.type))


def records(plan: Plan) -> list[dict[str, Any]]:
    """Return the list that the component's output ``records`` would have."""
    zones = {zone.name: zone for zone in plan.zones}
    return [record(s, zones[names.closest(s.name, zones) or ""]) for s in in_order(plan.record_sets)]


def as_json(rows: list[dict[str, Any]]) -> str:
    """Return record sets as JSON."""
    return json.dumps(rows, indent=2)


def as_master_file(rows: list[dict[str, Any]]) -> str:
    """Return record sets as master-file text (RFC 1035 §5), with an ``$ORIGIN`` for each zone."""
    parts: list[str] = []
    for zone in dict.fromkeys(row["zone"] for row in rows):
        lines = [
            f"{_relative(row['name'], zone)} {row['ttl']} IN {row['type']} {value}"
            for row in rows
            if row["zone"] == zone
            for value in row["values"]
        ]
        parts.append("\n".join([f"$ORIGIN {zone}.", *lines]))
    return "\n\n".join(parts)


def as_markdown(rows: list[dict[str, Any]]) -> str:
    """Return record sets as a Markdown table, for a pull request."""
    lines = ["| zone | provider | name | TTL | type | value |", "|---|---|---|---|---|---|"]
    for row in rows:
        values = "<br>".join(f"`{value}`" for value in row["values"])
        name = names.unicode_form(row["name"])
        both = f"`{row['name']}`" if name == row["name"] else f"`{row['name']}` ({name})"
        lines.append(
            f"| {row['zone']} | {row['provider']} | {both} | {row['ttl']} | {row['type']} | {values} |"
        )
    return "\n".join(lines)


def _relative(name: str, zone: str) -> str:
    return name.removesuffix(zone).removesuffix(".") or "@"
