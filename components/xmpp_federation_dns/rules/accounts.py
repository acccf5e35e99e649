"""Rules about the account of a zone: its credentials, and the id that a zone has there."""

import re
from collections.abc import Iterator

from xmpp_federation_dns.backends import hosted_zones
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.problems import Problem, shown
from xmpp_federation_dns.rules.view import View, rule

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+")
_SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@rule(
    "P21",
    source="AWS IAM identifiers; Azure Resource Manager, subscriptions",
    example="zones: [{provider: aws, name: contoso.com, assumeRoleArn: dns-writer}]",
)
def credentials(view: View) -> Iterator[Problem]:
    """The role of a Route 53 zone is an ARN, the subscription of an Azure zone a GUID."""
    for position, zone in enumerate(view.args.zones):
        path = ("zones", position)
        if isinstance(zone, Route53Zone):
            role = zone.assume_role_arn
            if role is not None and not _ROLE.fullmatch(role):
                text = f"{shown(role)} is not the ARN of a role, such as arn:aws:iam::123456789012:role/dns"
                yield Problem((*path, "assumeRoleArn"), text)
        elif isinstance(zone, AzureZone):
            subscription = zone.subscription_id
            if subscription is not None and not _SUBSCRIPTION.fullmatch(subscription):
                text = f"{shown(subscription)} is not the id of a subscription, which is a GUID"
                yield Problem((*path, "subscriptionId"), text)


@rule(
    "P25",
    source="Route 53 API reference, HostedZone",
    example="zones: [{provider: aws, name: contoso.com, zoneId: contoso.com}]",
)
def zone_ids(view: View) -> Iterator[Problem]:
    """The id of a Route 53 zone is Z with upper-case letters and digits, at most 32 characters."""
    for position, zone in enumerate(view.args.zones):
        if isinstance(zone, Route53Zone) and isinstance(zone.zone_id, str):
            try:
                hosted_zones.canonical(zone.zone_id)
            except ValueError as error:
                yield Problem(("zones", position, "zoneId"), str(error))
