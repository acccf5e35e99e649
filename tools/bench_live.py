"""What the commands for live zones take where 10,000 foreign record sets stand beside 200 of ours.

Each figure is a whole command in a process of its own, start-up included: seconds of the clock, of the processor, and
the most memory that it held; the server, an emulation on the same cores, is not counted but for its time of the clock.
Exit status 1 where a command fails, or shows anything foreign.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import yaml
from tests.standins.clouds import Aws, Azure
from tests.standins.zones import CloudZone, HostedZone

from tools.bench.workload import ZONE, Wanted, wanted
from tools.bench_check import COMMAND, kilobytes
from tools.lab.knot import ADDRESS, KEY_NAME, Knot
from tools.lab.stack import NAMESPACE
from xmpp_federation_dns.component import TYPE as COMPONENT
from xmpp_federation_dns.live.adopt import PLACEHOLDER

FOREIGN = 10_000
OURS = 100
"""SIP domains, with an SRV and an A record set each."""
MARK = "unrelated"
"""In the name of every foreign record set: no output shows it."""
EXITS = {"drift": 0, "discover": 0, "review": 1, "adopt": 0, "access": 0}
"""Exit statuses: what the plan creates is there, so that a review with the zone refuses it."""
FOREIGN_VARIABLES = ("AWS_", "ARM_", "AZURE_", "PULUMI_", "TSIG_")
RECORD = {"aws": "aws:route53/record:Record", "azure": "azure-native:dns:RecordSet"}
"""Types of the resources of published providers."""
BATCH = 500
"""Record sets that are put into a hosted zone at a time."""


@dataclass(frozen=True)
class Place:
    """A zone that is full, as a stack file has it, and how its server is reached."""

    title: str
    zone: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    nameserver: str = ""
    """The server to ask over DNS, where there is one."""
    discover: Sequence[str] = ()
    """What `discover` is to look at."""


def foreign() -> dict[str, str]:
    """Return the addresses of everything in the zone that is nobody's concern here, by name."""
    return {f"{MARK}-{number}.{ZONE}": "192.0.2.1" for number in range(FOREIGN)}


@contextmanager
def knot(directory: Path, ours: Wanted) -> Generator[Place]:
    """Serve the zone by Knot."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    lines = [f"{name}. 60 A {address}" for name, address in foreign().items()]
    lines += [
        f"{name}. {each.ttl} {type_} {value}"
        for (name, type_), each in ours.record_sets().items()
        for value in each.values
    ]
    records = {ZONE: "\n".join(lines) + "\n"}
    with Knot.serving([ZONE], directory / "knot", secret, records=records) as server:
        zone = {"provider": "rfc2136", "name": ZONE, "server": ADDRESS, "port": server.port}
        at = f"{ADDRESS}:{server.port}"
        options = ["--server", at, "--zone", ZONE, "--tsig-key-name", KEY_NAME]
        yield Place("Knot", {**zone, "tsigKeyName": KEY_NAME}, {"TSIG_SECRET": secret}, at, options)


@contextmanager
def route53(_: Path, ours: Wanted) -> Generator[Place]:
    """Put the zone into the emulation of Route 53."""
    with Aws.running() as cloud:
        zone = cloud.zone(ZONE)
        fill(zone, ours)
        environment = {**cloud.environment, **cloud.user("bench", {"Action": "*", "Resource": "*"})}
        yield Place("Route 53", zone.configuration(), environment, discover=["--aws"])


@contextmanager
def azure(directory: Path, ours: Wanted) -> Generator[Place]:
    """Put the zone into the emulation of Azure DNS."""
    with Azure.running(directory) as cloud:
        zone = cloud.zone(ZONE)
        fill(zone, ours)
        yield Place("Azure DNS", zone.configuration(), cloud.environment, discover=["--azure"])


def fill(zone: CloudZone, ours: Wanted) -> None:
    """Put everything into *zone*."""
    there: list[tuple[str, str, int, tuple[str, ...]]] = [
        (name, "A", 60, (address,)) for name, address in foreign().items()
    ]
    there += [(name, type_, each.ttl, each.values) for (name, type_), each in ours.record_sets().items()]
    if isinstance(zone, HostedZone):
        for start in range(0, len(there), BATCH):
            changes: Any = [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": type_,
                        "TTL": ttl,
                        "ResourceRecords": [{"Value": value} for value in values],
                    },
                }
                for name, type_, ttl, values in there[start : start + BATCH]
            ]
            zone.client.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch={"Changes": changes})
        return

    def put(each: tuple[str, str, int, tuple[str, ...]]) -> None:
        name, type_, ttl, values = each
        zone.put(name, type_, ttl, *values)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, there))


PLACES = (knot, route53, azure)


def commands(directory: Path, place: Place, ours: Wanted) -> dict[str, list[str]]:
    """Return each command with its arguments, by its title."""
    stack = directory / "stack.yaml"
    secret = {"tsigSecret": {"secure": "v1:"}} if "tsigKeyName" in place.zone else {}
    config = {"zones": [dict(place.zone)], **secret, **ours.configuration()}
    stack.write_text(yaml.safe_dump({"config": {f"{NAMESPACE}:{key}": each for key, each in config.items()}}))
    asked = ["--nameserver", place.nameserver] if place.nameserver else ["--no-dns"]
    plan = directory / "plan.json"
    plan.write_bytes(planned(ours))
    found = {
        "drift": ["drift", str(stack), *asked],
        "discover": ["discover", *place.discover, "--output", str(directory / "found.yaml"), "--force"],
        "review": ["review", str(plan), "--stack", str(stack)],
        "access": ["access", str(stack)],
    }
    if place.zone["provider"] != "rfc2136":
        file = directory / "import.json"
        file.write_text(
            json.dumps({"nameTable": {}, "resources": list(pending(place.zone["provider"], ours))})
        )
        found["adopt"] = [
            *("adopt", str(stack), "--import-file", str(file), "--output", str(directory / "adopted.json"))
        ]
    return found


def planned(ours: Wanted) -> bytes:
    """Return the plan of an update that creates everything of *ours*."""
    steps: list[dict[str, Any]] = []
    component = f"urn:pulumi:bench::bench::{COMPONENT}::federation"
    for (name, type_), each in ours.record_sets().items():
        inputs = {"zoneId": "Z1", "name": name, "type": type_, "ttl": each.ttl, "records": list(each.values)}
        urn = f"urn:pulumi:bench::bench::{COMPONENT}${RECORD['aws']}::federation-{name}-{type_}"
        state = {"urn": urn, "type": RECORD["aws"], "inputs": inputs, "parent": component}
        steps.append({"op": "create", "urn": urn, "newState": state})
    return json.dumps({"steps": steps, "changeSummary": {"create": len(steps)}}).encode()


def pending(provider: str, ours: Wanted) -> Iterator[dict[str, Any]]:
    """Yield what `pulumi preview --import-file` writes of a component that is new."""
    yield {"type": COMPONENT, "name": "federation", "component": True}
    for name, type_ in ours.record_sets():
        logical = f"federation-{name}-{type_}"
        yield {"type": RECORD[provider], "name": logical, "id": PLACEHOLDER, "parent": "federation"}


def measured(place: Place, title: str, command: Sequence[str]) -> Iterator[str]:
    """Print the row of one command, and yield what is wrong with it."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_VARIABLES)}
    start = time.perf_counter()
    with TemporaryFile() as told:
        child = subprocess.Popen(
            [COMMAND, *command], stdout=told, stderr=told, env={**inherited, **place.environment}
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        output = told.read().decode()
    figures = f"{seconds:.2f} | {usage.ru_utime + usage.ru_stime:.2f} | {kilobytes(usage) / 1000:.0f}"
    print(f"| {title} | {place.title} | {figures} | {child.returncode} |", flush=True)
    if child.returncode != EXITS[title]:
        yield f"{title} of {place.title}: exit status {child.returncode}\n{output[-2000:]}"
    if MARK in output:
        yield f"{title} of {place.title} shows what is not ours"


def main() -> int:
    """Print the table; return 1 where a command failed or showed what is not ours."""
    ours = wanted("create all", OURS)
    failed: list[str] = []
    print(f"{FOREIGN:,} record sets of others and {2 * OURS:,} of ours in the zone:\n")
    print("| command | zone | seconds | of the processor | MB | exit status |")
    print("|---|---|---|---|---|---|")
    for place in PLACES:
        with TemporaryDirectory(prefix="bench-") as name, place(Path(name), ours) as here:
            for title, command in commands(Path(name), here, ours).items():
                failed += measured(here, title, command)
    for each in failed:
        print(f"failed: {each}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
