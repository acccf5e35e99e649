"""How far a command is: a bar on a terminal, lines in a log, objects for a program."""

import io
import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from rich.console import Console
from tests.unit.cli import call

from xmpp_federation_dns.commands import progress as module
from xmpp_federation_dns.commands.progress import FORM, VARIABLE, Form, Steps, progress


class Clock:
    """A clock that goes on where somebody waits; before that, the command takes the next of *steps*."""

    def __init__(self, *steps: tuple[Any, ...]) -> None:
        self.now = 1000.0
        self.waited: list[float] = []
        self.steps = [*steps]
        self.hears: Steps | None = None
        self.begun, self.over = threading.Event(), threading.Event()

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.begun.wait()
        if not self.steps or not self.hears:
            self.over.set()
            return True
        if step := self.steps.pop(0):
            self.hears(*step)
        self.waited.append(seconds)
        self.now += seconds
        return False


@pytest.fixture(autouse=True)
def _form() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    before = FORM.get()
    yield
    FORM.set(before)


def run(form: Form, *steps: tuple[Any, ...]) -> Clock:
    """Run a command of 300 steps."""
    FORM.set(form)
    clock = Clock(*steps)
    with progress("verify", "proven", 300, clock=clock, wait=clock.wait) as clock.hears:
        clock.begun.set()
        clock.over.wait()
    return clock


def test_a_log_has_a_line_after_10_s_30_s_and_each_minute(capsys: pytest.CaptureFixture[str]):
    late = "2 of 4 servers of contoso.com still say TTL 3600 \x1b[31m"
    clock = run("plain", (0,), (120,), (299, late), (299,), (300, ""))
    assert capsys.readouterr().err.splitlines() == [
        "verify: 0 of 300 proven after 10 s",
        "verify: 120 of 300 proven after 30 s, 4.0 a second, 45 s left",
        "verify: 299 of 300 proven after 1 min 0 s; '2 of 4 servers of contoso.com still say TTL 3600 \\x1b[31m'",
        "verify: 299 of 300 proven after 2 min 0 s; '2 of 4 servers of contoso.com still say TTL 3600 \\x1b[31m'",
        "verify: 300 of 300 proven after 3 min 0 s, 1.7 a second",
    ]
    assert clock.waited == [10, 20, 30, 60, 60]


def test_what_ends_before_says_nothing(capsys: pytest.CaptureFixture[str]):
    run("plain")
    assert capsys.readouterr().err == ""


def test_a_program_gets_an_object_each_second_with_news_and_the_last_one(capsys: pytest.CaptureFixture[str]):
    run("json", (0,), (), (120,), (120, "wait"), (300, ""))
    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    common = {"command": "verify", "total": 300, "what": "proven"}
    assert lines == [
        {**common, "done": 0, "seconds": 1.0, "perSecond": None, "secondsLeft": None, "missing": ""},
        {**common, "done": 120, "seconds": 3.0, "perSecond": 40.0, "secondsLeft": 4.5, "missing": ""},
        {**common, "done": 120, "seconds": 4.0, "perSecond": 30.0, "secondsLeft": None, "missing": "wait"},
        {**common, "done": 300, "seconds": 5.0, "perSecond": 60.0, "secondsLeft": 0.0, "missing": ""},
        {**common, "done": 300, "seconds": 5.0, "perSecond": 60.0, "secondsLeft": 0.0, "missing": ""},
    ]


def test_nothing_is_said_where_nobody_wants_it(capsys: pytest.CaptureFixture[str]):
    FORM.set("off")
    with progress("drift", "zones read", 4) as steps:
        steps(3)
    assert capsys.readouterr().err == ""


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str, /) -> int:
        raise BrokenPipeError(text)


def test_standard_error_that_takes_nothing_does_not_end_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr", Gone())
    clock = run("json", (0,), (120,), (300,))
    assert clock.waited == [1, 1, 1]


@pytest.mark.parametrize(
    ("done", "seconds", "pace"),
    [
        (0, 10, ""),
        (3, 10, "0.3 a second, 16 min 30 s left"),
        (290, 10, "29 a second, 0 s left"),
        (300, 0.1, "3,000 a second"),
    ],
)
def test_the_pace_is_in_words(done: int, seconds: float, pace: str):
    clock = Clock()
    steps = Steps("verify", "proven", 300, clock)
    clock.now += seconds
    steps(done)
    assert steps.pace == pace


def test_no_thread_outlives_the_command():
    before = threading.active_count()
    with progress("drift", "zones read", 4):
        pass
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("is_terminal", "missing", "shown"),
    [
        (True, "2 of 4 [red] servers", ["drift", "3/4", "zones read", "2 of 4 [red] servers"]),
        (True, "", ["drift", "3/4", "zones read", "0.3 a second, 3 s left"]),
        (False, "", []),
    ],
)
def test_a_bar_is_for_terminals_alone(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, missing: str, shown: list[str]
):
    text = io.StringIO()

    def console(*, stderr: bool) -> Console:
        assert stderr
        return Console(file=text, force_terminal=is_terminal, width=120, color_system=None)

    monkeypatch.setattr(module, "Console", console)
    FORM.set("auto")
    clock = Clock()
    with progress("drift", "zones read", 4, clock=clock, wait=lambda _: True) as steps:
        clock.now += 10
        steps(3, missing)
    last = text.getvalue()
    places = [last.rfind(each) for each in shown]
    assert all(place >= 0 for place in places)
    assert all(one < other for one, other in pairwise(places))
    assert bool(last) == is_terminal


@pytest.mark.usefixtures("project")
def test_the_form_is_an_option_before_the_command_or_a_variable(monkeypatch: pytest.MonkeyPatch):
    assert call("--progress", "json", "check", "correct")[0] == 0
    assert FORM.get() == "json"
    monkeypatch.setenv(VARIABLE, "plain")
    assert call("check", "correct")[0] == 0
    assert FORM.get() == "plain"
    status, _, err = call("--progress", "loud", "check")
    assert (status, "Invalid value for '--progress'" in err) == (2, True)
