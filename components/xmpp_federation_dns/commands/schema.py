"""The command `schema`."""

import json
from typing import Annotated

import typer

from xmpp_federation_dns.configuration.schema import included_schema, stack_file_schema


def schema(
    included: Annotated[
        bool, typer.Option("--included", help="Of a YAML file that a stack includes.")
    ] = False,
) -> None:
    """Write the JSON Schema of a stack file (2020-12), for editors.

    Example: `xmpp-federation-dns schema > config/stack.schema.json`
    """
    typer.echo(json.dumps(included_schema() if included else stack_file_schema(), indent=2))
