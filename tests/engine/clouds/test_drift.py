"""What somebody else changed under our names is repaired when the stack is refreshed, and that alone."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Cloud
from tests.standins.zones import CloudZone, Published


@pytest.fixture(scope="module", params=["aws", "azure", "cloudflare", "gcp"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    return lab.zone(cloud, "contoso.com")


@pytest.fixture(scope="module")
def published(lab: Lab, zone: CloudZone) -> dict[tuple[str, str], Published]:
    lab.configure(
        zones=[zone.configuration()],
        domains=["contoso.com", "emea.contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}],
    )
    assert lab.up().status == 0
    return zone.record_sets()


@pytest.fixture(scope="module")
def repaired(lab: Lab, zone: CloudZone, published: dict[tuple[str, str], Published]) -> Run:
    assert len(published) == 6
    zone.put("_xmpp-server._tcp.contoso.com", "SRV", 60, "5 5 5222 edge.example.net.")
    zone.remove("xmpp.emea.contoso.com", "A")
    return lab.up("--refresh")


def test_what_was_edited_is_updated_and_what_was_deleted_is_created(repaired: Run):
    assert repaired.status == 0, repaired.output
    assert repaired.steps == {
        "federation-_xmpp-server._tcp.contoso.com-SRV": "update",
        "federation-xmpp.emea.contoso.com-A": "create",
    }


def test_nothing_else_is_written(repaired: Run, zone: CloudZone):
    assert sorted(repaired.of(zone)) == [
        ("create", "xmpp.emea.contoso.com", "A"),
        ("update", "_xmpp-server._tcp.contoso.com", "SRV"),
    ]


@pytest.mark.usefixtures("repaired")
def test_the_zone_is_as_it_was(zone: CloudZone, published: dict[tuple[str, str], Published]):
    assert zone.record_sets() == published
