"""Publish with nothing but batches of an API: the least that a program of it can take.

The file that is given names the API, the zone, the step and the record sets that are wanted. It runs as a script of
its own, so that nothing is loaded which it does not need.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

RecordSet = tuple[str, str, int, tuple[str, ...]]
"""Name without final dot, type, TTL in seconds, and values in zone-file form."""
RECORDS = 1_000
"""Of a batch at Route 53, where a replaced one counts twice, and of each kind at Cloud DNS."""


class Api(Protocol):
    """One API, signed in, with a zone of it."""

    most: ClassVar[int]
    """Record sets that one batch creates or deletes."""
    replaced: ClassVar[int]
    """Record sets that one batch replaces."""

    def listing(self) -> set[RecordSet]:
        """List the zone, without NS and SOA."""
        ...

    def send(self, goes: Sequence[RecordSet], comes: Sequence[RecordSet]) -> None:
        """Send one batch."""
        ...


class Route53:
    """Route 53 by boto3."""

    most = RECORDS
    replaced = RECORDS // 2

    def __init__(self, zone: str) -> None:
        import boto3

        session: Any = boto3.Session()
        self._client = session.client("route53")
        self._zone = zone

    def listing(self) -> set[RecordSet]:
        """List the zone page by page."""
        pages = self._client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self._zone)
        return {
            (
                each["Name"].removesuffix("."),
                each["Type"],
                each["TTL"],
                tuple(value["Value"] for value in each["ResourceRecords"]),
            )
            for page in pages
            for each in page["ResourceRecordSets"]
            if each["Type"] not in ("NS", "SOA")
        }

    def send(self, goes: Sequence[RecordSet], comes: Sequence[RecordSet]) -> None:
        """Overwrite what is there already."""
        coming = {each[:2] for each in comes}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": self._shown(each)} for each in comes]
        changes += [
            {"Action": "DELETE", "ResourceRecordSet": self._shown(each)}
            for each in goes
            if each[:2] not in coming
        ]
        self._client.change_resource_record_sets(HostedZoneId=self._zone, ChangeBatch={"Changes": changes})

    def _shown(self, record_set: RecordSet) -> dict[str, Any]:
        name, type_, ttl, values = record_set
        records = [{"Value": value} for value in values]
        return {"Name": name, "Type": type_, "TTL": ttl, "ResourceRecords": records}


class CloudDns:
    """Cloud DNS by google-auth."""

    most = replaced = RECORDS

    def __init__(self, zone: str) -> None:
        import google.auth
        from google.auth.transport.requests import AuthorizedSession

        scope = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
        auth: Any = google.auth
        self._session: Any = AuthorizedSession(auth.default([scope])[0])
        project, managed_zone = zone.split("/")
        base = os.environ["CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS"]
        self._url = f"{base}dns/v1/projects/{project}/managedZones/{managed_zone}"

    def listing(self) -> set[RecordSet]:
        """List the zone page by page."""
        found: set[RecordSet] = set()
        query = {"maxResults": RECORDS}
        while True:
            page = self._session.get(f"{self._url}/rrsets", params=query).json()
            found |= {
                (each["name"].removesuffix("."), each["type"], each["ttl"], tuple(each["rrdatas"]))
                for each in page["rrsets"]
                if each["type"] not in ("NS", "SOA")
            }
            if "nextPageToken" not in page:
                return found
            query["pageToken"] = page["nextPageToken"]

    def send(self, goes: Sequence[RecordSet], comes: Sequence[RecordSet]) -> None:
        """Delete and add in one change."""
        change = {
            "deletions": [self._shown(each) for each in goes],
            "additions": [self._shown(each) for each in comes],
        }
        self._session.post(f"{self._url}/changes", json=change).raise_for_status()

    def _shown(self, record_set: RecordSet) -> dict[str, Any]:
        name, type_, ttl, values = record_set
        return {"name": f"{name}.", "type": type_, "ttl": ttl, "rrdatas": values}


class Cloudflare:
    """Cloudflare by requests."""

    # Of a paid plan; a record that is replaced is deleted and created.
    most = 3_500
    replaced = 1_750

    def __init__(self, zone: str) -> None:
        import requests

        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}"
        self._url = f"{os.environ['CLOUDFLARE_BASE_URL']}/zones/{zone}/dns_records"

    def listing(self) -> set[RecordSet]:
        """List the zone at once."""
        return {_of_record(each) for each in self._records()}

    def send(self, goes: Sequence[RecordSet], comes: Sequence[RecordSet]) -> None:
        """Delete the records of what goes, by their ids, and create those of what comes."""
        going = {each[:2] for each in goes}
        ids = (
            [{"id": each["id"]} for each in self._records() if (each["name"], each["type"]) in going]
            if goes
            else []
        )
        batch = {"deletes": ids, "posts": [_record(each) for each in comes]}
        self._session.post(f"{self._url}/batch", json=batch).raise_for_status()

    def _records(self) -> Any:
        return self._session.get(self._url, params={"per_page": 5_000_000}).json()["result"]


APIS: dict[str, type[Any]] = {"aws": Route53, "gcp": CloudDns, "cloudflare": Cloudflare}


def main(path: str) -> None:
    """Send the batches, or compare the zone where nothing is to be changed."""
    given = json.loads(Path(path).read_text())
    api: Api = APIS[given["api"]](given["zone"])
    file = Path(path).with_name("published.json")
    before = _read(json.loads(file.read_text())) if file.exists() else set[RecordSet]()
    wanted = _read(given["record_sets"])
    if given["step"] == "no change":
        if api.listing() != wanted:
            raise SystemExit("the zone is not as it should be")
    else:
        send(api, sorted(before - wanted), sorted(wanted - before))
    file.write_text(json.dumps(given["record_sets"]))


def send(api: Api, goes: Sequence[RecordSet], comes: Sequence[RecordSet]) -> None:
    """Send what goes and what comes in as few batches as the API takes; what is replaced is in one of them."""
    old, new = ({each[:2]: each for each in side} for side in (goes, comes))
    keys = sorted({*old, *new})
    most = api.replaced if old and new else api.most
    for start in range(0, len(keys), most):
        batch = keys[start : start + most]
        api.send([old[key] for key in batch if key in old], [new[key] for key in batch if key in new])


def _read(rows: list[Any]) -> set[RecordSet]:
    return {(name, type_, ttl, tuple(values)) for name, type_, ttl, values in rows}


def _of_record(record: Any) -> RecordSet:
    """Return a record of Cloudflare, which is a record set where every one has one value."""
    value = record["content"]
    if record["type"] == "SRV":
        data = record["data"]
        value = f"{record['priority']} {data['weight']} {data['port']} {data['target']}."
    return record["name"], record["type"], record["ttl"], (value,)


def _record(record_set: RecordSet) -> dict[str, Any]:
    name, type_, ttl, (value,) = record_set
    shown = {"name": name, "type": type_, "ttl": ttl}
    if type_ != "SRV":
        return {**shown, "content": value, "proxied": False}
    priority, weight, port, target = value.split()
    data = {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target}
    return {**shown, "data": data}


if __name__ == "__main__":
    main(sys.argv[1])
