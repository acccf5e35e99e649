"""The DNS records of XMPP federation for every SIP domain, published by Pulumi.

For each SIP domain, the SRV record set ``_xmpp-server._tcp.<SIP domain>`` and the addresses of its targets go into
the zone that holds their names. The terms, each the field's own:

SIP domain
    The domain users sign in with: owner of the SRV record set, name in the stream and in the certificate.
Edge pool
    The servers that accept federation: a host below the SIP domain, its addresses, priority, weight and port.
target
    The host name that an SRV record points to (RFC 2782).
record set
    All records of one name and type (RFC 9499 "RRset"): the unit of publication.
zone
    One DNS zone at one provider, and the adapter that publishes into it.
keeper
    What keeps record sets where no published Pulumi provider does: one at a time, or all of a zone (`bulk`).
plugin
    The Pulumi provider of this package: serves keepers as resources, and the component to programs in any language.
adopt
    To take over a record set that is there already and equal; without that, equal is not ours.
proof, verdict
    What `verify` (DNS) and `probe` (XMPP) find when they look as a peer does, for each SIP domain.
partner
    A domain of others that ours federates with: `peer` finds of it what both find, without a configuration.

The way of a SIP domain through the house, each step a plain value for the next::

    stack file, or Python     yamlfile, stackfile, included -> shape -> args: the shape is right, or told what is not
    rules                     what is wrong or unwise in it, at its place in what the user wrote
    configuration.Plan        zones, and for each SIP domain one federation.Federation: its record sets, each with its
                              zone, found once
    component                 registers: publishing hands each zone its record sets, addresses before services
    backends                  a zone: record() declares a resource of the published provider, client() reads and
                              changes the zone itself
    keepers                   publish through client(): whose a record set is, batches, what the state holds
    published                 the output `records`, written and read
    plugin                    the same component and keepers, as the engine asks a provider for them
    hook, proof, commands     prove, export and check the same value
    live                      what a plan does to what peers see, what is in the zones, and where they differ

What is needed where nothing else is known stands on the ground: records, names, addresses, faults, problems, and
what is counted there: guard, costs; and untyped, for what others wrote.
A provider is one entry of the table in backends, and one file. CONTRIBUTING.md says how to add one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xmpp_federation_dns.backends import Zone
    from xmpp_federation_dns.backends.aws import Route53Zone
    from xmpp_federation_dns.backends.azure import AzureZone
    from xmpp_federation_dns.backends.cloudflare import CloudflareZone
    from xmpp_federation_dns.backends.gcp import GoogleZone
    from xmpp_federation_dns.backends.octodns import OctodnsZone
    from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
    from xmpp_federation_dns.component import XmppFederationDns
    from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
    from xmpp_federation_dns.configuration.moves import safe_moves
    from xmpp_federation_dns.configuration.plan import stack_configuration
    from xmpp_federation_dns.configuration.providers import with_providers
    from xmpp_federation_dns.problems import ConfigurationError

__all__ = [
    "AzureZone",
    "CloudflareZone",
    "ConfigurationError",
    "EdgePool",
    "GoogleZone",
    "OctodnsZone",
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
    "ConfigurationError": "problems",
    "EdgePool": "configuration.args",
    "SipDomain": "configuration.args",
    "XmppFederationDns": "component",
    "XmppFederationDnsArgs": "configuration.args",
    "Zone": "backends",
    "safe_moves": "configuration.moves",
    "stack_configuration": "configuration.plan",
    "with_providers": "configuration.providers",
}


# The plugin is a process of its own in every operation: it loads what it needs, no more.
def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    # The zone class of any provider of the table.
    backends = import_module(f"{__name__}.backends")
    for provider, zone in backends.PROVIDERS.items():
        if name == zone:
            return backends.zone_class(provider)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
