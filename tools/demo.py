"""The main job on a name server of this machine: publish the stack `demo`, ask for every name, clean up.

In between somebody changes an address by hand, which `verify` has to notice and `pulumi up --refresh` to repair.
"""

import argparse
import base64
import contextlib
import json
import os
import pty
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dns.exception
import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.lab.knot import ADDRESS, Knot, free_port
from tools.lab.stack import CHECKOUT, NAMESPACE, Stack

STACK_FILE = CHECKOUT / "tools" / "demo.yaml"
COLUMNS = 100
"""Of a picture."""
PICTURE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace }}
.{unique_id}-title {{ font: 18px system-ui, sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""As rich draws a terminal, but with the fonts of the reader's machine."""
console = Console(highlight=False, record=True)
if not console.is_terminal:
    console.width = 120


def main(arguments: list[str]) -> int:
    """Return 0 where the name server answered what was published, and `verify` saw what somebody changed."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the verdicts into this SVG file")
    picture: Path | None = parser.parse_args(arguments).picture
    # A kill is to clean up as Ctrl-C does.
    signal.signal(signal.SIGTERM, stop)
    if picture:
        console.width = COLUMNS
    with tempfile.TemporaryDirectory(prefix="xmpp-federation-dns-") as directory:
        return publish(Path(directory), picture)


def stop(_signal: int, _frame: object) -> None:
    """End the process by way of every clean-up."""
    sys.exit("stopped")


def publish(directory: Path, picture: Path | None) -> int:
    """Run the demo below *directory*, and draw a *picture* of its verdicts where that is wanted."""
    configuration: dict[str, Any] = yaml.safe_load(STACK_FILE.read_text())
    zones: list[dict[str, Any]] = configuration["config"][f"{NAMESPACE}:zones"]
    port = free_port()
    for zone in zones:
        zone["port"] = port
    names = [zone["name"] for zone in zones]
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with Knot.serving(names, directory / "knot", secret, port) as knot:
        console.print(f"Knot DNS on {ADDRESS} port {port}, authoritative for {' and '.join(names)}")
        stack = Stack(directory / "pulumi")
        stack.file.write_text(yaml.safe_dump(configuration))
        stack.pulumi("stack", "select", "--create")
        stack.set_secret("tsigSecret", secret)
        run(stack, "up", "--yes", "--suppress-outputs")
        records = stack.outputs()["records"]
        (directory / "records.json").write_text(json.dumps(records))
        good = show(knot, records)
        console.export_text()  # which also forgets it: the picture begins here
        console.print("\n[bold]$ pulumi stack output records --json > records.json[/bold]")
        good &= verified(directory, port, seconds=10, is_picture=bool(picture)) == 0
        console.print("\n[bold]Somebody changes the address of xmpp.fabrikam.com by hand:[/bold]")
        knot.change("fabrikam.com", ("replace", "xmpp", "300", "A", "131.107.155.99"))
        good &= verified(directory, port, seconds=3, is_picture=bool(picture)) == 1
        if picture:
            console.save_svg(str(picture), title="make demo", code_format=PICTURE, unique_id="demo")
        run(stack, "up", "--yes", "--refresh", "--suppress-outputs")
        good &= show(knot, records)
        run(stack, "destroy", "--yes", "--skip-preview")
    return 0 if good else 1


def run(stack: Stack, *arguments: str) -> None:
    """Run `pulumi` before the user's eyes."""
    console.print(f"\n[bold]$ pulumi {shlex.join(arguments)} --stack {stack.name}[/bold]", soft_wrap=True)
    if code := stack.pulumi(*arguments, check=False, shown=True).returncode:
        sys.exit(f"pulumi {arguments[0]} failed with exit status {code}")


def verified(directory: Path, port: int, *, seconds: int, is_picture: bool) -> int:
    """Let the command `verify` ask the name server before the user's eyes, and return its exit status."""
    command = f"xmpp-federation-dns verify records.json --nameserver {ADDRESS}:{port} --timeout {seconds}"
    console.print(f"[bold]$ {command}[/bold]", soft_wrap=True)
    name, *arguments = shlex.split(command)
    program = [str(Path(sys.executable).with_name(name)), *arguments]
    if not is_picture:
        return subprocess.run(program, cwd=directory, check=False).returncode
    status, output = in_terminal(program, directory)
    console.print(Text.from_ansi(output))
    return status


def in_terminal(command: Sequence[str], directory: Path) -> tuple[int, str]:
    """Return exit status and output of *command* in a terminal of its own."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    with subprocess.Popen(command, cwd=directory, env=environment, stdout=inner) as process:
        os.close(inner)
        parts: list[bytes] = []
        # The end of what a terminal has to say is an error on Linux (EIO).
        with contextlib.suppress(OSError):
            while part := os.read(outer, 65_536):
                parts.append(part)
        os.close(outer)
    return process.returncode, b"".join(parts).decode().replace("\r\n", "\n").rstrip("\n")


def show(knot: Knot, records: list[dict[str, Any]]) -> bool:
    """Ask for every published record set, print question and answer, and tell whether they are equal."""
    table = Table("Name", "Type", "TTL", "Answer", "", title="What the name server answers")
    good = True
    for record in records:
        try:
            lines = [line.split(maxsplit=4) for line in knot.ask(record["name"] + ".", record["type"])]
        except (OSError, dns.exception.DNSException) as error:
            lines = []
            console.print(f"{record['name']}: {error}")
        values = [line[4] for line in lines]
        equal = sorted(values) == sorted(record["values"]) and {line[1] for line in lines} == {
            str(int(record["ttl"]))
        }
        good &= equal
        table.add_row(
            f"{record['name']}.",
            record["type"],
            lines[0][1] if lines else "-",
            "\n".join(values) or "no answer",
            "as published" if equal else "[red]not as published[/red]",
        )
    console.print()
    console.print(table)
    return good


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("interrupted")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(f"error: {error}")
