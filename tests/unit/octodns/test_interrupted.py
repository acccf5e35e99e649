"""Updates that end anywhere, one after another, at a service that is sent record by record (a stand-in)."""

import contextlib
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.standins.octodns_records import ACCOUNTS, Account, Entry, ServiceError
from tests.unit.bulk.lab import ZONE
from tests.unit.octodns.lab import FOREIGN, RECORDS, Stack

from xmpp_federation_dns.backends.client import UpdateError

_numbers = itertools.count(1)
RECORD_SETS = {
    f"xmpp.{ZONE} A": ("300", "600", "192.0.2.1", "192.0.2.2", "192.0.2.3"),
    f"edge.{ZONE} A": ("300", "600", "192.0.2.1", "192.0.2.4"),
    f"_xmpp-server._tcp.{ZONE} SRV": ("3600", "600", f"0 0 5269 edge.{ZONE}.", f"0 0 5269 xmpp.{ZONE}."),
}


class KilledError(KeyboardInterrupt):
    """Nothing more happens in this process."""


@st.composite
def wanted(draw: st.DrawFn) -> dict[str, str]:
    """Draw what a stack publishes: some record sets, each with some of its values and one of two TTLs."""
    found: dict[str, str] = {}
    for key, (ttl, other, *values) in RECORD_SETS.items():
        some = draw(st.lists(st.sampled_from(values), unique=True))
        if some:
            found[key] = f"{draw(st.sampled_from((ttl, other)))} {', '.join(sorted(some))}"
    return found or {f"xmpp.{ZONE} A": "300 192.0.2.1"}


STEPS = st.lists(
    st.tuples(wanted(), st.integers(0, 8), st.sampled_from((KilledError, ServiceError))), max_size=6
)


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(first=wanted(), steps=STEPS, last=wanted())
def test_whatever_ended_early_the_next_update_brings_what_is_wanted_and_touches_nothing_else(
    first: dict[str, str], steps: list[tuple[dict[str, str], int, type[BaseException]]], last: dict[str, str]
):
    name = f"history {next(_numbers)}"
    account = ACCOUNTS[name] = Account({ZONE: list(FOREIGN)})
    stack = Stack(RECORDS, account=name)
    stack.up(first)
    for aim, requests, stops_with in steps:
        account.stops_after, account.stops_with = requests, stops_with
        with contextlib.suppress(KilledError, UpdateError):
            stack.up(aim)
    account.stops_after = 1_000
    stack.up(last)
    foreign = Account({ZONE: FOREIGN}).texts(ZONE)
    assert account.texts(ZONE) == foreign | last
    assert stack.state["resource"]["recordSets"] == last


@pytest.mark.parametrize("stops_with", [KilledError, ServiceError])
def test_what_somebody_added_to_an_interrupted_record_set_is_refused(
    records: Stack, account: Account, stops_with: type[BaseException]
):
    key = f"xmpp.{ZONE} A"
    records.up({key: "300 192.0.2.1"})
    account.stops_after, account.stops_with = 2, stops_with
    with pytest.raises((KilledError, UpdateError)):
        records.up({key: "300 192.0.2.2, 192.0.2.3"})
    account.zones[ZONE].append(Entry(f"xmpp.{ZONE}", "A", 300, "198.51.100.1"))
    account.stops_after = 1_000
    with pytest.raises(UpdateError, match="is not what this stack published"):
        records.up({key: "300 192.0.2.2, 192.0.2.3"})
    assert Entry(f"xmpp.{ZONE}", "A", 300, "198.51.100.1") in account.zones[ZONE]
