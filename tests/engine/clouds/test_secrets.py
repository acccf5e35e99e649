"""An address that is secret is published, and otherwise stays secret."""

import json

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws, Azure
from tests.standins.wire import SIGNATURE
from tests.standins.zones import CloudZone, Published

SECRET = "131.107.155.77"


@pytest.fixture(scope="module")
def zones(both: Lab, aws: Aws, azure: Azure) -> dict[str, CloudZone]:
    return {"aws": both.zone(aws, "contoso.com"), "azure": both.zone(azure, "fabrikam.com")}


@pytest.fixture(scope="module")
def published(both: Lab, zones: dict[str, CloudZone]) -> Run:
    both.configure(
        zones=[zone.configuration() for zone in zones.values()], domains=["contoso.com", "fabrikam.com"]
    )
    both.stack.set_secret("edgePools", json.dumps([{"ipv4": [SECRET]}]))
    return both.up("--diff")


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_secret_address_is_published(published: Run, zones: dict[str, CloudZone], cloud: str):
    assert published.status == 0, published.output
    zone = zones[cloud]
    assert zone.record_sets()[f"xmpp.{zone.name}", "A"] == Published(300, (SECRET,))


def test_it_is_not_shown(published: Run):
    assert "[secret]" in published.output
    assert SECRET not in published.output


@pytest.mark.usefixtures("published")
def test_it_is_in_no_file_of_the_stack(both: Lab):
    files = [
        path
        for part in ("state", "project/config")
        for path in (both.directory / part).rglob("*")
        if path.is_file()
    ]

    assert both.stack.file in files
    assert len(files) > 2
    assert [path for path in files if SECRET in path.read_text()] == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("name", "key"),
    [("federation-xmpp.contoso.com-A", "records"), ("federation-xmpp.fabrikam.com-A", "aRecords")],
    ids=["aws", "azure"],
)
def test_it_is_encrypted_in_the_state(both: Lab, name: str, key: str):
    record_set = both.state()[name]

    assert [set(record_set[part][key]) for part in ("inputs", "outputs")] == [{SIGNATURE, "ciphertext"}] * 2


@pytest.mark.usefixtures("published")
def test_it_is_masked_in_the_output_of_the_stack(both: Lab):
    assert both.stack.outputs() == {"records": "[secret]"}
