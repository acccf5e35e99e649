"""A hosted zone in bulk on the real engine: one resource, few calls, and what is done is in the state."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from tests.engine.clouds.lab import FEDERATION, Lab, Run, dangling
from tests.standins.clouds import Aws
from tests.standins.emulation import Fault
from tests.standins.zones import CloudZone, Published

NAME = f"{FEDERATION}-contoso.com"
TOLD = f"xmpp-federation-dns:index:RecordSets ({NAME})"
ADDRESSES = [f"131.107.155.{number}" for number in range(10, 22)]
DOMAINS = [f"d{number:03}.contoso.com" for number in range(160)]
"""With twelve addresses and one SRV record each, 76 fit into a batch: three batches in all."""
FOREIGN = ("www.contoso.com", "A")
DENIED = Fault(
    "ChangeResourceRecordSets", match="d076.contoso.com", status=403, code="AccessDenied", message="not yours"
)


@pytest.fixture(scope="module")
def lab(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab.of(tmp_path_factory.mktemp("bulk"), aws)


@pytest.fixture(scope="module")
def zone(lab: Lab, aws: Aws) -> CloudZone:
    zone = lab.zone(aws, "contoso.com")
    zone.put(*FOREIGN, 60, "192.0.2.1")
    lab.configure(
        zones=[{**zone.configuration(), "bulk": True}], domains=DOMAINS, edgePools=[{"ipv4": ADDRESSES}]
    )
    return zone


class Counted:
    """A run, and the calls that the cloud got during it."""

    def __init__(self, aws: Aws, lab: Lab, *arguments: str) -> None:
        before = Counter(aws.server.calls())
        self.run: Run = lab.run(*arguments)
        self.calls = dict(Counter(aws.server.calls()) - before)
        self.state: Mapping[str, Any] = lab.state().get(NAME, {})


UP = ("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def denied(aws: Aws, lab: Lab, zone: CloudZone) -> Counted:
    """Create the zone, with the second batch denied."""
    assert zone.record_sets().keys() == {FOREIGN}
    with aws.server.faulty(DENIED):
        return Counted(aws, lab, *UP)


@pytest.fixture(scope="module")
def shown(aws: Aws, lab: Lab, denied: Counted) -> Counted:
    assert denied.run.status
    return Counted(aws, lab, "preview", "--diff")


@pytest.fixture(scope="module")
def created(aws: Aws, lab: Lab, shown: Counted) -> Counted:
    """Go on without the fault."""
    assert shown.run.status == 0
    return Counted(aws, lab, *UP)


@pytest.fixture(scope="module")
def again(aws: Aws, lab: Lab, created: Counted) -> Counted:
    assert created.run.status == 0, created.run.output
    return Counted(aws, lab, *UP)


@pytest.fixture(scope="module")
def changed(aws: Aws, lab: Lab, again: Counted) -> tuple[Counted, Counted]:
    """Swap one SIP domain for another, first in a preview."""
    assert again.run.status == 0
    lab.configure(domains=["e.contoso.com", *DOMAINS[1:]])
    return Counted(aws, lab, "preview", "--diff"), Counted(aws, lab, *UP)


@pytest.fixture(scope="module")
def refreshed(aws: Aws, lab: Lab, zone: CloudZone, changed: tuple[Counted, Counted]) -> Counted:
    """Edit one record set and delete another by hand."""
    assert changed[1].run.status == 0, changed[1].run.output
    zone.put("xmpp.d003.contoso.com", "A", 60, "192.0.2.3")
    zone.remove("xmpp.d004.contoso.com", "A")
    return Counted(aws, lab, "refresh", "--yes", "--skip-preview", "--diff")


@pytest.fixture(scope="module")
def repaired(aws: Aws, lab: Lab, refreshed: Counted) -> Counted:
    assert refreshed.run.status == 0
    return Counted(aws, lab, *UP)


@pytest.fixture(scope="module")
def destroyed(aws: Aws, lab: Lab, repaired: Counted) -> Counted:
    assert repaired.run.status == 0, repaired.run.output
    return Counted(aws, lab, "destroy", "--yes", "--skip-preview")


def lines(run: Run) -> list[str]:
    """Return the lines of a difference that are about a record set: sign and key, then the values."""
    found = re.findall(r"^ *([-+~] \S+ (?:SRV|A)) *: (.*)$", run.output, re.MULTILINE)
    return [f"{key}: {values}" for key, values in found]


def keys(run: Run) -> list[str]:
    """Return sign and key of the record sets in a difference, sorted."""
    return sorted(line.partition(":")[0] for line in lines(run))


def test_a_batch_that_is_denied_is_told_in_one_line_with_what_is_left(denied: Counted, zone: CloudZone):
    assert denied.run.errors[TOLD][0].startswith(
        f"* zone contoso.com ({zone.id}): AccessDenied: not yours (ChangeResourceRecordSets); 152 of 320 record "
        "sets are done, left for the next run: xmpp.d076.contoso.com A, _xmpp-server._tcp.d076.contoso.com SRV, "
    )
    assert denied.run.errors[TOLD][0].endswith(" and 160 more (the state holds what is done)")
    assert "Traceback" not in denied.run.output


def test_it_is_shown_how_far_the_update_was(denied: Counted, zone: CloudZone):
    assert f"zone contoso.com ({zone.id}): 152 of 320 record sets\n" in denied.run.output


def test_what_is_done_is_in_the_state_and_nothing_else(denied: Counted):
    assert len(denied.state["outputs"]["recordSets"]) == 152
    assert sorted(denied.state["outputs"]["recordSets"]) == sorted(
        f"{change.name} {change.type}" for change in denied.run.changes
    )


def test_the_next_preview_names_what_is_missing(shown: Counted):
    added = [line for line in lines(shown.run) if line.startswith("+ ")]
    assert len(added) == 168
    assert '+ _xmpp-server._tcp.d076.contoso.com SRV: "3600 0 0 5269 xmpp.d076.contoso.com."' in added


def test_the_next_update_publishes_the_rest_alone(created: Counted):
    assert (len(created.run.changes), len(created.state["outputs"]["recordSets"])) == (168, 320)
    assert created.calls == {"ListResourceRecordSets": 2, "ChangeResourceRecordSets": 2, "GetChange": 1}


def test_an_update_without_changes_calls_nothing(again: Counted):
    assert (again.calls, again.run.steps) == ({}, {})


def test_a_preview_names_the_record_sets_that_come_and_go(changed: tuple[Counted, Counted]):
    assert changed[0].calls == {}
    assert keys(changed[0].run) == [
        "+ _xmpp-server._tcp.e.contoso.com SRV",
        "+ xmpp.e.contoso.com A",
        "- _xmpp-server._tcp.d000.contoso.com SRV",
        "- xmpp.d000.contoso.com A",
    ]


def test_one_domain_more_and_one_less_are_one_call(changed: tuple[Counted, Counted]):
    # The two names of the new domain are asked for, and those above them for a delegation; nothing else is read.
    assert changed[1].calls == {"ListResourceRecordSets": 4, "ChangeResourceRecordSets": 1, "GetChange": 1}
    assert len(changed[1].run.changes) == 4


def test_a_refresh_reads_the_zone_once_and_shows_drift_by_record_set(refreshed: Counted):
    assert refreshed.calls == {"ListResourceRecordSets": 2}
    assert keys(refreshed.run) == ["- xmpp.d004.contoso.com A", "~ xmpp.d003.contoso.com A"]
    assert [line for line in lines(refreshed.run) if line.endswith(' => "60 192.0.2.3"')]


def test_the_next_update_repairs_that_alone(repaired: Counted):
    assert {change.name for change in repaired.run.changes} == {
        "xmpp.d003.contoso.com",
        "xmpp.d004.contoso.com",
    }


def test_destroying_leaves_what_is_somebody_elses(destroyed: Counted, zone: CloudZone):
    assert destroyed.run.status == 0, destroyed.run.output
    assert zone.record_sets() == {FOREIGN: Published(60, ("192.0.2.1",))}


def test_at_no_moment_a_service_pointed_to_a_name_without_addresses(destroyed: Counted, zone: CloudZone):
    edited = ("xmpp.d003.contoso.com", "xmpp.d004.contoso.com")
    assert destroyed.state == {}
    assert dangling(change for change in zone.history() if change.name not in edited) == []
