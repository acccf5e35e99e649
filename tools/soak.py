"""Play random histories of configuration changes and faults on the real engine, a few at a time.

Each is chosen by its seed alone (tests/soak), and what came of it is kept in a file: the same command goes on where it
stopped. The exit status is 0 where all of them held, 1 where one did not, 2 where something that was given is wrong.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.soak import kept
from tests.soak.history import history
from tests.soak.outcome import Outcome

from tools.lab.stack import CHECKOUT, heed_interrupts

FILE = CHECKOUT / ".soak" / "histories.jsonl"
MINUTES = 20
"""After which a history that still goes on is ended: most take one to two."""
MOST = 999_999
"""The highest seed, and number of anything."""
_running: set[subprocess.Popen[str]] = set()


class InputError(Exception):
    """What was given is wrong, told in one line."""


def main(arguments: Sequence[str]) -> int:
    """Play what is left, and tell the figures of all that is asked for."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--from", dest="first", default="1", help="the first seed")
    parser.add_argument("--histories", default="20", help="how many, one a seed")
    parser.add_argument("--at-once", default=str(os.cpu_count() or 1), help="how many at a time")
    parser.add_argument("--seed", help="play this one alone, and show its steps")
    parser.add_argument("--file", type=Path, default=FILE, help="what came of the histories up to now")
    given = parser.parse_args(arguments)
    heed_interrupts()
    try:
        if given.seed is not None:
            return shown(_number("SEED", given.seed), given.file)
        first, histories = _number("FROM", given.first), _number("HISTORIES", given.histories, least=1)
        at_once = _number("AT_ONCE", given.at_once, least=1)
        return all_of(first, histories, at_once, given.file)
    except (InputError, kept.HistoryFileError) as error:
        print(f"make soak: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"make soak: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("make soak: stopped; the same command goes on", file=sys.stderr)
        return 130


def all_of(first: int, histories: int, at_once: int, file: Path) -> int:
    """Play so many *histories* from the *first* seed on, but those that *file* has; tell what came of all."""
    found = kept.read(file)
    seeds = range(first, first + histories)
    left = kept.left(found, first, histories)
    if len(left) < histories:
        print(f"{histories - len(left)} of {histories} were played before ({file})", flush=True)
    start = time.monotonic()
    for number, outcome in enumerate(_played(left, at_once, file.parent), 1):
        # One that did not come to its end is tried again by the same command.
        if outcome.finished:
            kept.keep(file, outcome)
        found[outcome.seed] = outcome
        minutes = (time.monotonic() - start) / 60
        print(f"{number} of {len(left)}, {minutes:.0f} min: {kept.line(outcome)}", flush=True)
    print(kept.summary(found[seed] for seed in seeds))
    broken = [seed for seed in seeds if not found[seed].held]
    if broken:
        print(f"to see the steps of one: make soak SEED={broken[0]}; each is in {file.parent}/SEED.log")
    return int(bool(broken))


def shown(seed: int, file: Path) -> int:
    """Play one history, show its steps, and keep what comes of it."""
    kept.read(file)
    [outcome] = _played([seed], 1, file.parent, shown=True)
    if outcome.finished:
        kept.keep(file, outcome)
    print(kept.line(outcome))
    return int(not outcome.held)


def _played(seeds: Sequence[int], at_once: int, logs: Path, *, shown: bool = False) -> Iterator[Outcome]:
    with ThreadPoolExecutor(at_once) as pool:
        playing = [pool.submit(_one, seed, logs, shown=shown) for seed in seeds]
        try:
            for each in as_completed(playing):
                yield each.result()
        finally:
            pool.shutdown(cancel_futures=True, wait=False)
            for process in list(_running):
                process.send_signal(signal.SIGINT)


def _one(seed: int, logs: Path, *, shown: bool) -> Outcome:
    """Play a history in a process of its own, which an error in one does not take others with."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{seed}.log"
    command = [sys.executable, "-m", "tests.soak", str(seed)]
    begun = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with log.open("w", encoding="utf-8") as said, begun as process:
        _running.add(process)
        # Interrupted, it stops its servers.
        late = threading.Timer(60 * MINUTES, process.send_signal, (signal.SIGINT,))
        late.start()
        line, start = "", time.monotonic()
        for line in process.stdout or ():
            said.write(line)
            if shown and not line.startswith("{"):
                print(line, end="", flush=True)
        status = process.wait()
        _running.discard(process)
        late.cancel()
    if status == 0 and (outcome := kept.parsed(line)):
        if outcome.held:
            log.unlink()
        return outcome
    seconds = round(time.monotonic() - start, 1)
    broken = [f"ended by itself, {log} says why: {line.strip()[:200]}"]
    return Outcome(seed, str(history(seed).way), finished=False, seconds=seconds, broken=broken)


def _number(name: str, text: str, *, least: int = 0) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) >= least):
        raise InputError(f"{name}={text!r} is no whole number from {least} to {MOST:,}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
