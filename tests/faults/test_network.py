"""The network between a plugin and a DNS server is slow, or cut for a while: see :mod:`tests.faults.link`."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.engine.rfc2136.lab import SECRET
from tests.faults.link import Link
from tests.faults.network import at_the_first_change
from tests.faults.test_dns_server import ADDRESS, BEFORE, THERE, Stack, wanted
from tests.faults.watch import leaks, watched

SHORT = 3.0
"""Seconds of a cut that an attempt outlives, or the next one after it."""
TOLD = "no answer in 3 attempts of 5 s"


@contextmanager
def linked(directory: Path, *, bulk: bool) -> Generator[tuple[Stack, Link]]:
    """Serve a stack over a network of its own; what is published is as wanted in the end, and then taken back."""
    with Stack.serving(directory, bulk=bulk) as stack, Link.before(stack.network.port, directory) as link:
        stack.configure(BEFORE, ADDRESS, port=link.port)
        with watched(stack.zone) as seen:
            yield stack, link
        assert stack.zone.record_sets() == wanted(BEFORE, ADDRESS)
        assert (seen, leaks(directory / "stack", SECRET)) == ([], [])
        assert stack.lab.destroy().status == 0
        assert stack.zone.record_sets() == THERE


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
def test_an_update_gets_through_a_slow_network_that_is_cut_for_seconds(tmp_path: Path, bulk: bool):
    with linked(tmp_path, bulk=bulk) as (stack, link):
        link.slow()

        def cut() -> None:
            link.cut()
            threading.Timer(SHORT, link.mend).start()

        with stack.network.troubled(at_the_first_change(cut)):
            run = stack.lab.up()
        assert (run.status, "Traceback" in run.output, SECRET in run.output) == (0, False, False), run.output


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
def test_a_network_that_stays_cut_is_told_and_what_follows_goes_on_or_names_what_was_done(
    tmp_path: Path, bulk: bool
):
    with linked(tmp_path, bulk=bulk) as (stack, link):
        with stack.network.troubled(at_the_first_change(link.cut)):
            troubled = stack.lab.up()
        link.mend()
        run = stack.lab.up()
        assert (troubled.status != 0, TOLD in troubled.output) == (True, True), troubled.output
        if not bulk:
            # Nobody knows of a change without an answer who sent it.
            assert (run.status != 0, "equal, but not of this resource" in run.output) == (True, True)
            stack.configure(BEFORE, ADDRESS, port=link.port, existing="adopt")
            run = stack.lab.up()
        assert run.status == 0, run.output
        outputs = troubled.output + run.output
        assert ("Traceback" in outputs, SECRET in outputs) == (False, False)
