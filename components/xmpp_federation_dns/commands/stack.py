"""The stack that a command is about."""

from typing import Annotated

import typer

from xmpp_federation_dns.commands.terminal import ERRORS, cannot, print_error
from xmpp_federation_dns.configuration.check import stack_files, stacks
from xmpp_federation_dns.configuration.plan import Plan, read
from xmpp_federation_dns.configuration.stackfile import opened
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import ConfigurationError

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
