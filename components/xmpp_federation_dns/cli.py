"""The command `xmpp-federation-dns`."""

import gc
import json
import sys
from enum import StrEnum
from importlib import metadata
from io import TextIOWrapper
from typing import Annotated, cast

import typer

from xmpp_federation_dns import check as checks
from xmpp_federation_dns import configuration, names, prove, published
from xmpp_federation_dns import export as exports
from xmpp_federation_dns.faults import canonical
from xmpp_federation_dns.problems import ConfigurationError, shown
from xmpp_federation_dns.schema import included_schema, stack_file_schema
from xmpp_federation_dns.stackfile import opened
from xmpp_federation_dns.terminal import IMPOSSIBLE, cannot, printed, tell
from xmpp_federation_dns.yamlfile import StackFileError

ERRORS = 1

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xmpp-federation-dns {metadata.version('xmpp-federation-dns')}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[  # noqa: ARG001 answered before
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Check, export and describe stack files of XMPP federation: offline, without engine and credentials.

    A stack goes by its name or its file: `production` or `config/Pulumi.production.yaml`.

    Example: `xmpp-federation-dns check`
    """
    # A stack file makes a million objects and no cycle among them; to look for one takes half of the time.
    gc.disable()
    # A name that standard output has no characters for is shown in escapes.
    cast("TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")


class CheckFormat(StrEnum):
    """How findings are told."""

    text = "text"
    json = "json"
    github = "github"


class ExportFormat(StrEnum):
    """How record sets are written."""

    zone = "zone"
    json = "json"
    markdown = "markdown"


@app.command()
def check(
    stacks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="STACK",
            help="Stack files or stack names; all stacks of the project here when left out.",
            autocompletion=checks.stacks,
        ),
    ] = None,
    form: Annotated[
        CheckFormat, typer.Option("--format", help="`github` annotates the files of a workflow run.")
    ] = CheckFormat.text,
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")] = False,
) -> None:
    """Apply every rule to stack files, as `pulumi up` would; secrets stay encrypted.

    What is encrypted, or may come from an environment, is named in a notice and not checked.

    Exit status: 0 clean, 1 errors (or warnings with `--strict`), 2 a file cannot be read.

    All stacks of the project, warnings as errors: `xmpp-federation-dns check --strict`

    In a workflow: `xmpp-federation-dns check production --format github`
    """
    found: list[checks.Finding] = []
    try:
        paths = checks.stack_files(stacks or [])
    except StackFileError as error:
        raise cannot(str(error)) from None
    if not paths:
        typer.echo("warning: this project has no stacks yet: nothing was checked", err=True)
    read = 0
    for path in paths:
        try:
            found += checks.check(path)
            read += 1
        except StackFileError as error:
            tell(str(error))
    _report(found, read, form)
    if read < len(paths):
        raise typer.Exit(IMPOSSIBLE)
    failing = ("error", "warning") if strict else ("error",)
    if (strict and not paths) or any(finding.problem.severity in failing for finding in found):
        raise typer.Exit(ERRORS)


@app.command()
def export(
    stack: Annotated[
        str,
        typer.Argument(
            metavar="STACK", help="A stack file or the name of a stack.", autocompletion=checks.stacks
        ),
    ],
    zone: Annotated[str | None, typer.Option(help="Only the record sets of this zone.")] = None,
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="`zone`: master-file text (RFC 1035); `json`: the output `records`; `markdown`: a table for review.",
        ),
    ] = ExportFormat.zone,
) -> None:
    """Write the record sets of a stack file, for zones that somebody else runs.

    Exit status: 0 written, 1 the file has errors, 2 it cannot be read.

    For whoever runs the zone: `xmpp-federation-dns export production --zone contoso.com`

    For a pull request: `xmpp-federation-dns export production --format markdown`
    """
    try:
        [path] = checks.stack_files([stack])
        with opened(path) as file:
            plan = configuration.read(file.known(), file.problems)
    except StackFileError as error:
        raise cannot(str(error)) from None
    except ConfigurationError as error:
        tell(str(error))
        raise typer.Exit(ERRORS) from None
    rows = published.rows(plan)
    if zone is not None:
        wanted = canonical(names.zone_name, zone)
        if wanted not in {known.name for known in plan.zones}:
            known = ", ".join(known.name for known in plan.zones)
            raise cannot(f"{shown(zone)} is none of the zones {known}")
        rows = [row for row in rows if row["zone"] == wanted]
    match form:
        case ExportFormat.zone:
            typer.echo(exports.as_master_file(rows), nl=bool(rows))
        case ExportFormat.json:
            typer.echo(exports.as_json(rows))
        case _:
            typer.echo(exports.as_markdown(rows))


@app.command()
def schema(
    included: Annotated[
        bool, typer.Option("--included", help="Of a YAML file that a stack includes.")
    ] = False,
) -> None:
    """Write the JSON Schema of a stack file (2020-12), for editors.

    Example: `xmpp-federation-dns schema > config/stack.schema.json`
    """
    typer.echo(json.dumps(included_schema() if included else stack_file_schema(), indent=2))


app.command()(prove.verify)
app.command()(prove.probe)


def _report(found: list[checks.Finding], files: int, form: CheckFormat) -> None:
    match form:
        case CheckFormat.text:
            if found:
                printed(checks.as_table(found))
            if files:
                typer.echo(checks.summary(found, files))
        case CheckFormat.json:
            typer.echo(checks.as_json(found))
        case _:
            typer.echo(checks.as_annotations(found), nl=bool(found))
