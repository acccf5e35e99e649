"""A private Knot server on loopback, authoritative for the zones it is given."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsigkeyring
import dns.update

ADDRESS = "127.0.0.1"
KEY_NAME = "demo"
ZONE_FILE = """\
$ORIGIN {zone}.
$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
"""
CONFIGURATION = """\
server:
    rundir: "{directory}/run"
    listen: {address}@{port}
database:
    storage: "{directory}/run"
key:
  - id: {key_name}
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: update
    key: {key_name}
    action: [update, transfer]
template:
  - id: default
    storage: "{directory}/zones"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: changes
    acl: update
zone:
"""


@dataclass
class Knot:
    """A running `knotd`: where it listens, and the secret of its TSIG key in base64."""

    directory: Path
    port: int
    secret: str
    zones: tuple[str, ...]
    address: str = ADDRESS
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def serving(  # noqa: PLR0913 the parameters of a server
        cls,
        zones: Iterable[str],
        directory: Path,
        secret: str,
        port: int | None = None,
        *,
        records: Mapping[str, str] | None = None,
        address: str = ADDRESS,
    ) -> Generator[Self]:
        """Run a server for *zones* below *directory* until the block ends.

        *records*: what a zone has from the start beside its SOA and NS records, as master-file text.
        """
        knot = cls(directory, port or free_port(), secret, tuple(zones), address)
        for name in ("run", "zones"):
            (directory / name).mkdir(parents=True)
        for zone in knot.zones:
            text = ZONE_FILE.format(zone=zone) + (records or {}).get(zone, "")
            (directory / "zones" / f"{zone}.zone").write_text(text)
        try:
            knot.start()
            yield knot
        finally:
            knot.stop()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = self.prepared()
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                log_text = (self.directory / "server.log").read_text()
                raise RuntimeError(
                    f"{command[0]} does not answer on {self.address} port {self.port}:\n{log_text}"
                )
            time.sleep(0.05)

    def prepared(self) -> list[str]:
        """Write the configuration, and return the command that runs the server with it."""
        text = CONFIGURATION.format(
            directory=self.directory,
            address=self.address,
            port=self.port,
            key_name=KEY_NAME,
            secret=self.secret,
        )
        text += "".join(f"  - domain: {zone}\n" for zone in self.zones)
        configuration = self.directory / "knot.conf"
        configuration.write_text(text)
        return [knotd(), "-c", str(configuration)]

    def stop(self) -> None:
        """Stop the server by its process id."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def ask(self, name: str, rdtype: str) -> list[str]:
        """Return the lines of the answer in zone-file form, sorted."""
        query = dns.message.make_query(name, rdtype, flags=0)
        answer = dns.query.tcp(query, self.address, 5, self.port)
        return sorted(line for rrset in answer.answer for line in rrset.to_text().splitlines())

    def change(self, zone: str, *lines: tuple[str, ...]) -> None:
        """Edit *zone* as somebody else would: ("add", name, ttl, type, value) or ("delete", name, type)."""
        keyring = dns.tsigkeyring.from_text({KEY_NAME: self.secret})
        update = dns.update.UpdateMessage(zone, keyring=keyring)
        for action, *rest in lines:
            getattr(update, action)(*rest)
        code = dns.query.tcp(update, self.address, 5, self.port).rcode()
        if code != dns.rcode.NOERROR:
            raise RuntimeError(dns.rcode.to_text(code))

    def names(self, zone: str) -> set[tuple[str, str]]:
        """Return name and type of every record set of *zone*, relative to it."""
        keyring = dns.tsigkeyring.from_text({KEY_NAME: self.secret})
        messages = dns.query.xfr(self.address, zone, port=self.port, keyring=keyring)
        found = (rrset for message in messages for rrset in message.answer)
        return {(rrset.name.to_text(), dns.rdatatype.to_text(rrset.rdtype)) for rrset in found}

    def _answers(self) -> bool:
        try:
            return bool(self.ask(self.zones[-1] + ".", "SOA"))
        except (OSError, EOFError):
            return False


def knotd() -> str:
    """Return the path of `knotd`."""
    return program("knotd", "knot")


def program(name: str, package: str) -> str:
    """Return the path of a server of a Debian *package*, which has it where users have no PATH."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: apt-get install {package}")
    return found


def free_port() -> int:
    """Return a TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]
