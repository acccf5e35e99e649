"""Credentials that the same stack makes: until then nobody can look a zone up, and a preview does without."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws

PROGRAM = """\
import pulumi
import pulumi_aws

from xmpp_federation_dns import XmppFederationDns

other = pulumi_aws.route53.Zone("other", name="other.example")
made = pulumi_aws.Provider(
    "made",
    region="us-east-1",
    access_key=other.zone_id.apply(lambda _: "made"),
    secret_key="secret",
)
XmppFederationDns(
    "federation",
    {
        "domains": ["tailspin.example"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "zones": [{"provider": "aws", "name": "tailspin.example"}],
    },
    pulumi.ResourceOptions(providers=[made]),
)
"""
CREATED = {
    "federation-_xmpp-server._tcp.tailspin.example-SRV": "create",
    "federation-xmpp.tailspin.example-A": "create",
}


@pytest.fixture(scope="module")
def lab(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(tmp_path_factory.mktemp("aws"), aws)
    lab.zone(aws, "tailspin.example")
    lab.program(PROGRAM)
    return lab


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    return lab.preview()


@pytest.fixture(scope="module")
def published(lab: Lab, previewed: Run) -> Run:
    assert previewed.status == 0, previewed.output
    return lab.up()


def test_every_record_set_is_shown_before_the_zone_can_be_looked_up(previewed: Run):
    assert (previewed.errors, previewed.steps) == ({}, CREATED)


def test_the_zone_is_found_when_the_credentials_are_there(published: Run):
    assert published.steps == CREATED
    assert [(change.action, change.type) for change in published.changes] == [
        ("create", "A"),
        ("create", "SRV"),
    ]
