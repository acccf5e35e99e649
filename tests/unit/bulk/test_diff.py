"""What makes another resource of a zone in bulk, and what updates it."""

from typing import Any

import pytest
from tests.unit.bulk.lab import ZONE, domain
from tests.unit.bulk.test_updates import properties

from xmpp_federation_dns.keepers.keeper import Keeper

STATE: dict[str, Any] = {
    "zone": ZONE,
    "provider": "aws",
    "zoneId": "Z1",
    "hostedZone": "Z1",
    "existing": "refuse",
    "recordSets": domain(1),
}
INPUTS = {key: value for key, value in STATE.items() if key != "hostedZone"}


def without(key: str) -> dict[str, Any]:
    return {k: v for k, v in INPUTS.items() if k != key}


@pytest.mark.parametrize(
    ("new", "changes", "replaces"),
    [
        (INPUTS, False, []),
        ({**INPUTS, "recordSets": domain(2)}, True, []),
        ({**INPUTS, "profile": "dns"}, True, []),
        (without("zoneId"), True, []),
        ({**INPUTS, "zoneId": "Z2"}, True, ["zoneId"]),
        ({**without("zoneId"), "zone": "fabrikam.com"}, True, ["zone"]),
        ({**INPUTS, "zoneId": "Z2", "zone": "fabrikam.com"}, True, ["zone", "zoneId"]),
    ],
    ids=["nothing", "record sets", "profile", "id left out", "another id", "another name", "both"],
)
def test_another_hosted_zone_replaces_and_everything_else_updates(
    new: dict[str, Any], changes: bool, replaces: list[str]
):
    result = Keeper().diff("", STATE, new)
    assert (result.changes, result.replaces) == (changes, replaces)


def test_naming_the_zone_that_was_looked_up_replaces_nothing():
    result = Keeper().diff("", {k: v for k, v in STATE.items() if k != "zoneId"}, INPUTS)
    assert (result.changes, result.replaces) == (True, [])


OLD = properties(53, domain(1))


def test_another_provider_replaces_and_nothing_of_the_old_one_is_asked_for():
    assert Keeper().diff("", OLD, INPUTS).replaces == ["provider"]
    assert Keeper().diff("", OLD, {**INPUTS, "zone": "fabrikam.com"}).replaces == ["provider", "zone"]


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"recordSets": domain(2)}, []),
        ({"server": "ns1.contoso.com"}, []),
        ({"port": 5353.0}, []),
        ({"zone": "fabrikam.com"}, ["zone"]),
    ],
    ids=lambda change: next(iter(change), ""),
)
def test_another_zone_replaces_and_everything_else_updates(change: dict[str, Any], replaces: list[str]):
    result = Keeper().diff("", OLD, {**OLD, **change})
    assert (result.changes, result.replaces) == (True, replaces)
