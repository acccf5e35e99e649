"""A zone of a real PowerDNS, watched from outside: what passes a proxy before its API, which changes nothing."""

import http.client
import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.standins.emulation import Change
from tests.standins.zones import Published, WatchedZone
from tools.lab.knot import ADDRESS
from tools.lab.powerdns import PowerDns


class Watch:
    """A proxy that notes every change that the API accepts."""

    def __init__(self, server: PowerDns) -> None:
        self.server = server
        self.changes: list[Change] = []
        self.port = 0

    @classmethod
    @contextmanager
    def over(cls, server: PowerDns) -> Generator[Self]:
        """Watch *server* until the block ends."""
        watch = cls(server)

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's own
                pass

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = watch.passed(self.command, self.path, body, dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PATCH = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815 the library's own

        with ThreadingHTTPServer((ADDRESS, 0), Handler) as proxy:
            watch.port = proxy.server_address[1]
            thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield watch
            finally:
                proxy.shutdown()
                thread.join()

    def passed(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Pass a request on, and note what it changes."""
        zone = path.rpartition("/")[2].removesuffix(".")
        before = set(self.server.record_sets(zone)) if method == "PATCH" else set[tuple[str, str]]()
        connection = http.client.HTTPConnection(ADDRESS, self.server.api, timeout=10)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if method == "PATCH" and answer.status == 204:
            self.changes += [_change(zone, each, before) for each in json.loads(body)["rrsets"]]
        return answer.status, text


class PowerDnsZone(WatchedZone):
    """One zone of *watch*'s server, which is made for it."""

    def __init__(self, name: str, watch: Watch) -> None:
        super().__init__(name)
        self.watch = watch
        watch.server.create(name)

    @property
    def id(self) -> str:
        """The name: a server has one zone of it."""
        return self.name

    def configuration(self) -> dict[str, Any]:
        """Name the class and where it finds the API."""
        arguments = {"host": ADDRESS, "port": self.watch.port, "api_key": "env/PDNS_API_KEY"}
        provider_class = "octodns_powerdns.PowerDnsProvider"
        return {
            "provider": "octodns",
            "name": self.name,
            "providerClass": provider_class,
            "arguments": arguments,
        }

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """Transfer the zone."""
        found = self.watch.server.record_sets(self.name)
        return {key: Published(*each) for key, each in found.items() if key[1] != "NS"}

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Put a record set in place of what is there."""
        self.watch.server.put(self.name, name, type_, ttl, values, port=self.watch.port)

    def remove(self, name: str, type_: str) -> None:
        """Delete a record set."""
        self.watch.server.put(self.name, name, type_, 0, (), port=self.watch.port)

    def history(self) -> list[Change]:
        """Return what passed."""
        return [change for change in self.watch.changes if change.zone == self.name]


def _change(zone: str, rrset: Mapping[str, Any], before: set[tuple[str, str]]) -> Change:
    key = rrset["name"].removesuffix("."), rrset["type"]
    if rrset["changetype"] == "DELETE":
        return Change("delete", zone, *key)
    values = tuple(sorted(record["content"] for record in rrset["records"]))
    return Change("update" if key in before else "create", zone, *key, rrset["ttl"], values)
