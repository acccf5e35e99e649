"""Play a history on the real engine, and set right what its faults leave, as an operator does."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults.watch import watched
from tests.soak import ways_out
from tests.soak.course import Course
from tests.soak.history import BULK, DESTROY, KILLS, LEAVE, OURS, REFRESH, Fault, History, Step
from tests.soak.outcome import BrokenError, Outcome
from tests.soak.runs import Done
from tests.soak.wanted import Wanted
from tests.soak.world import begun

ROUNDS = 8
"""Updates that may be refused one after the other: each names what was attempted at the same time."""
EVERY = {"rfc2136": 0.1, "aws": 0.5, "azure": 0.5}
"""Seconds between two looks of a peer; the emulations also know every moment."""


def played(history: History, tell: Callable[[str], None]) -> Outcome:
    """Play a history to its end, or to what does not hold."""
    with (
        TemporaryDirectory(prefix="soak-") as directory,
        begun(history.way.provider, Path(directory)) as world,
    ):
        course = Course(world, history, tell)
        start = time.monotonic()
        try:
            with watched(world.zone, EVERY[history.way.provider]) as dangling:
                for step in history.steps:
                    tell(f"{course.outcome.steps + 1}. {step}")
                    _step(course, step)
                    _peer(dangling)
                    course.outcome.steps += 1
                tell("at the end")
                _end(course)
                _peer(dangling)
        except (BrokenError, AssertionError) as error:
            what, _, said = str(error).partition("\n")
            course.outcome.broken.append(f"after {course.outcome.steps} steps: {what}")
            tell(f"   did not hold: {what}\n{said}")
        course.outcome.seconds = round(time.monotonic() - start, 1)
        return course.outcome


def _step(course: Course, step: Step) -> None:
    """Play one step, and see that it ends in order."""
    course.begin(step)
    provider = course.history.way.provider
    if step.change == DESTROY:
        _destroy(course, step.faults)
        _publish(course, step.wanted)
    elif step.change == REFRESH:
        _faulty(course, step.faults, "refresh")
        _publish(course, step.wanted)
    elif step.change == LEAVE:
        _publish(course, course.before, retainOnDelete=True)
        _publish(course, step.wanted, step.faults, retainOnDelete=True)
        _publish(course, step.wanted)
    elif step.change == BULK and provider == "rfc2136":
        _publish(course, step.wanted, step.faults, existing="adopt")
        _publish(course, step.wanted)
    elif step.change == BULK and step.wanted.bulk:
        _publish(course, course.before, retainOnDelete=True)
        _publish(course, step.wanted, step.faults, existing="adopt")
        _publish(course, step.wanted)
    elif step.change == BULK:
        _publish(course, course.before, retainOnDelete=True)
        course.configure(step.wanted, retainOnDelete=True)
        ways_out.take_in(course)
        _publish(course, step.wanted, step.faults)
    else:
        _publish(course, step.wanted, step.faults, step.then)
    if step.hand and step.hand.kind in OURS and not course.refreshed:
        course.succeeds("up", "--refresh")
    course.ends()


def _publish(
    course: Course, wanted: Wanted, faults: Sequence[Fault] = (), then: Wanted | None = None, **options: Any
) -> None:
    """Publish what is *wanted*, or *then* what is wanted by then, whatever runs meet with before."""
    course.configure(wanted, **options)
    done, killed = _faulty(course, faults, "up")
    if then:
        course.configure(then, **options)
    if then or killed or done is None or done.status:
        done = course.run("up", *(["--refresh"] if killed and not wanted.bulk else []))
    for _ in range(ROUNDS):
        if not done.status:
            break
        done = ways_out.taken(course, done)
    else:
        raise BrokenError(f"still refused\n{done.output}")
    if course.options != options:
        course.configure(course.now, **options)
        course.succeeds("up")


def _faulty(course: Course, faults: Sequence[Fault], *arguments: str) -> tuple[Done | None, bool]:
    """Return how the last run ended that was to meet with one of *faults*, and whether a run was killed."""
    done, killed = None, False
    for fault in faults:
        done = course.run(*arguments, fault=fault)
        course.outcome.tried(fault.kind, met=done.met)
        killed |= done.met and fault.kind in KILLS
    return done, killed


def _destroy(course: Course, faults: Sequence[Fault]) -> None:
    _faulty(course, faults, "destroy")
    done = course.run("destroy")
    if done.status and ways_out.DIFFERENT in done.output and course.touched:
        done = course.run("destroy", "--refresh")
    if done.status:
        raise BrokenError(f"destroy fails\n{done.output}")
    course.destroyed()


def _end(course: Course) -> None:
    """See that the stack rests, and that destroying it takes what is its own alone."""
    course.touched = set()
    course.step = replace(course.step, hand=None)
    course.succeeds("up", "--expect-no-changes")
    _destroy(course, ())


def _peer(dangling: Sequence[str]) -> None:
    if dangling:
        raise BrokenError(f"a peer saw an SRV record without an address behind it: {dangling[0]}")
