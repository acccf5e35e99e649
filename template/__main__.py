"""Publish the XMPP federation records that the stack's configuration asks for."""

import pulumi

from xmpp_federation_dns import XmppFederationDns, safe_moves, stack_configuration, with_providers

federation = XmppFederationDns("federation", with_providers(safe_moves(stack_configuration())))
pulumi.export("records", federation.records)
