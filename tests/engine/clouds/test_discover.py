"""A zone that is alive at a cloud becomes a stack: discover, check, adopt or bulk, and updates that change nothing."""

import itertools
import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.engine.clouds.lab import Lab
from tests.engine.clouds.test_adopt import COMMAND, existing, put, taken_in
from tests.standins.clouds import Cloud
from tests.standins.zones import CloudZone, DnsZone

_numbers = itertools.count(1)


def command(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does who has the credentials of the stack."""
    environment = {**os.environ, **lab.stack.environment}
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=lab.stack.project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def zone(cloud: Cloud) -> CloudZone:
    """Return a zone of a name of its own, in which somebody has published for years."""
    name = f"alive-{next(_numbers)}.example"
    found = cloud.zone(name)
    for domain in (name, f"eu.{name}"):
        put(found, existing(domain))
    found.put(f"www.{name}", "A", 60, "192.0.2.1")
    return found


def discovered(cloud: Cloud, zone: CloudZone, directory: Path, **options: object) -> Lab:
    """Return a stack with the file that `discover` writes, and *options* for its zone."""
    lab = Lab.of(directory, cloud)
    lab.watch(zone)
    file = lab.stack.file
    salt = file.read_text()
    whose = ("--resource-group", zone.group) if isinstance(zone, DnsZone) else ("--zone", zone.name)
    done = command(lab, "discover", f"--{cloud.key}", *whose, "--output", str(file), "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    [own] = yaml.safe_load(file.read_text())["config"]["xmpp-federation-dns:zones"]
    assert {"provider": cloud.key, "name": zone.name}.items() <= own.items()
    file.write_text(salt + file.read_text())
    lab.configure(zones=[{**own, **options}])
    assert command(lab, "check", lab.stack.name).returncode == 0
    return lab


def rests(lab: Lab, zone: CloudZone) -> None:
    """See that the next updates change nothing, and that everything is as the stack wants it."""
    there = zone.record_sets()
    for _ in range(2):
        run = lab.up("--expect-no-changes")
        assert (run.status, run.changes) == (0, []), run.output
    assert zone.record_sets() == there
    drift = command(lab, "drift", lab.stack.name, "--no-dns")
    assert (drift.returncode, drift.stdout) == (0, "4 record sets: 4 in order\n"), drift.stderr
    zone.put(f"xmpp.{zone.name}", "A", 300, "192.0.2.7")
    zone.remove(f"xmpp.eu.{zone.name}", "A")
    drift = command(lab, "drift", lab.stack.name, "--no-dns", "--format", "json")
    found = {each["recordSet"]: each["state"] for each in json.loads(drift.stdout)}
    assert (drift.returncode, found) == (
        1,
        {
            f"_xmpp-server._tcp.{zone.name} SRV": "in order",
            f"_xmpp-server._tcp.eu.{zone.name} SRV": "in order",
            f"xmpp.{zone.name} A": "changed",
            f"xmpp.eu.{zone.name} A": "missing",
        },
    )


def test_what_is_discovered_is_imported_and_rests(cloud: Cloud, zone: CloudZone, tmp_path: Path):
    lab = discovered(cloud, zone, tmp_path)
    run = taken_in(lab)
    assert (run.status, set(run.steps.values()), len(run.steps), run.changes) == (0, {"import"}, 4, []), (
        run.output
    )
    # The outputs of the stack are new.
    assert lab.up().changes == []
    rests(lab, zone)


def test_what_is_discovered_is_adopted_in_bulk_and_rests(cloud: Cloud, zone: CloudZone, tmp_path: Path):
    lab = discovered(cloud, zone, tmp_path, bulk=True, existing="adopt")
    run = lab.up()
    assert (run.status, set(run.steps.values()), run.changes) == (0, {"create"}, []), run.output
    rests(lab, zone)
