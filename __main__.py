"""Publish the XMPP federation records that the stack's configuration asks for."""

import pulumi

from xmpp_federation_dns import XmppFederationDns, stack_configuration, with_providers

federation = XmppFederationDns("federation", with_providers(stack_configuration()))
pulumi.export("records", federation.records)
