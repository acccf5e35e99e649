"""XMPP federation records of an Edge pool whose address another stack knows."""

import pulumi

from xmpp_federation_dns import EdgePool, Rfc2136Zone, XmppFederationDns, XmppFederationDnsArgs

config = pulumi.Config()
network = pulumi.StackReference(config.require("network"))

federation = XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["contoso.com"],
        edge_pools=[EdgePool(ipv4=[network.require_output("edgeAddress")])],
        zones=[
            Rfc2136Zone(
                name="contoso.com",
                server=config.require("server"),
                port=config.get_int("port", 53),
                tsig_key_name=config.require("tsigKeyName"),
            )
        ],
    ),
)

pulumi.export("records", federation.records)
pulumi.export("srv", federation.records.apply(lambda published: published[0]["values"][0]))
