"""The DNS records of XMPP federation for every SIP domain, published by Pulumi."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xmpp_federation_dns.accounts import with_providers
    from xmpp_federation_dns.args import EdgePool, SipDomain, XmppFederationDnsArgs
    from xmpp_federation_dns.backends import Zone
    from xmpp_federation_dns.backends.aws import Route53Zone
    from xmpp_federation_dns.backends.azure import AzureZone
    from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
    from xmpp_federation_dns.component import XmppFederationDns
    from xmpp_federation_dns.configuration import stack_configuration
    from xmpp_federation_dns.moves import safe_moves
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
    "safe_moves",
    "stack_configuration",
    "with_providers",
]

_MODULES = {
    "AzureZone": "backends.azure",
    "ConfigurationError": "problems",
    "EdgePool": "args",
    "Rfc2136Zone": "backends.rfc2136",
    "Route53Zone": "backends.aws",
    "SipDomain": "args",
    "XmppFederationDns": "component",
    "XmppFederationDnsArgs": "args",
    "Zone": "backends",
    "safe_moves": "moves",
    "stack_configuration": "configuration",
    "with_providers": "accounts",
}


# Pulumi runs dynamic providers in a process of their own, at every update: it loads what they need, no more.
def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
