import pulumi
import pytest
from tests.backends.contract import RECORD_SETS, BackendContract
from tests.recorder import run

from xmpp_federation_dns import Route53Zone


class TestRoute53(BackendContract):
    type = "aws:route53/record:Record"
    zone = Route53Zone(name="contoso.com", zone_id="Z1")
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


def test_a_zone_without_id_is_looked_up_by_name_among_public_zones():
    found: list[str] = []

    def program() -> None:
        zone = Route53Zone(name="contoso.com").lookup(pulumi.InvokeOptions())
        pulumi.Output.from_input(zone.zone_id).apply(lambda zone_id: found.append(str(zone_id)))

    done = run(program, {"aws:route53/getZone:getZone": {"zoneId": "Z9"}})
    assert done.calls == [("aws:route53/getZone:getZone", {"name": "contoso.com", "privateZone": False})]
    assert found == ["Z9"]


def test_a_zone_with_id_is_not_looked_up():
    zone = Route53Zone(name="contoso.com", zone_id="Z1")
    assert zone.lookup(pulumi.InvokeOptions()) is zone


def test_a_look_up_that_fails_ends_the_update_with_one_line_and_a_way_out():
    def program() -> None:
        route53 = Route53Zone(name="contoso.com").lookup(pulumi.InvokeOptions())
        Route53Zone(name="contoso.com", zone_id=route53.zone_id).record(
            "name", RECORD_SETS["A"], pulumi.ResourceOptions()
        )

    with pytest.raises(pulumi.RunError) as raised:
        run(program)
    assert str(raised.value) == (
        "zone contoso.com of provider aws could not be looked up: invoke of aws:route53/getZone:getZone failed: "
        "the test does not expect this look-up (name) (with its zoneId there is no look-up)"
    )
