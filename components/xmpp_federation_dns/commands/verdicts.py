"""What `verify` and `probe` share: their source, and the form of their verdicts."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, Literal, TypeVar

import typer

from xmpp_federation_dns import endpoints
from xmpp_federation_dns.commands.terminal import cannot, print_error, print_table, progress
from xmpp_federation_dns.configuration.check import stack_files, stacks
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof import forms
from xmpp_federation_dns.proof.report import NoResolverError, Verdict, exit_status
from xmpp_federation_dns.published import UnreadableError, read

Format = Literal["text", "json", "markdown", "junit", "prometheus"]

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A stack file or the name of a stack; or the output `records`, in a file or as `-` on standard input.",
        autocompletion=stacks,
    ),
]
Nameservers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ADDRESS[:PORT]",
        help="Ask this server in place of those that the stack names, or its zones are delegated to; "
        "may be repeated.",
    ),
]
Form = Annotated[
    Format,
    typer.Option(
        "--format",
        help="`markdown` for a pull request, `junit` for a CI system, `prometheus` for the textfile collector.",
    ),
]


_T = TypeVar("_T")


def run_proof(
    command: str,
    done: str,
    expected: Sequence[Federation],
    form: Format,
    prove: Callable[[Callable[[int], None]], Coroutine[Any, Any, list[Verdict]]],
) -> None:
    """Run a proof with a progress bar on a terminal, report its verdicts and leave with their exit status."""
    verdicts = proved(command, done, len(expected), prove)
    report(command, verdicts, form)
    raise typer.Exit(exit_status(verdicts))


def proved(
    command: str, done: str, total: int, prove: Callable[[Callable[[int], None]], Coroutine[Any, Any, _T]]
) -> _T:
    """Return what a proof of so many steps says, with a progress bar on a terminal; end the command where it cannot."""
    with progress(command, done, total) as bar:
        try:
            return asyncio.run(prove(bar))
        except (NoResolverError, UnreadableError) as error:
            raise cannot(str(error)) from None


def report(command: str, verdicts: Sequence[Verdict], form: Format) -> None:
    """Print *verdicts* in the form that was asked for; where nothing could be asked, why."""
    match form:
        case "json":
            typer.echo(forms.as_json(verdicts))
        case "markdown":
            typer.echo(forms.as_markdown(verdicts))
        case "junit":
            typer.echo(forms.as_junit(verdicts, f"xmpp-federation-dns {command}"))
        case "prometheus":
            typer.echo(forms.as_metrics(verdicts, command, time.time()))
        case _ if all(verdict.state == "unknown" for verdict in verdicts):
            for line in forms.unanswered(verdicts):
                print_error(line)
        case _:
            print_table(forms.as_table(verdicts))
            typer.echo(forms.summary(verdicts))


def read_expected(source: str) -> list[Federation]:
    """Return what SOURCE holds; end the command where it cannot be read."""
    try:
        is_records = source == "-" or source.endswith(".json")
        return read(source if is_records else str(stack_files([source])[0]))
    except (UnreadableError, StackFileError) as error:
        raise cannot(str(error)) from None


def endpoint(text: str) -> endpoints.Endpoint:
    """Return address and port of an option; end the command where it has none."""
    try:
        return endpoints.resolved(text)
    except ValueError as error:
        raise cannot(str(error)) from None
