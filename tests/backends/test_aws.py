import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN
from tests.backends.contract import BackendContract
from tests.recorder import GET_ZONE, Answer, Run, hosted_zones, run

from xmpp_federation_dns import Route53Zone


class TestRoute53(BackendContract):
    type = "aws:route53/record:Record"
    zone = Route53Zone(name="contoso.com", zone_id="Z1")
    options = {"zone_id": "Z2", "assume_role_arn": "arn:aws:iam::123456789012:role/dns", "profile": "dns"}
    inputs = {
        "SRV": {
            "zoneId": "Z1",
            "name": "_xmpp-server._tcp.contoso.com",
            "type": "SRV",
            "ttl": 3600,
            "records": ["0 0 5269 a.contoso.com.", "10 5 5269 b.contoso.com."],
        },
        "SRV of a child domain": {
            "zoneId": "Z1",
            "name": "_xmpp-server._tcp.corp.contoso.com",
            "type": "SRV",
            "ttl": 600,
            "records": ["0 0 5269 xmpp.corp.contoso.com."],
        },
        "SRV of a domain without XMPP": {
            "zoneId": "Z1",
            "name": "_xmpp-server._tcp.contoso.com",
            "type": "SRV",
            "ttl": 3600,
            "records": ["0 0 0 ."],
        },
        "A": {
            "zoneId": "Z1",
            "name": "a.contoso.com",
            "type": "A",
            "ttl": 300,
            "records": ["131.107.155.9", "131.107.155.10"],
        },
        "A of the apex": {
            "zoneId": "Z1",
            "name": "contoso.com",
            "type": "A",
            "ttl": 300,
            "records": ["131.107.155.10"],
        },
        "AAAA": {
            "zoneId": "Z1",
            "name": "a.contoso.com",
            "type": "AAAA",
            "ttl": 300,
            "records": ["2620:1ec::10"],
        },
    }


ZONES = hosted_zones({"Z1": "contoso.com", "Z2": "fabrikam.com"})
PUBLIC = "set that of the public zone contoso.com, or leave zoneId out"


def looked_up(
    zone_id: str | None, answers: dict[str, Answer] = ZONES, *, later: bool = False, bulk: bool = False
) -> tuple[Run, list[str]]:
    """Return what a look-up of contoso.com asked for, and the id that came of it."""
    found: list[str] = []

    def program() -> None:
        given = pulumi.Output.from_input(zone_id) if later else zone_id
        zone = Route53Zone(name="contoso.com", zone_id=given, bulk=bulk).lookup(pulumi.InvokeOptions())  # pyright: ignore[reportArgumentType] an output may turn out to be anything
        pulumi.Output.from_input(zone.zone_id).apply(lambda zone_id: found.append(str(zone_id)))

    return run(program, answers), found


def refusal(*arguments: Any, **options: Any) -> str:
    with pytest.raises(pulumi.RunError) as raised:
        looked_up(*arguments, **options)
    return str(raised.value)


def test_a_zone_without_id_is_looked_up_by_name_among_public_zones():
    done, found = looked_up(None)
    assert done.calls == [(GET_ZONE, {"name": "contoso.com", "privateZone": False})]
    assert found == ["Z1"]


@pytest.mark.parametrize("later", [False, True], ids=["as text", "as an output"])
@pytest.mark.parametrize("zone_id", ["Z1", "/hostedzone/Z1"])
def test_a_zone_with_id_is_looked_up_by_the_canonical_form_of_that(zone_id: str, later: bool):
    done, found = looked_up(zone_id, later=later)
    assert done.calls == [(GET_ZONE, {"zoneId": "Z1"})]
    assert found == ["Z1"]


@pytest.mark.parametrize("later", [False, True], ids=["as text", "as an output"])
@pytest.mark.parametrize("zone_id", ["Z1", "/hostedzone/Z1"])
def test_a_zone_in_bulk_gets_the_canonical_form_of_its_id_and_no_look_up(zone_id: str, later: bool):
    done, found = looked_up(zone_id, later=later, bulk=True)
    assert (done.calls, found) == ([], ["Z1"])


def test_an_id_that_is_not_known_yet_leaves_the_zone_without_a_look_up():
    zones: list[Route53Zone] = []

    def program() -> None:
        unknown = pulumi.Output.from_input(UNKNOWN)
        zones.append(Route53Zone(name="contoso.com", zone_id=unknown).lookup(pulumi.InvokeOptions()))  # pyright: ignore[reportArgumentType] what a preview does not know

    done = run(program)
    assert done.calls == []
    [zone] = zones
    assert isinstance(zone.zone_id, pulumi.Output)
    assert asyncio.get_event_loop().run_until_complete(zone.zone_id.is_known()) is False


@pytest.mark.parametrize(
    ("zone_id", "private", "cause"),
    [
        ("Z2", False, f"Z2 is the id of the zone fabrikam.com; {PUBLIC}"),
        ("Z1", True, f"Z1 is the id of the private zone contoso.com; {PUBLIC}"),
        ("Z2", True, f"Z2 is the id of the private zone fabrikam.com; {PUBLIC}"),
    ],
)
def test_the_id_of_another_zone_ends_the_update_and_says_whose_it_is(zone_id: str, private: bool, cause: str):
    answers = hosted_zones({"Z1": "contoso.com", "Z2": "fabrikam.com"}, private=private)
    assert refusal(zone_id, answers) == f"zone contoso.com of provider aws, zoneId: {cause}"


@pytest.mark.parametrize("name", ["contoso.com.", "Contoso.com"])
def test_case_and_final_dot_of_a_zone_make_no_other_zone(name: str):
    assert looked_up("Z1", hosted_zones({"Z1": name}))[1] == ["Z1"]


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
@pytest.mark.parametrize(
    ("zone_id", "shown"), [("contoso.com", "'contoso.com'"), ("Z1 ", "'Z1 '"), (None, "nothing")]
)
def test_an_output_that_is_no_id_is_told_with_zone_and_option(zone_id: str | None, shown: str, bulk: bool):
    assert refusal(zone_id, later=True, bulk=bulk) == (
        f"zone contoso.com of provider aws, zoneId: {shown} is not the id of a hosted zone, which is Z with "
        "upper-case letters and digits, such as Z0123456789ABCDEFGHIJ"
    )


@pytest.mark.parametrize(
    ("zone_id", "by", "way_out"),
    [
        (None, "name contoso.com", "set its zoneId, or use credentials of its account"),
        ("Z1", "zoneId Z1", "set the zoneId of a zone in the account of the credentials"),
    ],
    ids=["by name", "by id"],
)
def test_a_look_up_that_fails_ends_the_update_with_one_line_and_a_way_out(
    zone_id: str | None, by: str, way_out: str
):
    assert refusal(zone_id, {}) == (
        f"zone contoso.com of provider aws could not be looked up by {by}: invoke of {GET_ZONE} failed: the "
        f"test does not expect this look-up (name); {way_out} (docs/pipelines.md has the rights)"
    )
