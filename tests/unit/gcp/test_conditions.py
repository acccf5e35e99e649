"""What a change of Google Cloud DNS rests on: exactly what is there, and how much of it fits into one."""

import pytest
from tests.standins.clouds import Google
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domains, failed
from tests.unit.clients.lab import PROVIDER, Calls, published, put
from tests.unit.gcp.lab import SEND, client, create, told

from xmpp_federation_dns.backends.client import RefusedError
from xmpp_federation_dns.changes import Change, Content, content

HOST = "xmpp.d1.contoso.com"


def change(old: str | None, new: str | None) -> list[Change]:
    return [Change(f"{HOST} A", Content.of(old) if old else None, Content.of(new) if new else None)]


@pytest.mark.parametrize("new", [f"300 {OTHER_ADDRESS}", None], ids=["changed", "deleted"])
def test_what_somebody_writes_after_it_was_read_is_not_overwritten(zone: ManagedZone, new: str | None):
    put(zone, {f"{HOST} A": "60 192.0.2.1"})
    error = failed(RefusedError, client(zone).send, change(f"300 {ADDRESS}", new))
    assert str(error) == (
        f"{told(zone)}: conditionNotMet: Precondition not met for 'entity.change.deletions[0]' (changes.create)"
    )
    assert published(zone) == {f"{HOST} A": "60 192.0.2.1"}


@pytest.mark.parametrize("new", [f"300 {OTHER_ADDRESS}", None], ids=["changed", "deleted"])
def test_what_is_gone_is_neither_changed_nor_deleted(zone: ManagedZone, new: str | None):
    error = failed(RefusedError, client(zone).send, change(f"300 {ADDRESS}", new))
    assert str(error) == (
        f"{told(zone)}: notFound: The 'entity.change.deletions[0]' resource named '{HOST}. (A)' does not exist. "
        "(changes.create)"
    )


def test_what_somebody_creates_first_is_not_overwritten(zone: ManagedZone):
    put(zone, {f"{HOST} A": "60 192.0.2.1"})
    error = failed(RefusedError, client(zone).send, change(None, f"300 {ADDRESS}"))
    assert str(error) == (
        f"{told(zone)}: alreadyExists: The resource 'entity.change.additions[0]' named '{HOST}. (A)' already exists "
        "(changes.create); a look at the name does not show it: see gcloud dns record-sets list, and delete it there"
    )
    assert published(zone) == {f"{HOST} A": "60 192.0.2.1"}


def test_a_change_weighs_its_additions_its_deletions_and_the_longer_form_of_its_data(zone: ManagedZone):
    found = client(zone)
    four, six = content(300, [ADDRESS]), content(300, ["2620::1"])
    srv = content(3600, ["0 0 5269 xmpp.d1.contoso.com."])
    assert [found.weight(Change("k", *both)) for both in ((None, four), (six, None), (six, srv))] == [
        (1, 0, 16),
        (0, 1, 16),
        (1, 1, 16 + 29),
    ]


def test_what_does_not_fit_into_a_change_goes_into_as_many_as_it_takes(zone: ManagedZone, account: Google):
    record_sets, calls = domains(*range(600)), Calls(account)
    state = create(zone, record_sets)
    assert state["recordSets"] == published(zone) == record_sets
    PROVIDER.delete("", state)
    assert (published(zone), calls()[SEND]) == ({}, 4)
