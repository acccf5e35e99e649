"""The stack that a command is about."""

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from xmpp_federation_dns.commands.terminal import ERRORS, cannot, print_error, progress
from xmpp_federation_dns.configuration.check import stack_files, stacks
from xmpp_federation_dns.configuration.plan import Plan, read
from xmpp_federation_dns.configuration.stackfile import opened
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import ConfigurationError

if TYPE_CHECKING:
    from xmpp_federation_dns.live.readings import Reading

Stack = Annotated[
    str,
    typer.Argument(metavar="STACK", help="A stack file or the name of a stack.", autocompletion=stacks),
]


def read_plan(stack: str) -> Plan:
    """Return what the file of *stack* means; end the command where it has errors or cannot be read."""
    try:
        [path] = stack_files([stack])
        with opened(path) as file:
            return read(file.known(), file.problems)
    except StackFileError as error:
        raise cannot(str(error)) from None
    except ConfigurationError as error:
        print_error(str(error))
        raise typer.Exit(ERRORS) from None


def read_zones(command: str, plan: Plan, only: Collection[str] | None = None) -> "list[Reading]":
    """Read the zones of *plan*, or *only* those of these names, with a progress bar on a terminal."""
    from xmpp_federation_dns.live import readings

    with progress(command, "zones read", len(plan.zones if only is None else only)) as done:
        return readings.read_zones(plan, os.environ.get(readings.TSIG_SECRET), done, only)
