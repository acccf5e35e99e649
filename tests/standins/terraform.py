"""A stand-in for `terraform` with its AWS provider, as far as the benchmark uses both.

It reads the configuration that the benchmark writes, and makes one request for each record set that is new,
changed or gone; it neither waits nor reads the zone, so its figures say nothing about Terraform.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3

STATE = Path("terraform.tfstate")


def main() -> None:
    """Do what the command line says."""
    configuration = json.loads(Path("main.tf.json").read_text())
    if sys.argv[1] == "init":
        STATE.write_text("{}")
        return
    if sys.argv[1] == "version":
        providers = {"registry.terraform.io/hashicorp/aws": "5.100.0"}
        json.dump({"terraform_version": "1.11.4", "provider_selections": providers}, sys.stdout)
        return
    held: dict[str, Any] = json.loads(STATE.read_text())
    given = json.loads(Path("terraform.tfvars.json").read_text())
    wanted: dict[str, Any] = {} if sys.argv[1] == "destroy" else given["record_sets"]
    record = configuration["resource"]["aws_route53_record"]["federation"]
    endpoint = configuration["provider"]["aws"]["endpoints"]["route53"]
    session: Any = boto3.Session()
    client = session.client("route53", endpoint_url=endpoint)
    for key in held.keys() | wanted.keys():
        if held.get(key) != wanted.get(key):
            action = "UPSERT" if key in wanted else "DELETE"
            change: Any = {"Action": action, "ResourceRecordSet": _record_set(wanted.get(key) or held[key])}
            client.change_resource_record_sets(
                HostedZoneId=record["zone_id"], ChangeBatch={"Changes": [change]}
            )
    STATE.write_text(json.dumps(wanted))


def _record_set(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": given["name"],
        "Type": given["type"],
        "TTL": given["ttl"],
        "ResourceRecords": [{"Value": value} for value in given["values"]],
    }


if __name__ == "__main__":
    main()
