"""XmppFederationDns, the Pulumi component."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import pulumi
from pulumi.runtime import settings

from xmpp_federation_dns import published
from xmpp_federation_dns.configuration.args import XmppFederationDnsArgs
from xmpp_federation_dns.configuration.plan import plugin_secret, read
from xmpp_federation_dns.costs import AT_A_TIME
from xmpp_federation_dns.hook import Verification
from xmpp_federation_dns.prerequisites import (
    missing_plugin,
    missing_providers,
    missing_sdks,
    published_twice,
    refuse,
    taken_away,
    unused_providers,
)
from xmpp_federation_dns.problems import StackSecret
from xmpp_federation_dns.publishing import costs, in_turn, publish
from xmpp_federation_dns.records import PACKAGE, RecordSet, SrvRecordSet

TYPE = f"{PACKAGE}:index:XmppFederationDns"
_NOT_SEEN = StackSecret("c2VjcmV0", encrypted=True)
"""Stands for the secret of an explicit provider of this package."""


class XmppFederationDns(pulumi.ComponentResource):
    """The DNS records by which XMPP servers find each SIP domain, in the zones that hold them.

    Raises :class:`ConfigurationError` with everything that is wrong with *args*, before any record set is
    registered.
    """

    records: pulumi.Output[list[dict[str, Any]]]
    """The published record sets: name, type, ttl (seconds), values (zone-file form), zone, provider, component; with
    `bulk` and `retainOnDelete` where the zone has them."""

    child_version: ClassVar[str | None] = None
    """The version of published providers that its resources ask for: that of the SDKs, or any where it is empty."""

    def __init__(
        self,
        name: str,
        args: XmppFederationDnsArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        plan = read(args, secret=self.plugin_secret(opts))
        refuse(missing_sdks(plan.zones))
        refuse(missing_providers(plan.zones))
        removals = list(taken_away(name, plan))
        if not pulumi.runtime.is_dry_run():
            refuse(removals)
        super().__init__(TYPE, name, None, opts)
        refuse(published_twice(self, self.operation, name, plan))
        for warning in (
            *(f"`pulumi up` will refuse this: {each}" for each in removals),
            *plan.warnings,
            *unused_providers(self, plan.zones),
            *missing_plugin(self.operation, plan.zones),
        ):
            pulumi.log.warn(str(warning), self)
        if pulumi.runtime.is_dry_run():
            # Before it is paid; an update says itself how far it is.
            for cost in costs(plan.homes, cast("Any", settings.SETTINGS).parallel or AT_A_TIME):
                pulumi.log.info(cost, self)
        zones = {
            zone.name: zone.lookup(
                pulumi.InvokeOptions(parent=self, provider=zone.explicit_provider, version=self.child_version)
            )
            for zone in plan.zones
        }
        resources: defaultdict[str, list[pulumi.Resource]] = defaultdict(list)

        def options(record_set: RecordSet) -> pulumi.ResourceOptions:
            # A broken SRV record is worse than none (RFC 6120 §3.2.1): it comes after the addresses of its
            # targets and goes before them.
            targets = record_set.records if isinstance(record_set, SrvRecordSet) else ()
            # A zone in bulk is one resource, however many of its names are needed.
            needed = dict.fromkeys(resource for record in targets for resource in resources[record.target])
            zone = home[record_set]
            return pulumi.ResourceOptions(
                parent=self,
                provider=zone.explicit_provider,
                version=self.child_version,
                depends_on=list(needed),
                # In another zone, too, the new comes before the old goes; azure-native asks for the opposite
                # (its Diff, 2026-11).
                delete_before_replace=False,
                retain_on_delete=zone.retain_on_delete or None,
                hooks=verification.binding if verification else None,
            )

        home = {record_set: zones[zone.name] for record_set, zone in plan.homes.items()}
        verification = Verification(name, plan) if plan.verify != "off" else None
        for zone, record_sets in in_turn(home):
            for record_set, resource in zip(
                record_sets, publish(zone, name, record_sets, options), strict=True
            ):
                resources[record_set.name].append(resource)
                if verification:
                    verification.add(resource, record_set)

        self.records = self._output(published.rows(plan, name))
        # The program exports them: registered here, they would be twice in every write of the state.
        self.register_outputs({})

    def plugin_secret(self, opts: pulumi.ResourceOptions | None) -> StackSecret | None:
        """Return the TSIG secret that the plugin has, so that no resource holds it; that of a provider is not seen."""
        return _NOT_SEEN if _given(opts, PACKAGE) else plugin_secret()

    @property
    def operation(self) -> object:
        """What all components of one operation of the engine have in common."""
        return settings.get_monitor()

    def _output(self, rows: list[dict[str, Any]]) -> pulumi.Output[list[dict[str, Any]]]:
        """Return *rows* once all values in them are known; what takes them waits for the record sets."""
        values: dict[int, Any] = {position: row["values"] for position, row in enumerate(rows)}
        later = [position for position, each in values.items() if isinstance(each, pulumi.Output)]

        def filled(known: list[Any]) -> list[dict[str, Any]]:
            all_values = {**values, **dict(zip(later, known[1:], strict=True))}
            return [{**row, "values": all_values[position]} for position, row in enumerate(rows)]

        # As outputs of their own, the values that are known would take most of a large stack's time.
        return pulumi.Output.all(self.urn, *(values[position] for position in later)).apply(filled)


def _given(opts: pulumi.ResourceOptions | None, package: str) -> bool:
    """Tell whether *opts* give the component a provider of *package*, by way of its parent perhaps."""
    given: Any = opts.providers or opts.provider if opts else None
    providers = cast("list[Any]", [*given.values()] if isinstance(given, dict) else given)
    listed = providers if isinstance(given, dict | list) else [given]
    own = any(isinstance(each, pulumi.ProviderResource) and each.package == package for each in listed)
    parent = opts.parent if opts else None
    return own or bool(parent and parent.get_provider(f"{package}:index:"))
