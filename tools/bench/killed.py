"""Kill `pulumi up` at moments spread over the run, and see that what follows ends with what is wanted.

Three ways of publishing, each with the same configuration in the next run and with another one. Every second
moment is in a create; the others are in a change of every TTL of what the create has left, with a SIP domain
less and one more. Half of them are seconds, closer to each other towards the end of the run; half of them come
while it writes. Killed is everything that the run started, without a chance to clean up. Then `pulumi cancel` takes
the lock away, and zone and state are compared with what is wanted and with what is somebody else's.
Exit status 1 where one of them is not as it has to be.
"""

import argparse
import math
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from tools.bench import table
from tools.bench.recovery import FailedError, Kill, Recovery
from tools.bench.ways import WAYS, Target, Way
from tools.bench.workload import ADDRESS, OTHER_ADDRESS, ZONE, Wanted, wanted
from tools.lab.killed import LOOK, doomed, unlock

MOMENTS = 20
STEPS = ("create", "change")
REHEARSALS = 3
"""Of which the fastest counts: a moment that something else had delayed would come after the run."""
ATTEMPTS = 5
"""To kill a run before its end."""
HEAD = (
    "| way | SIP domains | next configuration | kills | converged | refused, then converged | left over |",
    "|---|---|---|---|---|---|---|",
)
PUBLISHED_HEAD = (
    "| way | killed in | record sets of a whole run | by the kill |",
    "|---|---|---|---|",
)


@dataclass(frozen=True)
class Moment:
    """So many seconds after so many writes, or after the start."""

    seconds: float
    writes: int = 0

    def __str__(self) -> str:
        """Say when."""
        return f"{self.seconds:.2f} s after {f'write {self.writes}' if self.writes else 'the start'}"

    def earlier(self) -> "Moment":
        """Return one that comes before it."""
        return Moment(self.seconds / 2, max(self.writes - 1, min(self.writes, 1)))


@dataclass(frozen=True)
class Length:
    """What a step takes that nobody kills."""

    seconds: float
    writes: int
    record_sets: int


@dataclass(frozen=True)
class Outcome:
    """What became of a killed run."""

    way: Way
    changed: bool
    step: str
    recovery: Recovery
    failure: str = ""

    @property
    def result(self) -> str:
        """Return the column of the table."""
        if self.failure:
            return "failed"
        return (
            "left over" if self.recovery.left_over else "refused" if self.recovery.ways_out else "converged"
        )

    def __str__(self) -> str:
        """Tell it in a line."""
        left = [f"left over: {name} {type_}" for name, type_ in sorted(self.recovery.left_over)]
        said = ", ".join([*self.recovery.ways_out, *left, *self.failure.splitlines()[:1]])
        head = f"{self.way.title}, {_configuration(changed=self.changed)}, {self.step}"
        return f"{head}, {self.recovery.kill.published} record sets: {self.result}; {said}"


class TooLateError(Exception):
    """The run ended before it was killed."""


def main(arguments: list[str]) -> int:
    """Return 1 where one is not as it has to be."""
    parser = argparse.ArgumentParser(prog="make bench-kill", description=__doc__)
    parser.add_argument("--size", type=int, help="SIP domains, in place of those of each way")
    parser.add_argument(
        "--moments", type=int, default=MOMENTS, help="how often a run is killed, of each kind"
    )
    parser.add_argument("--only", default="", help="the ways with this in their title")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(arguments)
    start = time.monotonic()
    ways = [replace(way, size=given.size or way.size) for way in WAYS if given.only in way.title]
    lengths = {way: undisturbed(way) for way in ways}
    outcomes = [
        outcome
        for way in ways
        for changed in (False, True)
        for number, each in enumerate(moments(given.moments // len(STEPS), lengths[way]))
        for outcome in pair(way, each, changed=changed, by_hand=bool(number // 2 % 2))
    ]
    minutes = (time.monotonic() - start) / 60
    parts = [*told(lengths, outcomes), f"{time.strftime('%Y-%m-%d')}, {minutes:.0f} minutes."]
    print("\n\n".join(parts))
    if given.write:
        table.write(parts, "killed")
    return int(any(outcome.failure for outcome in outcomes))


def undisturbed(way: Way) -> list[Length]:
    """Return the fewest seconds that each step takes, and what it writes then."""
    runs: list[list[Length]] = []
    for _ in range(REHEARSALS):
        with way.target() as target:
            runs.append([])
            for aim in (created := wanted("create all", way.size), grown(created)):
                target.configure(aim)
                start, writes = time.monotonic(), target.zone.writes()
                target.stack.pulumi("up", "--yes", "--skip-preview")
                runs[-1].append(
                    Length(time.monotonic() - start, target.zone.writes() - writes, len(aim.record_sets()))
                )
    return [min(step, key=lambda each: each.seconds) for step in zip(*runs, strict=True)]


def moments(pairs: int, lengths: Sequence[Length]) -> list[list[Moment]]:
    """Return so many pairs of moments, of runs of these *lengths*."""
    found: list[list[Moment]] = []
    for number in range(pairs):
        part = 0.95 * math.sqrt((number + 0.5) / pairs)
        if number % 2:
            found.append([Moment(length.seconds * part) for length in lengths])
        else:
            found.append([Moment(0.1 * part, 1 + number * (each.writes - 1) // pairs) for each in lengths])
    return found


def pair(way: Way, at: Sequence[Moment], *, changed: bool, by_hand: bool) -> list[Outcome]:
    """Kill both steps on one stack, and return what became of them."""
    for _ in range(ATTEMPTS):
        found: list[Outcome] = []
        try:
            with way.target() as target:
                before = Wanted({})
                for step, moment in zip(STEPS, at, strict=True):
                    aim = grown(before) if before.addresses else wanted("create all", way.size)
                    kill = killed(target, before, aim, moment, changed=changed)
                    recovery = Recovery(target, kill, by_hand)
                    try:
                        recovery.run()
                        found.append(Outcome(way, changed, step, recovery))
                    except FailedError as error:
                        found.append(Outcome(way, changed, step, recovery, str(error)))
                        print(error, file=sys.stderr)
                    print(f"{moment}: {found[-1]}", file=sys.stderr, flush=True)
                    before = kill.now
        except TooLateError:
            print(f"{way.title}: {', '.join(map(str, at))} is too late", file=sys.stderr, flush=True)
            at = [moment.earlier() for moment in at]
        else:
            return found
    raise RuntimeError(f"{way.title}: no run could be killed before its end")


def killed(target: Target, before: Wanted, aim: Wanted, moment: Moment, *, changed: bool) -> Kill:
    """Kill the run from *before* to *aim*; return what it left and what is wanted now."""
    zone = target.zone
    target.configure(aim)
    start = zone.writes()
    with doomed(target.stack, "up") as process:
        while zone.writes() - start < moment.writes and process.poll() is None:
            time.sleep(LOOK)
        try:
            process.wait(moment.seconds)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise TooLateError
    if process.returncode != -signal.SIGKILL:
        raise TooLateError
    torn = unlock(target.stack)
    there, held = zone.record_sets(), target.held()
    kill = Kill(aim, there, held, aim, out="", torn=torn)
    if changed:
        # What only the zone knows is the worst to be taken out, and to be changed.
        published = dict(aim.record_sets().items() & there.items() - held.items())
        worst = {name.removeprefix("_xmpp-server._tcp.").removeprefix("xmpp.") for name, _ in published}
        domains = sorted(aim.addresses, key=lambda domain: (domain not in worst, domain))
        kill = replace(kill, out=domains[0], now=elsewhere(before, aim, *domains[:2]))
    return kill


def grown(before: Wanted) -> Wanted:
    """Return what is wanted after the second step: other TTLs, a SIP domain less, one more, one elsewhere."""
    domains = sorted(before.addresses)
    addresses = {**before.addresses, f"e0000.{ZONE}": ADDRESS, domains[len(domains) // 2]: OTHER_ADDRESS}
    del addresses[domains[len(domains) // 3]]
    return Wanted(addresses, 2 * before.srv_ttl, 2 * before.address_ttl)


def elsewhere(before: Wanted, aim: Wanted, out: str, moved: str) -> Wanted:
    """Return what is wanted in place of *aim*: another TTL, a SIP domain *out*, one *moved*, one more.

    The one more is what the killed run was to delete, where there is any.
    """
    more = next(iter(before.addresses.keys() - aim.addresses.keys()), f"f0000.{ZONE}")
    addresses = {**aim.addresses, more: ADDRESS, moved: "131.107.155.12"}
    del addresses[out]
    return Wanted(addresses, aim.srv_ttl, aim.address_ttl + 60)


def told(lengths: dict[Way, list[Length]], outcomes: Sequence[Outcome]) -> list[str]:
    """Return what is to be published of it."""
    rows, published = [*HEAD], [*PUBLISHED_HEAD]
    for way, steps in lengths.items():
        own = [outcome for outcome in outcomes if outcome.way == way]
        for changed in (False, True):
            found = Counter(outcome.result for outcome in own if outcome.changed == changed)
            counts = f"{found['converged']} | {found['refused']} | {found['left over']}"
            head = f"{way.title} | {way.size:,} | {_configuration(changed=changed)} | {found.total()}"
            failed = f" (**{found['failed']} failed**)" if found["failed"] else ""
            rows.append(f"| {head} | {counts}{failed} |")
        for step, length in zip(STEPS, steps, strict=True):
            kills = [outcome.recovery.kill for outcome in own if outcome.step == step]
            counts = sorted(Counter(kill.published for kill in kills).items())
            told = ", ".join(f"{number:,}{f' ({count} times)' * (count > 1)}" for number, count in counts)
            published.append(f"| {way.title} | {step} | {length.record_sets:,} | {told} |")
    ways = Counter(chain.from_iterable(dict.fromkeys(outcome.recovery.ways_out) for outcome in outcomes))
    left = Counter(f"{type_} record sets" for outcome in outcomes for _, type_ in outcome.recovery.left_over)
    torn = sum(outcome.recovery.kill.torn for outcome in outcomes)
    lines = [
        f"Refused: {_counted(ways)}. Left over: {_counted(left)}.",
        f"After {torn} kills, an empty `.attrs` file beside Pulumi's state had to go before `pulumi cancel`.",
    ]
    return ["\n".join(part) for part in (rows, lines, published)]


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in found.most_common()) or "none"


def _configuration(*, changed: bool) -> str:
    return "changed" if changed else "the same"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
