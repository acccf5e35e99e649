"""What the tests of zones of Cloudflare share."""

from typing import Any

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.unit.bulk.lab import ZONE, domain, failed
from tests.unit.clients.lab import PROVIDER, Kind, enter, leave

from xmpp_federation_dns.backends import attempts, cloudflare_client
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone

BATCH, LIST, GET, LOOK_UP = "Batch", "ListRecords", "GetZone", "ListZones"
HOST, SERVICE = "xmpp.d1.contoso.com A", "_xmpp-server._tcp.d1.contoso.com SRV"


def properties(zone: Watched, /, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource."""
    return {
        "provider": "cloudflare",
        "zone": ZONE,
        "zoneId": zone.id,
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def learnt(zone: Watched) -> dict[str, str]:
    """Return what the state knows of a zone beside its inputs."""
    return {"zoneTag": zone.id}


def create(zone: Watched, /, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return PROVIDER.create(properties(zone, record_sets, **others)).outs


def reach(cloudflare: Cloudflare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach Cloudflare with what the environment says, without waiting between attempts and looks."""
    leave(monkeypatch, "CLOUDFLARE_")
    enter(cloudflare, monkeypatch)
    monkeypatch.setattr(attempts, "LONGEST", 0.0)
    monkeypatch.setattr(cloudflare_client, "PAUSE", 0.0)


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(CloudflareDnsZone, "most", (4, 4))


def client(zone: Watched, /, **others: Any) -> CloudflareDnsZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}, **others))
    assert isinstance(found, CloudflareDnsZone)
    return found


def told(zone: Watched) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com ({zone.id})"


def refused(zone: Watched, /, **others: Any) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1), **others)))


KIND = Kind(properties, learnt, told, reach, shrink, CloudflareDnsZone, BATCH, LIST, "10000")
