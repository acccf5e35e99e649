"""Calls of Route 53 as the published plugin makes them, and its words where one fails."""

import os
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import ClientError
from tests.standins.plugin import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

INSYNC_WAIT = "ROUTE53_INSYNC_WAIT"
"""Environment variable: seconds before a change is first asked for; the published plugin waits 15."""
POLL = 15.0
CALLER = "GetCallerIdentity"
"""The operation of STS that says whose credentials these are."""
MODELED = frozenset({"InvalidChangeBatch", "InvalidInput", "NoSuchHostedZone", "PriorRequestNotComplete"})
"""Errors with a type of their own in the SDK that the published plugin is built on."""
THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "PriorRequestNotComplete", "RequestLimitExceeded"}
)


class Hosted:
    """The hosted zones of one account."""

    def __init__(self, client: "Route53Client") -> None:
        self.client = client

    def zone(self, zone_id: str) -> Any | None:
        """Return a zone by its id, or nothing where there is none."""
        try:
            return self.client.get_hosted_zone(Id=zone_id)["HostedZone"]
        except ClientError as error:
            if code(error) == "NoSuchHostedZone":
                return None
            raise

    def all(self) -> Iterator[Any]:
        """Yield all zones, page by page."""
        for page in self.client.get_paginator("list_hosted_zones").paginate():
            yield from page["HostedZones"]

    def record_set(self, zone_id: str, name: str, type_: str) -> Any | None:
        """Return the record set of a *name* in absolute form, or nothing where there is none."""
        page = self.client.list_resource_record_sets(
            HostedZoneId=zone_id,
            StartRecordName=name + ".",
            StartRecordType=type_,  # pyright: ignore[reportArgumentType] any text may stand here
            MaxItems="1",
        )
        found = [
            each
            for each in page["ResourceRecordSets"]
            if each["Name"].lower() == name + "." and each["Type"] == type_
        ]
        return found[0] if found else None

    def change(self, zone_id: str, *changes: Any, comment: str = "Managed by Terraform") -> None:
        """Send one batch of changes and wait until it is on all name servers."""
        self.settle(self.send(zone_id, *changes, comment=comment))

    def send(self, zone_id: str, *changes: Any, comment: str = "Managed by Terraform") -> str:
        """Send one batch of changes; return the id of the change."""
        answer = self.client.change_resource_record_sets(
            HostedZoneId=zone_id, ChangeBatch={"Comment": comment, "Changes": list(changes)}
        )
        return answer["ChangeInfo"]["Id"]

    def settle(self, change: str) -> None:
        """Wait until a change is on all name servers."""
        time.sleep(float(os.environ.get(INSYNC_WAIT, "0")))
        while self.client.get_change(Id=change)["ChangeInfo"]["Status"] != "INSYNC":
            time.sleep(POLL)


@contextmanager
def failed(what: str) -> Generator[None]:
    """Turn a failed call into the text that the user reads: *what* was being done, and why it failed."""
    try:
        yield
    except ClientError as error:
        raise RefusedError(f"{what}: {refused(error)}") from None


def refused(error: ClientError) -> str:
    """Return the cause of a failed call in the words of the SDK behind the published plugin."""
    metadata: Any = error.response.get("ResponseMetadata", {})
    service = "STS" if error.operation_name == CALLER else "Route 53"
    text = f"operation error {service}: {error.operation_name}, "
    if code(error) in THROTTLED:
        text += f"exceeded maximum number of attempts, {metadata.get('RetryAttempts', 0) + 1}, "
    text += f"https response error StatusCode: {metadata['HTTPStatusCode']}, "
    text += f"RequestID: {metadata.get('RequestId', '')}, "
    kind = "" if code(error) in MODELED else "api error "
    return f"{text}{kind}{code(error)}: {error.response.get('Error', {}).get('Message', '')}"


def code(error: ClientError) -> str:
    """Return the error code of a failed call."""
    return error.response.get("Error", {}).get("Code", "")


def change_of(action: str, name: str, type_: str, ttl: float | None, values: Sequence[str]) -> Any:
    """Return one change of a batch, with the *values* as Terraform lists a set: in the order of their hashes."""
    record_set: dict[str, Any] = {"Name": name, "Type": type_}
    listed = sorted(values, key=lambda value: str(crc32(value.encode())))
    record_set["ResourceRecords"] = [{"Value": value} for value in listed]
    if ttl is not None:
        record_set["TTL"] = int(ttl)
    return {"Action": action, "ResourceRecordSet": record_set}
