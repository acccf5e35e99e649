"""A part of a run is killed alone, or two runs meet: what follows ends as wanted, or says who is in the way."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.engine.rfc2136.killed import ZONE, Killed, published, settle
from tests.engine.rfc2136.lab import SECRET, Lab
from tools.lab.killed import unlock

ADDRESS = "131.107.155.10"
DOMAINS = ("a", "b", "c")
PLUGIN = "pulumi-resource-xmpp-federation-dns"
PATIENCE = 60
"""Seconds in which what has to end does, on a machine that does much else."""


@pytest.fixture(params=[False, True], ids=["one by one", "in bulk"])
def killed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Killed]:
    with Killed.serving(tmp_path, bulk=request.param) as killed:
        killed.configure(*DOMAINS, addresses=[ADDRESS])
        yield killed


def records(*domains: str) -> list[str]:
    services = [f"_xmpp-server._tcp.{each} 3600 IN SRV 0 0 5269 xmpp.{each}" for each in domains]
    return sorted([*services, *(f"xmpp.{each} 300 IN A {ADDRESS}" for each in domains)])


def begun(lab: Lab) -> "subprocess.Popen[str]":
    """Begin `pulumi up`, in a session of its own."""
    stack = lab.stack
    return subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"],
        cwd=stack.project,
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes(session: int, name: str = "") -> list[int]:
    """Return the processes of a session that run a program of this *name*, or all."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ProcessLookupError):
            state, _, _, its_session = (path / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX" and name in (path / "cmdline").read_text():
                found.append(int(path.name))
    return found


def kill(pids: Iterable[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def gone(session: int, name: str = PLUGIN) -> None:
    """Wait until no plugin of this *name* is left in a session; the engine's own language host would stay."""
    deadline = time.monotonic() + PATIENCE
    while processes(session, name):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    kill(processes(session))


def test_a_plugin_that_is_killed_ends_the_update_and_the_next_one_goes_on(killed: Killed):
    with killed.gate.shut(0, 0):
        run = begun(killed.lab)
        assert killed.gate.reached.wait(PATIENCE)
        kill(processes(run.pid, PLUGIN))
        output, _ = run.communicate(timeout=PATIENCE)
    assert (run.returncode != 0, "Traceback" in output) == (True, False), output
    again = killed.up()
    assert (again.status, published(again)) == (0, records(*DOMAINS)), again.output


def test_what_an_engine_that_is_killed_leaves_running_ends_and_what_it_did_is_known_or_named(killed: Killed):
    """Its plugins carry on with what they were told, and nobody writes down what came of it."""
    with killed.gate.shut(0):
        run = begun(killed.lab)
        assert killed.gate.reached.wait(PATIENCE)
        settle(killed.lab.stack.state_directory)
        kill([run.pid])
    gone(run.pid)
    run.communicate()
    unlock(killed.lab.stack)
    again = killed.up("--refresh")
    if killed.options["bulk"]:
        assert (again.status, published(again)) == (0, records(*DOMAINS)), again.output
        return
    assert again.status != 0
    assert "equal, but not of this resource" in again.output
    killed.configure(*DOMAINS, addresses=[ADDRESS], existing="adopt")
    adopted = killed.up()
    assert (adopted.status, published(adopted)) == (0, records(*DOMAINS)), adopted.output


def test_a_second_update_of_a_stack_is_refused_while_the_first_one_goes_on(killed: Killed):
    with killed.gate.shut(0, 0):
        first = begun(killed.lab)
        assert killed.gate.reached.wait(PATIENCE)
        second = killed.up()
    output, _ = first.communicate(timeout=PATIENCE)
    assert (second.status != 0, "the stack is currently locked" in second.output) == (True, True)
    assert first.returncode == 0, output
    again = killed.up()
    assert (again.status, published(again), again.changes[ZONE]) == (0, records(*DOMAINS), [])


def test_of_two_stacks_that_publish_the_same_at_once_one_does_and_the_other_says_so(
    killed: Killed, tmp_path: Path
):
    other = Lab.of(killed.lab.knot, tmp_path / "other")
    other.stack.set_secret("tsigSecret", SECRET)
    other.configure(
        zones=[other.zone(ZONE, **killed.options)],
        domains=[f"{each}.{ZONE}" for each in DOMAINS],
        edgePools=[{"ipv4": [ADDRESS]}],
    )
    labs = (killed.lab, other)
    runs = [begun(lab) for lab in labs]
    outputs = [run.communicate(timeout=PATIENCE)[0] for run in runs]
    assert sorted(run.returncode == 0 for run in runs) == [False, True], outputs
    won = 0 if runs[0].returncode == 0 else 1
    winner, loser = labs[won], labs[1 - won]
    assert "equal, but not of this resource" in outputs[1 - won]
    assert published(winner.run("up", "--yes", "--skip-preview")) == records(*DOMAINS)
    assert loser.run("destroy", "--yes").status == 0
    assert published(winner.run("preview")) == records(*DOMAINS)
