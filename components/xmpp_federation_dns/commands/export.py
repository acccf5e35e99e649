"""The command `export`: record sets in forms for people and programs outside Pulumi."""

import json
from typing import Annotated, Any, Literal

import typer

from xmpp_federation_dns import names, published
from xmpp_federation_dns.commands.stack import Stack, read_plan
from xmpp_federation_dns.commands.terminal import ERRORS, cannot
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.markdown import within
from xmpp_federation_dns.problems import described

Format = Literal["zone", "json", "markdown"]


def export(
    stack: Stack,
    zone: Annotated[str | None, typer.Option(help="Only the record sets of this zone.")] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="`zone`: master-file text (RFC 1035); `json`: the output `records`; `markdown`: a table for review.",
        ),
    ] = "zone",
) -> None:
    """Write the record sets of a stack file, for zones that somebody else runs.

    Exit status: 0 written, 1 the file has errors, 2 it cannot be read.

    For whoever runs the zone: `xmpp-federation-dns export production --zone contoso.com`

    For a pull request: `xmpp-federation-dns export production --format markdown`
    """
    plan = read_plan(stack, ERRORS)
    rows = published.rows(plan)
    if zone is not None:
        wanted = canonical(names.zone_name, zone)
        if wanted not in {known.name for known in plan.zones}:
            known = ", ".join(known.name for known in plan.zones)
            raise cannot(f"{described(zone)} is none of the zones {known}")
        rows = [row for row in rows if row["zone"] == wanted]
    match form:
        case "zone":
            typer.echo(as_master_file(rows), nl=bool(rows))
        case "json":
            typer.echo(as_json(rows))
        case _:
            typer.echo(as_markdown(rows))


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
    """Return record sets as a Markdown table that fits a comment: how many there are, and the rest counted."""
    zones = {row["zone"] for row in rows}
    lines = [
        f"{_count(len(rows), 'record set')} in {_count(len(zones), 'zone')}",
        "",
        "| zone | provider | name | TTL | type | value |",
        "|---|---|---|---|---|---|",
    ]
    table: list[str] = []
    for row in rows:
        values = "<br>".join(f"`{value}`" for value in row["values"])
        name = names.unicode_form(row["name"])
        both = f"`{row['name']}`" if name == row["name"] else f"`{row['name']}` ({name})"
        table.append(
            f"| {row['zone']} | {row['provider']} | {both} | {row['ttl']} | {row['type']} | {values} |"
        )
    return within(lines, table)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _relative(name: str, zone: str) -> str:
    return name.removesuffix(zone).removesuffix(".") or "@"
