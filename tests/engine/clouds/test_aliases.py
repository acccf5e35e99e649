"""A component that gets another name, and says so, keeps everything it has published."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws, Azure
from tests.standins.zones import CloudZone

PROGRAM = """\
import pulumi

from xmpp_federation_dns import XmppFederationDns, stack_configuration

XmppFederationDns({arguments})
"""


@pytest.fixture(scope="module")
def zones(both: Lab, aws: Aws, azure: Azure) -> dict[str, CloudZone]:
    return {"aws": both.zone(aws, "contoso.com"), "azure": both.zone(azure, "fabrikam.com")}


@pytest.fixture(scope="module")
def published(both: Lab, zones: dict[str, CloudZone]) -> Run:
    both.configure(
        zones=[zone.configuration() for zone in zones.values()],
        domains=["contoso.com", "fabrikam.com"],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    both.program(PROGRAM.format(arguments='"federation", stack_configuration()'))
    return both.up()


@pytest.fixture(scope="module")
def renamed(both: Lab, published: Run) -> Run:
    assert len(published.steps) == 4
    aliases = 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="federation")])'
    both.program(PROGRAM.format(arguments=f'"edge", stack_configuration(), {aliases}'))
    return both.up()


def test_a_renamed_component_changes_nothing(renamed: Run):
    assert (renamed.status, renamed.steps) == (0, {})


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_no_cloud_is_written_to(renamed: Run, zones: dict[str, CloudZone], cloud: str):
    assert renamed.of(zones[cloud]) == []


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize("domain", ["contoso.com", "fabrikam.com"], ids=["aws", "azure"])
def test_the_record_sets_go_by_the_new_name(both: Lab, domain: str):
    names = {name for name in both.state() if domain in name}

    assert names == {f"edge-_xmpp-server._tcp.{domain}-SRV", f"edge-xmpp.{domain}-A"}
