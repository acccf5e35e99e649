"""What is run after a `pulumi up` was killed, as documentation and messages say, and what comes of it."""

import re
import sys
from dataclasses import dataclass, field
from subprocess import CompletedProcess

from tools.bench.ways import FOREIGN, Key, RecordSets, Target
from tools.bench.workload import Wanted

EQUAL, OTHER = (
    "is equal, but not of this resource",
    "is not of this resource (renamed: give the component aliases; else delete it there",
)
CONFLICT = re.compile(
    rf"^ +(\S+) (\S+): (?:'.*'|what is there) ({re.escape(EQUAL)}|{re.escape(OTHER)})", re.MULTILINE
)
ROUNDS = 10
"""Runs that may be refused one after the other: each names what was attempted at the same time."""
ADOPTED = "adopted"
DELETED = "deleted there"
WENT_BACK = "adopted with the configuration of the killed run"

Done = CompletedProcess[str]


class FailedError(Exception):
    """What must not come of it."""


@dataclass(frozen=True)
class Kill:
    """A killed run: what it *wanted*; what was *there*, and *held* by the state; and what is wanted *now*.

    *out* is the SIP domain that was taken out of the configuration since. *torn*: so was a file of Pulumi's state.
    """

    wanted: Wanted
    there: RecordSets
    held: RecordSets
    now: Wanted
    out: str
    torn: bool

    @property
    def published(self) -> int:
        """How many record sets were as the killed run wanted them."""
        return len(self.wanted.record_sets().items() & self.there.items())

    def unknown(self) -> RecordSets:
        """Return what the killed run published of the SIP domain that is not wanted now, and no state knows."""
        published = self.wanted.record_sets()
        return {
            key: content
            for key, content in self.there.items()
            if key[0].endswith(f".{self.out}") and content == published.get(key) and key not in self.held
        }


@dataclass
class Recovery:
    """The runs after a kill."""

    target: Target
    kill: Kill
    by_hand: bool
    """Whether what stands in the way is deleted there; else the configuration goes back to that of the kill."""
    ways_out: list[str] = field(default_factory=list[str])
    """What messages said to do, and was done."""
    left_over: RecordSets = field(default_factory=RecordSets)
    """What stayed in the zone; it is deleted there."""
    _deleted: set[Key] = field(default_factory=set["Key"])

    def run(self) -> None:
        """Raise :class:`FailedError` where the zone does not become what is wanted, or peers lose anything."""
        self.target.configure(self.kill.now)
        if self.target.bulk:
            self._succeeds()
        else:
            self._one_by_one()
        self._is_as(self.kill.now)

    def _one_by_one(self) -> None:
        run = self._up("--refresh")
        while run.returncode:
            if len(self.ways_out) == ROUNDS:
                raise FailedError(f"still refused\n{run.stdout}")
            run = self._way_out(run.stdout)
        writes = self.target.zone.writes()
        self.target.configure(self.kill.now)
        if self.ways_out:
            self._succeeds()
        last = self._succeeds("--expect-no-changes")
        if self.target.zone.writes() != writes:
            raise FailedError("the last run changed something")
        there = self.target.zone.record_sets()
        self.left_over = {key: each for key, each in self.kill.unknown().items() if there.get(key) == each}
        for name, type_ in self.left_over:
            if f"federation-{name}-{type_}, interrupted while creating" not in last.stdout:
                raise FailedError(f"nothing says that {name} {type_} is left over\n{last.stdout}")
            self.target.zone.remove(name, type_)

    def _way_out(self, said: str) -> Done:
        """Do what a refused run *said*, and return the next one."""
        conflicts = {(name, type_): why for name, type_, why in CONFLICT.findall(said)}
        others = [key for key, why in conflicts.items() if why == OTHER]
        if not conflicts:
            raise FailedError(said)
        print(
            "\n".join(f"  {name} {type_} {why}" for (name, type_), why in conflicts.items()), file=sys.stderr
        )
        if not others:
            self.ways_out.append(ADOPTED)
            self.target.configure(self.kill.now, existing="adopt")
        elif self.by_hand:
            self.ways_out.append(DELETED)
            self._deleted |= set(others)
            for key in others:
                if self.target.zone.record_sets()[key] != self.kill.wanted.record_sets()[key]:
                    raise FailedError(f"{key} is nothing that the killed run published")
                self.target.zone.remove(*key)
            self.target.configure(self.kill.now)
        else:
            self.ways_out.append(WENT_BACK)
            self.target.configure(self.kill.wanted, existing="adopt")
            self._succeeds()
            self._is_as(self.kill.wanted)
            self.target.configure(self.kill.now)
        return self._up()

    def _up(self, *arguments: str) -> Done:
        """Run `pulumi up`; whatever it ends with, peers lose nothing but what was deleted there."""
        run = self.target.stack.pulumi("up", "--yes", "--skip-preview", *arguments, check=False)
        there = self.target.zone.record_sets()
        used = self.kill.there.keys() & self.kill.now.record_sets().keys()
        if lost := used - there.keys() - self._deleted:
            raise FailedError(f"lost: {sorted(lost)}\n{run.stdout}")
        if changed := FOREIGN.items() - there.items():
            raise FailedError(f"somebody else's: {sorted(changed)}")
        return run

    def _succeeds(self, *arguments: str) -> Done:
        run = self._up(*arguments)
        if run.returncode:
            raise FailedError(f"exit status {run.returncode}\n{run.stdout}{run.stderr}")
        return run

    def _is_as(self, wanted: Wanted) -> None:
        """See that zone and state have what is *wanted*, and the zone what is somebody else's."""
        there, held = self.target.zone.record_sets(), self.target.held()
        if there != wanted.record_sets() | FOREIGN:
            wrong = sorted(there.items() ^ (wanted.record_sets() | FOREIGN).items())
            raise FailedError(f"the zone is not as wanted: {wrong[:8]}")
        if held != wanted.record_sets():
            raise FailedError(f"the state is not: {sorted(held.items() ^ wanted.record_sets().items())[:8]}")
