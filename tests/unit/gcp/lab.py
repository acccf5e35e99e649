"""What the tests of zones of Google Cloud DNS share."""

from typing import Any

import pytest
from tests.standins.clouds import PROJECT, Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ZONE, domain, failed
from tests.unit.clients.lab import PROVIDER, Kind, enter, leave

from xmpp_federation_dns.backends import attempts, gcp_client, gcp_cloud_dns
from xmpp_federation_dns.backends.client import UpdateError

SEND, GET, LIST, FIND, CONFIRM = (
    "changes.create",
    "changes.get",
    "resourceRecordSets.list",
    "managedZones.list",
    "managedZones.get",
)
DENIED = Fault(SEND, status=403, code="forbidden", message="Forbidden")
FORBIDDEN = (
    "forbidden: Forbidden (changes.create); on the zone, roles/dns.reader lets one read, and roles/dns.admin change "
    "(docs/pipelines.md)"
)


def properties(zone: ManagedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource."""
    return {
        "provider": "gcp",
        "zone": ZONE,
        "project": PROJECT,
        "managedZone": zone.managed_zone,
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def create(zone: ManagedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return PROVIDER.create(properties(zone, record_sets, **others)).outs


def learnt(zone: ManagedZone) -> dict[str, str]:
    """Return what the state knows beside what the program says."""
    return {"managedZoneName": zone.managed_zone}


def reach(gcp: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach Cloud DNS with what the environment says, without waiting between attempts and looks."""
    leave(monkeypatch, "GOOGLE_", "CLOUDSDK_", "GCE_")
    enter(gcp, monkeypatch)
    monkeypatch.setattr(attempts, "LONGEST", 0.0)
    monkeypatch.setattr(gcp_client, "LOOK", 0.0)
    monkeypatch.setattr(gcp_client, "LOOKS", 0.0)
    gcp_cloud_dns._session.cache_clear()  # pyright: ignore[reportPrivateUsage] of one process, in every update


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make changes of two new SIP domains each."""
    monkeypatch.setattr(gcp_client.ManagedZone, "most", (4, 4, 100_000))


def client(zone: ManagedZone, **others: Any) -> gcp_client.ManagedZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}, **others))
    assert isinstance(found, gcp_client.ManagedZone)
    return found


def told(zone: ManagedZone) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com ({PROJECT}/{zone.managed_zone})"


def refused(zone: ManagedZone, **others: Any) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1), **others)))


KIND = Kind(properties, learnt, told, reach, shrink, gcp_client.ManagedZone, SEND, LIST, "forbidden")
