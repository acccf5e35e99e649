"""What only Route 53 has: ids of zones, several kinds of record sets, values as they were typed."""

from typing import Any
from unittest.mock import Mock

import pytest
from tests.standins.clouds import Aws
from tests.standins.emulation import Fault
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ADDRESS, ZONE, domain, domains, failed
from tests.unit.bulk.route53 import create, properties
from tests.unit.bulk.test_interrupted import change
from tests.unit.clients.lab import PROVIDER, Calls, published, update

from xmpp_federation_dns.backends import aws_client
from xmpp_federation_dns.backends.aws_client import HostedZone as Client
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import DELEGATED, Foreign, contents
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

HOST = "xmpp.d1.contoso.com"
SIX = "2620:1ec::10"
TYPED = {
    f"{HOST} AAAA": "300 2620:01EC:0:0::10",
    "_xmpp-server._tcp.d1.contoso.com SRV": "3600 0 0 5269 XMPP.d1.contoso.com",
}
WANTED = {f"{HOST} AAAA": f"300 {SIX}", "_xmpp-server._tcp.d1.contoso.com SRV": "3600 0 0 5269 " + HOST + "."}


def put(zone: HostedZone, record_sets: dict[str, str]) -> None:
    """Publish by hand, in exactly this spelling."""
    for key, text in record_sets.items():
        (name, type_), (ttl, _, value) = key.split(" "), text.partition(" ")
        change(zone, record_set(name, type_, int(ttl), value))


def record_set(name: str, type_: str, ttl: int, value: str, **others: Any) -> dict[str, Any]:
    return {"Name": name, "Type": type_, "TTL": ttl, "ResourceRecords": [{"Value": value}], **others}


def test_an_id_of_another_zone_is_refused_before_the_first_write(zone: HostedZone, account: Aws):
    calls = Calls(account)
    given = properties(zone, {"xmpp.fabrikam.com A": f"300 {ADDRESS}"}) | {"zone": "fabrikam.com"}
    error = failed(UpdateError, PROVIDER.create, given)
    assert str(error) == (
        f"zone fabrikam.com ({zone.id}): {zone.id} is the id of the zone contoso.com; set that of the public zone "
        "fabrikam.com, or leave zoneId out"
    )
    assert calls() == {"ListResourceRecordSets": 1, "GetHostedZone": 1}


def private(account: Aws, name: str) -> str:
    """Return the id of a new private zone."""
    created = account.client().create_hosted_zone(
        Name=name,
        CallerReference=name,
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1"},
    )
    return created["HostedZone"]["Id"].removeprefix("/hostedzone/")


def test_the_id_of_a_private_zone_is_refused(account: Aws):
    zone_id = private(account, "private.example")
    given = {
        "zone": "private.example",
        "provider": "aws",
        "zoneId": zone_id,
        "existing": "refuse",
        "recordSets": domain(1),
    }
    error = failed(UpdateError, PROVIDER.create, given)
    assert str(error).startswith(
        f"zone private.example ({zone_id}): {zone_id} is the id of the private zone private.example; set that of "
        "the public zone private.example, or leave zoneId out"
    )


def test_a_private_zone_is_not_found_by_its_name(account: Aws):
    private(account, "hidden.example")
    given = {"zone": "hidden.example", "provider": "aws", "existing": "refuse", "recordSets": domain(1)}
    assert str(failed(UpdateError, PROVIDER.create, given)) == (
        "zone hidden.example: no public hosted zone has this name in the account; set zoneId"
    )


def test_of_a_private_and_a_public_zone_of_one_name_the_public_one_is_found(account: Aws):
    hidden = private(account, "both.example")
    public = account.zone("both.example")
    record_sets = {"xmpp.both.example A": f"300 {ADDRESS}"}
    given: dict[str, Any] = {
        "zone": "both.example",
        "provider": "aws",
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
    }
    assert (PROVIDER.create(given).outs or {})["hostedZone"] == public.id
    assert published(public) == record_sets
    listed = account.client().list_resource_record_sets(HostedZoneId=hidden)["ResourceRecordSets"]
    assert {each["Type"] for each in listed} == {"NS", "SOA"}


def test_of_the_zones_that_route_53_lists_from_a_name_on_those_of_that_name_count(
    monkeypatch: pytest.MonkeyPatch,
):
    """The emulation lists those of the name alone."""
    listed = [
        {"Id": "/hostedzone/Z1", "Name": "contoso.com.", "Config": {"PrivateZone": True}},
        {"Id": "/hostedzone/Z2", "Name": "contoso.com.", "Config": {"PrivateZone": False}},
        {"Id": "/hostedzone/Z3", "Name": "emea.contoso.com.", "Config": {"PrivateZone": False}},
        {"Id": "/hostedzone/Z4", "Name": "fabrikam.com.", "Config": {"PrivateZone": False}},
    ]
    client = Mock()
    client.list_hosted_zones_by_name.return_value = {"HostedZones": listed}
    monkeypatch.setattr(aws_client, "_account", Mock(return_value=Mock(return_value=client)))
    assert PROVIDER.client({"zone": "contoso.com", "provider": "aws"}).place == ("Z2",)
    client.list_hosted_zones_by_name.assert_called_once_with(DNSName="contoso.com")


def test_an_id_that_was_seen_is_not_looked_at_again(zone: HostedZone, account: Aws):
    old = create(zone, domain(1))
    calls = Calls(account)
    update(old, properties(zone, domains(1, 2)))
    # The looks are for delegations at and above the new names: this test has no journal that looked.
    assert calls() == {"ListResourceRecordSets": 4, "ChangeResourceRecordSets": 1, "GetChange": 1}


def test_what_is_equal_in_another_spelling_is_adopted_and_written_anew(zone: HostedZone):
    put(zone, TYPED)
    state = create(zone, WANTED, existing="adopt")
    assert published(zone) == state["recordSets"] == WANTED
    PROVIDER.delete("", state)
    assert published(zone) == {}


def test_it_is_refused_where_it_is_not_to_be_adopted(zone: HostedZone):
    put(zone, TYPED)
    error = failed(UpdateError, PROVIDER.create, properties(zone, WANTED))
    assert str(error).endswith(
        f"  {HOST} AAAA: what is there is equal, but not of this resource\n  _xmpp-server._tcp.d1.contoso.com SRV: "
        f"what is there is equal, but not of this resource{WAYS_OUT}"
    )
    assert published(zone) == TYPED


def test_what_somebody_spelled_otherwise_is_changed_and_deleted_as_it_is_written_there(zone: HostedZone):
    state = create(zone, WANTED)
    for key in WANTED:
        zone.remove(*key.split(" "))
    put(zone, TYPED)
    state = update(
        state, properties(zone, {key: text.replace("00 ", "60 ", 1) for key, text in WANTED.items()})
    )
    assert published(zone) == state["recordSets"]
    PROVIDER.delete("", state)
    assert published(zone) == {}


@pytest.mark.parametrize("routed", [True, False], ids=["routing policies", "alias"])
def test_what_took_the_place_is_named_by_a_refresh_and_left_by_a_destroy(
    zone: HostedZone, routed: bool, capsys: pytest.CaptureFixture[str]
):
    state = create(zone, domain(1))
    zone.remove(HOST, "A")
    if routed:
        for region in ("eu", "us"):
            change(zone, record_set(HOST, "A", 60, ADDRESS, SetIdentifier=region, Weight=1))
    else:
        alias = {"HostedZoneId": zone.id, "DNSName": "lb.contoso.com.", "EvaluateTargetHealth": False}
        change(zone, {"Name": HOST, "Type": "A", "AliasTarget": alias})
    shown = "routing policy eu, routing policy us" if routed else "alias of lb.contoso.com."
    refreshed = PROVIDER.read("", state).outs or {}
    assert list(refreshed["recordSets"]) == ["_xmpp-server._tcp.d1.contoso.com SRV"]
    said = f"zone contoso.com ({zone.id}): xmpp.d1.contoso.com A is gone: {shown} is in its place\n"
    assert capsys.readouterr().out == said
    error = failed(UpdateError, PROVIDER.update, "", refreshed, properties(zone, domain(1)))
    assert f"xmpp.d1.contoso.com A: '{shown}' is not of this resource" in str(error)
    PROVIDER.delete("", state)
    assert {(name, type_) for name, type_ in zone.record_sets()} == {(HOST, "A")}


@pytest.mark.parametrize("status", [500, 503])
def test_an_answer_that_says_nothing_is_none(zone: HostedZone, account: Aws, status: int):
    """The service may have done it: an equal batch that is there then is ours."""
    lost = Fault("ChangeResourceRecordSets", times=1, match=zone.id, effect="lose")
    failure = Fault("ChangeResourceRecordSets", times=1, match=zone.id, status=status, code="InternalFailure")
    with account.server.faulty(failure), account.server.faulty(lost):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_a_refusal_after_a_refusal_is_no_lost_answer(zone: HostedZone, account: Aws):
    put(zone, domain(1))
    fault = Fault(
        "ChangeResourceRecordSets", times=2, match=zone.id, code="Throttling", message="Rate exceeded"
    )
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert "is equal, but not of this resource" in str(error)


def test_a_few_names_are_asked_for_and_many_are_listed(zone: HostedZone, account: Aws):
    state = create(zone, domains(*range(400)))
    calls = Calls(account)
    few = {key: text for key, text in state["recordSets"].items() if key.split(".")[-3] in ("d7", "d300")}
    assert (PROVIDER.read("", {**state, "recordSets": few}).outs or {})["recordSets"] == few
    assert len(few) == 4
    assert calls() == {"ListResourceRecordSets": 4}
    assert state["zone"] == ZONE


@pytest.mark.parametrize("cut", ["d1", "_tcp.d1"])
@pytest.mark.parametrize("many", [1, 20])
def test_a_delegation_is_read_as_what_hides_a_new_record_set(zone: HostedZone, cut: str, many: int):
    zone.put(f"{cut}.contoso.com", "NS", 300, "ns9.example.net.")
    client = Client(zone.name, zone.id, seen=True, profile=None, role=None)
    wanted = contents(domains(*range(1, many + 1)))
    service = "_xmpp-server._tcp.d1.contoso.com SRV"
    found = client.read(dict.fromkeys(wanted))
    assert found[service] == Foreign(DELEGATED.format(f"{cut}.contoso.com"), hides=True)
    assert client.read({service: wanted[service]}) == {}
