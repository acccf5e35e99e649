"""The main job on a name server of this machine: publish the stack `demo`, ask for every name, clean up."""

import base64
import json
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import dns.exception
import yaml
from rich.console import Console
from rich.table import Table

from tools.lab.knot import ADDRESS, Knot, free_port
from tools.lab.stack import CHECKOUT, NAMESPACE, Stack

STACK_FILE = CHECKOUT / "tools" / "demo.yaml"
console = Console(highlight=False)
if not console.is_terminal:
    console.width = 120


def main() -> int:
    """Return 0 where every record set of the stack was answered as it was published."""
    # A kill is to clean up as Ctrl-C does.
    signal.signal(signal.SIGTERM, stop)
    with tempfile.TemporaryDirectory(prefix="xmpp-federation-dns-") as directory:
        return publish(Path(directory))


def stop(_signal: int, _frame: object) -> None:
    """End the process by way of every clean-up."""
    sys.exit("stopped")


def publish(directory: Path) -> int:
    """Run the demo below *directory*."""
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
        good = show(knot, records) & proven(directory, port, records)
        run(stack, "destroy", "--yes", "--skip-preview")
    return 0 if good else 1


def run(stack: Stack, *arguments: str) -> None:
    """Run `pulumi` before the user's eyes."""
    console.print(f"\n[bold]$ pulumi {shlex.join(arguments)} --stack {stack.name}[/bold]", soft_wrap=True)
    if code := stack.pulumi(*arguments, check=False, shown=True).returncode:
        sys.exit(f"pulumi {arguments[0]} failed with exit status {code}")


def proven(directory: Path, port: int, records: list[dict[str, Any]]) -> bool:
    """Let the command `verify` ask the name server before the user's eyes, and tell whether it found everything."""
    file = directory / "records.json"
    file.write_text(json.dumps(records))
    command = [
        "xmpp-federation-dns",
        "verify",
        file.name,
        "--nameserver",
        f"{ADDRESS}:{port}",
        "--timeout",
        "10",
    ]
    console.print("\n[bold]$ pulumi stack output records --json > records.json[/bold]")
    console.print(f"[bold]$ {shlex.join(command)}[/bold]", soft_wrap=True)
    program = Path(sys.executable).with_name(command[0])
    return subprocess.run([program, *command[1:]], cwd=directory, check=False).returncode == 0


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
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(f"error: {error}")
