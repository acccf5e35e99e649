"""Runs of `pulumi`, whole, disturbed or killed in part, and what they said."""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from tempfile import TemporaryFile

from tests.engine.rfc2136.killed import settle
from tests.faults.test_processes import gone, kill, processes
from tests.soak.history import ALL, ENGINE, KILLS, PLUGIN, Fault
from tests.soak.world import World, wait
from tools.lab.killed import doomed, unlock

PLUGINS = "pulumi-resource-"
PATIENCE = 60
"""Seconds in which what is left of a run ends by itself."""
QUIET = 0.2
"""Seconds without a change of the state after which the engine has written what it began."""


@dataclass(frozen=True)
class Done:
    """A run that ended: how, with which words, and whether what was to go wrong with it did."""

    arguments: tuple[str, ...]
    status: int
    output: str
    met: bool = False


def run(world: World, *arguments: str, fault: Fault | None = None) -> Done:
    """Run `pulumi` with *fault*; take the lock away that a killed engine leaves."""
    if fault is None:
        return _whole(world, arguments)
    if fault.kind in KILLS:
        return _killed(world, arguments, fault)
    with world.disturbed(fault) as met:
        done = _whole(world, arguments)
        return replace(done, met=met())


def _whole(world: World, arguments: tuple[str, ...]) -> Done:
    done = world.lab.stack.pulumi(arguments[0], "--yes", "--skip-preview", *arguments[1:], check=False)
    return Done(arguments, done.returncode, done.stdout + done.stderr)


def _killed(world: World, arguments: tuple[str, ...], fault: Fault) -> Done:
    stack = world.lab.stack
    with TemporaryFile() as said:
        if fault.kind == ENGINE:
            with doomed(stack, *arguments, output=said) as process:
                with stopped(world, fault) as reached:
                    if met := wait(reached, process):
                        _settle(world, fault)
                        kill([process.pid] if process.poll() is None else [])
                if met:
                    gone(process.pid, PLUGINS)
        else:
            with stopped(world, fault) as reached, doomed(stack, *arguments, output=said) as process:
                met = wait(reached, process)
                if met:
                    _settle(world, fault)
                if met and fault.kind == PLUGIN:
                    with suppress(ProcessLookupError):
                        kill(processes(process.pid, PLUGINS))
                if not met or fault.kind == PLUGIN:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(PATIENCE)
        said.seek(0)
        output = said.read().decode(errors="replace")
    if process.returncode == -signal.SIGKILL:
        unlock(stack)
    return Done(arguments, process.returncode, output, met and (fault.kind != ALL or process.returncode < 0))


def stopped(world: World, fault: Fault) -> AbstractContextManager[Callable[[], bool]]:
    """Give what tells whether a run has come to where *fault* kills it: some seconds, or some changes."""
    if not fault.seconds:
        return world.stopped(fault)
    until = time.monotonic() + fault.seconds
    return nullcontext(lambda: time.monotonic() > until)


def _settle(world: World, fault: Fault) -> None:
    if world.hangs(fault):
        settle(world.lab.stack.state_directory, QUIET)
