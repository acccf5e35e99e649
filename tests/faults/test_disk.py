"""The disk for the state is full while a stack publishes: a small one that only the runs of the test see."""

import os
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.rfc2136.lab import SECRET
from tests.faults.network import at_the_first_change
from tests.faults.test_dns_server import ADDRESS, BEFORE, THERE, Stack, wanted
from tests.faults.watch import leaks, watched
from tools.lab.killed import unlock
from tools.lab.namespace import Namespace

KIBIBYTES = 512
"""Room for the state and its history."""
SHORT = 3.0
"""Seconds for which it is full, of some 30 for which the engine tries to write."""
TOLD = "no space left on device"
TORN = "failed to load checkpoint"


@dataclass
class Disk:
    """The disk, as it is from outside."""

    place: Path

    def fill(self) -> None:
        """Leave not an octet free."""
        with suppress(OSError), (self.place / "filler").open("ab", buffering=0) as file:
            while file.write(bytes(1024)):
                pass

    def free(self) -> None:
        """Let it be as it was."""
        (self.place / "filler").unlink()

    @property
    def state(self) -> Path:
        """The state that the engine wrote last."""
        [found] = self.place.rglob("demo.json")
        return found

    def restore(self) -> None:
        """Put the engine's own copy of the last state that it wrote in the place of what is torn."""
        shutil.copy(f"{self.state}.bak", self.state)


@contextmanager
def small(directory: Path, *, bulk: bool) -> Generator[tuple[Stack, Disk]]:
    """Serve a stack whose state is on a small disk; what is published is as wanted in the end, and then taken back."""
    with (
        Stack.serving(directory, bulk=bulk) as stack,
        Namespace.with_disk(stack.lab.stack.state_directory, KIBIBYTES) as namespace,
    ):
        pulumi = stack.lab.stack
        pulumi.prefix = namespace.command(directory=pulumi.project)
        pulumi.state_directory = namespace.seen(pulumi.state_directory)
        stack.configure(BEFORE, ADDRESS)
        with watched(stack.zone) as seen:
            yield stack, Disk(pulumi.state_directory)
        assert stack.zone.record_sets() == wanted(BEFORE, ADDRESS)
        assert (seen, leaks(directory / "stack", SECRET), leaks(pulumi.state_directory, SECRET)) == (
            [],
            [],
            [],
        )
        assert stack.lab.destroy().status == 0
        assert stack.zone.record_sets() == THERE


def test_an_update_waits_for_a_disk_that_is_full_for_seconds(tmp_path: Path):
    with small(tmp_path, bulk=False) as (stack, disk):

        def fill() -> None:
            disk.fill()
            threading.Timer(SHORT, disk.free).start()

        with stack.network.troubled(at_the_first_change(fill)):
            run = stack.lab.up()
        assert (run.status, "Traceback" in run.output, SECRET in run.output) == (0, False, False), run.output


def test_after_a_disk_that_stayed_full_what_an_operator_does_goes_on(tmp_path: Path):
    """Whether the state is whole then, cut off or empty is a race of the engine's writes for the room they free."""
    with small(tmp_path, bulk=True) as (stack, disk):
        with stack.network.troubled(at_the_first_change(disk.fill)):
            troubled = stack.lab.up()
        disk.free()
        unlock(stack.lab.stack)
        run = stack.lab.up()
        assert (troubled.status != 0, TOLD in troubled.output) == (True, True), troubled.output
        outputs = troubled.output + run.output
        if run.status:
            assert TORN in run.output, run.output
            disk.restore()
            run = stack.lab.up()
            outputs += run.output
        assert run.status == 0, run.output
        assert ("Traceback" in outputs, SECRET in outputs) == (False, False)


@pytest.mark.parametrize("octets", [0, 4096], ids=["empty", "cut off"])
def test_in_the_place_of_a_state_that_is_torn_the_copy_of_the_engine_goes_on(tmp_path: Path, octets: int):
    with small(tmp_path, bulk=True) as (stack, disk):
        assert stack.lab.up().status == 0
        os.truncate(disk.state, octets)
        torn = stack.lab.up()
        disk.restore()
        run = stack.lab.up()
        assert (torn.status != 0, TORN in torn.output) == (True, True), torn.output
        assert run.status == 0, run.output
        outputs = torn.output + run.output
        assert ("Traceback" in outputs, SECRET in outputs) == (False, False)
