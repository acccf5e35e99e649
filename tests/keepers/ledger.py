"""Who published what, and what nobody may do: the rules that every history has to keep."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from tests.keepers.engine import Goal, Resource, Stack
from tests.keepers.federation import BULK, SERVERS, Program, adopts, places
from tests.standins.primary import Change, Place, Primary, RecordSets


class Ledger:
    """Every change of the zones, as it happens, and what a stack may say of them."""

    def __init__(self) -> None:
        self.primary = Primary({zone: addresses[0] for zone, addresses in SERVERS.items()}, self.watch)
        self.reads = False
        """Whether the operation that runs may change nothing."""
        self.doubt = False
        """Whether a message of the operation that runs got no answer at first: what is equal may be its work."""
        self.last: dict[Place, Change] = {}
        """The last change of each record set."""
        self.changes = 0
        """How many record sets have changed so far."""
        self._when: dict[Place, int] = {}
        self._known: dict[str, dict[Place, set[str]]] = defaultdict(lambda: defaultdict(set))
        """By stack, what it published or adopted, with every text of it that it may know."""
        self._left: dict[str, set[Place]] = defaultdict(set)
        """By stack, what it was told to leave in a zone."""
        self._unsaid: dict[str, dict[Place, str]] = defaultdict(dict)
        """By stack, what it changed without a chance to say so in its state, and the resource that should know."""

    def watch(self, change: Change) -> None:
        """See a change at the moment at which it happens."""
        self.last[change.place] = change
        self._when[change.place] = self.changes
        self.changes += 1
        if change.by == "hand":
            return
        known = self._known[change.by][change.place]
        assert not self.reads, f"{change}: changed by an operation that only reads"
        assert change.before is None or change.before in known, f"{change}: changed, and was foreign"
        if change.after is not None:
            known.add(change.after)
        self._left[change.by].discard(change.place)
        self._unsaid[change.by].pop(change.place, None)

    def saved(self, name: str, old: Resource | None, new: Resource | None) -> None:
        """See what a step changes in the state: what was left, what was adopted, what a refresh found."""
        before, after = (held([each] if each else []) for each in (old, new))
        if new and not old:
            # A journal that is replaced knows of no earlier run.
            unsaid = self._unsaid[name]
            unsaid |= {place: "" for place, knows in unsaid.items() if _journal(knows) == new.urn}
        for place in (
            before.keys() - after.keys() if (resource := new or old) and resource.goal.retain else ()
        ):
            lost = place not in self.primary.now and self.last[place].by == name
            assert not lost or place in self._unsaid[name], f"{place}: deleted, and was to stay"
            self._left[name].add(place)
        known = self._known[name]
        for place, text in after.items():
            equal = self.primary.now.get(place) == text
            if known[place] or (equal and new and (self.doubt or adopts(new.inputs))):
                known[place].add(text)

    def used(self, stack: Stack, goals: Sequence[Goal]) -> Collection[Place]:
        """Return what a stack has published, and is to keep.

        What a zone in bulk gives up to another resource may be gone until the turn of that one (docs/bulk.md).
        """
        wanted = {goal.urn: places(goal.inputs({})) for goal in goals}
        names = {place[1:] for texts in wanted.values() for place in texts}
        now = {
            urn: texts
            for goal in goals
            if BULK in goal.urn
            for urn in (goal.urn, *goal.aliases)
            if (texts := wanted[goal.urn])
        }
        return [
            place
            for each in stack.resources
            for place in held([each])
            if place[1:] in names and place in self.primary.now and place in now.get(each.urn, [place])
        ]

    def clear(self, name: str, stack: Stack, goals: Sequence[Goal]) -> bool:
        """Tell whether nothing is in the way of *goals*: what is there belongs to the very resource that wants it."""
        left = list(stack.resources)
        aims: list[tuple[Goal | None, Resource | None]] = []
        for goal in goals:
            own = next((each for each in left if each.urn in (goal.urn, *goal.aliases)), None)
            left = [each for each in left if each is not own]
            aims.append((goal, own))
        marked = any(each.tainted or each.condemned for each in stack.resources)
        # After a kill, a zone in bulk may have one name and its journal another.
        matched = {goal.urn: own is not None for goal, own in aims if goal}
        torn = any(BULK in urn and found != matched[_journal(urn)] for urn, found in matched.items())
        return not (marked or torn) and all(
            self._own(name, stack, *aim) for aim in [*aims, *((None, each) for each in left)]
        )

    def _own(self, name: str, stack: Stack, goal: Goal | None, own: Resource | None) -> bool:
        journals = {each.urn for each in stack.resources}
        said = held([own] if own else [])
        aim = places(goal.inputs({}) if goal else {"recordSets": ""})
        now = self.primary.now
        for place in {**said, **aim}:
            as_said = now.get(place) == said.get(place) and (*place[:2], "CNAME") not in now
            knows = self._unsaid[name].get(place)
            noted = knows and goal and knows == goal.urn and _journal(knows) in journals
            if not as_said and not (noted and self.last[place].by == name):
                return False
        return True

    def failed(self, name: str, used: Collection[Place]) -> None:
        """See the end of an operation with an error: what peers *used* is there, in one zone or another."""
        there = {place[1:] for place in self.primary.now}
        for place in used:
            lost = place[1:] not in there and self.last[place].by == name
            assert not lost, f"{place}: lost"

    def interrupted(self, name: str, stack: Stack, since: int) -> None:
        """See the end of an operation, begun at change *since*, that could not say everything that it had done."""
        said = held(stack.resources)
        # One by one, and what is deleted, leaves no note of what was about to be done.
        about = {urn: places(inputs) for urn, inputs in stack.begun.items() if BULK in urn}
        noted = {place: urn for urn, texts in about.items() for place in texts}
        noted |= {place: each.urn for each in stack.resources if each.urn in about for place in held([each])}
        for place, change in self.last.items():
            if self._when[place] >= since and change.by == name and change.after != said.get(place):
                self._unsaid[name][place] = noted.get(place, "")
        for texts in about.values():
            for place, text in texts.items():
                self._known[name][place].add(text)
        # A resource that was never created goes by its journal's last run alone.
        there = {each.urn for each in stack.resources}
        for urn in about.keys() - there:
            for place, knows in self._unsaid[name].items():
                if knows == urn and self.primary.now.get(place) != about[urn].get(place):
                    self._unsaid[name][place] = ""

    def agreed(self, name: str, stack: Stack, program: Program, since: int | None) -> None:
        """See the end of an operation with exit status 0 that began with a refresh at change *since*."""
        wanted = published(program)
        said = held(stack.resources)
        assert set(said) == set(wanted), f"the state has {said}, and the program {wanted}"
        for place, texts in wanted.items():
            assert said[place] in texts, f"{place}: the state has {said[place]}, and the program {texts}"
            if not self._excused(name, stack, place, since):
                there = self.primary.now.get(place)
                assert there in texts, f"{place}: the zone has {there}, and the program {texts}"
                self.owned(name, place, there)
        for place, change in self.last.items():
            if change.by == name and change.after is not None and place not in wanted:
                excused = place in self._left[name] or self._lost_sight(name, stack, place)
                assert excused, f"{place}: left behind"
        for place in set(self._known[name]) - set(said):
            del self._known[name][place]
        self._left[name] -= set(said)
        # A resource that is gone knows nothing any more.
        there = {each.urn for each in stack.resources}
        self._unsaid[name] = {
            place: knows if knows in there else ""
            for place, knows in self._unsaid[name].items()
            if place not in said or self.primary.now.get(place) != said[place]
        }

    def owned(self, name: str, place: Place, there: str | None) -> None:
        """See what a stack takes for its own."""
        assert there in self._known[name][place], f"{place}: taken over in silence"

    def _excused(self, name: str, stack: Stack, place: Place, since: int | None) -> bool:
        """Tell whether a record set has been changed in a way that the stack had no chance to see."""
        change = self.last.get(place)
        seen = since is not None and self._when.get(place, 0) < since and not self.primary.lag
        if change is None or seen:
            return False
        return change.by != name or self._lost_sight(name, stack, place)

    def _lost_sight(self, name: str, stack: Stack, place: Place) -> bool:
        knows = self._unsaid[name].get(place)
        return knows is not None and knows not in {each.urn for each in stack.resources}


def published(program: Program) -> Mapping[Place, Set[str]]:
    """Return what a program publishes: of what two components publish, either text."""
    texts: defaultdict[Place, set[str]] = defaultdict(set)
    for component in program.values():
        for place, text in component.published().items():
            texts[place].add(text)
    return texts


def held(resources: Iterable[Resource]) -> RecordSets:
    """Return the record sets that *resources* of a state have."""
    return {place: text for each in resources for place, text in places(each.outs).items()}


def _journal(urn: str) -> str:
    """Return the name of the journal of a zone in bulk."""
    return f"{urn.replace(BULK, 'Journal')}-journal"
