"""The command `schema`."""

import json
from typing import Annotated

import typer

from xmpp_federation_dns.configuration.schema import included_schema, stack_file_schema
from xmpp_federation_dns.plugin.package import package_schema


def schema(
    included: Annotated[
        bool, typer.Option("--included", help="Of a YAML file that a stack includes.")
    ] = False,
    package: Annotated[
        bool, typer.Option("--package", help="Of the Pulumi package, from which SDKs are generated.")
    ] = False,
) -> None:
    """Write the JSON Schema of a stack file (2020-12), for editors.

    Example: `xmpp-federation-dns schema > config/stack.schema.json`

    For an SDK in another language: `xmpp-federation-dns schema --package > schema.json`
    """
    if included and package:
        raise typer.BadParameter("--included and --package are two schemas; ask for one")
    write = included_schema if included else package_schema if package else stack_file_schema
    typer.echo(json.dumps(write(), indent=2))
