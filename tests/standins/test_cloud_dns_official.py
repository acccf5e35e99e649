"""The emulation of Google Cloud DNS is one to Google's own client, and to both it shows the same."""

from importlib import import_module
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from tests.standins.cloud_dns import SCOPES
from tests.standins.clouds import PROJECT, Google
from tests.standins.managed_zones import ManagedZone, Published

# No types come with it.
dns: Any = import_module("google.cloud.dns")
exceptions: Any = import_module("google.api_core.exceptions")

HOST = ("xmpp.contoso.com", "A")
ADDRESS, OTHER_ADDRESS = "131.107.155.10", "131.107.155.11"


@pytest.fixture
def zone(gcp: Google) -> ManagedZone:
    return gcp.zone("contoso.com")


@pytest.fixture
def official(zone: ManagedZone) -> Any:
    """Return the zone as Google's client has it."""
    return client(zone, PROJECT).zone(zone.managed_zone, "contoso.com.")


def client(zone: ManagedZone, project: str) -> Any:
    credentials: Any = Credentials(next(iter(SCOPES.values())))  # pyright: ignore[reportUnknownVariableType]
    return dns.Client(project, credentials, client_options={"api_endpoint": zone.server.url})


def host(official: Any, *values: str, ttl: int = 300) -> Any:
    return official.resource_record_set(f"{HOST[0]}.", HOST[1], ttl, list(values))


def changed(official: Any, *, deletes: Any = None, adds: Any = None) -> Any:
    """Return a change that was sent."""
    changes = official.changes()
    for record_set, method in ((deletes, changes.delete_record_set), (adds, changes.add_record_set)):
        if record_set is not None:
            method(record_set)
    changes.create()
    return changes


def test_it_sees_the_zone_and_those_of_the_project(official: Any, gcp: Google):
    official.reload()
    assert (official.exists(), official.dns_name, len(official.name_servers)) == (True, "contoso.com.", 4)
    zones = [gcp.zone(name, "official-project") for name in ("contoso.com", "fabrikam.com")]
    listed = client(zones[0], "official-project").list_zones(max_results=10)
    assert [(each.name, each.dns_name) for each in listed] == [
        (each.managed_zone, f"{each.name}.") for each in zones
    ]


def test_it_creates_changes_and_deletes_record_sets(official: Any, zone: ManagedZone):
    changed(official, adds=host(official, ADDRESS))
    changed(official, deletes=host(official, ADDRESS), adds=host(official, OTHER_ADDRESS, ttl=60))
    assert zone.record_sets() == {HOST: Published(60, (OTHER_ADDRESS,))}
    changed(official, deletes=host(official, OTHER_ADDRESS, ttl=60))
    assert zone.record_sets() == {}


def test_it_waits_for_a_change(official: Any):
    change = changed(official, adds=host(official, ADDRESS))
    assert change.status == "pending"
    change.reload()
    change.reload()
    assert change.status == "done"


@pytest.mark.parametrize(
    ("error", "name", "type_", "method"),
    [
        ("Conflict", HOST[0], "A", "add_record_set"),
        ("PreconditionFailed", HOST[0], "A", "delete_record_set"),
        ("NotFound", "www.contoso.com", "A", "delete_record_set"),
        ("BadRequest", HOST[0], "AAAA", "add_record_set"),
    ],
)
def test_it_knows_what_it_is_refused_for(official: Any, error: str, name: str, type_: str, method: str):
    changed(official, adds=host(official, ADDRESS))
    changes = official.changes()
    getattr(changes, method)(official.resource_record_set(f"{name}.", type_, 300, [OTHER_ADDRESS]))
    with pytest.raises(getattr(exceptions, error)):
        changes.create()


def test_it_knows_that_it_may_not(official: Any, zone: ManagedZone):
    with zone.allowed("dns.managedZones.get"), pytest.raises(exceptions.Forbidden, match="Forbidden"):
        changed(official, adds=host(official, ADDRESS))


def test_it_lists_a_zone_page_by_page(official: Any, zone: ManagedZone):
    names = [f"d{number:03}.contoso.com" for number in range(120)]
    for name in names:
        zone.put(name, "A", 300, ADDRESS)
    listed = [each for each in official.list_resource_record_sets() if each.record_type == "A"]
    assert [(each.name, each.ttl, each.rrdatas) for each in listed] == [
        (f"{name}.", 300, [ADDRESS]) for name in names
    ]
    assert zone.server.calls()["resourceRecordSets.list"] >= 2
