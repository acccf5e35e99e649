"""What the tests of zones of Cloudflare share."""

from collections import Counter
from typing import Any

from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.unit.bulk.lab import ZONE, domain, failed

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone
from xmpp_federation_dns.keepers.keeper import Keeper

PROVIDER = Keeper()
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


def update(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the state that an update leaves."""
    return PROVIDER.update("", old, new).outs


def client(zone: Watched, /, **others: Any) -> CloudflareDnsZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}, **others))
    assert isinstance(found, CloudflareDnsZone)
    return found


def published(zone: Watched) -> dict[str, str]:
    """Return what is in the zone, as the state writes it."""
    return {f"{n} {t}": f"{ttl} {', '.join(values)}" for (n, t), (ttl, values) in zone.record_sets().items()}


def put(zone: Watched, record_sets: dict[str, str]) -> None:
    """Publish by hand."""
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        zone.put(name, type_, int(ttl), *values.split(", "))


class Calls:
    """The calls since it was made, by their names."""

    def __init__(self, account: Cloudflare) -> None:
        self.account = account
        self.before = Counter(account.server.calls())

    def __call__(self) -> dict[str, int]:
        return dict(Counter(self.account.server.calls()) - self.before)


def told(zone: Watched) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com ({zone.id})"


def refused(zone: Watched, /, **others: Any) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1), **others)))
