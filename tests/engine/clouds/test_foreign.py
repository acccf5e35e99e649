"""A record set that somebody else has under one of our names is left alone, and said so."""

import pytest
from tests.engine.clouds.lab import Lab, Run, dangling, told_by_aws
from tests.standins.clouds import Cloud
from tests.standins.route53 import REQUEST_ID
from tests.standins.zones import CloudZone, Published

FOREIGN = ("_xmpp-server._tcp.emea.contoso.com", "SRV")
NAME = "federation-_xmpp-server._tcp.emea.contoso.com-SRV"


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    zone = lab.zone(cloud, "contoso.com")
    zone.put(*FOREIGN, 60, "0 0 5269 edge.example.net.")
    return zone


@pytest.fixture(scope="module")
def refused(lab: Lab, zone: CloudZone) -> Run:
    lab.configure(
        zones=[zone.configuration()],
        domains=["contoso.com", "emea.contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    return lab.up("--continue-on-error")


@pytest.fixture(scope="module")
def resolved(lab: Lab, zone: CloudZone, refused: Run) -> Run:
    assert refused.status != 0
    zone.remove(*FOREIGN)
    return lab.up()


@pytest.fixture(scope="module")
def stopped(lab: Lab, zone: CloudZone, resolved: Run) -> Run:
    """Move to another host, whose addresses somebody else has in one of the domains."""
    assert resolved.status == 0, resolved.output
    zone.put("edge.emea.contoso.com", "A", 60, "192.0.2.1")
    lab.configure(edgePools=[{"host": "edge", "ipv4": ["131.107.155.10"]}])
    return lab.up()


def test_the_record_set_is_named(refused: Run, cloud: Cloud, zone: CloudZone):
    causes = {
        "aws": (
            f"aws:route53:Record ({NAME})",
            told_by_aws(
                "creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, https response "
                f"error StatusCode: 400, RequestID: {REQUEST_ID}, InvalidChangeBatch: [Tried to create resource "
                "record set [name='_xmpp-server._tcp.emea.contoso.com.', type='SRV'] but it already exists]"
            ),
        ),
        "azure": (
            f"azure-native:dns:RecordSet ({NAME})",
            [f"cannot create already existing resource '{zone.import_id(*FOREIGN)}'"],
        ),
    }
    about, said = causes[cloud.key]

    assert refused.errors == {about: said}
    assert "Traceback" not in refused.output


def test_it_stays_as_it_was_and_the_other_domain_is_published(refused: Run, zone: CloudZone):
    assert [change for change in refused.changes if change.name == FOREIGN[0]] == []
    assert sorted(refused.of(zone)) == [
        ("create", "_xmpp-server._tcp.contoso.com", "SRV"),
        ("create", "xmpp.contoso.com", "A"),
        ("create", "xmpp.emea.contoso.com", "A"),
    ]


def test_once_it_is_gone_ours_takes_its_place(resolved: Run, zone: CloudZone):
    assert resolved.steps == {NAME: "create"}
    assert zone.record_sets()[FOREIGN] == Published(3600, ("0 0 5269 xmpp.emea.contoso.com.",))


def test_a_move_that_is_refused_takes_nothing_away(stopped: Run, zone: CloudZone):
    assert stopped.status != 0
    assert len(stopped.errors) == 1
    assert [change for change in stopped.changes if change.action == "delete"] == []
    assert zone.record_sets()[FOREIGN] == Published(3600, ("0 0 5269 xmpp.emea.contoso.com.",))


@pytest.mark.usefixtures("stopped")
def test_at_no_moment_a_service_pointed_to_a_name_without_addresses(zone: CloudZone):
    assert dangling(zone.history()) == []
