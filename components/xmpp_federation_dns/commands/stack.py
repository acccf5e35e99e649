"""The stack that a command is about."""

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from xmpp_federation_dns.commands.progress import progress
from xmpp_federation_dns.commands.terminal import IMPOSSIBLE, cannot, print_error
from xmpp_federation_dns.configuration.check import located, stack_files, stacks
from xmpp_federation_dns.configuration.plan import Plan, read
from xmpp_federation_dns.configuration.stackfile import opened
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import TSIG_SECRET, ConfigurationError, StackSecret, printable

if TYPE_CHECKING:
    from xmpp_federation_dns.live.readings import Reading

Stack = Annotated[
    str,
    typer.Argument(metavar="STACK", help="A stack file or the name of a stack.", autocompletion=stacks),
]


def read_plan(stack: str, wrong: int = IMPOSSIBLE) -> Plan:
    """Return what the file of *stack* means; end the command where there is none.

    *wrong*: the exit status where the file has errors, which are told with their places.
    """
    try:
        [path] = stack_files([stack])
        with opened(path) as file:
            try:
                return read(_with_secret(file.known()), file.problems)
            except ConfigurationError as error:
                found = [located(file, problem) for problem in error.problems]
    except StackFileError as error:
        raise cannot(str(error)) from None
    for each in sorted(found, key=lambda each: (each.path != path, str(each.path), each.line)):
        print_error(f"{printable(str(each.path))}:{each.line}: {each.problem}")
    raise typer.Exit(wrong)


def _with_secret(values: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with the secret of the environment, where TSIG keys are named and the file has none."""
    secret = os.environ.get(TSIG_SECRET)
    zones = cast("list[Any]", found) if isinstance(found := values.get("zones"), list) else []
    named = any("tsigKeyName" in each for each in zones if isinstance(each, dict))
    if secret and named and "tsigSecret" not in values:
        return {**values, "tsigSecret": StackSecret(secret, encrypted=True)}
    return values


def read_zones(
    command: str, plan: Plan, only: Collection[str] | None = None, *, stops: bool = False
) -> "list[Reading]":
    """Read the zones of *plan*, or *only* those of these names, telling how far it is."""
    from xmpp_federation_dns.live import readings

    with progress(command, "zones read", len(plan.zones if only is None else only)) as done:
        return readings.read_zones(plan, os.environ.get(TSIG_SECRET), done, only, stops=stops)
