"""Batches of changes for Route 53, sent and refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.standins.zones import HostedZone, Published

HOST = ("xmpp.contoso.com", "A")
ADDRESS = "131.107.155.10"
THERE = {HOST: Published(300, (ADDRESS,))}


def change(action: str, name: str, type_: str, ttl: int | None, *values: str) -> Any:
    record_set: dict[str, Any] = {"Name": name, "Type": type_}
    if ttl is not None:
        record_set["TTL"] = ttl
    if values:
        record_set["ResourceRecords"] = [{"Value": value} for value in values]
    return {"Action": action, "ResourceRecordSet": record_set}


def send(zone: HostedZone, *changes: Any) -> None:
    zone.client.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch={"Changes": list(changes)})


def refusal(zone: HostedZone, *changes: Any) -> tuple[str, str]:
    """Return code and message with which a batch is refused."""
    with pytest.raises(ClientError) as refused:
        send(zone, *changes)
    error: Any = refused.value.response
    return error["Error"]["Code"], error["Error"]["Message"]


CREATE = change("CREATE", *HOST, 300, ADDRESS)
