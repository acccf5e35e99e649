"""Publish SIP domains in bulk on a private Knot server and refresh them, with zone transfers allowed and refused.

Each figure is seconds of the clock, and in parentheses those of all processors, without the server's.
Exit status 1 where a refresh takes more than half of what the create took.
"""

import base64
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tools.bench.usage import Usage, usage
from tools.lab.knot import KEY_NAME, Knot
from tools.lab.stack import NAMESPACE, Stack

ZONE = "contoso.com"
HALF = 0.5
"""The share of the create's time that a refresh may take."""
SIZES = {"names alone": 3_000, "an Edge pool each, included": 10_000}
"""SIP domains of each shape, with an SRV, an A and an AAAA record set each."""
POOL = {"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}
HEAD = (
    "| SIP domains | transfer | create | `up` again | `refresh` | of the create |",
    "|---|---|---|---|---|---|",
)


class WithoutTransfer(Knot):
    """A server that transfers its zones to nobody."""

    def prepared(self) -> list[str]:
        """Take the permission out of the configuration."""
        command = super().prepared()
        configuration = Path(command[-1])
        configuration.write_text(configuration.read_text().replace("[update, transfer]", "update"))
        return command


SERVERS = {"allowed": Knot, "refused": WithoutTransfer}


def main() -> int:
    """Print the table; return 1 where a bound is missed."""
    print("\n".join(HEAD))
    slow = [
        f"{size:,} SIP domains, {shape}, transfer {transfer}: a refresh takes {share:.2f} of the create"
        for shape, size in SIZES.items()
        for transfer in SERVERS
        if (share := measured(shape, size, transfer)) > HALF
    ]
    for each in slow:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if slow else 0


def measured(shape: str, size: int, transfer: str) -> float:
    """Print the row of one zone, and return which share of the create's time its refresh took."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with (
        TemporaryDirectory(prefix="bench-") as name,
        SERVERS[transfer].serving([ZONE], Path(name) / "knot", secret) as knot,
    ):
        stack = Stack(Path(name))
        stack.pulumi("stack", "select", "--create")
        stack.set_secret("tsigSecret", secret)
        configure(stack, knot, shape, size)
        create, again, refresh = (used(stack, command) for command in ("up", "up", "refresh"))
        # A refresh that misses something is quick.
        stack.pulumi("preview", "--expect-no-changes")
    share = refresh.seconds / create.seconds
    figures = " | ".join(f"{each.seconds:.1f} ({each.processor:.1f})" for each in (create, again, refresh))
    print(f"| {size:,}, {shape} | {transfer} | {figures} | {share:.2f} |")
    return share


def configure(stack: Stack, knot: Knot, shape: str, size: int) -> None:
    """Let the stack publish *size* SIP domains."""
    server = {"server": knot.address, "port": knot.port, "tsigKeyName": KEY_NAME}
    settings: dict[str, Any] = {"zones": [{"provider": "rfc2136", "name": ZONE, "bulk": True, **server}]}
    names = [f"d{number:05}.{ZONE}" for number in range(size)]
    if shape == "names alone":
        settings |= {"domains": names, "edgePools": [POOL]}
    else:
        domains = [{"name": each, "edgePools": [POOL]} for each in names]
        (stack.project / "domains.yaml").write_text(yaml.dump({"domains": domains}, Dumper=yaml.CSafeDumper))
        settings |= {"include": ["domains.yaml"]}
    file: dict[str, Any] = yaml.safe_load(stack.file.read_text())
    file["config"] |= {f"{NAMESPACE}:{key}": value for key, value in settings.items()}
    stack.file.write_text(yaml.dump(file, Dumper=yaml.CSafeDumper, sort_keys=False))


def used(stack: Stack, command: str) -> Usage:
    """Run `pulumi` and return what it took; raise :class:`RuntimeError` where it fails."""
    arguments = ["pulumi", command, "--yes", "--skip-preview", "--suppress-outputs", "--non-interactive"]
    return usage(arguments, stack.project / "log", stack.project, stack.environment)


if __name__ == "__main__":
    sys.exit(main())
