"""Amazon Route 53, through pulumi-aws."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import pulumi

from xmpp_federation_dns.backends import Text, Zone
from xmpp_federation_dns.records import RecordSet


@dataclass(frozen=True, kw_only=True)
class Route53Zone(Zone):
    """A public hosted zone of Amazon Route 53."""

    sdk: ClassVar = "pulumi_aws"
    extra: ClassVar = "aws"

    provider: Literal["aws"] = "aws"
    zone_id: Text | None = None
    """Id of the hosted zone; looked up once, by name, when left out."""

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:
        """Find the id of the one public hosted zone of this name."""
        if self.zone_id is not None:
            return self
        from pulumi_aws import route53

        zone = route53.get_zone_output(name=self.name, private_zone=False, opts=opts)
        return replace(self, zone_id=zone.zone_id)

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Declare an ``aws.route53.Record``; an existing record set is never taken over."""
        from pulumi_aws import route53

        # The provider compares names and values as text, and appends the zone to a name that does not end
        # with it: absolute lower-case names and one canonical value form keep diffs away (2026-11).
        return route53.Record(
            resource_name,
            zone_id=self.zone_id,
            name=record_set.name,
            type=record_set.type,
            ttl=record_set.ttl,
            records=record_set.values,
            opts=opts,
        )
