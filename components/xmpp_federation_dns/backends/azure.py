"""Azure DNS, through pulumi-azure-native."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pulumi

from xmpp_federation_dns.backends import Text, Zone
from xmpp_federation_dns.records import ARecordSet, RecordSet, SrvRecordSet


@dataclass(frozen=True, kw_only=True)
class AzureZone(Zone):
    """A public zone of Azure DNS."""

    sdk: ClassVar = "pulumi_azure_native"
    extra: ClassVar = "azure"
    package: ClassVar = "azure-native"
    no_bulk: ClassVar = "Azure DNS has no call that changes several record sets"
    creations_a_minute: ClassVar = 200

    provider: Literal["azure"] = "azure"
    resource_group: Text
    """Resource group of the zone: the same zone name may exist in several."""
    subscription_id: str | None = None
    """Id of the subscription of the zone."""

    def credentials(self) -> dict[str, Any]:
        """Return the subscription."""
        return {"subscription_id": self.subscription_id} if self.subscription_id else {}

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare an ``azure-native.dns.RecordSet``."""
        from pulumi_azure_native import dns

        # Left out, the name would become that of the Pulumi resource (azure-native autonaming, 2026-11).
        relative_name = record_set.name.removesuffix(self.name).removesuffix(".") or "@"
        args = dns.RecordSetArgs(
            resource_group_name=self.resource_group,
            zone_name=self.name,
            relative_record_set_name=relative_name,
            record_type=record_set.type,
            ttl=record_set.ttl,
        )
        # The lists are compared by position, so they come in canonical order.
        if isinstance(record_set, SrvRecordSet):
            args.srv_records = [
                dns.SrvRecordArgs(
                    priority=record.priority,
                    weight=record.weight,
                    port=record.port,
                    target=record.target or ".",
                )
                for record in sorted(record_set.records)
            ]
            return dns.RecordSet(resource_name, args, opts)
        addresses = pulumi.Output.from_input(record_set.addresses)
        if isinstance(record_set, ARecordSet):
            args.a_records = addresses.apply(lambda known: [dns.ARecordArgs(ipv4_address=ip) for ip in known])
        else:
            args.aaaa_records = addresses.apply(
                lambda known: [dns.AaaaRecordArgs(ipv6_address=ip) for ip in known]
            )
        return dns.RecordSet(resource_name, args, opts)
