"""The keeper of a zone of Cloudflare against its stand-in: what it publishes, changes, deletes and reads."""

import subprocess
import sys
from typing import Any

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed, service
from tests.unit.clients.lab import PROVIDER, Calls, published, put, update
from tests.unit.cloudflare.lab import (
    BATCH,
    GET,
    HOST,
    LIST,
    LOOK_UP,
    SERVICE,
    client,
    create,
    learnt,
    properties,
    told,
)

from xmpp_federation_dns.backends.client import RefusedError, UnservedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone
from xmpp_federation_dns.changes import Change, Content


@pytest.fixture
def calls(account: Cloudflare, zone: Watched) -> Calls:
    assert zone.id
    return Calls(account)


def test_its_batches_are_atomic_and_the_server_checks_nothing():
    assert (CloudflareDnsZone.atomic, CloudflareDnsZone.conditional) == (True, False)


def test_a_zone_is_created_in_one_batch_between_two_looks(zone: Watched, calls: Calls):
    result = PROVIDER.create(properties(zone, domains(*range(20))))
    assert published(zone) == domains(*range(20))
    assert calls() == {GET: 1, LIST: 3, BATCH: 1}  # one of them this test's own
    assert result.outs == {**properties(zone, domains(*range(20))), **learnt(zone)}


def test_few_names_are_asked_for_one_by_one(zone: Watched, calls: Calls):
    create(zone, domain(1))
    # Both names and the delegations before the batch, both names after it.
    assert calls() == {GET: 1, LIST: 5, BATCH: 1}


def test_a_record_set_of_its_own_is_five_calls(zone: Watched, calls: Calls):
    own = {
        key: value for key, value in properties(zone, {HOST: f"300 {ADDRESS}"}).items() if key != "journal"
    }
    state = PROVIDER.create(own).outs
    assert calls() == {GET: 1, LIST: 3, BATCH: 1}
    assert state == {**own, **learnt(zone)}
    update(state, own | {"recordSets": {HOST: f"300 {OTHER_ADDRESS}"}})
    assert published(zone) == {HOST: f"300 {OTHER_ADDRESS}"}


def test_a_zone_without_id_is_looked_up_by_its_name(account: Cloudflare):
    zone = account.zone("looked-up.example")
    state = create(zone, {"xmpp.looked-up.example A": f"300 {ADDRESS}"}, zone=zone.name, zoneId=None)
    assert state["zoneTag"] == zone.id
    calls = Calls(account)
    update(state, {**state, "recordSets": {"xmpp.looked-up.example A": f"300 {OTHER_ADDRESS}"}})
    assert LOOK_UP not in calls()


def test_nothing_is_proxied_and_an_srv_record_has_its_priority_at_the_top_as_well(zone: Watched):
    create(zone, {**domain(1), SERVICE: "3600 10 5 5269 xmpp.d1.contoso.com."})
    service_, host = sorted(zone.records(), key=lambda record: record["name"])
    assert (host["proxied"], host["content"], host["ttl"]) == (False, ADDRESS, 300)
    assert (service_["proxied"], service_["priority"]) == (False, 10)
    assert service_["data"] == {"priority": 10, "weight": 5, "port": 5269, "target": "xmpp.d1.contoso.com"}


@pytest.mark.parametrize(("plan", "batches"), [("free", 2), ("pro", 1)])
def test_a_batch_has_as_many_records_as_the_plan_of_the_zone_allows(
    account: Cloudflare, monkeypatch: pytest.MonkeyPatch, plan: str, batches: int
):
    monkeypatch.setattr(CloudflareDnsZone, "most", (100, 4))
    zone = account.zone("contoso.com", plan=plan)
    calls = Calls(account)
    create(zone, domains(1, 2, 3))
    assert calls()[BATCH] == batches


def test_another_token_is_no_difference(zone: Watched, account: Cloudflare):
    old = create(zone, domain(1))
    calls = Calls(account)
    given = properties(zone, domain(1), existing="adopt", apiToken="another-token-of-the-zone")
    assert update(old, given) == {**given, **learnt(zone)}
    assert calls() == {}


def test_a_delete_of_what_is_gone_sends_nothing(zone: Watched, account: Cloudflare):
    state = create(zone, domain(1))
    put(zone, {HOST: "300 192.0.2.1"})
    zone.remove(*HOST.split())
    zone.remove(*SERVICE.split())
    calls = Calls(account)
    PROVIDER.delete("", state)
    assert BATCH not in calls()


def test_no_service_is_a_record_with_the_root_as_its_target(zone: Watched):
    create(zone, {SERVICE: "3600 0 0 0 ."})
    [record] = zone.records()
    assert record["data"]["target"] == "."


def test_what_is_equal_in_dns_is_equal_however_it_is_written(zone: Watched):
    zone.put("contoso.com", "AAAA", 300, "2620:01EC:0:0::10")
    zone.put("_XMPP-Server._tcp.D1.contoso.com", "SRV", 3600, "0 0 5269 XMPP.d1.Contoso.com.")
    wanted = {"contoso.com AAAA": "300 2620:1ec::10", **service("d1.contoso.com")}
    assert create(zone, wanted, existing="adopt")["recordSets"] == wanted
    assert [change.action for change in zone.history()] == ["create", "create"]


def test_an_automatic_ttl_is_300_seconds_and_is_written_so_when_it_is_adopted(zone: Watched):
    zone.put("contoso.com", "A", 1, ADDRESS)
    wanted = {"contoso.com A": f"300 {ADDRESS}"}
    assert create(zone, wanted, existing="adopt")["recordSets"] == published(zone) == wanted


def test_a_zone_is_listed_page_by_page(zone: Watched, account: Cloudflare, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("xmpp_federation_dns.backends.cloudflare_client.PAGE", 100)
    put(zone, domains(*range(120)))
    calls = Calls(account)
    outs = PROVIDER.read("id", properties(zone, domains(*range(120)))).outs
    assert outs["recordSets"] == domains(*range(120))
    assert calls() == {LIST: 3}


def test_a_zone_that_is_not_there_is_told(zone: Watched):
    zone.delete()
    error = failed(ZoneGoneError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: 7003: Could not route to /zones/{zone.id}, perhaps your object identifier is invalid?; No "
        "route for that URI (GET zone); create the zone, or correct its zoneId"
    )


def test_no_zone_of_the_name_is_told(zone: Watched):
    given = properties(zone, domain(1), zone="nowhere.example", zoneId=None)
    error = failed(UnservedError, PROVIDER.create, given)
    assert str(error) == (
        "zone nowhere.example: the API token may read no zone of this name; create the zone, or give the token "
        "Zone > Zone > Read on it"
    )


def test_several_zones_of_the_name_are_told(account: Cloudflare):
    first, _ = account.zone("twice.example"), account.zone("twice.example")
    given = properties(first, domain(1), zone="twice.example", zoneId=None)
    error = failed(UpdateError, PROVIDER.create, given)
    assert str(error) == "zone twice.example: 2 zones that the token may read have this name; set zoneId"


def test_the_id_of_another_zone_is_told_before_anything_is_written(account: Cloudflare):
    zone = account.zone("fabrikam.com")
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): this is the id of zone fabrikam.com; correct zoneId, or leave it out"
    )
    assert published(zone) == {}


@pytest.mark.parametrize(
    ("zone_", "fault"),
    [
        ({"paused": True}, "the zone is paused; enable Cloudflare on it (Overview, Advanced Actions)"),
        (
            {"status": "pending"},
            "the zone is pending: nobody asks for it here; make ada.ns.cloudflare.com and bob.ns.cloudflare.com its "
            "name servers first",
        ),
        (
            {"type": "partial"},
            "the zone is of type partial: its records are not, or not only, kept here; publish them where they are, "
            "or make it a full zone",
        ),
    ],
)
def test_a_zone_that_peers_do_not_ask_takes_nothing_but_may_be_left(
    zone: Watched, zone_: dict[str, Any], fault: str
):
    state = create(zone, domain(1))
    zone.set(**zone_)
    error = failed(UpdateError, PROVIDER.update, "", state, properties(zone, domains(1, 2)))
    assert str(error) == (
        f"{told(zone)}: {fault}; 0 of 2 record sets are done, left for the next run: xmpp.d2.contoso.com A, "
        "_xmpp-server._tcp.d2.contoso.com SRV"
    )
    assert published(zone) == domain(1)
    PROVIDER.delete("", state)
    assert published(zone) == {}


def change(key: str, old: str | None, new: str | None) -> Change:
    return Change(key, Content.of(old) if old else None, Content.of(new) if new else None)


def noted(zone: Watched) -> dict[str, str | None]:
    """Return the comment beside each value."""
    return {record["content"]: record["comment"] for record in zone.records()}


def test_what_somebody_noted_beside_a_record_stays_when_it_changes(zone: Watched):
    put(zone, {HOST: "300 192.0.2.1, 192.0.2.2, 192.0.2.3"})
    zone.edit(*HOST.split(), comment="ops", tags=["team:dns"])
    client(zone).send([change(HOST, "300 192.0.2.1, 192.0.2.2, 192.0.2.3", "60 192.0.2.1, 192.0.2.4")])
    assert noted(zone) == {"192.0.2.1": "ops", "192.0.2.4": "ops"}
    client(zone).send([change(HOST, "60 192.0.2.1, 192.0.2.4", "60 192.0.2.1, 192.0.2.5, 192.0.2.6")])
    assert noted(zone) == {"192.0.2.1": "ops", "192.0.2.5": "ops", "192.0.2.6": None}


@pytest.mark.parametrize(
    ("there", "old", "new"),
    [
        ("60 192.0.2.1", f"300 {ADDRESS}", f"300 {OTHER_ADDRESS}"),
        ("60 192.0.2.1", f"300 {ADDRESS}", None),
        ("60 192.0.2.1", None, f"300 {ADDRESS}"),
        (None, f"300 {ADDRESS}", f"300 {OTHER_ADDRESS}"),
    ],
)
def test_what_is_not_as_a_change_says_refuses_the_batch(
    zone: Watched, there: str | None, old: str | None, new: str | None
):
    put(zone, {HOST: there} if there else {})
    before = published(zone)
    batch = [change(SERVICE, None, "3600 0 0 5269 xmpp.d1.contoso.com."), change(HOST, old, new)]
    error = failed(RefusedError, client(zone).send, batch)
    assert str(error) == f"{told(zone)}: {HOST} is not what it was"
    assert published(zone) == before


def test_what_is_gone_already_is_not_sent(zone: Watched, calls: Calls):
    client(zone).send([change(HOST, f"300 {ADDRESS}", None)])
    assert BATCH not in calls()


def test_the_place_is_the_id_of_the_zone_whoever_says_it(zone: Watched):
    given = properties(zone, {})
    by_name = properties(zone, {}, zoneId=None, **learnt(zone))
    places = [PROVIDER.zone(each).place(each) for each in (given, by_name)]
    assert places == [(zone.id,), (zone.id,)] == [client(zone).place] * 2


def test_another_id_is_another_zone(zone: Watched, account: Cloudflare):
    state = create(zone, domain(1))
    moved = properties(account.zone("contoso.com"), domain(1))
    assert PROVIDER.compare(state, moved).replaces == ["zoneId"]
    assert PROVIDER.compare(state, properties(zone, domain(1), zoneId=None)).replaces == []


def test_an_update_without_difference_loads_nothing_to_call_with(zone: Watched):
    given = properties(zone, domain(1))
    program = f"""
import sys
from xmpp_federation_dns.keepers.keeper import Keeper
Keeper().update("", {given!r}, {given!r})
print([name for name in sys.modules if name.partition(".")[0] in ("requests", "urllib3")])
"""
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
