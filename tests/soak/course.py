"""The course of a history: what is done in a step, and what has to hold after every run and every step."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.engine.clouds.lab import FEDERATION, dangling
from tests.faults.rows import LOSING
from tests.soak.history import EQUAL, FOREIGN, KILLS, OTHER, OURS, UNSYNCED, Fault, Hand, History, Step
from tests.soak.outcome import BrokenError, Outcome
from tests.soak.runs import Done, run
from tests.soak.wanted import Key, RecordSets, Wanted, sorted_values
from tests.soak.world import World, has_secret
from tests.standins.zones import Published

CLEARED = "pulumi refresh --clear-pending-creates"
LEFT_OVER = "named as left over, and deleted there"


@dataclass
class Course:
    """A history that is being played; *tell* is given a line for each thing that happens."""

    world: World
    history: History
    tell: Callable[[str], None]
    outcome: Outcome = field(init=False)
    own: RecordSets = field(init=False)
    """What the zone needs itself."""
    foreign: RecordSets = field(init=False)
    """What others have in it when the step begins."""
    before: Wanted = field(init=False)
    """What is published when the step begins."""
    now: Wanted = field(init=False)
    """What the stack file has."""
    options: dict[str, Any] = field(default_factory=dict[str, Any], init=False)
    """What it says of the zone beside that."""
    step: Step = field(init=False)
    said: str = field(default="", init=False)
    """What all runs of the step have said."""
    touched: set[Key] = field(default_factory=set[Key], init=False)
    """What was changed by hand in the step."""
    refused: set[Key] = field(default_factory=set[Key], init=False)
    """What an update of the step named as in the way."""
    exact: bool = field(init=False)
    """Whether each change in the history of the zone is a moment that peers see; those of a batch are not."""
    refreshed: bool = field(default=False, init=False)
    """Whether the last run has looked at everything."""
    _seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin with an empty stack."""
        self.outcome = Outcome(self.history.seed, str(self.history.way))
        there = sorted_values(self.world.zone.record_sets())
        self.own = {key: each for key, each in there.items() if key not in FOREIGN}
        self.foreign = dict(FOREIGN)
        self.before = Wanted(bulk=self.history.way.bulk)
        self.exact = self.history.way.provider != "rfc2136"
        self.skip()

    def begin(self, step: Step) -> None:
        """Begin a step with what somebody else does."""
        self.step, self.said, self.touched, self.refused = step, "", set(), set()
        self.exact &= self.history.way.provider == "azure" or not (self.before.bulk or step.wanted.bulk)
        if step.hand:
            self._by_hand(step.hand)

    def configure(self, wanted: Wanted, **options: Any) -> None:
        """Let the next run publish what is *wanted*; *options* are those of the zone."""
        self.now, self.options = wanted, options
        zone = {**self.world.options(), **options}
        self.world.lab.configure(**wanted.configuration(zone), maxRemoved="off")

    def run(self, *arguments: str, fault: Fault | None = None) -> Done:
        """Run `pulumi`, and see that it keeps the rules."""
        start = time.monotonic()
        done = run(self.world, *arguments, fault=fault)
        took = f"exit status {done.status}, {time.monotonic() - start:.1f} s"
        met = "" if fault is None else f", {'met' if done.met else 'did not meet'}: {fault}"
        self.tell(f"   pulumi {' '.join(arguments)}: {took}{met}")
        self.heard(done)
        return done

    def heard(self, done: Done) -> None:
        """See that a run kept the rules."""
        self.outcome.runs += 1
        self.said += done.output
        self.refreshed = not done.status and "--refresh" in done.arguments
        if "Traceback" in done.output:
            raise BrokenError(f"a traceback\n{done.output}")
        leaks = [*self.world.leaks(), *(["the output"] if has_secret(done.output) else [])]
        if leaks:
            raise BrokenError(f"a secret in plain text: {', '.join(leaks)}")
        self._look(done)

    def succeeds(self, *arguments: str) -> None:
        """Run `pulumi`, which has to end with exit status 0."""
        done = self.run(*arguments)
        if done.status:
            raise BrokenError(f"pulumi {' '.join(arguments)} fails\n{done.output}")

    def put(self, key: Key, content: Published) -> None:
        """Put a record set by hand."""
        self.tell(f"   put there: {' '.join(key)}")
        self.world.zone.put(*key, content.ttl, *content.values)
        self.touched.add(key)
        self.skip()

    def remove(self, key: Key) -> None:
        """Delete a record set by hand."""
        self.tell(f"   deleted there: {' '.join(key)}")
        self.world.zone.remove(*key)
        self.touched.add(key)
        self.skip()

    def skip(self) -> None:
        """Take what was changed up to now for nothing that a run did."""
        self._seen = len(self.world.zone.history())

    def put_away(self) -> None:
        """Clear what the state has as interrupted, and delete what a killed run left and messages name."""
        if "interrupted while creating" in self.said:
            self.outcome.took(CLEARED)
            self.succeeds("refresh", "--clear-pending-creates")
        expected = self.own.keys() | self.step.foreign.keys() | self.foreign.keys() | self.touched
        there = self.world.zone.record_sets()
        # SRV record sets first.
        for key in sorted(there.keys() - expected - self.now.record_sets().keys(), key=_type, reverse=True):
            if not self.orphans() or f"{FEDERATION}-{'-'.join(key)}" not in self.said:
                raise BrokenError(f"left over, and nothing says so: {_told(key, there[key])}\n{self.said}")
            self.outcome.took(LEFT_OVER)
            self.remove(key)

    def destroyed(self) -> None:
        """See that nothing is left but what is not of the stack."""
        self.put_away()
        foreign, hand = dict(self.foreign), self.step.hand
        if hand and hand.kind not in OURS:
            foreign = {key: each for key, each in foreign.items() if key not in hand.removed} | hand.put
        self._zone_is({**self.own, **foreign}, "destroyed, and the zone is not as it was")

    def ends(self) -> None:
        """See that zone and state have what is wanted, and what others have is there."""
        self.put_away()
        wanted = self.step.last.record_sets()
        self._zone_is({**self.own, **self.step.foreign, **wanted}, "the zone is not as wanted")
        if self.exact and (moments := dangling(self.world.zone.history())):
            raise BrokenError(f"an SRV record without an address behind it: {moments[0][1]}\n{self.said}")
        hand = self.step.hand
        if (
            hand
            and hand.kind in (EQUAL, OTHER)
            and wanted.keys() & hand.keys
            and not self.refused & hand.keys
        ):
            raise BrokenError(
                f"taken over without a word: {', '.join(map(str, sorted(hand.keys)))}\n{self.said}"
            )
        held = Counter(self.world.held())
        held.subtract(wanted.keys())
        if wrong := [f"{count:+} {' '.join(key)}" for key, count in held.items() if count]:
            raise BrokenError(f"the state is not as wanted: {', '.join(wrong)}\n{self.said}")
        self.before, self.foreign = self.step.last, dict(self.step.foreign)

    def orphans(self) -> bool:
        """Tell whether the step may leave record sets that no state knows: one by one, after what no one saw."""
        kinds = {each.kind for each in self.step.faults}
        lost = bool(kinds & {LOSING, UNSYNCED}) and self.history.way.provider != "rfc2136"
        one_by_one = not (self.step.wanted.bulk and self.before.bulk)
        return one_by_one and (lost or bool(kinds & set(KILLS)))

    def _by_hand(self, hand: Hand) -> None:
        for key in hand.removed:
            self.remove(key)
        for key, content in hand.put.items():
            self.put(key, content)

    def _look(self, done: Done) -> None:
        """See that a run took nothing away that peers use, and touched nothing of others."""
        changes = self.world.zone.history()[self._seen :]
        self.skip()
        before, then, last = (
            each.record_sets().keys() for each in (self.before, self.step.wanted, self.step.last)
        )
        used = (before & then & last) - self.touched
        foreign = self.foreign.keys() - before - then - last
        if self.history.way.provider == "aws":
            # A batch in bulk takes what was, and gives what is to be: that is one moment.
            changes = list({(each.name, each.type): each for each in changes}.values())
        for change in changes:
            key = (change.name, change.type)
            if key in used and change.action == "delete" and "destroy" not in done.arguments:
                raise BrokenError(f"lost: {' '.join(key)}\n{done.output}")
            if key in foreign:
                raise BrokenError(f"somebody else's was touched: {' '.join(key)}\n{done.output}")

    def _zone_is(self, wanted: RecordSets, otherwise: str) -> None:
        expected, there = sorted_values(wanted), sorted_values(self.world.zone.record_sets())
        missing = [f"- {_told(key, each)}" for key, each in expected.items() if there.get(key) != each]
        more = [f"+ {_told(key, each)}" for key, each in there.items() if expected.get(key) != each]
        if missing or more:
            raise BrokenError(f"{otherwise}: {'; '.join([*missing, *more])}\n{self.said}")


def _told(key: Key, content: Published) -> str:
    return f"{' '.join(key)} {content.ttl} {', '.join(content.values)}"


def _type(key: Key) -> str:
    return key[1]
