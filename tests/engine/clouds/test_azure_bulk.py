"""A zone of Azure DNS in bulk on the real engine: one resource, conditions, and what is done is in the state."""

import re
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from tests.engine.clouds.lab import BULK, FEDERATION, Lab, Run, dangling
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone, Published
from tools.lab.killed import doomed, unlock

NAME = f"{FEDERATION}-contoso.com"
TOLD = f"{BULK} ({NAME})"
DOMAINS = [f"d{number:03}.contoso.com" for number in range(100)]
FOREIGN = ("www.contoso.com", "A")
PUT, LIST = "RecordSets_CreateOrUpdate", "RecordSets_ListByDnsZone"
DENIED = Fault(PUT, match="_tcp.d060", status=403, code="AuthorizationFailed", message="The client may not.")
UP = ("up", "--yes", "--skip-preview")


class Counted:
    """A run, and the calls that the cloud got during it."""

    def __init__(self, azure: Azure, lab: Lab, *arguments: str) -> None:
        before = Counter(azure.server.calls())
        self.run: Run = lab.run(*arguments)
        self.calls = dict(Counter(azure.server.calls()) - before)
        self.state: Mapping[str, Any] = lab.state().get(NAME, {})


@pytest.fixture(scope="module")
def lab(azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab.of(tmp_path_factory.mktemp("bulk"), azure)


@pytest.fixture(scope="module")
def zone(lab: Lab, azure: Azure) -> DnsZone:
    zone = lab.watch(azure.zone("contoso.com"))
    zone.put(*FOREIGN, 60, "192.0.2.1")
    lab.configure(
        zones=[{**zone.configuration(), "bulk": True}],
        domains=DOMAINS,
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    return zone


@pytest.fixture(scope="module")
def denied(azure: Azure, lab: Lab, zone: DnsZone) -> Counted:
    """Create the zone, with one SRV record set of the second batch denied."""
    assert zone.record_sets().keys() == {FOREIGN}
    with azure.server.faulty(DENIED):
        return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def created(azure: Azure, lab: Lab, denied: Counted) -> Counted:
    """Go on without the fault, where some answers are lost and others late."""
    assert denied.run.status
    lost = Fault(PUT, times=3, match="_tcp.d09", effect="lose")
    throttled = Fault(PUT, times=5, match="d08", status=429, code="TooManyRequests", message="Slow down.")
    with azure.server.faulty(lost, throttled):
        return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def again(azure: Azure, lab: Lab, created: Counted) -> Counted:
    assert created.run.status == 0, created.run.output
    return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def changed(azure: Azure, lab: Lab, again: Counted) -> tuple[Counted, Counted]:
    """Swap one SIP domain for another, first in a preview."""
    assert again.run.status == 0
    lab.configure(domains=["e.contoso.com", *DOMAINS[1:]])
    return Counted(azure, lab, "preview", "--diff"), Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def refreshed(azure: Azure, lab: Lab, zone: DnsZone, changed: tuple[Counted, Counted]) -> Counted:
    """Edit one record set and delete another by hand."""
    assert changed[1].run.status == 0, changed[1].run.output
    zone.put("xmpp.d003.contoso.com", "A", 60, "192.0.2.3")
    zone.remove("xmpp.d004.contoso.com", "A")
    return Counted(azure, lab, "refresh", "--yes", "--skip-preview", "--diff")


@pytest.fixture(scope="module")
def repaired(azure: Azure, lab: Lab, refreshed: Counted) -> Counted:
    assert refreshed.run.status == 0, refreshed.run.output
    return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def killed(azure: Azure, lab: Lab, zone: DnsZone, repaired: Counted) -> Counted:
    """Kill an update that changes every address, in the middle, and publish again."""
    assert repaired.run.status == 0, repaired.run.output
    lab.configure(edgePools=[{"ipv4": ["131.107.155.11"]}])
    begun = len(zone.history())
    waiting = Fault(PUT, match="d050", status=503, code="ServerTimeout")
    with azure.server.faulty(waiting), doomed(lab.stack, "up") as process:
        deadline = time.monotonic() + 60
        while len(zone.history()) < begun + 20:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    unlock(lab.stack)
    return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def adopted(azure: Azure, lab: Lab, zone: DnsZone, killed: Counted) -> Counted:
    """Adopt what somebody made by hand."""
    assert killed.run.status == 0, killed.run.output
    zone.put("xmpp.f.contoso.com", "A", 300, "131.107.155.11")
    zone.put("_xmpp-server._tcp.f.contoso.com", "SRV", 3600, "0 0 5269 XMPP.f.contoso.com.")
    adopting = {**zone.configuration(), "bulk": True, "existing": "adopt"}
    lab.configure(zones=[adopting], domains=["f.contoso.com", *DOMAINS[1:]])
    return Counted(azure, lab, *UP)


@pytest.fixture(scope="module")
def destroyed(azure: Azure, lab: Lab, adopted: Counted) -> Counted:
    assert adopted.run.status == 0, adopted.run.output
    return Counted(azure, lab, "destroy", "--yes", "--skip-preview")


def keys(run: Run) -> list[str]:
    """Return sign and key of the record sets in a difference, sorted."""
    return sorted(re.findall(r"^ *([-+~] \S+ (?:SRV|A)) *: ", run.output, re.MULTILINE))


def test_what_is_denied_is_told_in_one_line_with_how_much_is_done(denied: Counted, zone: DnsZone):
    [line] = [line for line in denied.run.errors[TOLD] if line.startswith("* ")]
    assert line.startswith(
        f"* zone contoso.com (resource group {zone.group}): AuthorizationFailed: The client may not. (PUT "
        "_xmpp-server._tcp.d060.contoso.com SRV); on the zone, Reader lets one read, and DNS Zone "
        "Contributor change (docs/pipelines.md); "
    )
    assert line.endswith(" more (the state holds what is done)")
    assert "Traceback" not in denied.run.output
    assert f"zone contoso.com (resource group {zone.group}): 100 of 200 record sets\n" in denied.run.output


def test_what_is_done_is_in_the_state_and_nothing_else(denied: Counted):
    assert sorted(denied.state["outputs"]["recordSets"]) == sorted(
        f"{change.name} {change.type}" for change in denied.run.changes
    )


def test_the_next_update_publishes_the_rest_alone(denied: Counted, created: Counted):
    done = len(denied.run.changes)
    assert 150 <= done < 200
    # Answers that were lost let nothing be written twice.
    assert (len(created.run.changes), len(created.state["outputs"]["recordSets"])) == (200 - done, 200)


def test_an_update_without_changes_calls_nothing(again: Counted):
    assert (again.calls, again.run.steps) == ({}, {})


def test_a_preview_names_the_record_sets_that_come_and_go_and_calls_nothing(
    changed: tuple[Counted, Counted],
):
    assert changed[0].calls == {}
    assert keys(changed[0].run) == [
        "+ _xmpp-server._tcp.e.contoso.com SRV",
        "+ xmpp.e.contoso.com A",
        "- _xmpp-server._tcp.d000.contoso.com SRV",
        "- xmpp.d000.contoso.com A",
    ]


def test_one_domain_more_and_one_less_are_four_changes(changed: tuple[Counted, Counted]):
    assert [(change.action, change.type) for change in changed[1].run.changes] == [
        ("create", "A"),
        *[(change.action, "SRV") for change in changed[1].run.changes[1:3]],
        ("delete", "A"),
    ]


def test_a_refresh_lists_the_zone_once_and_shows_drift_by_record_set(refreshed: Counted):
    assert refreshed.calls[LIST] == 3
    assert keys(refreshed.run) == ["- xmpp.d004.contoso.com A", "~ xmpp.d003.contoso.com A"]


def test_the_next_update_repairs_that_alone(repaired: Counted):
    assert {(change.action, change.name) for change in repaired.run.changes} == {
        ("update", "xmpp.d003.contoso.com"),
        ("create", "xmpp.d004.contoso.com"),
    }


def test_an_update_that_was_killed_goes_on_and_writes_nothing_twice(killed: Counted, zone: DnsZone):
    moved = [change.name for change in zone.history() if change.values == ("131.107.155.11",)]
    assert 0 < len(killed.run.changes) < 100
    assert sorted(moved[:100]) == sorted(f"xmpp.{domain}" for domain in ["e.contoso.com", *DOMAINS[1:]])
    assert killed.state["outputs"]["recordSets"]["xmpp.d050.contoso.com A"] == "300 131.107.155.11"


def test_what_is_equal_is_adopted_and_not_written(adopted: Counted):
    assert [(change.action, change.name) for change in adopted.run.changes] == [
        ("delete", "_xmpp-server._tcp.e.contoso.com"),
        ("delete", "xmpp.e.contoso.com"),
    ]
    assert adopted.state["outputs"]["recordSets"]["_xmpp-server._tcp.f.contoso.com SRV"] == (
        "3600 0 0 5269 xmpp.f.contoso.com."
    )


def test_destroying_leaves_what_is_somebody_elses(destroyed: Counted, zone: DnsZone):
    assert destroyed.run.status == 0, destroyed.run.output
    assert zone.record_sets() == {FOREIGN: Published(60, ("192.0.2.1",))}


def test_at_no_moment_a_service_pointed_to_a_name_without_addresses(destroyed: Counted, zone: DnsZone):
    edited = ("xmpp.d003.contoso.com", "xmpp.d004.contoso.com")
    assert destroyed.state == {}
    assert dangling(change for change in zone.history() if change.name not in edited) == []
