"""A zone in bulk that is made in the same stack, with an address that is not known before."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws

PROGRAM = """\
from pulumi_aws import route53

from xmpp_federation_dns import EdgePool, Route53Zone, XmppFederationDns, XmppFederationDnsArgs

zone = route53.Zone("litware", name="litware.example")
address = zone.zone_id.apply(lambda _: "131.107.155.11")
XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["litware.example", "eu.litware.example"],
        edge_pools=[EdgePool(ipv4=["131.107.155.10", address], ipv6=["2620:1ec::10"])],
        zones=[Route53Zone(name="litware.example", zone_id=zone.zone_id, bulk=True)],
    ),
)
"""
NAME = "federation-litware.example"


@pytest.fixture(scope="module")
def lab(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(tmp_path_factory.mktemp("bulk"), aws)
    lab.program(PROGRAM)
    return lab


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    return lab.preview()


@pytest.fixture(scope="module")
def published(lab: Lab, previewed: Run) -> Run:
    assert previewed.status == 0
    return lab.up()


def test_it_is_shown_before_anything_is_known(previewed: Run):
    assert (previewed.status, previewed.errors, previewed.steps) == (0, {}, {NAME: "create"})


def test_the_records_follow_into_the_new_zone(published: Run, aws: Aws):
    assert (published.status, published.steps) == (0, {NAME: "create"})
    changes = [change for change in aws.server.history() if change.name.endswith("litware.example")]
    assert {(c.name, c.type, c.values) for c in changes} == {
        ("_xmpp-server._tcp.litware.example", "SRV", ("0 0 5269 xmpp.litware.example.",)),
        ("_xmpp-server._tcp.eu.litware.example", "SRV", ("0 0 5269 xmpp.eu.litware.example.",)),
        ("xmpp.litware.example", "A", ("131.107.155.10", "131.107.155.11")),
        ("xmpp.litware.example", "AAAA", ("2620:1ec::10",)),
        ("xmpp.eu.litware.example", "A", ("131.107.155.10", "131.107.155.11")),
        ("xmpp.eu.litware.example", "AAAA", ("2620:1ec::10",)),
    }


def test_publishing_again_changes_nothing(lab: Lab, published: Run):
    assert published.status == 0
    assert (lab.up().steps, lab.preview().steps) == ({}, {})


def test_destroying_takes_the_records_and_then_the_zone(lab: Lab, published: Run):
    assert published.status == 0
    assert lab.destroy().status == 0
