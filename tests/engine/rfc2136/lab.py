"""A stack and a Knot server side by side, and what one run of `pulumi` did to both."""

import re
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import dns.query
import dns.tsigkeyring
import pytest
import yaml
from tests.standins import home
from tools.lab import knot as server
from tools.lab.knot import ADDRESS, KEY_NAME, Knot
from tools.lab.stack import NAMESPACE, Stack

SECRET = "eG1wcCBmZWRlcmF0aW9uIHhtcHAgZmVkZXJhdGlvbg=="
OTHER_SECRET = "b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldCBvdGhlciE="
STRANGER = f"""\
  - id: stranger
    algorithm: hmac-sha256
    secret: {SECRET}
acl:
"""
UNCHANGED: dict[str, list[str]] = {"contoso.com": [], "fabrikam.com": []}
"""The changes of a run that changed nothing on the server."""
FAILED = (
    "error: update failed",
    "error: an unhandled error occurred: program exited with non-zero exit code: 1",
    "error: Resource monitor has terminated, shutting down",
)
"""What Pulumi adds to an error: the last where the program still runs when the engine gives up (3.276)."""
BARE = ["@ 300 IN NS ns1", "ns1 300 IN A 127.0.0.1"]
"""What a zone needs itself."""


@contextmanager
def serving(directory: Path, *zones: str) -> Generator[Knot]:
    """Run a server for *zones* with a key that may change them, and with the key `stranger` that may not."""
    text = server.CONFIGURATION.replace("acl:\n", STRANGER, 1)
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "CONFIGURATION", text)
            knot = stack.enter_context(Knot.serving(zones, directory / "server", SECRET))
        yield knot


@dataclass(frozen=True)
class Run:
    """One run of `pulumi`: what it printed, and what it changed on the server, zone by zone."""

    status: int
    output: str
    seconds: float
    changes: Mapping[str, list[str]]
    """What each zone lost (-) and gained (+), in the order in which peers could see it."""
    zones: Mapping[str, list[str]]
    """What each zone held afterwards."""
    leaks: list[str]
    """Where a secret stood in plain text: in files of the state, in the output."""

    @property
    def resources(self) -> dict[str, int]:
        """How many resources met with what, by Pulumi's own summary."""
        return resources(self.output)

    @property
    def steps(self) -> set[str]:
        """The record sets that a preview lists, each with what is to happen to it."""
        return set(re.findall(r"^ .{1,2} \S+:RecordSet (\S+ [a-z]+) *(?:\[.*)?$", self.output, re.MULTILINE))

    @property
    def errors(self) -> list[str]:
        """What Pulumi sums up at the end: one line an error, and one line a problem of a configuration."""
        text = self.output.rpartition("\nDiagnostics:\n")[2]
        lines = re.split("^(?:Outputs|Resources):$", text, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
        found = [line.strip() for line in lines if line.startswith(("    error: ", "      "))]
        return sorted(line.removeprefix("error: ") for line in found if line not in FAILED)


@dataclass(frozen=True)
class Lab:
    """A stack, and the server that it publishes to."""

    knot: Knot
    directory: Path
    stack: Stack
    runs: list[Run] = field(default_factory=list[Run])

    @classmethod
    def of(cls, knot: Knot, directory: Path) -> Self:
        """Return a new stack below *directory*."""
        lab = cls(knot, directory, Stack(directory))
        home.install_machine(directory / "pulumi")
        lab.stack.pulumi("stack", "select", "--create")
        return lab

    def configure(self, **configuration: Any) -> None:
        """Set keys of the stack file; None takes a key out."""
        text = self.stack.file.read_text() if self.stack.file.exists() else "{}"
        file: dict[str, Any] = yaml.safe_load(text)
        config = file.setdefault("config", {})
        config.update({f"{NAMESPACE}:{key}": value for key, value in configuration.items()})
        file["config"] = {key: value for key, value in config.items() if value is not None}
        self.stack.file.write_text(yaml.safe_dump(file))

    def zone(self, name: str, **options: Any) -> dict[str, Any]:
        """Return a zone of the server, as a stack file has it."""
        return {
            "provider": "rfc2136",
            "name": name,
            "server": ADDRESS,
            "port": self.knot.port,
            "tsigKeyName": KEY_NAME,
            **options,
        }

    def run(self, *arguments: str) -> Run:
        """Run `pulumi`, and see what that changed."""
        serials = {zone: self.serial(zone) for zone in self.knot.zones}
        start = time.monotonic()
        done = self.stack.pulumi(*arguments, check=False)
        seconds = time.monotonic() - start
        output = done.stdout + done.stderr
        changes = {zone: self.changes(zone, serial) for zone, serial in serials.items()}
        zones = {zone: self.records(zone) for zone in serials}
        leaks = [*self.leaks(), *(["output"] if has_secret(output) else [])]
        run = Run(done.returncode, output, seconds, changes, zones, leaks)
        self.runs.append(run)
        return run

    def serial(self, zone: str) -> int:
        """Return the serial of *zone*, which every change raises."""
        return int(self.knot.ask(f"{zone}.", "SOA")[0].split()[6])

    def records(self, zone: str) -> list[str]:
        """Return the records of *zone* apart from its SOA record, relative to it."""
        return sorted({line for line in self.transfer(zone, "AXFR") if " SOA " not in line})

    def changes(self, zone: str, since: int) -> list[str]:
        """Return what *zone* lost and gained, in order."""
        # The old SOA record stands before what a change took, the new one before what it gave (RFC 1995 §4).
        sign, found = "+", list[str]()
        for line in self.transfer(zone, "IXFR", serial=since)[1:]:
            if " SOA " in line:
                sign = "-" if sign == "+" else "+"
            else:
                found.append(f"{sign} {line}")
        return found

    def transfer(self, zone: str, rdtype: str, **options: Any) -> list[str]:
        """Return the lines of a transfer of *zone*."""
        keyring = dns.tsigkeyring.from_text({KEY_NAME: self.knot.secret})
        messages = dns.query.xfr(ADDRESS, zone, rdtype, port=self.knot.port, keyring=keyring, **options)
        rrsets = [rrset for message in messages for rrset in message.answer]
        return [line for rrset in rrsets for line in rrset.to_text().splitlines()]

    def leaks(self) -> list[str]:
        """Return the files below the state in which a secret stands in plain text."""
        files = [path for path in (self.directory / "state").rglob("*") if path.is_file()]
        return [path.name for path in files if has_secret(path.read_text())]


def resources(output: str) -> dict[str, int]:
    """Return how many resources met with what, by the summary in the *output* of `pulumi`."""
    summary = output.rpartition("\nResources:\n")[2].partition("\n\n")[0]
    return {what: int(count) for count, what in re.findall(r"(\d+) ([a-z ]+)$", summary, re.MULTILINE)}


def has_secret(text: str) -> bool:
    """Tell whether a secret stands in *text*."""
    return SECRET in text or OTHER_SECRET in text
