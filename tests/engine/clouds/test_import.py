"""Record sets that are published already come under the component by `pulumi import`."""

import json
from pathlib import Path

import pytest
from tests.engine.clouds.lab import COMPONENT, FEDERATION, Lab, Run
from tests.standins.clouds import Aws, Cloud
from tests.standins.zones import CloudZone, HostedZone, Published

EXISTING = {
    ("_xmpp-server._tcp.contoso.com", "SRV"): Published(3600, ("0 0 5269 xmpp.contoso.com.",)),
    ("xmpp.contoso.com", "A"): Published(300, ("131.107.155.10", "131.107.155.11")),
    ("xmpp.contoso.com", "AAAA"): Published(300, ("2620:1ec::10",)),
}


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    zone = lab.zone(cloud, "contoso.com")
    for (name, type_), (ttl, values) in EXISTING.items():
        zone.put(name, type_, ttl, *values)
    return zone


@pytest.fixture(scope="module")
def imported(lab: Lab, zone: CloudZone) -> Run:
    lab.configure(
        zones=[zone.configuration()],
        domains=["contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.11", "131.107.155.10"], "ipv6": ["2620:1ec::10"]}],
    )
    component = {"type": COMPONENT, "name": FEDERATION, "component": True}
    record_sets = [
        {
            "type": zone.resource_type,
            "name": f"{FEDERATION}-{name}-{type_}",
            "id": zone.import_id(name, type_),
            "parent": FEDERATION,
        }
        for name, type_ in EXISTING
    ]
    file = lab.directory / "import.json"
    file.write_text(json.dumps({"resources": [component, *record_sets]}))
    options = ("--generate-code=false", "--protect=false", "--skip-preview")
    return lab.run("import", "--file", str(file), "--yes", *options)


@pytest.fixture(scope="module")
def published(lab: Lab, imported: Run) -> Run:
    assert imported.status == 0, imported.output
    return lab.up()


def test_existing_record_sets_are_imported_under_the_component(imported: Run):
    assert imported.steps == {f"{FEDERATION}-{name}-{type_}": "import" for name, type_ in EXISTING}


def test_publishing_what_was_imported_changes_nothing(published: Run):
    assert (published.status, published.steps) == (0, {})


def test_neither_writes_anything(imported: Run, published: Run, zone: CloudZone):
    assert (imported.changes, published.changes) == ([], [])
    assert zone.record_sets() == EXISTING


def test_an_id_in_another_form_is_told_as_of_something_that_does_not_exist(aws: Aws, tmp_path: Path):
    lab = Lab.of(tmp_path, aws)
    options = ("--generate-code=false", "--yes", "--skip-preview")

    run = lab.run("import", HostedZone.resource_type, "service", "xmpp.contoso.com", *options)

    assert run.status != 0
    assert run.errors["aws:route53:Record (service)"] == ["resource 'xmpp.contoso.com' does not exist"]
    assert "unexpected format" not in run.output
