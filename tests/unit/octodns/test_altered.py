"""A class, or its service, that publishes something else than it is told: said as it is, and nothing is left behind."""

import pytest
from tests.standins.octodns_records import Account, Entry
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed
from tests.unit.octodns.lab import FOREIGN, RECORDS, Stack

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import UnfinishedError

WHERE = f"zone {ZONE} ({RECORDS})"
TARGET = f"xmpp.d1.{ZONE}"
SERVICE = f"_xmpp-server._tcp.d1.{ZONE}"
KEY = f"{TARGET} A"
STATE = " (the state holds what is done)"


def raised(entry: Entry) -> list[Entry]:
    """Return a record as a service keeps it that knows no TTL under 600 s."""
    return [entry._replace(ttl=max(entry.ttl, 600))]


def test_a_ttl_that_is_raised_is_told_with_the_way_out_and_the_record_set_is_ours(
    records: Stack, account: Account
):
    account.keeps = raised
    way_out = "set addressTtl to what the service keeps"
    text = f"{WHERE}: {KEY} was sent with a TTL of 300 s, and reads with 600 s; {way_out}"
    left = f"0 of 2 record sets are done, left for the next run: {KEY}, {SERVICE} SRV"
    assert str(failed(UnfinishedError, records.up, domain(1))) == f"{text}; {left}{STATE}"
    assert records.state["resource"]["recordSets"] == {KEY: f"600 {ADDRESS}"}
    assert str(failed(UpdateError, records.up, domain(1))) == f"{text}; {left}"
    records.up({**domain(1), KEY: f"600 {ADDRESS}"})
    assert records.refreshed() == {**domain(1), KEY: f"600 {ADDRESS}"}


def test_what_a_service_made_of_it_goes_with_the_stack(records: Stack, account: Account):
    account.keeps = raised
    failed(UnfinishedError, records.up, domain(1))
    records.destroy()
    assert account.zones[ZONE] == FOREIGN


def test_the_ttl_of_a_service_has_its_own_option(records: Stack, account: Account):
    account.keeps = lambda entry: [entry._replace(ttl=min(entry.ttl, 600))]
    error = failed(UnfinishedError, records.up, domain(1))
    assert str(error) == (
        f"{WHERE}: {SERVICE} SRV was sent with a TTL of 3,600 s, and reads with 600 s; set srvTtl to what the service "
        f"keeps; 1 of 2 record sets are done, left for the next run: {SERVICE} SRV{STATE}"
    )


def test_several_record_sets_are_named(records: Stack, account: Account):
    account.keeps = raised
    error = failed(UnfinishedError, records.up, domains(1, 2))
    assert f"set addressTtl to what the service keeps; so do xmpp.d2.{ZONE} A; 0 of 4" in str(error)
    records.destroy()
    assert account.zones[ZONE] == FOREIGN


def test_values_that_are_dropped_are_told_and_what_is_left_is_ours(records: Stack, account: Account):
    account.keeps = lambda entry: [entry] if entry.value != OTHER_ADDRESS else []
    error = failed(UnfinishedError, records.up, {KEY: f"300 {ADDRESS}, {OTHER_ADDRESS}"})
    assert str(error) == (
        f"{WHERE}: {KEY} was sent, and reads as '300 {ADDRESS}' all the same; the class or its service changes what it "
        f"is told (docs/octodns.md){STATE}"
    )
    records.destroy()
    assert account.zones[ZONE] == FOREIGN


def test_what_is_lost_while_another_record_set_is_altered_is_created_by_the_next_run(
    records: Stack, account: Account
):
    wanted = {
        KEY: f"600 {ADDRESS}",
        f"xmpp.d2.{ZONE} A": f"600 {ADDRESS}",
        f"xmpp.d3.{ZONE} A": f"600 {ADDRESS}",
    }
    records.up({**wanted, f"xmpp.d3.{ZONE} A": f"600 {OTHER_ADDRESS}"})

    def keeps(entry: Entry) -> list[Entry]:
        return [] if entry.name == TARGET else [entry._replace(ttl=min(entry.ttl, 900))]

    account.keeps = keeps
    changed = {
        KEY: f"700 {ADDRESS}",
        f"xmpp.d2.{ZONE} A": f"1200 {ADDRESS}",
        f"xmpp.d3.{ZONE} A": f"600 {ADDRESS}",
    }
    failed(UnfinishedError, records.up, changed)
    assert records.state["resource"]["recordSets"] == {
        f"xmpp.d2.{ZONE} A": f"900 {ADDRESS}",
        f"xmpp.d3.{ZONE} A": f"600 {ADDRESS}",
    }
    account.keeps = lambda entry: [entry]
    records.up(changed)
    assert records.refreshed() == changed


@pytest.mark.parametrize("stays", [1, 2])
def test_what_stays_of_what_was_to_go_is_ours(
    records: Stack, account: Account, stays: int, monkeypatch: pytest.MonkeyPatch
):
    three = f"300 {ADDRESS}, {OTHER_ADDRESS}, 192.0.2.1"
    records.up({**domain(1), KEY: three})
    send = Account.send

    def sent(self: Account, zone: str, method: str, entry: Entry) -> None:
        if method == "POST" or sum(each.name == TARGET for each in self.zones[zone]) > stays:
            send(self, zone, method, entry)

    with monkeypatch.context() as patch:
        patch.setattr(Account, "send", sent)
        error = failed(UnfinishedError, records.up, domain(1, host="edge"))
    assert f"{KEY} was sent, and reads as '300 " in str(error)
    records.destroy()
    assert account.zones[ZONE] == FOREIGN


def test_a_refusal_after_a_part_was_sent_does_not_say_that_nothing_was_changed(
    records: Stack, account: Account
):
    account.stops_after = 1

    def keeps(entry: Entry) -> list[Entry]:
        return [entry, Entry(f"xmpp.d2.{ZONE}", "A", 60, "198.51.100.1")]

    account.keeps = keeps
    addresses = {key: text for key, text in domains(1, 2).items() if key.endswith(" A")}
    assert str(failed(UnfinishedError, records.up, addresses)).startswith(
        f"{WHERE}: no more was changed because of 1 conflict:\n  xmpp.d2.{ZONE} A: '60 198.51.100.1' is not of this"
    )
