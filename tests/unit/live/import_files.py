"""Import files of the engine, and zones that hold what they are about."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli import call
from tests.unit.keepers import memory

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.changes import Content, Live
from xmpp_federation_dns.live.adopt import COMPONENT, PLACEHOLDER

SRV, A = "_xmpp-server._tcp.contoso.com", "xmpp.contoso.com"
WANTED: dict[str, Live] = {
    f"{SRV} SRV": Content(3600, ("0 0 5269 xmpp.contoso.com.",)),
    f"{A} A": Content(300, ("131.107.155.10",)),
}
URN = f"urn:pulumi:correct::xmpp-federation-dns::{COMPONENT}::federation"
RECORD = "aws:route53/record:Record"


class Client(memory.Client):
    """A client that knows the id of its zone."""

    def learnt(self) -> dict[str, Any]:
        return {"hostedZone": "Z1", "subscription": "s-1"}


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, Live]:
    """Return what is in every zone, which a test may change."""
    zone = memory.Zone(dict(WANTED))

    def client(self: Zone, properties: Mapping[str, Any]) -> Client:  # noqa: ARG001 nothing is learnt before
        return Client(zone, (self.name,))

    monkeypatch.setattr(Route53Zone, "client", client)
    monkeypatch.setattr(AzureZone, "client", client)
    return zone.there


def record(key: str, parent: str = "federation", type_: str = RECORD, **others: Any) -> dict[str, Any]:
    name, _, rdtype = key.partition(" ")
    return {
        "type": type_,
        "name": f"federation-{name}-{rdtype}",
        "id": PLACEHOLDER,
        "parent": parent,
        **others,
    }


TOP: dict[str, Any] = {"type": COMPONENT, "name": "federation", "component": True}
BOTH = [record(key) for key in WANTED]


def write(*resources: dict[str, Any], table: Mapping[str, str] | None = None, **others: Any) -> None:
    content = {"nameTable": table, "resources": list(resources), **others}
    Path("i.json").write_text(json.dumps({key: value for key, value in content.items() if value}))


def adopted(*arguments: str, stack: str = "correct") -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
    """Return the exit status, what the command says of each record set, and the file."""
    status, out, err = call("adopt", stack, "--import-file", "i.json", "--format", "json", *arguments)
    assert "Traceback" not in err
    return status, json.loads(out), json.loads(Path("i.json").read_text())


def ids(file: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each.get("id", "") for each in file["resources"]}


def stack(text: str) -> None:
    Path("Pulumi.correct.yaml").write_text(text)
