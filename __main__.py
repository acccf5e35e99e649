"""Publish the XMPP federation records that the stack's configuration asks for."""

import pulumi

from xmpp_federation_dns import XmppFederationDns, stack_configuration

federation = XmppFederationDns("federation", stack_configuration())
pulumi.export("records", federation.records)
