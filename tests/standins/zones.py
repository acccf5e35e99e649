"""A zone as a test sees it from outside: what is in it, and hand-made changes; those of both clouds."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tests.standins.arm_dns import zone_file_values
from tests.standins.arm_sign_in import TOKEN
from tests.standins.emulation import CONTROL, Change
from tests.standins.server import Server

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

ARM_VERSION = "2023-07-01-preview"

_numbers = itertools.count(1)


class Published(NamedTuple):
    """TTL and values, in zone-file form, of a record set."""

    ttl: int
    values: tuple[str, ...]


class WatchedZone(ABC):
    """One zone, wherever it is; names of record sets are absolute, without final dot."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    @abstractmethod
    def id(self) -> str:
        """What the history of changes calls the zone."""

    @abstractmethod
    def configuration(self) -> dict[str, Any]:
        """Return the zone as a stack file has it."""

    @abstractmethod
    def record_sets(self) -> dict[tuple[str, str], Published]:
        """Return what is published, without NS and SOA, by name and type."""

    @abstractmethod
    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Create or change a record set by hand."""

    @abstractmethod
    def remove(self, name: str, type_: str) -> None:
        """Delete a record set by hand."""

    @abstractmethod
    def history(self) -> list[Change]:
        """Return every change of the zone's record sets, in order."""


class CloudZone(WatchedZone):
    """One zone, at whichever cloud."""

    resource_type: ClassVar[str]
    """Token of the resources that hold record sets."""

    def __init__(self, name: str, server: Server) -> None:
        super().__init__(name)
        self.server = server

    @abstractmethod
    def import_id(self, name: str, type_: str) -> str:
        """Return the id by which `pulumi import` finds a record set."""

    @abstractmethod
    def delete(self) -> None:
        """Delete the zone with everything in it."""

    def history(self) -> list[Change]:
        """Return every change of the zone's record sets, in order."""
        return self.server.history(self.id)


class HostedZone(CloudZone):
    """A hosted zone of Route 53."""

    resource_type = "aws:route53/record:Record"

    def __init__(self, name: str, server: Server, client: "Route53Client", *, private: bool = False) -> None:
        super().__init__(name, server)
        self.client = client
        network: Any = {"VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}} if private else {}
        created = client.create_hosted_zone(
            Name=name,
            CallerReference=f"test-{next(_numbers)}",
            HostedZoneConfig={"PrivateZone": private},
            **network,
        )
        self._id = created["HostedZone"]["Id"].removeprefix("/hostedzone/")

    @property
    def id(self) -> str:
        """Id of the hosted zone."""
        return self._id

    def configuration(self) -> dict[str, Any]:
        """Name the zone by its id: several tests have one of the same name."""
        return {"provider": "aws", "name": self.name, "zoneId": self.id}

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """List the zone."""
        pages = self.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.id)
        return {
            (each["Name"].removesuffix("."), each["Type"]): Published(
                each.get("TTL", 0), tuple(record["Value"] for record in each.get("ResourceRecords", []))
            )
            for page in pages
            for each in page["ResourceRecordSets"]
            if each["Type"] not in ("NS", "SOA")
        }

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Send an UPSERT."""
        self._change("UPSERT", name, type_, Published(ttl, values))

    def remove(self, name: str, type_: str) -> None:
        """Send a DELETE of what is there."""
        self._change("DELETE", name, type_, self.record_sets()[name, type_])

    def delete(self) -> None:
        """Delete the zone with everything in it."""
        for key in self.record_sets():
            self.remove(*key)
        self.client.delete_hosted_zone(Id=self.id)

    def import_id(self, name: str, type_: str) -> str:
        """Join zone id, name and type."""
        return f"{self.id}_{name}_{type_}"

    def _change(self, action: Any, name: str, type_: Any, content: Published) -> None:
        records = [{"Value": value} for value in content.values]
        record_set: Any = {"Name": name, "Type": type_, "TTL": content.ttl, "ResourceRecords": records}
        changes: Any = [{"Action": action, "ResourceRecordSet": record_set}]
        self.client.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": changes})


class DnsZone(CloudZone):
    """A public zone of Azure DNS."""

    resource_type = "azure-native:dns:RecordSet"

    def __init__(self, name: str, server: Server, group: str, subscription: str) -> None:
        super().__init__(name, server)
        self.group = group
        self.subscription = subscription
        self._send("PUT", self._group_path, {"location": "westeurope"})
        self._send("PUT", self.path, {"location": "global"})

    @property
    def path(self) -> str:
        """Path of the zone."""
        return f"{self._group_path}/providers/Microsoft.Network/dnsZones/{self.name}"

    @property
    def id(self) -> str:
        """Id of the zone, which is not spelled like its path."""
        return self.path.replace("/dnsZones/", "/dnszones/")

    def configuration(self) -> dict[str, Any]:
        """Name the zone and its resource group."""
        return {"provider": "azure", "name": self.name, "resourceGroup": self.group}

    def record_sets(self) -> dict[tuple[str, str], Published]:
        """List the zone."""
        found: dict[tuple[str, str], Published] = {}
        for each in self._send("GET", f"{self.path}/recordsets", query="&$top=100000")["value"]:
            type_, properties = each["type"].split("/")[-1], each["properties"]
            if type_ not in ("NS", "SOA"):
                values = zone_file_values(type_, properties)
                found[properties["fqdn"].removesuffix("."), type_] = Published(properties["TTL"], values)
        return found

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """PUT the record set."""
        self._send("PUT", self._path_of(name, type_), {"properties": {"TTL": ttl, **_records(type_, values)}})

    def remove(self, name: str, type_: str) -> None:
        """DELETE the record set."""
        self._send("DELETE", self._path_of(name, type_))

    def import_id(self, name: str, type_: str) -> str:
        """Return the path of the record set."""
        return self._path_of(name, type_)

    def move(self, group: str) -> None:
        """Move the zone with everything in it to another resource group, which is made for it."""
        source, path = self._group_path, self.path
        self.group = group
        self._send("PUT", self._group_path, {"location": "westeurope"})
        move = {"resources": [path], "targetResourceGroup": self._group_path}
        self._send("POST", f"{source}/moveResources", move)

    @contextmanager
    def locked(self, level: str, scope: str, name: str = "keep") -> Generator[None]:
        """Put a lock on a *scope* until the block ends."""
        path = f"{scope}/providers/Microsoft.Authorization/locks/{name}"
        self._send("PUT", path, {"properties": {"level": level}})
        try:
            yield
        finally:
            self._send("DELETE", path)

    @contextmanager
    def allowed(self, *actions: str, without: Sequence[str] = ()) -> Generator[None]:
        """Let everybody have the role of these actions alone until the block ends."""
        role = CONTROL + "role"
        self.server.request("POST", role, {"actions": actions, "not_actions": without})
        try:
            yield
        finally:
            self.server.request("POST", role, {"actions": ["*"], "not_actions": []})

    def delete(self) -> None:
        """DELETE the zone with everything in it."""
        self._send("DELETE", self.path)

    @property
    def _group_path(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    def _path_of(self, name: str, type_: str) -> str:
        relative = name.removesuffix(self.name).removesuffix(".") or "@"
        return f"{self.path}/{type_}/{relative}"

    def _send(self, method: str, path: str, body: object = None, query: str = "") -> Any:
        authorization = {"Authorization": f"Bearer {TOKEN}"}
        return self.server.request(method, f"{path}?api-version={ARM_VERSION}{query}", body, authorization)


def _records(type_: str, values: tuple[str, ...]) -> dict[str, Any]:
    """Return values in zone-file form as properties of a record set."""
    match type_:
        case "A":
            return {"ARecords": [{"ipv4Address": value} for value in values]}
        case "AAAA":
            return {"AAAARecords": [{"ipv6Address": value} for value in values]}
        case "CNAME":
            return {"CNAMERecord": {"cname": values[0]}}
        case "NS":
            return {"NSRecords": [{"nsdname": value} for value in values]}
        case "SRV":
            fields = [value.split() for value in values]
            keys = ("priority", "weight", "port")
            numbers = [dict(zip(keys, map(int, field[:3]), strict=True)) for field in fields]
            return {
                "SRVRecords": [
                    {**number, "target": field[3].removesuffix(".")}
                    for number, field in zip(numbers, fields, strict=True)
                ]
            }
        case _:
            return {"TXTRecords": [{"value": [value.strip('"')]} for value in values]}
