"""Record sets that are published already come under the component: preview, adopt, import, up."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engine.clouds.lab import COMPONENT, FEDERATION, Lab, Run
from tests.engine.clouds.test_bulk_killed import WAITING, wait
from tests.standins.clouds import Aws, Cloud
from tests.standins.zones import CloudZone, Published
from tools.lab.killed import doomed, unlock

PAGE = (Path(__file__).parents[3] / "docs" / "adopt.md").read_text()
[TRANSFORM] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COMMAND = Path(sys.executable).with_name("xmpp-federation-dns")


def existing(domain: str) -> dict[tuple[str, str], Published]:
    """Return what peers are told of *domain*."""
    return {
        (f"_xmpp-server._tcp.{domain}", "SRV"): Published(3600, (f"0 0 5269 xmpp.{domain}.",)),
        (f"xmpp.{domain}", "A"): Published(300, ("131.107.155.10",)),
    }


def resources(domain: str, operation: str = "import") -> dict[str, str]:
    return {f"{FEDERATION}-{name}-{type_}": operation for name, type_ in existing(domain)}


def put(zone: CloudZone, record_sets: Mapping[tuple[str, str], Published]) -> None:
    for (name, type_), (ttl, values) in record_sets.items():
        zone.put(name, type_, ttl, *values)


def configure(lab: Lab, zone: CloudZone, *domains: str) -> None:
    lab.configure(
        zones=[zone.configuration()], domains=list(domains), edgePools=[{"ipv4": ["131.107.155.10"]}]
    )


def previewed(lab: Lab) -> Path:
    """Return the import file that the engine writes."""
    file = lab.directory / "import.json"
    done = lab.run("preview", "--import-file", str(file))
    assert done.status == 0, done.output
    return file


def adopt(lab: Lab, file: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Run the command as a person does who has the credentials of the stack."""
    done = subprocess.run(
        [
            *(COMMAND, "adopt", lab.stack.name, "--import-file", str(file), "--format", "json"),
            *arguments,
        ],
        cwd=lab.stack.project,
        env={**os.environ, **lab.stack.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def imported(lab: Lab, file: Path) -> Run:
    options = ("--generate-code=false", "--protect=false", "--skip-preview")
    return lab.run("import", "--file", str(file), "--yes", *options)


def taken_in(lab: Lab) -> Run:
    """Take in everything that the update would create."""
    file = previewed(lab)
    status, found = adopt(lab, file)
    assert status == 0, found
    return imported(lab, file)


def test_what_is_there_is_taken_in_and_so_is_a_later_batch(cloud: Cloud, tmp_path: Path):
    lab = Lab.of(tmp_path, cloud)
    zone = lab.zone(cloud, "contoso.com")
    put(zone, existing("contoso.com") | existing("eu.contoso.com"))
    there = zone.record_sets()
    for domains in (["contoso.com"], ["contoso.com", "eu.contoso.com"]):
        configure(lab, zone, *domains)
        run = taken_in(lab)
        assert (run.status, run.steps, run.changes) == (0, resources(domains[-1]), []), run.output
        run = lab.up("--expect-no-changes")
        assert (run.steps, run.changes) == ({}, []), run.output
        run = lab.up("--expect-no-changes")
        assert (run.status, run.steps, run.changes) == (0, {}, []), run.output
    assert zone.record_sets() == there
    components = [each for each in lab.stack.state()["deployment"]["resources"] if each["type"] == COMPONENT]
    assert len(components) == 1


def test_what_is_missing_and_what_differs_is_left_to_the_update_or_accepted(cloud: Cloud, tmp_path: Path):
    lab = Lab.of(tmp_path, cloud)
    zone = lab.zone(cloud, "contoso.com")
    zone.put("xmpp.contoso.com", "A", 60, "131.107.155.10")
    configure(lab, zone, "contoso.com")
    file = previewed(lab)
    whole = file.read_text()
    status, found = adopt(lab, file)
    assert (status, {each["state"] for each in found}) == (1, {"missing", "different"})
    file.write_text(whole)
    assert adopt(lab, file, "--accept", "xmpp.contoso.com")[0] == 1
    assert imported(lab, file).status == 0
    run = lab.up()
    assert (run.status, run.steps) == (
        0,
        {
            f"{FEDERATION}-xmpp.contoso.com-A": "update",
            f"{FEDERATION}-_xmpp-server._tcp.contoso.com-SRV": "create",
        },
    ), run.output
    assert zone.record_sets() == existing("contoso.com")


def test_what_is_spelled_otherwise_is_written_anew_by_the_next_update_and_then_rests(
    cloud: Cloud, tmp_path: Path
):
    lab = Lab.of(tmp_path, cloud)
    zone = lab.zone(cloud, "contoso.com")
    put(zone, existing("contoso.com"))
    zone.put("_xmpp-server._tcp.contoso.com", "SRV", 3600, "0 0 5269 XMPP.contoso.com.")
    configure(lab, zone, "contoso.com")
    assert taken_in(lab).status == 0
    run = lab.up()
    assert (run.status, run.steps) == (0, {f"{FEDERATION}-_xmpp-server._tcp.contoso.com-SRV": "update"})
    assert zone.record_sets() == existing("contoso.com")
    assert lab.up().steps == {}


def test_an_update_that_was_killed_after_a_change_and_before_the_state_had_it_goes_on(
    aws: Aws, tmp_path: Path
):
    lab = Lab.of(tmp_path, aws)
    zone = lab.zone(aws, "contoso.com")
    configure(lab, zone, "contoso.com")
    with aws.server.faulty(WAITING), doomed(lab.stack, "up") as process:
        wait(lambda: ("xmpp.contoso.com", "A") in zone.record_sets(), process)
        wait(lambda: pending(lab), process)
    unlock(lab.stack)
    refused = lab.up()
    assert refused.status != 0
    assert "already exists" in refused.output
    cleared = lab.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    assert cleared.status == 0, cleared.output
    file = previewed(lab)
    assert list(json.loads(file.read_text())["nameTable"]) == [FEDERATION]
    status, found = adopt(lab, file)
    assert (status, {each["resource"]: each["state"] for each in found}) == (
        1,
        {
            f"{FEDERATION}-xmpp.contoso.com-A": "adopted",
            f"{FEDERATION}-_xmpp-server._tcp.contoso.com-SRV": "missing",
        },
    )
    run = imported(lab, file)
    assert (run.status, run.changes) == (0, []), run.output
    run = lab.up()
    assert (run.status, run.steps) == (0, {f"{FEDERATION}-_xmpp-server._tcp.contoso.com-SRV": "create"})
    assert zone.record_sets() == existing("contoso.com")


def pending(lab: Lab) -> bool:
    """Tell whether the state says that an operation has begun."""
    [path] = lab.stack.state_directory.rglob("demo.json")
    try:
        state = json.loads(path.read_text())
    except ValueError:
        return False  # just being written
    return bool(state["checkpoint"]["latest"].get("pending_operations"))


LOOP = """\
from pulumi_aws import route53

for name, type_, ttl, values in {record_sets}:
    route53.Record(f"dns-{{name}}-{{type_}}", zone_id={zone!r}, name=name, type=type_, ttl=ttl, records=values)
"""
FROM_LOOP = f"""\
import pulumi

from xmpp_federation_dns import XmppFederationDns, stack_configuration

{TRANSFORM}
XmppFederationDns(
    "federation", stack_configuration(), opts=pulumi.ResourceOptions(transforms=[from_loop])
)
"""


def test_what_a_loop_of_ones_own_published_in_the_same_state_is_taken_over_by_aliases(
    aws: Aws, tmp_path: Path
):
    lab = Lab.of(tmp_path, aws)
    zone = lab.zone(aws, "contoso.com")
    record_sets = [
        (name, type_, ttl, list(values)) for (name, type_), (ttl, values) in existing("contoso.com").items()
    ]
    configure(lab, zone, "contoso.com")
    lab.program(LOOP.format(record_sets=record_sets, zone=zone.id))
    assert lab.up().status == 0
    lab.program(FROM_LOOP)
    run = lab.up()
    assert (run.status, run.steps, run.changes) == (0, {}, []), run.output
    assert set(lab.state()) == set(resources("contoso.com"))
    lab.program(FROM_LOOP.replace(", opts=pulumi.ResourceOptions(transforms=[from_loop])", ""))
    run = lab.up()
    assert (run.status, run.steps, run.changes) == (0, {}, []), run.output
