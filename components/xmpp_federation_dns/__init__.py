"""The DNS records of XMPP federation for every SIP domain, published by Pulumi."""

from xmpp_federation_dns.accounts import with_providers
from xmpp_federation_dns.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.component import XmppFederationDns
from xmpp_federation_dns.configuration import stack_configuration
from xmpp_federation_dns.problems import ConfigurationError

__all__ = [
    "AzureZone",
    "ConfigurationError",
    "EdgePool",
    "Rfc2136Zone",
    "Route53Zone",
    "SipDomain",
    "XmppFederationDns",
    "XmppFederationDnsArgs",
    "Zone",
    "stack_configuration",
    "with_providers",
]
