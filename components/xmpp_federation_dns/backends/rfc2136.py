"""Any server that takes dynamic updates (RFC 2136): Knot, BIND, PowerDNS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import pulumi
from pydantic import Strict

from xmpp_federation_dns.backends import Text, Zone
from xmpp_federation_dns.records import RecordSet


@dataclass(frozen=True, kw_only=True)
class Rfc2136Zone(Zone):
    """A zone of a DNS server that takes dynamic updates."""

    no_bulk: ClassVar = ""
    adopts: ClassVar = True

    provider: Literal["rfc2136"] = "rfc2136"
    server: Text
    """Address or host name of the primary server."""
    port: Annotated[int, Strict()] = 53
    """TCP port of the server, 1 to 65535."""
    tsig_key_name: str | None = None
    """Name of the TSIG key that signs the updates (RFC 8945); unsigned when left out."""
    tsig_algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    """Algorithm of the TSIG key."""
    tsig_secret: Text | None = None
    """Secret of the TSIG key in base64, where this zone has a key of its own; otherwise the common one."""

    def publish(
        self,
        component: str,
        record_sets: Sequence[RecordSet],
        opts: Callable[[RecordSet], pulumi.ResourceOptions],
    ) -> list[pulumi.Resource]:
        """Declare one resource for all *record_sets*, or one for each."""
        if not self.bulk:
            return super().publish(component, record_sets, opts)
        from xmpp_federation_dns.backends.dynamic_update import DynamicUpdates
        from xmpp_federation_dns.keepers.resource import declare_all

        properties = {**self._primary(), "retainOnDelete": self.retain_on_delete or None}
        return declare_all(DynamicUpdates(), f"{component}-{self.name}", properties, record_sets, opts)

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare one record set that one update message creates, changes or deletes."""
        from xmpp_federation_dns.backends.dynamic_update import DynamicUpdates
        from xmpp_federation_dns.keepers.resource import declare

        return declare(DynamicUpdates(), resource_name, self._primary(), record_set, opts)

    def _primary(self) -> dict[str, pulumi.Input[Any]]:
        """Return what leads to the server that takes the updates, and how record sets get there."""
        properties: dict[str, pulumi.Input[Any]] = {
            "server": self.server,
            "port": self.port,
            "zone": self.name,
            "tsigKeyName": self.tsig_key_name,
            "tsigAlgorithm": self.tsig_algorithm,
            "existing": self.existing,
        }
        if self.tsig_secret is not None:
            properties["tsigSecret"] = pulumi.Output.secret(self.tsig_secret)
        return properties
