"""A SIP domain moves to a zone of its own and back: at no moment one of its names is in neither."""

import pytest
from tests.engine.clouds.lab import Lab, Run, dangling
from tests.standins.clouds import Cloud
from tests.standins.emulation import Change
from tests.standins.zones import CloudZone

HOST = ("xmpp.emea.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.emea.contoso.com", "SRV")


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    return lab.zone(cloud, "contoso.com")


@pytest.fixture(scope="module")
def namesake(lab: Lab, cloud: Cloud) -> CloudZone:
    return lab.zone(cloud, "contoso.com")


@pytest.fixture(scope="module")
def sub_zone(lab: Lab, cloud: Cloud) -> CloudZone:
    return lab.zone(cloud, "emea.contoso.com")


def publish(lab: Lab, cloud: Cloud, *zones: CloudZone) -> tuple[Run, list[Change]]:
    """Publish into *zones*; return the run, and what it changed in all zones, in order."""
    lab.configure(
        zones=[zone.configuration() for zone in zones],
        domains=["contoso.com", "emea.contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    before = len(cloud.server.history())
    run = lab.up()
    return run, cloud.server.history()[before:]


@pytest.fixture(scope="module")
def refused(lab: Lab, cloud: Cloud, zone: CloudZone, sub_zone: CloudZone) -> Run:
    """Add the zone while somebody else has the SRV record set there."""
    published, _ = publish(lab, cloud, zone)
    assert published.status == 0, published.output
    sub_zone.put(*SERVICE, 60, "0 0 5269 edge.example.net.")
    return publish(lab, cloud, zone, sub_zone)[0]


@pytest.fixture(scope="module")
def added(lab: Lab, cloud: Cloud, zone: CloudZone, sub_zone: CloudZone, refused: Run) -> list[Change]:
    assert refused.status != 0
    sub_zone.remove(*SERVICE)
    run, changes = publish(lab, cloud, zone, sub_zone)
    assert run.status == 0, run.output
    return changes


@pytest.fixture(scope="module")
def given_up(lab: Lab, cloud: Cloud, zone: CloudZone, added: list[Change]) -> list[Change]:
    assert added
    run, changes = publish(lab, cloud, zone)
    assert run.status == 0, run.output
    return changes


@pytest.fixture(scope="module")
def replaced(
    lab: Lab, cloud: Cloud, zone: CloudZone, namesake: CloudZone, given_up: list[Change]
) -> list[Change]:
    """Publish into another zone of the same name, as on the way to new name servers."""
    assert given_up
    assert len(zone.record_sets()) == 4
    run, changes = publish(lab, cloud, namesake)
    assert run.status == 0, run.output
    return changes


def steps(changes: list[Change]) -> list[tuple[str, str, tuple[str, str]]]:
    return [(each.action, each.zone, (each.name, each.type)) for each in changes]


def test_a_move_that_is_refused_takes_nothing_away(refused: Run, zone: CloudZone, sub_zone: CloudZone):
    assert refused.of(zone) == []
    assert refused.of(sub_zone) == [("create", *HOST)]


def test_the_next_update_ends_the_move_in_the_same_order(
    added: list[Change], zone: CloudZone, sub_zone: CloudZone
):
    assert steps(added) == [
        ("create", sub_zone.id, SERVICE),
        ("delete", zone.id, SERVICE),
        ("delete", zone.id, HOST),
    ]


def test_both_come_to_the_other_zone_before_they_go_from_this_one(
    given_up: list[Change], zone: CloudZone, sub_zone: CloudZone
):
    assert steps(given_up) == [
        ("create", zone.id, HOST),
        ("create", zone.id, SERVICE),
        ("delete", sub_zone.id, SERVICE),
        ("delete", sub_zone.id, HOST),
    ]


def test_another_zone_of_the_same_name_is_full_before_this_one_is_empty(
    replaced: list[Change], zone: CloudZone, namesake: CloudZone
):
    assert [(each.action, each.zone) for each in replaced] == [
        *[("create", namesake.id)] * 4,
        *[("delete", zone.id)] * 4,
    ]
    assert zone.record_sets() == {}


@pytest.mark.usefixtures("replaced")
def test_in_no_zone_a_service_ever_pointed_to_a_name_without_addresses(
    zone: CloudZone, sub_zone: CloudZone, namesake: CloudZone
):
    assert [dangling(each.history()) for each in (zone, sub_zone, namesake)] == [[], [], []]
