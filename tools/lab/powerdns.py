"""A private PowerDNS server on loopback, with its API."""

import json
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import dns.query
import dns.rdatatype

from tools.lab.knot import ADDRESS, free_port, program

KEY = "s3cr3t-of-the-api"
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
CONFIGURATION = """\
launch=gsqlite3
gsqlite3-database={directory}/zones.sqlite3
local-address={address}
local-port={port}
api=yes
api-key={key}
webserver=yes
webserver-address={address}
webserver-port={api}
webserver-allow-from={address}
socket-dir={directory}
allow-axfr-ips={address}
enable-lua-records=yes
daemon=no
guardian=no
disable-syslog=yes
security-poll-suffix=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
"""


@dataclass
class PowerDns:
    """A running `pdns_server`: where it answers queries, and where its API does."""

    directory: Path
    port: int
    api: int

    @classmethod
    @contextmanager
    def serving(cls, directory: Path) -> Generator[Self]:
        """Run a server without zones below *directory* until the block ends."""
        directory.mkdir(parents=True)
        server = cls(directory, free_port(), free_port())
        with closing(sqlite3.connect(directory / "zones.sqlite3")) as database:
            database.executescript(SCHEMA.read_text())
        text = CONFIGURATION.format(
            directory=directory, address=ADDRESS, port=server.port, api=server.api, key=KEY
        )
        (directory / "pdns.conf").write_text(text)
        command = [program("pdns_server", "pdns-server pdns-backend-sqlite3"), f"--config-dir={directory}"]
        with (directory / "server.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            server.wait(process)
            yield server
        finally:
            process.terminate()
            process.wait(10)

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the API answers."""
        deadline = time.monotonic() + 10
        while True:
            try:
                self.call("GET", "")
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    log = (self.directory / "server.log").read_text()
                    raise RuntimeError(f"pdns_server does not answer on port {self.api}:\n{log}") from None
                time.sleep(0.05)
            else:
                return

    def call(self, method: str, path: str, body: object = None, port: int | None = None) -> Any:
        """Ask the API, or what listens on *port* before it; *path* goes on from the server's own."""
        request = urllib.request.Request(
            f"http://{ADDRESS}:{port or self.api}/api/v1/servers/localhost{path}",
            None if body is None else json.dumps(body).encode(),
            {"X-API-Key": KEY, "Content-Type": "application/json"},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def create(self, zone: str, *, soa_edit_api: str = "DEFAULT") -> None:
        """Create *zone* with its SOA and NS records."""
        body = {"name": f"{zone}.", "kind": "Native", "nameservers": [f"ns1.{zone}."]}
        self.call("POST", "/zones", {**body, "soa_edit_api": soa_edit_api})

    def delete(self, zone: str) -> None:
        """Delete *zone* with all that is in it."""
        self.call("DELETE", f"/zones/{zone}.")

    def put(  # noqa: PLR0913 what a record set is
        self,
        zone: str,
        name: str,
        rdtype: str,
        ttl: int,
        values: Iterable[str],
        *,
        disabled: bool = False,
        port: int | None = None,
    ) -> None:
        """Put a record set in place of what is there, as somebody else would; none where it has no *values*."""
        records = [{"content": value, "disabled": disabled} for value in values]
        change: dict[str, Any] = {"name": f"{name}.", "type": rdtype, "changetype": "DELETE"}
        if records:
            change |= {"changetype": "REPLACE", "ttl": ttl, "records": records}
        self.call("PATCH", f"/zones/{zone}.", {"rrsets": [change]}, port)

    def record_sets(self, zone: str) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
        """Return what the server serves, by transfer, but SOA: TTL and values by name and type."""
        found: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        for message in dns.query.xfr(ADDRESS, zone, port=self.port, relativize=False):
            for rrset in message.answer:
                if rrset.rdtype != dns.rdatatype.SOA:
                    name, rdtype = (
                        rrset.name.to_text(omit_final_dot=True),
                        dns.rdatatype.to_text(rrset.rdtype),
                    )
                    ttl, before = found.get((name, rdtype), (rrset.ttl, ()))
                    values = {*before, *(each.to_text() for each in rrset)}
                    found[name, rdtype] = ttl, tuple(sorted(values))
        return found

    def serial(self, zone: str) -> int:
        """Return the serial of *zone*."""
        return self.call("GET", f"/zones/{zone}.")["serial"]
