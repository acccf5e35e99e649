"""Explicit providers reach every child of the component they are given to: two clouds, two accounts each."""

from typing import Any

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import SUBSCRIPTION, Aws, Azure, role_in
from tests.standins.zones import CloudZone

PARTNER_ACCOUNT = "222222222222"
PARTNER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000002"
PROGRAM = f"""\
import pulumi
import pulumi_aws
import pulumi_azure_native

from xmpp_federation_dns import XmppFederationDns


def publish(name, address, *providers):
    XmppFederationDns(
        name,
        {{
            "domains": ["contoso.example", "fabrikam.example"],
            "edgePools": [{{"ipv4": [address]}}],
            "zones": [
                {{"provider": "aws", "name": "contoso.example"}},
                {{"provider": "azure", "name": "fabrikam.example", "resourceGroup": "dns"}},
            ],
        }},
        pulumi.ResourceOptions(providers=providers),
    )


publish(
    "own",
    "131.107.155.10",
    pulumi_aws.Provider("own-aws", region="us-east-1", access_key="own", secret_key="secret"),
    pulumi_azure_native.Provider(
        "own-azure", subscription_id="{SUBSCRIPTION}", client_id="own", client_secret="secret"
    ),
)
publish(
    "partner",
    "131.107.155.20",
    pulumi_aws.Provider(
        "partner-aws",
        region="us-east-1",
        assume_roles=[pulumi_aws.ProviderAssumeRoleArgs(role_arn="{role_in(PARTNER_ACCOUNT)}")],
    ),
    pulumi_azure_native.Provider("partner-azure", subscription_id="{PARTNER_SUBSCRIPTION}"),
)
"""


@pytest.fixture(scope="module")
def zones(both: Lab, aws: Aws, azure: Azure) -> dict[str, CloudZone]:
    """Make zones of the same names in both accounts of both clouds."""
    return {
        "own-aws": both.watch(aws.zone("contoso.example")),
        "own-azure": both.watch(azure.zone("fabrikam.example", group="dns")),
        "partner-aws": both.watch(aws.zone("contoso.example", account=PARTNER_ACCOUNT)),
        "partner-azure": both.watch(azure.zone("fabrikam.example", PARTNER_SUBSCRIPTION, group="dns")),
    }


@pytest.fixture(scope="module")
def published(both: Lab, zones: dict[str, CloudZone]) -> Run:
    assert len(zones) == 4
    both.configure(**{"pulumi:disable-default-providers": ["*"]})
    both.program(PROGRAM)
    return both.up()


@pytest.fixture(scope="module")
def state(both: Lab, published: Run) -> list[dict[str, Any]]:
    assert published.status == 0, published.output
    return both.stack.state()["deployment"]["resources"]


@pytest.mark.parametrize("provider", ["own-aws", "own-azure", "partner-aws", "partner-azure"])
def test_every_record_set_has_the_provider_of_its_component(state: list[dict[str, Any]], provider: str):
    component, cloud = provider.split("-")
    domain = {"aws": "contoso.example", "azure": "fabrikam.example"}[cloud]
    names = [
        each["urn"].split("::")[-1]
        for each in state
        if each.get("provider", "").split("::")[-2:-1] == [provider]
    ]

    assert sorted(names) == [
        f"{component}-_xmpp-server._tcp.{domain}-SRV",
        f"{component}-xmpp.{domain}-A",
    ]


@pytest.mark.parametrize(
    ("provider", "address"),
    [
        ("own-aws", "131.107.155.10"),
        ("own-azure", "131.107.155.10"),
        ("partner-aws", "131.107.155.20"),
        ("partner-azure", "131.107.155.20"),
    ],
)
def test_every_account_holds_what_was_published_with_its_provider(
    published: Run, zones: dict[str, CloudZone], provider: str, address: str
):
    zone = zones[provider]
    addresses = {
        change.values for change in published.changes if (change.zone, change.type) == (zone.id, "A")
    }

    assert addresses == {(address,)}
    assert set(zone.record_sets()) == {
        (f"_xmpp-server._tcp.{zone.name}", "SRV"),
        (f"xmpp.{zone.name}", "A"),
    }
