"""The internet's name servers: one Knot, authoritative for every zone, and asked as a resolver too."""

import subprocess
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.federation.program import running
from tools.lab import knot
from tools.lab.namespace import PATH, Namespace

ADDRESS = "131.107.155.53"
PARENT = "com"
SECRET = "eG1wcCBmZWRlcmF0aW9uIHhtcHAgZmVkZXJhdGlvbg=="


@dataclass(frozen=True)
class NameServer:
    """A running server, edited through its control socket as its operator would."""

    configuration: Path

    @classmethod
    @contextmanager
    def serving(
        cls, zones: Iterable[str], namespace: Namespace, directory: Path, signed: Collection[str] = ()
    ) -> Generator[Self]:
        """Run a server for *zones* below `com`, and for that, until the block ends; it signs those *signed*."""
        directory.mkdir()
        delegations = ""
        text = knot.CONFIGURATION.format(
            directory=directory, address=ADDRESS, port=53, key_name=knot.KEY_NAME, secret=SECRET
        )
        for name in ("run", "zones"):
            (directory / name).mkdir()
        for zone in zones:
            text += f"  - domain: {zone}\n" + ("    dnssec-signing: on\n" if zone in signed else "")
            content = knot.ZONE_FILE.format(zone=zone).replace(knot.ADDRESS, ADDRESS)
            (directory / "zones" / f"{zone}.zone").write_text(content)
            delegations += f"{zone}. NS ns1.{zone}.\nns1.{zone}. A {ADDRESS}\n"
        text += f"  - domain: {PARENT}\n"
        content = knot.ZONE_FILE.format(zone=PARENT).replace(knot.ADDRESS, ADDRESS)
        (directory / "zones" / f"{PARENT}.zone").write_text(content + delegations)
        server = cls(directory / "knot.conf")
        server.configuration.write_text(text)
        command = namespace.command(knot.knotd(), "-c", server.configuration)
        log = directory / "knot.log"
        with running(command, log, server._up, {"PATH": PATH}):
            yield server

    @contextmanager
    def edited(self, zone: str, gone: Iterable[str], new: Iterable[str]) -> Generator[None]:
        """Take the records *gone* out of *zone* and put *new* in, until the block ends.

        A record is a line of a zone file: owner, TTL, type and value.
        """
        gone, new = [*gone], [*new]
        self._edit(zone, gone, new)
        try:
            yield
        finally:
            self._edit(zone, new, gone)

    def _edit(self, zone: str, gone: Iterable[str], new: Iterable[str]) -> None:
        self._control("zone-begin", zone)
        for record in gone:
            owner, _, rest = record.split(maxsplit=2)
            self._control("zone-unset", zone, owner, *rest.split(maxsplit=1))
        for record in new:
            owner, ttl, rest = record.split(maxsplit=2)
            self._control("zone-set", zone, owner, ttl, *rest.split(maxsplit=1))
        self._control("zone-commit", zone)

    def records(self, zone: str) -> list[str]:
        """Return the records of *zone* apart from its SOA record, owners absolute."""
        lines = self._control("zone-read", zone).splitlines()
        found = (line.removeprefix(f"[{zone}.] ") for line in lines if line)
        return sorted(record for record in found if " SOA " not in record)

    def _control(self, *arguments: str) -> str:
        command = [knot.knotd().replace("knotd", "knotc"), "-c", str(self.configuration), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def _up(self) -> bool:
        try:
            self._control("status")
        except RuntimeError:
            return False
        return True
