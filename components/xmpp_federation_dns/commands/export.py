"""The command `export`."""

from typing import Annotated, Literal

import typer

from xmpp_federation_dns import configuration, names, published
from xmpp_federation_dns import export as exports
from xmpp_federation_dns.check import stack_files, stacks
from xmpp_federation_dns.commands.terminal import ERRORS, cannot, print_error
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.problems import ConfigurationError, shown
from xmpp_federation_dns.stackfile import opened
from xmpp_federation_dns.yamlfile import StackFileError

Format = Literal["zone", "json", "markdown"]


def export(
    stack: Annotated[
        str,
        typer.Argument(metavar="STACK", help="A stack file or the name of a stack.", autocompletion=stacks),
    ],
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
    try:
        [path] = stack_files([stack])
        with opened(path) as file:
            plan = configuration.read(file.known(), file.problems)
    except StackFileError as error:
        raise cannot(str(error)) from None
    except ConfigurationError as error:
        print_error(str(error))
        raise typer.Exit(ERRORS) from None
    rows = published.rows(plan)
    if zone is not None:
        wanted = canonical(names.zone_name, zone)
        if wanted not in {known.name for known in plan.zones}:
            known = ", ".join(known.name for known in plan.zones)
            raise cannot(f"{shown(zone)} is none of the zones {known}")
        rows = [row for row in rows if row["zone"] == wanted]
    match form:
        case "zone":
            typer.echo(exports.as_master_file(rows), nl=bool(rows))
        case "json":
            typer.echo(exports.as_json(rows))
        case _:
            typer.echo(exports.as_markdown(rows))
