"""The command `xmpp-federation-dns`: one file a command."""

import errno
import gc
import os
import sys
from importlib import metadata
from io import BytesIO, TextIOWrapper
from typing import Annotated, TextIO, cast

import typer

from xmpp_federation_dns.commands import (
    access,
    adopt,
    check,
    discover,
    drift,
    export,
    peer,
    probe,
    progress,
    review,
    schema,
    verify,
)
from xmpp_federation_dns.commands.terminal import IMPOSSIBLE, lasting, print_error

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xmpp-federation-dns {metadata.version('xmpp-federation-dns')}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[  # noqa: ARG001 answered before
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    form: Annotated[
        progress.Form,
        typer.Option(
            "--progress",
            envvar=progress.VARIABLE,
            help="How far a command is, on standard error: `plain` lines after 10 s, 30 s and each minute, `json` "
            "one object a line, `auto` a bar on a terminal and lines elsewhere.",
        ),
    ] = "auto",
) -> None:
    """Check stacks of XMPP federation, review their updates, take in what is there, and prove what peers see.

    Nothing but files is changed; `check`, `export`, `schema` and `review` are offline.

    A stack goes by its name or its file: `production` or `config/Pulumi.production.yaml`.

    Example: `xmpp-federation-dns check`
    """
    progress.FORM.set(form)
    # A stack file makes a million objects and no cycle among them; to look for one takes half of the time.
    gc.disable()
    # A name that standard output has no characters for is shown in escapes.
    cast("TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command; standard output that takes no more, or was closed before, ends it in one line."""
    if cast("TextIO | None", sys.stdout) is None:
        print_error("standard output: it is closed; > /dev/null drops what is printed")
        sys.exit(IMPOSSIBLE)
    if cast("TextIO | None", sys.stdin) is None:
        sys.stdin = TextIOWrapper(BytesIO())
    sys.stdout = lasting(sys.stdout)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        print_error(f"standard output: {error.strerror}")
        # Python would try once more to write the rest.
        os._exit(IMPOSSIBLE)


for command in (
    check.check,
    export.export,
    schema.schema,
    verify.verify,
    probe.probe,
    peer.peer,
    review.review,
    adopt.adopt,
    access.access,
    drift.drift,
    discover.discover,
):
    app.command()(command)
