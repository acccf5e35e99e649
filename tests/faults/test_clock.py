"""The clock of a run is set while it talks to a DNS server, whose signatures have a time (RFC 8945 §5.2.3)."""

from pathlib import Path

import pytest
from tests.engine.rfc2136.lab import SECRET
from tests.faults.jumping import HOUR, Clock
from tests.faults.network import at_the_first_change
from tests.faults.test_dns_server import ADDRESS, BEFORE, THERE, Stack, wanted
from tests.faults.watch import leaks, watched

TOLD = "the clocks of server and client differ by more than 300 s; set the one that is wrong (NTP)"


@pytest.mark.parametrize(
    ("bulk", "hours"), [(False, 3), (True, -3)], ids=["one by one, ahead", "in bulk, back"]
)
def test_a_clock_that_is_set_in_the_middle_is_told_and_what_follows_goes_on_or_names_it(
    tmp_path: Path, bulk: bool, hours: int
):
    with (
        Clock.kept(tmp_path / "clock") as clock,
        Stack.serving(tmp_path, bulk=bulk, **clock.environment) as stack,
    ):
        stack.configure(BEFORE, ADDRESS)
        with watched(stack.zone) as seen:
            with stack.network.troubled(at_the_first_change(lambda: clock.jump(hours * HOUR))):
                troubled = stack.lab.up()
            clock.jump(0)
            run = stack.lab.up()
            if not bulk:
                # Nobody knows of an answer that is not believed who sent what it is about.
                assert (run.status != 0, "equal, but not of this resource" in run.output) == (True, True)
                stack.configure(BEFORE, ADDRESS, existing="adopt")
                run = stack.lab.up()
        assert (troubled.status != 0, TOLD in troubled.output) == (True, True), troubled.output
        assert (run.status, stack.zone.record_sets()) == (0, wanted(BEFORE, ADDRESS)), run.output
        assert (seen, leaks(tmp_path / "stack", SECRET)) == ([], [])
        assert "Traceback" not in troubled.output + run.output
        assert stack.lab.destroy().status == 0
        assert stack.zone.record_sets() == THERE
