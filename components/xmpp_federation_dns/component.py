"""XmppFederationDns, the Pulumi component."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import pulumi

from xmpp_federation_dns import configuration, export, names
from xmpp_federation_dns.args import XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.hook import Verification
from xmpp_federation_dns.problems import ConfigurationError, Problem
from xmpp_federation_dns.records import RecordSet, SrvRecordSet

TYPE = "xmpp-federation-dns:index:XmppFederationDns"


class XmppFederationDns(pulumi.ComponentResource):
    """The DNS records by which XMPP servers find each SIP domain, in the zones that hold them.

    Raises :class:`ConfigurationError` with everything that is wrong with *args*, before anything is
    registered.
    """

    records: pulumi.Output[list[dict[str, Any]]]
    """The published record sets: name, type, ttl (seconds), values (zone-file form), zone, provider."""

    def __init__(
        self,
        name: str,
        args: XmppFederationDnsArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        plan = configuration.read(args)
        if faults := list(_missing_sdks(plan.zones)) or list(_missing_providers(plan.zones)):
            raise ConfigurationError(faults)
        super().__init__(TYPE, name, None, opts)
        for warning in plan.warnings:
            pulumi.log.warn(str(warning), self)
        zones = {
            zone.name: zone.lookup(pulumi.InvokeOptions(parent=self, provider=zone.explicit_provider))
            for zone in plan.zones
        }
        published: defaultdict[str, list[pulumi.Resource]] = defaultdict(list)

        def options(record_set: RecordSet) -> pulumi.ResourceOptions:
            # A broken SRV record is worse than none (RFC 6120 §3.2.1): it comes after the addresses of its
            # targets and goes before them.
            targets = record_set.records if isinstance(record_set, SrvRecordSet) else ()
            needed = [resource for record in targets for resource in published[record.target]]
            provider = home[record_set].explicit_provider
            hooks = verification.binding if verification else None
            return pulumi.ResourceOptions(parent=self, provider=provider, depends_on=needed, hooks=hooks)

        home = {s: zones[names.closest(s.name, zones) or ""] for s in plan.record_sets}
        verification = Verification(name, plan, home) if plan.verify != "off" else None
        services = [s for s in home if isinstance(s, SrvRecordSet)]
        addresses = [s for s in home if not isinstance(s, SrvRecordSet)]
        for record_sets in (addresses, services):
            by_zone: defaultdict[str, list[RecordSet]] = defaultdict(list)
            for record_set in record_sets:
                by_zone[home[record_set].name].append(record_set)
            for zone, inside in by_zone.items():
                for record_set, resource in zip(
                    inside, zones[zone].publish(name, inside, options), strict=True
                ):
                    published[record_set.name].append(resource)
                    if verification:
                        verification.add(resource, record_set)

        self.records = pulumi.Output.all(
            *(
                export.record(record_set, home[record_set].name, home[record_set].provider)
                for record_set in export.in_order(home)
            )
        )
        self.register_outputs({"records": self.records})


def _missing_sdks(zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the extra to install for each zone whose provider SDK is missing."""
    for position, zone in enumerate(zones):
        if zone.sdk and find_spec(zone.sdk) is None:
            yield Problem(
                ("zones", position),
                f"provider {zone.provider} needs the Python package {zone.sdk}: "
                f"pip install 'xmpp-federation-dns[{zone.extra}]'",
            )


def _missing_providers(zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the zones whose credentials no provider has."""
    for position, zone in enumerate(zones):
        if zone.credentials() and zone.explicit_provider is None:
            yield Problem(
                ("zones", position),
                "a component builds no providers; give this zone an explicit_provider with these credentials "
                "in their place",
            )
