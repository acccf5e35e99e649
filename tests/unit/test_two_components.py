"""Two components in one program: what both would publish belongs to one of them."""

from typing import Any

import pulumi
import pulumi_aws
import pytest
from tests.recorder import Run, hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import ConfigurationError, XmppFederationDns

AWS: dict[str, Any] = {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"}
RFC2136: dict[str, Any] = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53"}
AZURE: dict[str, Any] = {"provider": "azure", "name": "contoso.com", "resourceGroup": "dns"}


def both(
    one: dict[str, Any], two: dict[str, Any], domains: tuple[str, str] = ("contoso.com", "contoso.com")
) -> Run:
    """Run a program with two components, of these zones and SIP domains."""

    def program() -> None:
        for name, zone, domain in zip(("one", "two"), (one, two), domains, strict=True):
            XmppFederationDns(name, BASE | {"zones": [zone], "domains": [domain]})

    return run(program, hosted_zones({"Z1": "contoso.com", "Z2": "contoso.com"}))


@pytest.mark.parametrize(
    ("one", "two"),
    [(AZURE, AZURE), (RFC2136, {**RFC2136, "bulk": True}), (AWS, {**AWS, "retainOnDelete": True})],
    ids=["the same", "one of them in bulk", "one of them retained"],
)
def test_the_same_sip_domain_in_the_same_zone_is_refused_whatever_keeps_it(
    one: dict[str, Any], two: dict[str, Any]
):
    with pytest.raises(ConfigurationError) as raised:
        both(one, two)
    assert [str(problem) for problem in raised.value.problems] == [
        "component 'two' publishes xmpp.contoso.com A and 1 more in zone contoso.com, and component 'one' does too; "
        "a record set belongs to one of them"
    ]


def test_one_record_set_alone_is_named_alone():
    def program() -> None:
        one = {
            "name": "eu.contoso.com",
            "edgePools": [{"target": "xmpp.contoso.com", "ipv4": ["131.107.155.10"]}],
        }
        for name, domain in (("one", one), ("two", "contoso.com")):
            XmppFederationDns(name, BASE | {"profile": "standard", "zones": [AWS], "domains": [domain]})

    with pytest.raises(ConfigurationError) as raised:
        run(program, hosted_zones({"Z1": "contoso.com"}))
    assert str(raised.value.problems[0]).startswith(
        "component 'two' publishes xmpp.contoso.com A in zone contoso.com"
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (RFC2136, {**RFC2136, "server": "192.0.2.54"}),
        (AWS, {**AWS, "zoneId": "Z2"}),
        (AZURE, {**AZURE, "resourceGroup": "inside"}),
        (AWS, AZURE),
    ],
    ids=["server", "id", "resource group", "provider"],
)
def test_zones_of_one_name_in_two_places_are_two(one: dict[str, Any], two: dict[str, Any]):
    assert len(both(one, two).names) == 4


def test_two_sip_domains_of_one_zone_may_have_a_component_each():
    done = both(AWS, AWS, ("contoso.com", "eu.contoso.com"))
    assert [name.partition("-")[0] for name in done.names] == ["one", "one", "two", "two"]


def test_each_run_of_a_program_is_asked_alone():
    for _ in range(2):

        def program() -> None:
            XmppFederationDns("one", BASE | {"zones": [AZURE], "domains": ["contoso.com"]})
            pulumi.log.info("done")

        assert len(run(program).names) == 2


def with_providers(*names: str) -> Run:
    """Run a program with two components of one zone, and a provider for each."""

    def program() -> None:
        built = {name: pulumi_aws.Provider(name, region="us-east-1") for name in dict.fromkeys(names)}
        for component, name in zip(("one", "two"), names, strict=True):
            options = pulumi.ResourceOptions(providers=[built[name]])
            XmppFederationDns(
                component, BASE | {"zones": [{**AWS, "zoneId": None}], "domains": ["contoso.com"]}, options
            )

    return run(program, hosted_zones({"Z1": "contoso.com"}))


def test_zones_of_one_name_in_two_accounts_are_two():
    done = with_providers("own", "partner")
    assert sorted(name for name in done.names if "-" in name) == [
        "one-_xmpp-server._tcp.contoso.com-SRV",
        "one-xmpp.contoso.com-A",
        "two-_xmpp-server._tcp.contoso.com-SRV",
        "two-xmpp.contoso.com-A",
    ]


def test_the_same_sip_domain_in_the_same_account_is_refused():
    with pytest.raises(ConfigurationError, match="a record set belongs to one of them"):
        with_providers("own", "own")
