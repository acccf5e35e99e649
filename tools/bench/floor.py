"""Publish with nothing but batches of boto3: the least that a program of this API can take.

The file that is given names the zone, the step and the record sets that are wanted. It runs as a script of
its own, so that nothing is loaded which it does not need.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3

RECORDS = 1_000
"""In one batch; one that is replaced or deleted and created counts twice."""


def main(path: str) -> None:
    """Send the batches, or compare the zone where nothing is to be changed."""
    given = json.loads(Path(path).read_text())
    session: Any = boto3.Session()
    route53 = session.client("route53")
    file = Path(path).with_name("published.json")
    before = _keyed(json.loads(file.read_text())) if file.exists() else {}
    wanted = _keyed(given["record_sets"])
    if given["step"] == "no change":
        compare(route53, given["zone"], wanted)
    else:
        send(route53, given["zone"], before, wanted)
    file.write_text(json.dumps(given["record_sets"]))


def compare(route53: Any, zone: str, wanted: dict[tuple[str, str], Any]) -> None:
    """List the zone, and fail where it is not as *wanted*."""
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    found = {
        (each["Name"].removesuffix("."), each["Type"]): each
        for page in pages
        for each in page["ResourceRecordSets"]
        if each["Type"] not in ("NS", "SOA")
    }
    if {key: (each["TTL"], each["ResourceRecords"]) for key, each in found.items()} != {
        key: (each["TTL"], each["ResourceRecords"]) for key, each in wanted.items()
    }:
        raise SystemExit("the zone is not as it should be")


def send(
    route53: Any, zone: str, before: dict[tuple[str, str], Any], wanted: dict[tuple[str, str], Any]
) -> None:
    """Send what turns *before* into *wanted*."""
    changes = [
        {"Action": "UPSERT" if key in before else "CREATE", "ResourceRecordSet": each}
        for key, each in wanted.items()
        if before.get(key) != each
    ]
    changes += [
        {"Action": "DELETE", "ResourceRecordSet": each} for key, each in before.items() if key not in wanted
    ]
    size = RECORDS // 2 if any(each["Action"] == "UPSERT" for each in changes) else RECORDS
    for start in range(0, len(changes), size):
        batch = {"Changes": changes[start : start + size]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def _keyed(rows: list[Any]) -> dict[tuple[str, str], Any]:
    return {
        (name, type_): {
            "Name": name,
            "Type": type_,
            "TTL": ttl,
            "ResourceRecords": [{"Value": value} for value in values],
        }
        for name, type_, ttl, values in rows
    }


if __name__ == "__main__":
    main(sys.argv[1])
