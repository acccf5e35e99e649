"""The resources of keepers in the Pulumi package schema, held against what the component registers."""

from dataclasses import fields
from typing import Any

import pytest
from tests.unit.plugin.test_package import KEPT, RESOURCES, TOKEN

from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_class, zone_classes


def registered(kind: type[Zone]) -> set[str]:
    """Return the keys of the properties by which the component registers what is kept in a zone, all options set."""
    options: dict[str, Any] = {field.name: "set" for field in fields(kind)}
    return set(kind(**options).properties())


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_resource_of_a_keeper_takes_what_the_component_registers_it_with(name: str, provider: str):
    # The engine leaves a record set that is a resource of its own: its keeper is not asked.
    left = {"retainOnDelete"} if name == "RecordSet" else set[str]()
    assert registered(zone_class(provider)) - left <= set(RESOURCES[TOKEN + name]["inputProperties"])


def test_a_resource_of_a_keeper_takes_nothing_else():
    zone = {key for kind in zone_classes() for key in registered(kind)}
    own = {name: set(RESOURCES[TOKEN + name]["inputProperties"]) - zone for name in KEPT}
    assert own == {
        "RecordSet": {"recordSets"},
        "RecordSets": {"recordSets", "journal"},
        "Journal": {"recordSets"},
    }
    assert "retainOnDelete" not in RESOURCES[f"{TOKEN}RecordSet"]["inputProperties"]


@pytest.mark.parametrize("name", KEPT)
def test_the_outputs_of_a_keeper_are_its_inputs_and_what_it_learns(name: str):
    found = RESOURCES[TOKEN + name]
    learnt = {key for kind in zone_classes() for key in kind.learnt}
    runs = {"runs"} if name == "Journal" else set[str]()
    assert set(found["properties"]) == set(found["inputProperties"]) | learnt | runs
    assert found["requiredInputs"] == ["provider", "zone", "recordSets"]
    assert found["required"] == ["provider", "zone", "recordSets", *runs]


def test_an_option_of_a_keeper_says_whose_it_is():
    inputs = RESOURCES[f"{TOKEN}RecordSet"]["inputProperties"]
    assert inputs["port"] == {
        "type": "integer",
        "description": "Provider rfc2136: TCP port of the server, 1 to 65535. Default: `53`.",
    }
    assert inputs["zone"] == {"type": "string", "description": "Name of the zone, as U-label or A-label."}
    assert inputs["zoneId"]["description"] == (
        "Provider aws: Id of the hosted zone, which has to have this name and be public; looked up by name when left "
        "out. Provider cloudflare: Id of the zone, which has to have this name; looked up by name when left out."
    )
    assert inputs["apiToken"]["secret"] is True
