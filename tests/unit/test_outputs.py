"""What comes from other resources is checked when it is known, with the words of `check`."""

from typing import Any

import pulumi
import pytest
from tests.recorder import Run, run
from tests.unit.table import BASE

from xmpp_federation_dns import XmppFederationDns


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
