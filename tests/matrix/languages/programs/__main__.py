"""What the programs in the other languages do."""

from typing import Any

import pulumi

from xmpp_federation_dns import XmppFederationDns

config = pulumi.Config()


class Machine(pulumi.CustomResource):
    """Another resource of the stack."""

    address: pulumi.Output[str]

    def __init__(self, name: str, planned: str) -> None:
        super().__init__("machine:index:Machine", name, {"planned": planned, "address": None})


def publish() -> None:
    """Publish one SIP domain, by an explicit provider where there is one."""
    explicit: Any = config.get_object("provider")
    given: list[pulumi.ProviderResource] = []
    zone: Any = config.require_object("zone")
    if explicit:
        provider = pulumi.ProviderResource(explicit["package"], "mine", explicit["properties"])
        if explicit["zone"]:
            zone = {**zone, "explicitProvider": provider}
        else:
            given = [provider]
    addresses = [Machine("edge", config.require("address")).address, config.require_secret("hidden")]
    inputs = {
        "domains": [config.require("domain")],
        "edgePools": [{"ipv4": addresses}],
        "zones": [zone],
        "srvTtl": config.require_int("srvTtl"),
    }
    federation = XmppFederationDns("federation", inputs, pulumi.ResourceOptions(providers=given))
    pulumi.export("records", federation.records)


if untyped := config.get_object("inputs"):
    XmppFederationDns("federation", untyped)
elif kept := config.get_object("recordSet"):
    pulumi.CustomResource("xmpp-federation-dns:index:RecordSet", "imported", kept)
else:
    publish()
