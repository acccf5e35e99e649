"""A managed zone of Google Cloud DNS as a test sees it from outside."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from tests.standins.cloud_dns import PERMISSIONS, SCOPES
from tests.standins.emulation import CONTROL
from tests.standins.server import Server
from tests.standins.zones import CloudZone, Published

_numbers = itertools.count(1)
_AUTHORIZED = {"Authorization": f"Bearer {next(iter(SCOPES.values()))}"}


class ManagedZone(CloudZone):
    """A managed zone."""

    resource_type = "xmpp-federation-dns:index:RecordSet"

    def __init__(self, name: str, server: Server, project: str, *, visibility: str = "public") -> None:
        super().__init__(name, server)
        self.project = project
        self.managed_zone = f"{name.replace('.', '-')}-{next(_numbers)}"
        body = {"name": self.managed_zone, "dnsName": f"{name}.", "description": "", "visibility": visibility}
        self._send("POST", f"/dns/v1/projects/{project}/managedZones", body)

    @property
    def id(self) -> str:
        """Project and name of the managed zone."""
        return f"{self.project}/{self.managed_zone}"

    @property
    def path(self) -> str:
        """The path of the managed zone in the API."""
        return f"/dns/v1/projects/{self.project}/managedZones/{self.managed_zone}"

    def configuration(self) -> dict[str, Any]:
        """Name the managed zone: several tests have one of the same DNS name."""
        return {
            "provider": "gcp",
            "name": self.name,
            "project": self.project,
            "managedZone": self.managed_zone,
        }

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """List the zone."""
        return {
            (each["name"].removesuffix("."), each["type"]): Published(each["ttl"], tuple(each["rrdatas"]))
            for each in self.rrsets()
            if each["type"] not in ("NS", "SOA")
        }

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Send a change, in exactly this spelling."""
        self.put_rrset({"name": f"{name}.", "type": type_, "ttl": ttl, "rrdatas": list(values)})

    def put_rrset(self, rrset: dict[str, Any]) -> None:
        """Send a change that replaces what is in the place of a record set."""
        there = [
            each for each in self.rrsets() if (each["name"], each["type"]) == (rrset["name"], rrset["type"])
        ]
        self._send("POST", f"{self.path}/changes", {"deletions": there, "additions": [rrset]})

    def remove(self, name: str, type_: str) -> None:
        """Send a change that deletes a record set."""
        there = [each for each in self.rrsets() if (each["name"], each["type"]) == (f"{name}.", type_)]
        self._send("POST", f"{self.path}/changes", {"deletions": there})

    def import_id(self, name: str, type_: str) -> str:
        """Return the id that the plugin of this package reads."""
        options = f"project={self.project}&managedZone={self.managed_zone}"
        return f"gcp/{self.name}/{name}/{type_}?{options}"

    def delete(self) -> None:
        """Delete the zone with everything in it."""
        self._send("DELETE", self.path)

    @contextmanager
    def allowed(self, *permissions: str) -> Generator[None]:
        """Let everybody have these permissions alone until the block ends."""
        self.server.request("POST", CONTROL + "permissions", permissions)
        try:
            yield
        finally:
            self.server.request("POST", CONTROL + "permissions", PERMISSIONS)

    def rrsets(self) -> list[dict[str, Any]]:
        """Return everything that is in the zone, as the API shows it."""
        found: list[dict[str, Any]] = []
        token = "0"
        while token:
            page = self._send("GET", f"{self.path}/rrsets?maxResults=1000&pageToken={token}")
            found += page.get("rrsets", ())
            token = page.get("nextPageToken", "")
        return found

    def _send(self, method: str, path: str, body: object = None) -> Any:
        return self.server.request(method, path, body, _AUTHORIZED)
