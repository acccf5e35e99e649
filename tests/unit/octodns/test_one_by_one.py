"""Through a class that sends record by record (a stand-in): the order, and what a run leaves that ends early."""

import pytest
from tests.standins.octodns_records import Account, Entry
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed
from tests.unit.octodns.lab import FOREIGN, RECORDS, Stack, foreign

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.octodns_client import OctodnsClient
from xmpp_federation_dns.keepers.keeper import UnfinishedError

WHERE = f"zone {ZONE} ({RECORDS})"
TARGET = f"xmpp.d1.{ZONE}"
SERVICE = f"_xmpp-server._tcp.d1.{ZONE}"
THREE = {f"{TARGET} A": "300 192.0.2.1, 192.0.2.2, 192.0.2.3"}
OTHERS = {f"{TARGET} A": "300 192.0.2.2, 192.0.2.4"}


class KilledError(KeyboardInterrupt):
    """Nothing more happens in this process."""


def own(account: Account) -> dict[str, str]:
    """Return what is in the zone beside what somebody else published."""
    others = {f"{each.name} {each.type}" for each in FOREIGN}
    return {key: text for key, text in account.texts(ZONE).items() if key not in others}


def test_addresses_come_before_services_and_go_after_them_in_one_plan_each(records: Stack, account: Account):
    records.up(domain(1))
    records.up(domain(1, host="edge"))
    records.destroy()
    assert account.requests == [
        f"POST {TARGET} A {ADDRESS}",
        f"POST {SERVICE} SRV 0 0 5269 {TARGET}.",
        f"POST edge.d1.{ZONE} A {ADDRESS}",
        f"DELETE {SERVICE} SRV 0 0 5269 {TARGET}.",
        f"POST {SERVICE} SRV 0 0 5269 edge.d1.{ZONE}.",
        f"DELETE {TARGET} A {ADDRESS}",
        f"DELETE {SERVICE} SRV 0 0 5269 edge.d1.{ZONE}.",
        f"DELETE edge.d1.{ZONE} A {ADDRESS}",
    ]
    assert account.plans == 2 + 3 + 2
    assert account.zones[ZONE] == FOREIGN


def test_many_record_sets_of_a_kind_are_one_plan(records: Stack, account: Account):
    records.up(domains(*range(20)))
    # What is new is looked for before the journal and before the first plan; each plan is read back.
    assert (account.plans, account.reads, len(account.requests)) == (2, 4, 40)


def test_what_was_half_done_at_a_refusal_is_held_and_the_next_run_goes_on(records: Stack, account: Account):
    account.stops_after = 2
    error = failed(UnfinishedError, records.up, THREE)
    assert str(error) == (
        f"{WHERE}: {TARGET} A sent: ServiceError: 400 Client Error; no more of them today (the state holds what is "
        "done)"
    )
    assert (
        records.state["resource"]["recordSets"] == own(account) == {f"{TARGET} A": "300 192.0.2.1, 192.0.2.2"}
    )
    account.stops_after = 1_000
    records.up(THREE)
    assert records.state["resource"]["recordSets"] == own(account) == THREE


def test_what_a_killed_run_left_of_a_record_set_is_recognised(records: Stack, account: Account):
    account.stops_after, account.stops_with = 2, KilledError
    with pytest.raises(KilledError):
        records.up(THREE)
    assert own(account) == {f"{TARGET} A": "300 192.0.2.1, 192.0.2.2"}
    account.stops_after = 1_000
    records.up(THREE)
    assert own(account) == THREE


def test_a_record_set_that_a_killed_run_had_deleted_before_it_changed_is_created(
    records: Stack, account: Account
):
    records.up(THREE)
    account.stops_after, account.stops_with = 3, KilledError
    with pytest.raises(KilledError):
        records.up(OTHERS)
    assert own(account) == {}
    account.stops_after = 1_000
    records.up(OTHERS)
    assert own(account) == OTHERS


@pytest.mark.parametrize("done", range(6))
def test_a_change_that_was_killed_anywhere_goes_on(records: Stack, account: Account, done: int):
    records.up(THREE)
    account.stops_after, account.stops_with = done, KilledError
    if done < 5:
        with pytest.raises(KilledError):
            records.up(OTHERS)
    account.stops_after = 1_000
    records.up(OTHERS)
    assert records.state["resource"]["recordSets"] == own(account) == OTHERS
    assert foreign(account) == FOREIGN


@pytest.mark.parametrize("done", range(4))
def test_what_a_killed_run_left_of_what_goes_is_deleted(records: Stack, account: Account, done: int):
    records.up(THREE)
    account.stops_after, account.stops_with = done, KilledError
    with pytest.raises(KilledError):
        records.up({f"{TARGET} AAAA": "300 2001:db8::1"})
    account.stops_after = 1_000
    records.up({f"{TARGET} AAAA": "300 2001:db8::1"})
    assert own(account) == {f"{TARGET} AAAA": "300 2001:db8::1"}


def test_a_part_of_a_record_set_that_no_run_left_is_somebody_elses(records: Stack, account: Account):
    account.zones[ZONE].append(Entry(TARGET, "A", 300, "192.0.2.1"))
    assert str(failed(UpdateError, records.up, THREE)) == (
        f"{WHERE}: nothing was changed because of 1 conflict:\n  {TARGET} A: '300 192.0.2.1' is not of this resource "
        "(renamed: give the component aliases; else delete it there, or take the SIP domain out of the configuration)"
    )


@pytest.mark.parametrize(
    "entry",
    [Entry(TARGET, "A", 300, "198.51.100.1"), Entry(TARGET, "A", 60, "192.0.2.1")],
    ids=["another value", "another TTL"],
)
def test_what_no_part_of_the_change_explains_is_somebody_elses_after_a_killed_run(
    records: Stack, account: Account, entry: Entry
):
    account.stops_after, account.stops_with = 0, KilledError
    with pytest.raises(KilledError):
        records.up(THREE)
    account.stops_after = 1_000
    account.zones[ZONE].append(entry)
    error = failed(UnfinishedError, records.up, THREE)
    assert f"{TARGET} A: '{entry.ttl} {entry.value}' is not of this resource" in str(error)


def test_what_changes_between_two_batches_is_refused(
    records: Stack, account: Account, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(OctodnsClient, "most", (2,))
    send = Account.send

    def sent(self: Account, zone: str, method: str, entry: Entry) -> None:
        send(self, zone, method, entry)
        if entry.type == "SRV" and entry.name == SERVICE:
            self.zones[zone].append(Entry(f"xmpp.d2.{ZONE}", "A", 60, "198.51.100.1"))

    monkeypatch.setattr(Account, "send", sent)
    error = failed(UnfinishedError, records.up, domains(1, 2))
    assert str(error) == (
        f"{WHERE}: no more was changed because of 1 conflict:\n  xmpp.d2.{ZONE} A: '60 198.51.100.1' is not of this "
        "resource (renamed: give the component aliases; else delete it there, or take the SIP domain out of the "
        "configuration) (the state holds what is done)"
    )
    assert records.state["resource"]["recordSets"] == domain(1)
    assert len(account.requests) == 2


def test_a_record_that_joins_ours_meanwhile_is_told_and_ours_is_known_when_it_has_gone(
    records: Stack, account: Account, monkeypatch: pytest.MonkeyPatch
):
    send = Account.send

    def sent(self: Account, zone: str, method: str, entry: Entry) -> None:
        self.zones[zone].append(Entry(TARGET, "A", 300, "198.51.100.1"))
        send(self, zone, method, entry)

    monkeypatch.setattr(Account, "send", sent)
    error = failed(UpdateError, records.up, {f"{TARGET} A": f"300 {ADDRESS}"})
    assert str(error) == (
        f"{WHERE}: {TARGET} A was sent, and reads as '300 {ADDRESS}, 198.51.100.1' all the same; delete there what "
        "this stack did not send, then pulumi up"
    )
    assert len(account.requests) == 1
    account.zones[ZONE].remove(Entry(TARGET, "A", 300, "198.51.100.1"))
    monkeypatch.undo()
    records.up({f"{TARGET} A": f"300 {ADDRESS}"})
    records.destroy()
    assert account.zones[ZONE] == FOREIGN


def test_a_change_of_the_addresses_alone_sends_nothing_else(records: Stack, account: Account):
    records.up(domains(1, 2))
    account.requests.clear()
    records.up({**domain(1, OTHER_ADDRESS), **domain(2)})
    assert account.requests == [f"DELETE {TARGET} A {ADDRESS}", f"POST {TARGET} A {OTHER_ADDRESS}"]
