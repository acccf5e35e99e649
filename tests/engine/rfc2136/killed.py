"""A stack whose runs are killed where they wait for the answer to a change."""

import re
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.engine.rfc2136.lab import SECRET, Lab, Run, serving
from tests.standins.gate import Gate
from tools.lab.killed import doomed, unlock

ZONE = "contoso.com"
FOREIGN = [
    "@ 3600 IN MX 10 mail",
    "_xmpp-client._tcp.d0 3600 IN SRV 0 0 5222 xmpp.d0",
    "www 60 IN A 192.0.2.1",
]
"""Somebody else's, beside and below the names of the stack."""
BARE = sorted(["@ 300 IN NS ns1", "ns1 300 IN A 127.0.0.1", *FOREIGN])


@dataclass
class Killed:
    """The stack, and the gate between it and its server."""

    lab: Lab
    gate: Gate
    options: dict[str, Any]

    @classmethod
    @contextmanager
    def serving(cls, directory: Path, **options: Any) -> Generator[Self]:
        """Serve a zone, which the stack has with these *options*."""
        with serving(directory / "knot", ZONE) as knot, Gate.before(knot.port) as gate:
            for line in FOREIGN:
                name, ttl, _, type_, value = line.split(" ", 4)
                knot.change(ZONE, ("add", name, ttl, type_, value))
            lab = Lab.of(knot, directory / "pulumi")
            lab.stack.set_secret("tsigSecret", SECRET)
            yield cls(lab, gate, options)

    def configure(
        self, *domains: str, addresses: Sequence[str], existing: str = "refuse", ttl: int = 300
    ) -> None:
        """Publish these SIP domains from now on."""
        self.lab.configure(
            zones=[self.lab.zone(ZONE, port=self.gate.port, existing=existing, **self.options)],
            domains=[f"{each}.{ZONE}" for each in domains],
            edgePools=[{"ipv4": addresses}],
            addressTtl=ttl,
        )

    def at(self, after: int, *arguments: str, unanswered: int = 1) -> list[str]:
        """Kill a run that has no answer to so many changes *after* the first ones; return what it changed."""
        since = self.lab.serial(ZONE)
        with self.gate.shut(after, unanswered), doomed(self.lab.stack, *arguments) as process:
            assert self.gate.reached.wait(60)
            settle(self.lab.stack.state_directory)
            assert process.poll() is None, "the run ended before it was killed"
        unlock(self.lab.stack)
        return self.lab.changes(ZONE, since)

    def up(self, *arguments: str) -> Run:
        return self.lab.run("up", "--yes", "--skip-preview", *arguments)


def settle(directory: Path, quiet: float = 0.5) -> None:
    """Wait until the engine has written what it began: it does so beside the calls of its plugins."""
    seen, since = None, time.monotonic()
    while time.monotonic() - since < quiet:
        now = {path: path.stat().st_mtime_ns for path in directory.rglob("*.json") if path.exists()}
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.05)


def published(run: Run) -> list[str]:
    """Return what the zone held after a run, without what is somebody else's."""
    assert set(run.zones[ZONE]) >= set(BARE)
    return [line for line in run.zones[ZONE] if line not in BARE]


def interrupted(run: Run) -> list[str]:
    """Return what Pulumi's warning says was interrupted."""
    return sorted(set(re.findall(r"\* urn:\S+::(\S+, interrupted while \w+)$", run.output, re.MULTILINE)))
