"""Route 53 in batches: ChangeResourceRecordSets through boto3, as a Pulumi dynamic provider.

The module and class names are part of every stack's state: Pulumi stores the provider by reference.
A changed record set is a DELETE of what it was and a CREATE, not an UPSERT: it counts the same, and the
service refuses the batch where somebody else has changed the record set meanwhile.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import DiffResult

from xmpp_federation_dns.backends.batches import Batch, Change, Weight, parsed, written
from xmpp_federation_dns.backends.bulk import BulkProvider
from xmpp_federation_dns.backends.bulk_run import RefusedError, ZoneClient, ZoneGoneError
from xmpp_federation_dns.backends.errors import UpdateError

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import (
        ChangeTypeDef,
        ResourceRecordSetOutputTypeDef,
        WaiterConfigTypeDef,
    )

RETRIES: Any = {"mode": "standard", "total_max_attempts": 15}
"""Back-off with jitter up to 20 s a time on Throttling, PriorRequestNotComplete and broken connections."""
SYNC: "WaiterConfigTypeDef" = {"Delay": 5, "MaxAttempts": 240}
"""Seconds between two looks at whether a change has reached all name servers, and how many looks."""
REGION = "us-east-1"
"""Route 53 knows no regions; a client needs one to find the partition."""
_ERRORS = {"InvalidChangeBatch": RefusedError, "NoSuchHostedZone": ZoneGoneError}


class HostedZone(ZoneClient):
    """A public hosted zone."""

    most: ClassVar = (1_000, 32_000)

    def __init__(self, properties: dict[str, Any]) -> None:
        self.name = str(properties["zone"])
        self.id = str(properties.get("zoneId") or properties.get("hostedZone") or "")
        self.last_change = ""
        with _told(str(self)):
            self.client = _client(properties.get("profile"), properties.get("assumeRoleArn"))
            self.id = self.id or self._look_up()

    def __str__(self) -> str:
        """Name the zone and its id."""
        return f"zone {self.name} ({self.id})" if self.id else f"zone {self.name}"

    def weight(self, change: Change) -> Weight:
        """Return ResourceRecord elements and characters of values, of what goes and of what comes."""
        values = parsed(change.old)[1] + parsed(change.new)[1]
        return len(values), sum(map(len, values))

    def read(self, keys: Collection[str]) -> dict[str, str]:
        """List the zone once, page by page."""
        names = {key.partition(" ")[0] for key in keys}
        found: dict[str, str] = {}
        with _told(str(self)):
            pages = self.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.id)
            for record_set in (each for page in pages for each in page["ResourceRecordSets"]):
                name = record_set["Name"].lower().removesuffix(".")
                if name in names:
                    found[f"{name} {record_set['Type']}"] = _shown(record_set)
        return {key: text for key in keys if (text := found.get(key) or _alias(found, key))}

    def send(self, batch: Batch) -> None:
        """Send one request: each change as DELETE, as CREATE, or as both."""
        changes: list[ChangeTypeDef] = []
        for change in batch:
            if change.old is not None:
                changes.append({"Action": "DELETE", "ResourceRecordSet": _record_set(change, change.old)})
            if change.new is not None:
                changes.append({"Action": "CREATE", "ResourceRecordSet": _record_set(change, change.new)})
        with _told(str(self)):
            answer = self.client.change_resource_record_sets(
                HostedZoneId=self.id, ChangeBatch={"Changes": changes}
            )
        self.last_change = answer["ChangeInfo"]["Id"]

    def settle(self) -> None:
        """Wait for the last change; the service carries them out one after the other."""
        if self.last_change:
            waiter = self.client.get_waiter("resource_record_sets_changed")
            with _told(str(self)):
                waiter.wait(Id=self.last_change, WaiterConfig=SYNC)

    def learnt(self) -> dict[str, Any]:
        """Return the id of the zone."""
        return {"hostedZone": self.id}

    def _look_up(self) -> str:
        answer = self.client.list_hosted_zones_by_name(DNSName=self.name)
        found = [
            zone["Id"].removeprefix("/hostedzone/")
            for zone in answer["HostedZones"]
            if zone["Name"] == self.name + "." and not zone.get("Config", {}).get("PrivateZone")
        ]
        if len(found) != 1:
            count = f"{len(found)} public hosted zones have" if found else "no public hosted zone has"
            raise UpdateError(f"{self}: {count} this name in the account; set zoneId")
        return found[0]


class Route53Batches(BulkProvider):
    """Keeps the record sets of one hosted zone."""

    learnt: ClassVar = frozenset({"hostedZone"})

    def client(self, properties: dict[str, Any]) -> HostedZone:
        """Return the client of the zone, with the credentials that *properties* name."""
        return HostedZone(properties)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace in another hosted zone too, however the program names it."""
        result = super().diff(_id, _olds, _news)
        if _news.get("zoneId", _olds["hostedZone"]) != _olds["hostedZone"]:
            result.replaces = [*(result.replaces or []), "zoneId"]
        return result


def _client(profile: str | None, role: str | None) -> "Route53Client":
    # boto3 takes as long to load as Pulumi, and most updates call nothing.
    import boto3
    from botocore.config import Config

    config = Config(retries=RETRIES)
    session: Any = boto3.Session(profile_name=profile)
    region = session.region_name or REGION
    if role is not None:
        sts = session.client("sts", region_name=region, config=config)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="xmpp-federation-dns")["Credentials"]
        credentials = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        session = boto3.Session(*credentials)
    return session.client("route53", region_name=region, config=config)


def _record_set(change: Change, text: str) -> Any:
    ttl, values = parsed(text)
    return {
        "Name": change.name,
        "Type": change.type,
        "TTL": ttl,
        "ResourceRecords": [{"Value": value} for value in values],
    }


def _shown(record_set: "ResourceRecordSetOutputTypeDef") -> str:
    """Return a record set as the state has it; what this component never publishes is never equal to that."""
    if "SetIdentifier" in record_set:
        return f"routing policy {record_set['SetIdentifier']}"
    if alias := record_set.get("AliasTarget"):
        return f"alias of {alias['DNSName']}"
    values = [record["Value"] for record in record_set.get("ResourceRecords", [])]
    return written(record_set.get("TTL", 0), values)


def _alias(found: dict[str, str], key: str) -> str | None:
    text = found.get(f"{key.partition(' ')[0]} CNAME")
    return f"CNAME {text}" if text else None


@contextmanager
def _told(where: str) -> Generator[None]:
    """Tell in one line what AWS or its SDK refuses."""
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ClientError as error:
        found: Any = error.response.get("Error", {})
        text = " ".join(f"{found.get('Code')}: {found.get('Message')} ({error.operation_name})".split())
        raise _ERRORS.get(str(found.get("Code")), UpdateError)(f"{where}: {text}") from None
    except botocore.exceptions.BotoCoreError as error:
        raise UpdateError(f"{where}: {' '.join(str(error).split())}") from None
