"""What the component says to the engine of itself: where warnings belong, who looks zones up, what waits for it."""

import pulumi
import pulumi_aws
import pytest
from tests.recorder import hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import XmppFederationDns

ZONES = hosted_zones({"Z1": "contoso.com", "Z2": "corp.contoso.com"})


def test_a_warning_belongs_to_the_component(monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[str, str | None]] = []

    def warn(text: str, resource: pulumi.Resource | None = None) -> None:
        told.append((text.partition(":")[0], resource and resource.pulumi_resource_name))

    monkeypatch.setattr(pulumi.log, "warn", warn)
    run(lambda: XmppFederationDns("federation", BASE | {"edgePools": [{"ipv6": ["2620:1ec::10"]}]}), ZONES)
    assert told == [("edgePools[0]", "federation")]


def test_zones_are_looked_up_by_the_provider_that_the_component_is_given():
    def program() -> None:
        account = pulumi_aws.Provider("account", region="eu-west-1")
        XmppFederationDns("federation", BASE, pulumi.ResourceOptions(providers=[account]))

    done = run(program, ZONES)
    assert {each.split("::")[-2] for each in done.call_providers} == {"account"}


def test_what_takes_the_output_waits_for_the_record_sets():
    def program() -> None:
        component = XmppFederationDns("federation", BASE)
        pulumi.CustomResource("test:index:Taker", "taker", {"records": component.records})

    done = run(program, ZONES)
    assert done.named("taker").dependencies == [
        "federation-_xmpp-server._tcp.contoso.com-SRV",
        "federation-xmpp.contoso.com-A",
    ]
