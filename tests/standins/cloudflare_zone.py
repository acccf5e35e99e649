"""A zone of Cloudflare as a test sees it from outside: what is in it, and hand-made changes."""

import uuid
from typing import Any

from tests.standins.cloudflare_dns import zone_file_value
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.emulation import CONTROL
from tests.standins.server import Server
from tests.standins.zones import CloudZone, Published


class CloudflareDnsZone(CloudZone):
    """A zone of Cloudflare, in an account of its own: an account has one of a name."""

    resource_type = ""

    def __init__(self, name: str, server: Server, **given: Any) -> None:
        super().__init__(name, server)
        created = self._send("POST", "/zones", {"name": name, "account": {"id": uuid.uuid4().hex}})
        self._id = created["id"]
        self.set(**{"status": "active", "plan": "enterprise", **given})

    @property
    def id(self) -> str:
        """Id of the zone."""
        return self._id

    def configuration(self) -> dict[str, Any]:
        """Name the zone by its id: several tests have one of the same name."""
        return {"provider": "cloudflare", "name": self.name, "zoneId": self.id}

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """List the zone."""
        found: dict[tuple[str, str], Published] = {}
        for record in self.records():
            key = record["name"], record["type"]
            values = (*(found[key].values if key in found else ()), zone_file_value(record))
            found[key] = Published(record["ttl"], values)
        return found

    def records(self) -> list[Any]:
        """Return the records as the API shows them."""
        return self._send("GET", f"/zones/{self.id}/dns_records?per_page=50000")

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Send new records in place of those that are there."""
        posts = [{"name": name, "type": type_, "ttl": ttl, **_content(type_, value)} for value in values]
        self._batch(deletes=self._ids(name, type_), posts=posts)

    def remove(self, name: str, type_: str) -> None:
        """Delete all records of the set."""
        self._batch(deletes=self._ids(name, type_))

    def add(self, **record: Any) -> None:
        """Create one record, as the API has it."""
        self._batch(posts=[record])

    def edit(self, name: str, type_: str, **changes: Any) -> None:
        """Change the records of a set in place."""
        self._batch(patches=[{**each, **changes} for each in self._ids(name, type_)])

    def set(self, **given: Any) -> None:
        """Let the zone have another status, type or plan."""
        self.server.request("POST", CONTROL + "zone", {"id": self.id, **given})

    def delete(self) -> None:
        """Delete the zone with everything in it."""
        self.server.request("POST", CONTROL + "delete", {"id": self.id})

    def import_id(self, name: str, type_: str) -> str:
        """Return the id that this package's own provider takes."""
        return f"cloudflare/{self.name}/{name}/{type_}?zoneId={self.id}"

    def _ids(self, name: str, type_: str) -> list[dict[str, str]]:
        return [
            {"id": each["id"]} for each in self.records() if (each["name"], each["type"]) == (name, type_)
        ]

    def _batch(self, **body: Any) -> None:
        self._send("POST", f"/zones/{self.id}/dns_records/batch", body)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        signed = {"Authorization": f"Bearer {TOKEN}"}
        return self.server.request(method, f"/client/v4{path}", body, signed)["result"]


def _content(type_: str, value: str) -> dict[str, Any]:
    """Return a value in zone-file form as a record of Cloudflare has it."""
    if type_ != "SRV":
        return {"content": value}
    *numbers, target = value.split()
    return {
        "data": {
            **dict(zip(("priority", "weight", "port"), map(int, numbers), strict=True)),
            "target": target,
        }
    }
