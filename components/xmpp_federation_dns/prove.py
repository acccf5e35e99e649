"""The commands `verify` and `probe`: proof after publishing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from xmpp_federation_dns import endpoints, names
from xmpp_federation_dns.check import stack_files, stacks
from xmpp_federation_dns.problems import shown
from xmpp_federation_dns.proof import forms
from xmpp_federation_dns.proof.expected import Expected, UnreadableError, read
from xmpp_federation_dns.proof.report import NoResolverError, Verdict, exit_status
from xmpp_federation_dns.terminal import cannot, printed, tell
from xmpp_federation_dns.yamlfile import StackFileError


class Format(StrEnum):
    """How verdicts are told."""

    text = "text"
    json = "json"
    markdown = "markdown"
    junit = "junit"


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A stack file or the name of a stack; or the output `records`, in a file or as `-` on standard input.",
        autocompletion=stacks,
    ),
]
Form = Annotated[
    Format, typer.Option("--format", help="`markdown` for a pull request, `junit` for a CI system.")
]


def verify(
    source: Source,
    nameserver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this server in place of those that the stack names, or its zones are delegated to; "
            "may be repeated.",
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]", help="Ask this recursive resolver too (V14); may be repeated."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds to wait until all name servers agree.")
    ] = 120,
    rate: Annotated[int, typer.Option(min=1, help="Questions per second and server, at most.")] = 5000,
    form: Form = Format.text,
) -> None:
    """Ask every name server of every zone whether it says what was published.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    After an update: `pulumi stack output records --json | xmpp-federation-dns verify -`

    From a stack file, and what caches still say: `xmpp-federation-dns verify production --resolver 9.9.9.9`
    """
    from xmpp_federation_dns.proof.dns import verify as over_dns

    expected = _read(source)
    options = over_dns.VerifyOptions(
        tuple(map(_endpoint, nameserver or ())), tuple(map(_endpoint, resolver or ())), timeout, rate
    )
    _prove("verify", "proven", expected, form, lambda progress: over_dns.verify(expected, options, progress))


def probe(
    source: Source,
    ca_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Trusted roots in PEM, in place of those of the system."),
    ] = None,
    from_inside: Annotated[
        bool,
        typer.Option("--from-inside", help="Behind the servers' own firewall or NAT: errors are warnings."),
    ] = False,
    from_domain: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DOMAIN", help="The XMPP domain that asks; by default one that nobody has."
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS[:PORT]",
            help="Ask this resolver for targets published elsewhere; may be repeated.",
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds for each contact.")] = 10,
    concurrency: Annotated[int, typer.Option(min=1, max=1000, help="Contacts at a time.")] = 100,
    form: Form = Format.text,
) -> None:
    """Connect to every server as a peer would: stream, STARTTLS, certificate; nothing is sent to anybody.

    Exit status: 0 proven, 1 not, 2 it could not be asked.

    After an update: `pulumi stack output records --json | xmpp-federation-dns probe -`

    Behind the same firewall: `xmpp-federation-dns probe production --from-inside`
    """
    from xmpp_federation_dns.proof.xmpp import probe as over_xmpp

    expected = _read(source)
    asked_by = over_xmpp.ORIGIN if from_domain is None else _domain(from_domain)
    resolvers = tuple(map(_endpoint, resolver or ()))
    options = over_xmpp.ProbeOptions(timeout, ca_file, from_inside, concurrency, asked_by, resolvers)
    _prove("probe", "probed", expected, form, lambda progress: over_xmpp.probe(expected, options, progress))


def _prove(
    command: str,
    done: str,
    expected: Sequence[Expected],
    form: Format,
    prove: Callable[[Callable[[int], None]], Awaitable[list[Verdict]]],
) -> None:
    """Run a proof with a progress bar on a terminal, tell its verdicts and leave with their exit status."""
    columns = (
        TextColumn(command),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(done),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(command, total=len(expected))

        async def run() -> list[Verdict]:
            return await prove(lambda count: bar.update(task, completed=count))

        try:
            verdicts = asyncio.run(run())
        except (NoResolverError, UnreadableError) as error:
            raise cannot(str(error)) from None
    _report(command, verdicts, form)
    raise typer.Exit(exit_status(verdicts))


def _report(command: str, verdicts: Sequence[Verdict], form: Format) -> None:
    match form:
        case Format.json:
            typer.echo(forms.as_json(verdicts))
        case Format.markdown:
            typer.echo(forms.as_markdown(verdicts))
        case Format.junit:
            typer.echo(forms.as_junit(verdicts, f"xmpp-federation-dns {command}"))
        case _ if all(verdict.state == "unknown" for verdict in verdicts):
            for line in forms.unanswered(verdicts):
                tell(line)
        case _:
            printed(forms.as_table(verdicts))
            typer.echo(forms.summary(verdicts))


def _read(source: str) -> list[Expected]:
    try:
        is_records = source == "-" or source.endswith(".json")
        return read(source if is_records else str(stack_files([source])[0]))
    except (UnreadableError, StackFileError) as error:
        raise cannot(str(error)) from None


def _domain(text: str) -> str:
    try:
        return names.host_name(text)
    except ValueError as error:
        raise cannot(f"--from {shown(text)}: {error}") from None


def _endpoint(text: str) -> endpoints.Endpoint:
    try:
        return endpoints.resolved(text)
    except ValueError as error:
        raise cannot(str(error)) from None
