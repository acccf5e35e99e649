"""Azure DNS, through pulumi-azure-native."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

import pulumi

from xmpp_federation_dns.backends import Zone, azure_names
from xmpp_federation_dns.backends.options import Text, fault, when_known
from xmpp_federation_dns.changes import Content, Place, planned
from xmpp_federation_dns.costs import Budget
from xmpp_federation_dns.problems import Problem
from xmpp_federation_dns.records import ARecordSet, RecordSet, SrvRecordSet

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.azure_client import AzureDnsZone

# With the version in the module, or in the name of a package for that version alone (azure-native 3, 2026-11).
_RECORD_SET = re.compile(r"azure-native(_dns_v\w+)?:dns(/v\w+)?:RecordSet")


@dataclass(frozen=True, kw_only=True)
class AzureZone(Zone):
    """A public zone of Azure DNS."""

    package: ClassVar = "azure-native"
    resource: ClassVar = "azure-native:dns:RecordSet"
    # It looks before it creates (2026-11).
    existing_record_sets: ClassVar = "refuses"
    client_sdk: ClassVar = "azure.identity"
    learnt: ClassVar = frozenset({"subscription"})
    # Azure built-in role Reader on the zone has them (Microsoft Learn, Network permissions, 2026-11).
    rights_to_read: ClassVar = (
        "Microsoft.Network/dnsZones/read",
        "Microsoft.Network/dnsZones/recordsets/read",
        *(f"Microsoft.Network/dnsZones/{each}/read" for each in ("SRV", "A", "AAAA", "CNAME", "NS")),
    )
    records_a_set: ClassVar = 20
    where: ClassVar = "at Azure DNS"
    # 200 creations, updates and deletions each a minute and zone (limits of Azure DNS, 2024-10); the provider looks,
    # writes and reads again, at 0.3 s a call.
    budget: ClassVar = Budget(waits=1, a_minute=200)
    # No API for batches: the same, at four times that pace (azure_resource_manager.WRITERS).
    bulk_budget: ClassVar = Budget(a_minute=200)

    provider: Literal["azure"] = "azure"
    resource_group: Text
    """Resource group of the zone: the same zone name may exist in several."""
    subscription_id: str | None = None
    """Id of the subscription of the zone."""

    def problems(self, secret: object) -> Iterator[Problem]:  # noqa: ARG002 no TSIG here
        """Yield what is wrong with the resource group or the subscription."""
        yield from fault("resourceGroup", self.resource_group, azure_names.resource_group)
        yield from fault("subscriptionId", self.subscription_id, azure_names.subscription)

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 nothing is asked for
        """See that a resource group from an output is the name of one."""
        if isinstance(self.resource_group, str):
            return self
        group = when_known(self, "resourceGroup", self.resource_group, azure_names.resource_group)
        return replace(self, resource_group=group)

    def credentials(self) -> dict[str, Any]:
        """Return the subscription; in bulk the zone's own client takes it."""
        own = self.subscription_id and not self.bulk
        return {"subscription_id": self.subscription_id} if own else {}

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the public zones of the subscription, or of the `resource_group`."""
        from xmpp_federation_dns.backends.azure_client import zones
        from xmpp_federation_dns.backends.client import UpdateError

        subscription = account.get("subscription_id") or os.environ.get("ARM_SUBSCRIPTION_ID", "")
        try:
            azure_names.subscription(subscription)
        except ValueError as error:
            text = f"{error}; name it with --subscription, or in ARM_SUBSCRIPTION_ID"
            raise UpdateError(f"Azure DNS: {text}") from None
        # What the environment says, it says to the update, too.
        named = account.get("subscription_id")
        return [
            cls(name=name, resource_group=group, subscription_id=named)
            for name, group in zones(subscription, account.get("resource_group"))
        ]

    def client(self, properties: Mapping[str, Any]) -> "AzureDnsZone":
        """Return what sends single record sets under conditions, signed in by azure-identity."""
        from xmpp_federation_dns.backends.azure_client import AzureDnsZone

        return AzureDnsZone(self.name, str(self.resource_group), self._subscription(properties))

    def place(self, properties: Mapping[str, Any]) -> Place:
        """Return subscription, resource group and zone: one that was moved is somewhere else."""
        return azure_names.place(self._subscription(properties), str(self.resource_group), self.name)

    def import_id(self, name: str, rdtype: str, learnt: Mapping[str, Any]) -> str:
        """Return the path of the Azure Resource Manager."""
        return (
            f"/subscriptions/{learnt['subscription']}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.Network/dnsZones/{self.name}/{rdtype}/{self._relative(name)}"
        )

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare an ``azure-native.dns.RecordSet``."""
        from pulumi_azure_native import dns

        # Left out, the name would become that of the Pulumi resource (azure-native autonaming, 2026-11).
        args = dns.RecordSetArgs(
            resource_group_name=self.resource_group,
            zone_name=self.name,
            relative_record_set_name=self._relative(record_set.name),
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

    @classmethod
    def declares(cls, token: str) -> bool:
        """Tell whether *token* is the type of a record set, in any version of the API."""
        return bool(_RECORD_SET.fullmatch(token))

    @classmethod
    def held(cls, inputs: Mapping[str, Any]) -> tuple[Place, dict[str, Content]]:
        """Return resource group and zone, and the one record set that an ``azure-native.dns.RecordSet`` is."""
        zone = str(inputs.get("zoneName", "")).lower()
        relative = str(inputs.get("relativeRecordSetName", "")).lower()
        name = zone if relative == "@" else f"{relative}.{zone}"
        # A plan does not say which subscription: that is a setting of the provider.
        place = azure_names.place("", str(inputs.get("resourceGroupName", "")), zone)
        type_ = str(inputs.get("recordType", "")).rpartition("/")[2].upper()
        return place, {f"{name} {type_}": planned(inputs.get("ttl"), _values(inputs, type_))}

    def _relative(self, name: str) -> str:
        return name.removesuffix(self.name).removesuffix(".") or "@"

    def _subscription(self, properties: Mapping[str, Any]) -> str:
        """Return what the program says, what the state knows, or what the environment says."""
        known = self.subscription_id or properties.get("subscription")
        return str(known or os.environ.get("ARM_SUBSCRIPTION_ID", ""))


def _values(inputs: Mapping[str, Any], type_: str) -> object:
    """Return the values of a record set in zone-file form, or the text that stands for them in a plan."""
    match type_:
        case "A":
            found, form = inputs.get("aRecords"), "{ipv4Address}"
        case "AAAA":
            found, form = inputs.get("aaaaRecords"), "{ipv6Address}"
        case "SRV":
            found, form = inputs.get("srvRecords"), "{priority} {weight} {port} {target}"
        case _:
            return None
    if not isinstance(found, list):
        return found
    texts = [
        form.format_map(cast("dict[str, Any]", each)) if isinstance(each, dict) else each
        for each in cast("list[Any]", found)
    ]
    return [f"{text.removesuffix('.')}." for text in texts] if type_ == "SRV" else texts
