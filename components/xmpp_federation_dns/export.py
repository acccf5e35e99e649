"""Record sets in the forms of the command `export`."""

import json
from typing import Any

from xmpp_federation_dns import names


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
