"""The keeper of a zone of Google Cloud DNS against its stand-in: what it publishes, changes, deletes and reads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.standins.cloud_dns_zone import LOOKS
from tests.standins.clouds import PROJECT, Google
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed, service
from tests.unit.clients.lab import PROVIDER, Calls, published, put, update
from tests.unit.gcp.lab import CONFIRM, GET, LIST, SEND, client, create, learnt, properties, told

from xmpp_federation_dns.backends import gcp_client
from xmpp_federation_dns.backends.client import UpdateError, ZoneGoneError
from xmpp_federation_dns.changes import contents
from xmpp_federation_dns.keepers.keeper import UnfinishedError
from xmpp_federation_dns.plugin.inputs import imported

HOST = "xmpp.d1.contoso.com"
SIX = "2620:1ec::10"


@pytest.fixture
def calls(account: Google, zone: ManagedZone) -> Calls:
    assert zone.id
    return Calls(account)


def test_its_batches_are_atomic_and_the_service_checks_each():
    assert (gcp_client.ManagedZone.atomic, gcp_client.ManagedZone.conditional) == (True, True)


def test_a_zone_is_created_in_one_change_that_is_waited_for(zone: ManagedZone, calls: Calls):
    result = PROVIDER.create(properties(zone, domains(*range(20))))
    assert published(zone) == domains(*range(20))
    assert {key: calls()[key] for key in (CONFIRM, SEND, GET)} == {CONFIRM: 1, SEND: 1, GET: 2}
    assert result.id.startswith("contoso.com ")
    assert result.outs == {**properties(zone, domains(*range(20))), **learnt(zone)}


def test_a_change_that_is_done_when_it_is_accepted_is_not_waited_for(account: Google):
    account.looks(0)
    try:
        at_once = account.zone(ZONE)
    finally:
        account.looks(LOOKS)
    calls = Calls(account)
    create(at_once, domain(1))
    assert (published(at_once), calls()[SEND], GET in calls()) == (domain(1), 1, False)


def test_a_process_signs_in_once(zone: ManagedZone, calls: Calls):
    create(zone, domain(1))
    create(zone, domain(2))
    assert calls()["token"] == 1


def test_a_single_record_set_as_one_resource_is_a_change_of_its_own(zone: ManagedZone, calls: Calls):
    single = properties(zone, {f"{HOST} A": f"300 {ADDRESS}"})
    del single["journal"]
    result = PROVIDER.create(single)
    assert result.outs == {**single, **learnt(zone)}
    # The look is for a delegation at the name, or above it.
    assert calls() == {"token": 1, CONFIRM: 1, LIST: 2, SEND: 1, GET: 2}
    assert published(zone) == {f"{HOST} A": f"300 {ADDRESS}"}


def test_a_single_record_set_that_is_changed_or_deleted_is_not_looked_at(zone: ManagedZone, calls: Calls):
    single = properties(zone, {f"{HOST} A": f"300 {ADDRESS}"})
    del single["journal"]
    state = PROVIDER.create(single).outs
    changed = update(state, {**single, "recordSets": {f"{HOST} A": f"60 {ADDRESS}"}})
    looked = calls()[LIST]
    PROVIDER.delete("", changed)
    assert (looked, calls()[LIST], published(zone)) == (2, 2, {})


@pytest.mark.parametrize("cut", ["d1.contoso.com", HOST])
def test_a_single_record_set_below_a_delegation_is_refused_and_not_sent(
    zone: ManagedZone, calls: Calls, cut: str
):
    put(zone, {f"{cut} NS": "300 ns9.example.net."})
    single = properties(zone, {f"{HOST} A": f"300 {ADDRESS}"})
    del single["journal"]
    sent = calls()[SEND]
    assert str(failed(UpdateError, PROVIDER.create, single)) == (
        f"{told(zone)}: nothing was changed because of 1 conflict:\n  {HOST} A: it lies in a zone of its own, which is "
        f"delegated to other name servers (publish it in the zone {cut})"
    )
    assert (calls()[SEND], published(zone)) == (sent, {})


def test_single_record_sets_are_published_many_at_a_time(zone: ManagedZone):
    def publish(record_set: tuple[str, str]) -> None:
        single = properties(zone, dict([record_set]))
        del single["journal"]
        PROVIDER.create(single)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, domains(*range(20)).items()))
    assert published(zone) == domains(*range(20))


def test_a_zone_that_the_state_knows_is_not_confirmed_again(zone: ManagedZone, account: Google):
    old = create(zone, domain(1))
    calls = Calls(account)
    update(old, properties(zone, domain(2)))
    assert CONFIRM not in calls()


TYPED = {
    f"{HOST} AAAA": "300 2620:01EC:0:0::10",
    "_xmpp-server._tcp.d1.contoso.com SRV": f"3600 0 0 05269 {HOST.upper()}.",
}
WANTED = {f"{HOST} AAAA": f"300 {SIX}", **service("d1.contoso.com")}


def test_what_is_equal_in_dns_and_typed_otherwise_is_adopted_and_written_anew(zone: ManagedZone):
    put(zone, TYPED)
    assert create(zone, WANTED, existing="adopt")["recordSets"] == WANTED == published(zone)
    assert {change.action for change in zone.history()[2:]} == {"update"}


def test_what_is_equal_in_dns_and_typed_otherwise_is_changed_and_deleted_in_its_spelling(zone: ManagedZone):
    state = create(zone, WANTED)
    put(zone, TYPED)
    changed = update(state, properties(zone, {f"{HOST} AAAA": f"60 {SIX}"}))
    assert changed["recordSets"] == published(zone) == {f"{HOST} AAAA": f"60 {SIX}"}


def test_values_in_another_order_are_equal_and_are_changed_and_deleted_all_the_same(zone: ManagedZone):
    key, addresses = f"{HOST} A", [ADDRESS, OTHER_ADDRESS]
    state = create(zone, {key: f"300 {', '.join(addresses)}"})
    zone.put(HOST, "A", 300, *reversed(addresses))
    changed = update(state, properties(zone, {key: f"60 {', '.join(addresses)}"}))
    assert changed["recordSets"] == published(zone) == {key: f"60 {', '.join(addresses)}"}
    zone.put(HOST, "A", 60, *reversed(addresses))
    PROVIDER.delete("", changed)
    assert published(zone) == {}


def test_names_know_no_case(zone: ManagedZone):
    zone.put(HOST.upper(), "A", 300, ADDRESS)
    assert client(zone).listing() == contents({f"{HOST} A": f"300 {ADDRESS}"})


UPPER = {key.upper(): text for key, text in WANTED.items()}


def test_a_name_in_upper_case_is_refused_as_any_other(zone: ManagedZone):
    put(zone, UPPER)
    error = str(failed(UpdateError, PROVIDER.create, properties(zone, WANTED)))
    assert error.startswith(f"{told(zone)}: nothing was changed because of 2 conflicts:\n")
    assert published(zone) == UPPER


def test_a_name_in_upper_case_is_adopted_and_written_anew(zone: ManagedZone):
    put(zone, UPPER)
    assert create(zone, WANTED, existing="adopt")["recordSets"] == WANTED == published(zone)


def test_a_name_that_came_to_be_in_upper_case_is_changed_and_deleted_in_its_spelling(zone: ManagedZone):
    state = create(zone, WANTED)
    for key in WANTED:
        zone.remove(*key.split())
    put(zone, UPPER)
    assert PROVIDER.read("id", state).outs == state
    changed = update(state, properties(zone, {f"{HOST} AAAA": f"60 {SIX}"}))
    assert changed["recordSets"] == published(zone) == {f"{HOST} AAAA": f"60 {SIX}"}


def test_few_names_are_asked_for_one_by_one(zone: ManagedZone, account: Google):
    state = create(zone, domains(1, 2))
    calls = Calls(account)
    assert PROVIDER.read("id", state).outs == state
    assert calls() == {LIST: 4}


def test_a_record_set_is_imported_by_its_id(zone: ManagedZone):
    put(zone, {f"{HOST} A": f"300 {ADDRESS}"})
    found = PROVIDER.read("id", imported("RecordSet", zone.import_id(HOST, "A"), None))
    assert found.inputs["recordSets"] == {f"{HOST} A": f"300 {ADDRESS}"}
    assert found.outs == {**found.inputs, **learnt(zone)}


def test_a_zone_that_is_not_there_is_told(zone: ManagedZone):
    zone.delete()
    error = failed(ZoneGoneError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: notFound: The 'parameters.managedZone' resource named '{zone.managed_zone}' does not exist. "
        "(managedZones.get); create the zone, or correct its project or managedZone"
    )


def test_a_change_that_is_not_done_in_time_is_told_and_stays_in_the_state(
    zone: ManagedZone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gcp_client, "DONE", 0.0)
    error = failed(UnfinishedError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: change 0 is accepted, and not done after 0 minutes; the next pulumi up has nothing to do once "
        "it is (the state holds what is done)"
    )
    assert error.outs["recordSets"] == published(zone) == domain(1)


def test_an_update_without_difference_loads_nothing_of_google(zone: ManagedZone):
    given = properties(zone, domain(1))
    program = f"""
import sys
from xmpp_federation_dns.keepers.keeper import Keeper
Keeper().update("", {given!r}, {given!r})
print([name for name in sys.modules if name in ("google.auth", "requests")])
"""
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_place_is_project_and_managed_zone(zone: ManagedZone):
    given = properties(zone, {}, **learnt(zone))
    assert PROVIDER.zone(given).place(given) == client(zone).place == (PROJECT, zone.managed_zone)
