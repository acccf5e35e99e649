"""How far a command is, on standard error: a bar on a terminal, lines in a log, objects for a program."""

import json
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from itertools import chain, repeat
from typing import Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from xmpp_federation_dns.markdown import printed

Form = Literal["auto", "plain", "json", "off"]
FORM: ContextVar[Form] = ContextVar("progress", default="auto")
"""The form that this command was asked for."""
VARIABLE = "XMPP_FEDERATION_DNS_PROGRESS"
"""The environment variable with the form for all commands, such as those of a pipeline."""

Wait = Callable[[float], bool]
"""Waits so many seconds, and returns earlier, with true, where there is no more to wait for."""


class Steps:
    """What a command has done of *total*; *noun* is what is done with each. Called with how many are done so far.

    *clock* returns seconds since any time.
    """

    def __init__(self, command: str, noun: str, total: int, clock: Callable[[], float]) -> None:
        self.command, self.noun, self.total = command, noun, total
        self.done = 0
        self.missing = ""
        """What it waits for, in one line; empty where for nothing in particular."""
        self.heard: Callable[[], None] = lambda: None
        """Called after each step."""
        self._clock = clock
        self._start = clock()

    def __call__(self, done: int, missing: str | None = None) -> None:
        """Hear how many are *done*, and what is *missing* where that is known."""
        self.done = done
        if missing is not None:
            self.waits_for(missing)
        self.heard()

    def waits_for(self, missing: str) -> None:
        """Hear what the next step waits for."""
        self.missing = printed(missing)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def rate(self) -> float | None:
        """How many are done in a second; unknown where none is."""
        return self.done / self.seconds if self.done and self.seconds else None

    @property
    def left(self) -> float | None:
        """Seconds until all are done, at that rate; unknown where others have to do something first."""
        return None if self.missing or not self.rate else (self.total - self.done) / self.rate

    @property
    def pace(self) -> str:
        """Rate and time left in words, as far as they are known."""
        told = [f"{self.rate:,.{0 if self.rate >= 10 else 1}f} a second"] if self.rate else []
        return ", ".join([*told, f"{_duration(self.left)} left"] if self.left else told)

    def line(self) -> str:
        """Return all of it in one line."""
        told = f"{self.command}: {self.done:,} of {self.total:,} {self.noun} after {_duration(self.seconds)}"
        return told + (f"; {self.missing}" if self.missing else f", {self.pace}" if self.pace else "")

    def as_json(self) -> str:
        """Return all of it as a JSON object in one line."""
        rate, left = (None if number is None else round(number, 3) for number in (self.rate, self.left))
        return json.dumps(
            {
                "command": self.command,
                "done": self.done,
                "total": self.total,
                "what": self.noun,
                "seconds": round(self.seconds, 3),
                "perSecond": rate,
                "secondsLeft": left,
                "missing": self.missing,
            }
        )


@contextmanager
def progress(
    command: str,
    noun: str,
    total: int,
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Wait | None = None,
) -> Generator[Steps]:
    """Show how many of *total* are done, in the form that was asked for: give what hears it, until the block ends.

    *clock* returns seconds; *wait*, in place of the clock of this machine, lets the time between two lines pass.
    """
    console = Console(stderr=True)
    steps = Steps(command, noun, total, clock)
    match FORM.get():
        case "off":
            yield steps
        case "auto" if console.is_terminal:
            with _bar(steps, console):
                yield steps
        case "json":
            with _speaking(partial(_each_second, steps), wait):
                yield steps
            _say(steps.as_json())
        case _:
            with _speaking(partial(_now_and_then, steps), wait):
                yield steps


@contextmanager
def _bar(steps: Steps, console: Console) -> Generator[None]:
    columns = (
        TextColumn(steps.command),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn(steps.noun),
        TimeElapsedColumn(),
        # Names and answers of servers are no markup, and one line is enough of them.
        TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task(steps.command, total=steps.total, told="")
        steps.heard = lambda: bar.update(task, completed=steps.done, told=steps.missing or steps.pace)
        yield


@contextmanager
def _speaking(lines: Callable[[Wait], Iterable[str]], wait: Wait | None) -> Generator[None]:
    """Print *lines* as they come, beside the block, until it ends."""
    ended = threading.Event()

    def speak() -> None:
        for line in lines(wait or ended.wait):
            _say(line)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        ended.set()
        speaker.join()


def _say(line: str) -> None:
    # Who takes standard error away does without it.
    with suppress(OSError):
        typer.echo(line, err=True)


def _now_and_then(steps: Steps, wait: Wait) -> Iterator[str]:
    """Yield how far it is after 10 s, 30 s, and each minute."""
    pauses = chain((10, 20, 30), repeat(60))
    while not wait(next(pauses)):
        yield steps.line()


def _each_second(steps: Steps, wait: Wait) -> Iterator[str]:
    """Yield how far it is, each second in which that has changed."""
    told: tuple[int, str] | None = None
    while not wait(1):
        if told != (now := (steps.done, steps.missing)):
            told = now
            yield steps.as_json()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
