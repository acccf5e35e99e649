"""A run that is killed with a zone in bulk half published: the next `pulumi up` goes on from there."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.engine.clouds.lab import FEDERATION, Lab, Run, dangling
from tests.standins.clouds import Aws, Cloud, Google
from tests.standins.emulation import Fault
from tests.standins.zones import CloudZone, Published
from tools.lab.killed import doomed, unlock

ADDRESSES = [f"131.107.155.{number}" for number in range(10, 22)]
DOMAINS = [f"d{number:03}.contoso.com" for number in range(160)]
"""With twelve addresses and one SRV record each, 76 fit into a batch: three batches in all."""
FOREIGN = ("www.contoso.com", "A")
THERE = {FOREIGN: Published(60, ("192.0.2.1",))}


def throttled(match: str) -> Fault:
    """Keep a run at the batch with *match* in it until it is killed."""
    return Fault("ChangeResourceRecordSets", match=match, code="Throttling", message="Rate exceeded")


WAITING = Fault("GetChange", code="Throttling", message="Rate exceeded")
MORE_DOMAINS = [f"d{number:03}.contoso.com" for number in range(450)]
"""For Google, whose changes have up to 100,000 octets of data: those of 448 in one."""
LIMITED = Fault("changes.create", status=429, code="rateLimitExceeded", message="Rate Limit Exceeded")


@dataclass
class Killed:
    """A stack with one zone, whose runs end early."""

    cloud: Cloud
    lab: Lab
    zone: CloudZone

    def at(self, fault: Fault, accepted: int, *arguments: str) -> None:
        """Kill a run when it meets with *fault*, after so many calls *accepted*."""
        calls = self.calls(fault.operation) + accepted
        with self.cloud.server.faulty(fault), doomed(self.lab.stack, *arguments) as process:
            wait(lambda: self.calls(fault.operation) > calls, process)
        unlock(self.lab.stack)

    def calls(self, operation: str) -> int:
        return self.cloud.server.calls().get(operation, 0)

    def up(self) -> Run:
        return self.lab.up()


def wait(until: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """Wait until something is so; the run must not end before."""
    deadline = time.monotonic() + 60
    while not until():
        assert process.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stack(cloud: Cloud, directory: Path, domains: list[str]) -> Killed:
    """Return a stack with a zone of its own, in which somebody else has a record set."""
    lab = Lab.of(directory, cloud)
    zone = lab.zone(cloud, "contoso.com")
    zone.put(*FOREIGN, 60, "192.0.2.1")
    lab.configure(
        zones=[{**zone.configuration(), "bulk": True}], domains=domains, edgePools=[{"ipv4": ADDRESSES}]
    )
    return Killed(cloud, lab, zone)


@pytest.fixture
def killed(aws: Aws, tmp_path: Path) -> Killed:
    return stack(aws, tmp_path, DOMAINS)


@pytest.fixture
def killed_at_google(gcp: Google, tmp_path: Path) -> Killed:
    return stack(gcp, tmp_path, MORE_DOMAINS)


def published(zone: CloudZone) -> set[str]:
    return {f"{name} {type_}" for name, type_ in zone.record_sets().keys() - {FOREIGN}}


def held(lab: Lab) -> set[str]:
    return set(lab.state()[f"{FEDERATION}-contoso.com"]["outputs"]["recordSets"])


@pytest.mark.parametrize(
    ("fault", "accepted", "count"),
    [
        (throttled("d000"), 0, 0),
        (throttled("d076"), 1, 152),
        (WAITING, 0, 320),
    ],
    ids=["before the first batch", "after the first", "while it waits for INSYNC"],
)
def test_a_create_goes_on_after_the_last_batch_that_was_accepted(
    killed: Killed, fault: Fault, accepted: int, count: int
):
    killed.at(fault, accepted, "up")
    assert len(published(killed.zone)) == count
    run = killed.up()
    assert (run.status, len(run.changes)) == (0, 320 - count), run.output
    assert held(killed.lab) == published(killed.zone)
    assert killed.lab.destroy().status == 0
    assert killed.zone.record_sets() == THERE


@pytest.mark.parametrize(
    ("fault", "accepted", "count"),
    [
        (replace(LIMITED, match="d000"), 0, 0),
        (replace(LIMITED, match="d448"), 1, 896),
        (replace(LIMITED, operation="changes.get"), 0, 900),
    ],
    ids=["before the first change", "after the first", "while it waits until the last is done"],
)
def test_a_create_at_google_goes_on_after_the_last_change_that_was_accepted(
    killed_at_google: Killed, fault: Fault, accepted: int, count: int
):
    killed = killed_at_google
    killed.at(fault, accepted, "up")
    assert len(published(killed.zone)) == count
    run = killed.up()
    assert (run.status, len(run.changes)) == (0, 900 - count), run.output
    assert held(killed.lab) == published(killed.zone)
    assert killed.lab.destroy().status == 0
    assert killed.zone.record_sets() == THERE


def test_a_run_that_failed_and_was_killed_when_it_was_tried_again_goes_on(killed: Killed):
    """The second try wants what the first one wanted, so the journal is not written anew."""
    denied = Fault("ChangeResourceRecordSets", match="d076", code="AccessDenied", message="not allowed")
    with killed.cloud.server.faulty(denied):
        assert killed.up().status
    killed.at(throttled("d152"), 1, "up")
    assert len(published(killed.zone)) == 304
    run = killed.up()
    assert (run.status, len(run.changes)) == (0, 16), run.output
    assert held(killed.lab) == published(killed.zone)


def test_an_update_and_a_destroy_go_on_too(killed: Killed):
    assert killed.up().status == 0
    killed.lab.configure(edgePools=[{"host": "edge", "ipv4": ADDRESSES}], maxRemoved="off")
    killed.at(throttled("d076"), 2, "up")
    run = killed.up()
    assert run.status == 0, run.output
    assert held(killed.lab) == published(killed.zone)
    killed.at(throttled("d152"), 2, "destroy")
    run = killed.lab.destroy()
    assert run.status == 0, run.output
    assert killed.zone.record_sets() == THERE
    assert dangling(killed.zone.history()) == []
