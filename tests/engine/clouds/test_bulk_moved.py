"""A zone of each cloud moves from one resource a record set to one in all, and back, with its records in place."""

import json

import pytest
from tests.engine.clouds.lab import BULK, FEDERATION, Lab, Run, records
from tests.standins.clouds import Cloud
from tests.standins.zones import CloudZone

NAME = f"{FEDERATION}-contoso.com"


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    zone = lab.zone(cloud, "contoso.com")
    lab.configure(
        domains=["contoso.com", "eu.contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}],
    )
    return zone


def publish(lab: Lab, zone: CloudZone, **options: object) -> Run:
    """Publish with these options of the zone."""
    lab.configure(zones=[{**zone.configuration(), **options}])
    run = lab.up()
    assert run.status == 0, run.output
    return run


@pytest.fixture(scope="module")
def in_one_step(lab: Lab, zone: CloudZone) -> Run:
    publish(lab, zone)
    lab.configure(zones=[{**zone.configuration(), "bulk": True, "existing": "adopt"}])
    return lab.up()


@pytest.fixture(scope="module")
def to_bulk(lab: Lab, zone: CloudZone, in_one_step: Run) -> list[Run]:
    assert in_one_step.status != 0
    return [
        publish(lab, zone, retainOnDelete=True),
        publish(lab, zone, bulk=True, existing="adopt"),
        publish(lab, zone, bulk=True),
    ]


@pytest.fixture(scope="module")
def back(lab: Lab, zone: CloudZone, to_bulk: list[Run]) -> list[Run]:
    """Import every record set beside the zone in bulk, and leave that out afterwards."""
    assert to_bulk
    retained = publish(lab, zone, bulk=True, retainOnDelete=True)
    resources = [
        {
            "type": zone.resource_type,
            "name": f"{FEDERATION}-{each['name']}-{each['type']}",
            "id": zone.import_id(each["name"], each["type"]),
            "parent": FEDERATION,
        }
        for each in lab.stack.outputs()["records"]
    ]
    file = lab.directory / "import.json"
    urns = {each["urn"].rsplit("::", 1)[-1]: each["urn"] for each in _resources(lab)}
    file.write_text(json.dumps({"nameTable": {FEDERATION: urns[FEDERATION]}, "resources": resources}))
    options = ("--generate-code=false", "--protect=false", "--skip-preview")
    imported = lab.run("import", "--file", str(file), "--yes", *options)
    assert imported.status == 0, imported.output
    return [retained, imported, publish(lab, zone)]


def _resources(lab: Lab) -> list[dict[str, str]]:
    return lab.stack.state()["deployment"]["resources"]


def test_the_short_way_is_refused_before_anything_is_planned(in_one_step: Run):
    assert (in_one_step.steps, in_one_step.changes) == ({}, [])
    [[_, error]] = in_one_step.errors.values()
    assert error.startswith(
        "zones[0].existing: the last update published 6 record sets of this zone one by one"
    )


def test_in_bulk_there_is_one_resource_and_nothing_was_written(to_bulk: list[Run]):
    assert [run.changes for run in to_bulk] == [[], [], []]
    assert to_bulk[1].steps[NAME] == "create"
    assert to_bulk[2].steps == {NAME: "update"}


def test_back_there_is_one_resource_a_record_set_and_nothing_was_written(
    back: list[Run], lab: Lab, zone: CloudZone
):
    assert [run.changes for run in back] == [[], [], []]
    assert set(lab.state()) == records(zone)
    assert [each["type"] for each in _resources(lab) if each["type"] == BULK] == []


def test_the_records_are_the_components_again(back: list[Run], lab: Lab, zone: CloudZone):
    assert back
    run = lab.destroy()
    assert run.status == 0, run.output
    assert zone.record_sets() == {}
