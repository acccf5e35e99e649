"""Amazon Route 53, through pulumi-aws."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import pulumi

from xmpp_federation_dns.backends import Zone, aws_zone_ids
from xmpp_federation_dns.backends.options import Text, fault
from xmpp_federation_dns.changes import Content, Place, planned
from xmpp_federation_dns.costs import Budget
from xmpp_federation_dns.problems import Problem, described
from xmpp_federation_dns.records import RecordSet

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.aws_client import HostedZone

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*")


@dataclass(frozen=True, kw_only=True)
class Route53Zone(Zone):
    """A public hosted zone of Amazon Route 53."""

    package: ClassVar = "aws"
    resource: ClassVar = "aws:route53/record:Record"
    # Without allow_overwrite it sends CREATE (Terraform AWS provider 6, 2026-11).
    existing_record_sets: ClassVar = "refuses"
    client_sdk: ClassVar = "boto3"
    learnt: ClassVar = frozenset({"hostedZone"})
    # Service Authorization Reference, Amazon Route 53 (2026-11).
    rights_to_read: ClassVar = (
        "route53:ListResourceRecordSets on the zone",
        "route53:ListHostedZonesByName on *, where the stack has no zoneId",
        "sts:AssumeRole on the role, where the zone has assumeRoleArn",
    )
    where: ClassVar = "at Route 53"
    # The provider waits 15 s before it looks whether a change is INSYNC (Terraform AWS provider, 2026-11), and makes
    # five calls; an account has 10 a second (throttling-api-requests of the API reference, since 2026-07-30).
    budget: ClassVar = Budget(waits=16, calls=5, a_second=10)
    # A batch of up to 1,000 records is a call, one at a time; INSYNC is there within a minute as a rule (the same).
    bulk_budget: ClassVar = Budget(each=0.001, once=60)

    provider: Literal["aws"] = "aws"
    zone_id: Text | None = None
    """Id of the hosted zone, which has to have this name and be public; looked up by name when left out."""
    assume_role_arn: str | None = None
    """ARN of the role in the account of the zone."""
    profile: str | None = None
    """Name of the profile with the credentials, in the AWS configuration files."""

    def problems(self, secret: object) -> Iterator[Problem]:  # noqa: ARG002 no TSIG here
        """Yield what is wrong with the id of the zone, its role or its profile."""
        yield from fault("zoneId", self.zone_id, aws_zone_ids.canonical)
        yield from fault("assumeRoleArn", self.assume_role_arn, _role)
        if self.profile == "":
            yield Problem(("profile",), "it is empty; name a profile, or leave it out")

    def credentials(self) -> dict[str, Any]:
        """Return role and profile."""
        roles = [{"roleArn": self.assume_role_arn}] if self.assume_role_arn else None
        settings = {"assume_roles": roles, "profile": self.profile}
        # In bulk, boto3 takes the settings themselves.
        return {key: value for key, value in settings.items() if value and not self.bulk}

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:
        """Find the id of the public hosted zone of this name, or see that the given one is that.

        In bulk its own provider does either.
        """
        if self.zone_id is None:
            return self if self.bulk else replace(self, zone_id=aws_zone_ids.by_name(self, opts))
        if self.bulk:
            return replace(self, zone_id=aws_zone_ids.known(self, self.zone_id))
        return replace(self, zone_id=aws_zone_ids.confirmed(self, self.zone_id, opts))

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:
        """Return the public hosted zones of an account, reached by `profile` and `assume_role_arn`."""
        from xmpp_federation_dns.backends.aws_client import hosted_zones

        profile, role = account.get("profile"), account.get("assume_role_arn")
        return [
            cls(name=name, zone_id=zone_id, profile=profile, assume_role_arn=role)
            for name, zone_id in hosted_zones(profile, role)
        ]

    def client(self, properties: Mapping[str, Any]) -> "HostedZone":
        """Return what sends ChangeResourceRecordSets, through boto3."""
        from xmpp_federation_dns.backends.aws_client import HostedZone

        known = properties.get("hostedZone")
        return HostedZone(
            self.name,
            str(known or self.zone_id or ""),
            seen=known is not None,
            profile=self.profile,
            role=self.assume_role_arn,
        )

    def place(self, properties: Mapping[str, Any]) -> Place:
        """Return the id of the zone; the program may know it before the state does."""
        return (str(properties.get("hostedZone") or self.zone_id or ""),)

    def replaced(self, properties: Mapping[str, Any]) -> list[str]:
        """Tell by its id whether this is another zone, however the program names it."""
        return ["zoneId"] if self.zone_id not in (None, properties["hostedZone"]) else []

    def import_id(self, name: str, rdtype: str, learnt: Mapping[str, Any]) -> str:
        """Join zone id, name and type (registry page of ``aws.route53.Record``, 2026-11)."""
        return f"{learnt['hostedZone']}_{name}_{rdtype}"

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
            records=record_set.rdata,
            opts=opts,
        )

    @classmethod
    def held(cls, inputs: Mapping[str, Any]) -> tuple[Place, dict[str, Content]]:
        """Return the id of the zone, and the one record set that an ``aws.route53.Record`` is."""
        key = f"{str(inputs.get('name', '')).lower().removesuffix('.')} {inputs.get('type', '')}"
        place = (str(inputs.get("zoneId", "")).removeprefix("/hostedzone/"),)
        return place, {key: planned(inputs.get("ttl"), inputs.get("records"))}


def _role(arn: str) -> str:
    """Return the ARN of a role; raise ``ValueError`` where it is none."""
    if _ROLE.fullmatch(arn):
        return arn
    if session := _SESSION.fullmatch(arn):
        raise ValueError(
            f"{described(arn)} is the ARN of a session; write that of its role, "
            f"'arn:{session[1]}:iam::{session[2]}:role/{session[3]}'"
        )
    raise ValueError(f"{described(arn)} is not the ARN of a role, such as arn:aws:iam::123456789012:role/dns")
