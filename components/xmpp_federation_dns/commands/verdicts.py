"""What `verify`, `probe` and `peer` share: their source, and the form of their verdicts."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

from xmpp_federation_dns import endpoints
from xmpp_federation_dns.commands.progress import Steps, progress
from xmpp_federation_dns.commands.terminal import cannot, print_error, print_table
from xmpp_federation_dns.configuration.check import stack_files, stacks
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof import forms
from xmpp_federation_dns.proof.matrix import Matrix, as_table
from xmpp_federation_dns.proof.page import as_html
from xmpp_federation_dns.proof.report import NoResolverError, Verdict
from xmpp_federation_dns.proof.result import Result, compared
from xmpp_federation_dns.published import UnreadableError, read

_T = TypeVar("_T")
Format = Literal["text", "json", "markdown", "junit", "html", "prometheus"]

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
        help="`markdown` for a pull request, `junit` for a CI system, `html` for a browser, `prometheus` for the "
        "textfile collector.",
    ),
]

Baseline = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Report what has changed since an earlier run, which `--format json` wrote to this file.",
    ),
]


def run_proof(
    command: str,
    done: str,
    expected: Sequence[object],
    form: Format,
    prove: Callable[[Steps], Coroutine[Any, Any, list[Verdict]]],
    baseline: Path | None = None,
) -> None:
    """Run a proof that tells how far it is, report its verdicts and leave with their exit status.

    With a *baseline*, what has changed since is reported, and counts.
    """
    before = earlier(command, form, baseline)
    result = concluded(command, proved(command, done, len(expected), prove), before)
    report(result, form)
    raise typer.Exit(result.exit_status)


def earlier(command: str, form: Format, baseline: Path | None) -> Result | None:
    """Return what an earlier run found, if there is a *baseline*; end the command where it is none."""
    if baseline and form == "prometheus":
        raise cannot("--baseline: metrics tell what is, and not what has changed; leave one of the two out")
    if not baseline:
        return None
    # Most commands need no model of the JSON, and making it takes 40 ms.
    from xmpp_federation_dns.proof.document import BaselineError, read_baseline

    try:
        return read_baseline(baseline, command)
    except BaselineError as error:
        raise cannot(str(error)) from None


def proved(command: str, done: str, total: int, prove: Callable[[Steps], Coroutine[Any, Any, _T]]) -> _T:
    """Return what a proof of so many steps says, which tells how far it is; end the command where it cannot."""
    try:
        with progress(command, done, total) as steps:
            return asyncio.run(prove(steps))
    except (NoResolverError, UnreadableError) as error:
        raise cannot(str(error)) from None


def concluded(
    command: str, verdicts: Sequence[Verdict], before: Result | None, matrix: Matrix | None = None
) -> Result:
    """Return what a proof has found by now, and what has changed since *before*."""
    since = compared(before, verdicts) if before else None
    return Result(command, datetime.now(UTC), verdicts, since, matrix)


def report(result: Result, form: Format) -> None:
    """Print *result* in the form that was asked for; where nothing could be asked, why."""
    match form:
        case "json":
            from xmpp_federation_dns.proof import document

            typer.echo(document.as_json(result))
        case "markdown":
            typer.echo(forms.as_markdown(result))
        case "junit":
            typer.echo(forms.as_junit(result))
        case "html":
            typer.echo(as_html(result))
        case "prometheus":
            typer.echo(forms.as_metrics(result))
        case _ if result.is_unanswered:
            for line in forms.unanswered(result.verdicts):
                print_error(line)
        case _:
            if result.entries:
                print_table(forms.as_table(result))
            typer.echo(forms.summary(result))
            if result.matrix:
                print_table(as_table(result.matrix))
                typer.echo(result.matrix.summary)


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
