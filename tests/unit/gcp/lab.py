"""What the tests of zones of Google Cloud DNS share."""

from collections import Counter
from typing import Any

from tests.standins.clouds import PROJECT, Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ZONE, domain, failed

from xmpp_federation_dns.backends import gcp_client
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import Keeper

PROVIDER = Keeper()
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


def update(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the state that an update leaves."""
    return PROVIDER.update("", old, new).outs


def learnt(zone: ManagedZone) -> dict[str, str]:
    """Return what the state knows beside what the program says."""
    return {"managedZoneName": zone.managed_zone}


def client(zone: ManagedZone, **others: Any) -> gcp_client.ManagedZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}, **others))
    assert isinstance(found, gcp_client.ManagedZone)
    return found


def published(zone: ManagedZone) -> dict[str, str]:
    """Return what is in the zone, as the state writes it."""
    return {f"{n} {t}": f"{ttl} {', '.join(values)}" for (n, t), (ttl, values) in zone.record_sets().items()}


def put(zone: ManagedZone, record_sets: dict[str, str]) -> None:
    """Publish by hand, in exactly this spelling."""
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        zone.put(name, type_, int(ttl), *values.split(", "))


def told(zone: ManagedZone) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com ({PROJECT}/{zone.managed_zone})"


def refused(zone: ManagedZone, **others: Any) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1), **others)))


class Calls:
    """The calls since it was made, by the names that the API has for them."""

    def __init__(self, account: Google) -> None:
        self.account = account
        self.before = Counter(account.server.calls())

    def __call__(self) -> dict[str, int]:
        return dict(Counter(self.account.server.calls()) - self.before)
