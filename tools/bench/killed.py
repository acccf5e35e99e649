"""Kill `pulumi up` with a zone in bulk at moments spread over the run: the next one has to go on from there.

Every second moment is in a create; the others are in a change of every TTL of what the create has left. Half of
them are seconds, closer to each other towards the end of the run; half of them come while it writes. Killed is
the whole process group and everything that left it, without a chance to clean up. Then `pulumi cancel` takes the
lock away, `pulumi up` runs again, and the zone is compared with what is wanted and with what was somebody else's.
Exit status 1 where one of them does not converge.
"""

import argparse
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.standins.zones import Published

from tools.bench import table
from tools.bench.programs import Bulk, PulumiProgram
from tools.bench.session import WRITE, Session
from tools.bench.usage import descendants
from tools.bench.workload import Step, wanted

SIZE = 1_000
MOMENTS = 20
REHEARSALS = 3
"""Of which the fastest counts: a moment that something else had delayed would come after the run."""
FOREIGN = {
    ("www.contoso.com", "A"): Published(60, ("192.0.2.1",)),
    ("contoso.com", "MX"): Published(3600, ("10 mail.contoso.com.",)),
    ("_xmpp-client._tcp.d0000.contoso.com", "SRV"): Published(3600, ("0 0 5222 xmpp.d0000.contoso.com.",)),
}
"""Somebody else's, beside and below the names of the stack."""
STEPS: tuple[Step, Step] = ("create all", "change every TTL")

HEAD = (
    "| killed | moment | writes by then | record sets by then | next `pulumi up` |",
    "|---|---|---|---|---|",
)
LOOK = 0.01
"""Seconds between two looks at how much is written."""


@dataclass(frozen=True)
class Moment:
    """So many seconds after so many writes, or after the start."""

    seconds: float
    writes: int = 0

    def __str__(self) -> str:
        """Say when."""
        return f"{self.seconds:.2f} s after {f'write {self.writes}' if self.writes else 'the start'}"


@dataclass(frozen=True)
class Outcome:
    """What became of a killed run: a row of the table, and whether all is as it should be."""

    row: str
    converged: bool


def main(arguments: list[str]) -> int:
    """Return 1 where one does not converge."""
    parser = argparse.ArgumentParser(prog="make bench-kill", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="SIP domains")
    parser.add_argument("--moments", type=int, default=MOMENTS, help="how often a run is killed")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(arguments)
    start = time.monotonic()
    pairs = moments(given.moments // len(STEPS), undisturbed(given.size))
    outcomes = [outcome for each in pairs for outcome in pair(given.size, each)]
    converged = sum(outcome.converged for outcome in outcomes)
    minutes = (time.monotonic() - start) / 60
    parts = [
        "\n".join([*HEAD, *(outcome.row for outcome in outcomes)]),
        f"{converged} of {len(outcomes)} converge ({time.strftime('%Y-%m-%d')}, {minutes:.0f} minutes).",
    ]
    print("\n\n".join(parts))
    if given.write:
        table.write(parts, "killed")
    return 0 if converged == len(outcomes) else 1


def moments(pairs: int, lengths: Sequence[float]) -> list[list[Moment]]:
    """Return so many pairs of moments, of runs that take *lengths* seconds."""
    found: list[list[Moment]] = []
    for number in range(pairs):
        part = 0.95 * math.sqrt((number + 0.5) / pairs)
        if number % 2:
            found.append([Moment(seconds=length * part) for length in lengths])
        else:
            # 1,000 SIP domains are created by two writes and changed by four.
            found.append([Moment(0.1 * part, 1), Moment(0.1 * part, 1 + number // 2 % 3)])
    return found


def undisturbed(size: int) -> list[float]:
    """Return the fewest seconds that each step takes that nobody kills."""
    runs: list[list[float]] = []
    for _ in range(REHEARSALS):
        with Session.of(Bulk, size) as session:
            used = [session.run(step).used for step in STEPS]
        runs.append([each.seconds for each in used if each])
    return [min(step) for step in zip(*runs, strict=True)]


def pair(size: int, at: Sequence[Moment]) -> list[Outcome]:
    """Kill both steps on one stack, and return what became of them."""
    with Session.of(Bulk, size) as session:
        for (name, type_), content in FOREIGN.items():
            session.program.zone.put(name, type_, content.ttl, *content.values)
        return [outcome(session, step, moment) for step, moment in zip(STEPS, at, strict=True)]


def outcome(session: Session, step: Step, moment: Moment) -> Outcome:
    """Kill *step* at a moment, and see whether the next run ends with what is wanted."""
    program = session.program
    if not isinstance(program, PulumiProgram):
        raise TypeError(program)
    target = wanted(step, session.size)
    before = writes(session)
    process = subprocess.Popen(
        list(map(str, program.command(step, target))),
        env=dict(program.environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while writes(session) - before < moment.writes and process.poll() is None:
        time.sleep(LOOK)
    killed = kill(process, moment.seconds)
    done = writes(session) - before
    there = program.zone.record_sets()
    published = sum(there.get(key) == each for key, each in target.record_sets().items())
    program.stack.pulumi("cancel", "--yes")
    run = program.stack.pulumi("up", "--yes", "--skip-preview", check=False)
    as_wanted = program.zone.record_sets() == target.record_sets() | FOREIGN
    if not killed:
        said = "**failed**: the run ended before it was killed"
    elif run.returncode or not as_wanted:
        said = f"**failed**: exit status {run.returncode}, the zone is {'' if as_wanted else 'not '}as wanted"
    else:
        said = "converged"
    row = f"| {step} | {moment} | {done} | {published:,} | {said} |"
    print(row, file=sys.stderr, flush=True)
    if run.returncode:
        print(f"{run.stdout}{run.stderr}", file=sys.stderr)
    return Outcome(row, said == "converged")


def writes(session: Session) -> int:
    """Return how often something was written so far."""
    return session.aws.server.calls().get(WRITE, 0)


def kill(process: "subprocess.Popen[bytes]", after: float) -> bool:
    """Kill a process after so many seconds, with everything that it started; return False if it had ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return False
    # Plugins run in process groups of their own.
    for pid in descendants(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
