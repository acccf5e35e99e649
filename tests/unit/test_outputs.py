"""What comes from other resources is checked when it is known, with the words of `check`."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from tests.recorder import Run, hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import (
    ConfigurationError,
    EdgePool,
    Route53Zone,
    XmppFederationDns,
    XmppFederationDnsArgs,
)
from xmpp_federation_dns.configuration.plan import read


def published(option: str, value: str, zone: dict[str, Any]) -> Run:
    def program() -> None:
        zones = [{**zone, "name": "contoso.com", option: pulumi.Output.from_input(value)}]
        XmppFederationDns("federation", BASE | {"zones": zones})

    return run(program)


AZURE = {"provider": "azure"}
RFC2136 = {"provider": "rfc2136"}


def test_a_resource_group_and_a_server_may_be_outputs():
    name = "federation-xmpp.contoso.com-A"
    assert published("resourceGroup", "dns", AZURE).named(name).inputs["resourceGroupName"] == "dns"
    assert published("server", "ns1.example.net", RFC2136).named(name).inputs["server"] == "ns1.example.net"


@pytest.mark.parametrize("option", ["project", "managedZone"])
def test_a_project_and_a_managed_zone_may_be_outputs(option: str):
    done = published(option, "contoso-com", {"provider": "gcp", "project": "dns-production"})
    assert done.named("federation-xmpp.contoso.com-A").inputs[option] == "contoso-com"


@pytest.mark.parametrize(
    ("option", "value", "zone", "told"),
    [
        (
            "resourceGroup",
            "/subscriptions/x/resourceGroups/dns",
            AZURE,
            "zone contoso.com of provider azure, resourceGroup: '/subscriptions/x/resourceGroups/dns' is the id of a "
            "resource; write 'dns'",
        ),
        (
            "project",
            "projects/dns-production",
            {"provider": "gcp"},
            "zone contoso.com of provider gcp, project: 'projects/dns-production' is the path of it; write "
            "'dns-production'",
        ),
        (
            "server",
            "192.0.2.53:5300",
            RFC2136,
            "zone contoso.com of provider rfc2136, server: '192.0.2.53:5300' is neither an address nor a host name; "
            "write '192.0.2.53' and port: 5300",
        ),
    ],
)
def test_an_option_of_a_zone_that_turns_out_wrong_ends_the_update(
    option: str, value: str, zone: dict[str, Any], told: str
):
    with pytest.raises(pulumi.RunError) as raised:
        published(option, value, zone)
    assert str(raised.value) == told


def pool(addresses: Any) -> XmppFederationDnsArgs:
    return XmppFederationDnsArgs(
        domains=["contoso.com"],
        zones=[Route53Zone(name="contoso.com", zone_id="Z1")],
        edge_pools=[EdgePool(ipv4=addresses)],
    )


def federation(addresses: Callable[[], Any]) -> Run:
    return run(
        lambda: XmppFederationDns("federation", pool(addresses())), hosted_zones({"Z1": "contoso.com"})
    )


def test_an_address_may_be_an_output_and_is_canonical_and_sorted_when_it_is_known():
    done = federation(lambda: ["131.107.155.11", pulumi.Output.from_input("131.107.155.10")])
    assert done.named("federation-xmpp.contoso.com-A").inputs["records"] == [
        "131.107.155.10",
        "131.107.155.11",
    ]


def test_a_bad_address_from_an_output_fails_with_the_same_words():
    with pytest.raises(ConfigurationError) as raised:
        federation(lambda: [pulumi.Output.from_input("10.0.0.5")])
    assert [str(problem) for problem in raised.value.problems] == [
        "edge_pools[0].ipv4[0]: '10.0.0.5' is a private address; peers on the internet cannot reach it "
        "(allowPrivateAddresses: true for a lab)"
    ]


def test_a_secret_address_stays_secret():
    done = federation(lambda: [pulumi.Output.secret("131.107.155.10")])
    assert done.named("federation-xmpp.contoso.com-A").secrets == {"records"}


def test_a_list_of_addresses_may_be_an_output_and_is_canonical_and_sorted_when_it_is_known():
    done = federation(lambda: pulumi.Output.from_input(["131.107.155.11", "131.107.155.10"]))
    assert done.named("federation-xmpp.contoso.com-A").inputs["records"] == [
        "131.107.155.10",
        "131.107.155.11",
    ]


def test_a_list_of_secret_addresses_stays_secret():
    done = federation(lambda: pulumi.Output.secret(["131.107.155.10"]))
    assert done.named("federation-xmpp.contoso.com-A").secrets == {"records"}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (
            [],
            "edge_pools[0].ipv4: the list is empty when it is known, so the target would lead nowhere; leave ipv4 out "
            "where there are none",
        ),
        ("131.107.155.10", "edge_pools[0].ipv4: expected a list, got '131.107.155.10'"),
        (None, "edge_pools[0].ipv4: expected a list, got nothing"),
        ([5], "edge_pools[0].ipv4[0]: 5 is not an IPv4 address"),
        (
            ["131.107.155.10", "131.107.155.10"],
            "edge_pools[0].ipv4[1]: '131.107.155.10' is there already, at position 0",
        ),
    ],
)
def test_a_list_that_turns_out_wrong_ends_the_update(known: object, told: str):
    with pytest.raises(ConfigurationError) as raised:
        federation(lambda: pulumi.Output.from_input(known))
    assert [str(problem) for problem in raised.value.problems] == [told]


def test_two_edge_pools_of_a_target_have_one_list_where_it_is_the_same_output():
    def program() -> None:
        addresses, others = (pulumi.Output.from_input(["131.107.155.10"]) for _ in range(2))
        both = [pool_of("contoso.com", addresses), pool_of("eu.contoso.com", addresses)]
        assert read(BASE | {"domains": both}).warnings == ()
        with pytest.raises(ConfigurationError) as raised:
            read(BASE | {"domains": [both[0], pool_of("eu.contoso.com", others)]})
        assert [str(problem) for problem in raised.value.problems] == [
            "domains[1].edgePools[0]: target sip.contoso.com has other addresses here than at domains[0].edgePools[0]"
        ]

    run(program)


def pool_of(domain: str, addresses: Any) -> dict[str, Any]:
    return {"name": domain, "edgePools": [{"target": "sip.contoso.com", "ipv4": addresses}]}
