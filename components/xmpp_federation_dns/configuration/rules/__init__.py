"""The rules of XMPP federation: what is wrong or unwise in arguments of the right shape."""

from xmpp_federation_dns.configuration.rules import (
    bulk,
    domains,
    numbers,
    reachability,
    targets,
    verification,
    zones,
)
from xmpp_federation_dns.configuration.rules.view import Rule, View

RULES: tuple[Rule, ...] = (
    domains.domain_names,
    domains.duplicates,
    zones.closest_zones,
    targets.target_names,
    targets.own_domain,
    reachability.addresses,
    numbers.ports,
    numbers.priorities,
    numbers.ttls,
    domains.disabled,
    targets.one_address_list,
    reachability.pool_size,
    domains.something_to_publish,
    zones.zone_names,
    zones.dynamic_updates,
    zones.unused_zones,
    reachability.ipv4_too,
    numbers.direct_tls,
    bulk.one_resource,
    bulk.no_circle,
    verification.verification,
    zones.forms,
    reachability.set_size,
)
"""All rules, in the order of their ids."""

__all__ = ["RULES", "Rule", "View"]
