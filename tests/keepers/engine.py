"""What the Pulumi engine does with the resources of a program (engine 3.255), for thousands of updates in a test.

Written after ``pkg/resource/deploy``: ``deployment_executor.go`` (refresh, program, deletes), ``step_generator.go``
(create, same, update, replace) and ``step.go`` (what a step leaves in the state). The engine takes steps at the
same time that do not wait for each other: here they are planned before the first of them is taken, and an error in
one does not keep the others back.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypeVar

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper, UnfinishedError

Properties = dict[str, Any]
Urn = str


@dataclass(frozen=True)
class Goal:
    """A resource as the program registers it."""

    urn: Urn
    keeper: Keeper | JournalKeeper
    inputs: Callable[[Mapping[Urn, Properties]], Properties]
    """What the program says, given the outputs of the resources before it."""
    needs: tuple[Urn, ...] = ()
    aliases: tuple[Urn, ...] = ()
    retain: bool = False


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource as the state has it."""

    goal: Goal
    id: str
    inputs: Properties
    outs: Properties
    condemned: bool = False
    """Replaced by another, and to be deleted."""
    unfinished: bool = False
    """Half made: the next update updates it, whatever has changed."""
    stale: bool = False
    """Read before the next update."""
    tainted: bool = False

    @property
    def urn(self) -> Urn:
        """The name of the resource."""
        return self.goal.urn

    @property
    def needs(self) -> tuple[Urn, ...]:
        """The names of what it depends on."""
        return self.goal.needs


Needy = TypeVar("Needy", Goal, Resource)


class Stack:
    """A stack: its state, and the operations of the engine on it.

    Each operation returns the errors with which it ends; none where its exit status is 0.
    """

    def __init__(
        self,
        new_process: Callable[[], None],
        saved: Callable[[Resource | None, Resource | None], None],
    ) -> None:
        self.resources: list[Resource] = []
        self.begun: dict[Urn, Properties] = {}
        """What the last operation began to create or update, with its inputs, and did not bring to its end."""
        self._new_process = new_process
        self._saved = saved
        """Told what a resource was before a step, and is after it."""

    def up(
        self,
        goals: Sequence[Goal],
        *,
        refresh: bool = False,
        replaced: Collection[Urn] = (),
        go_on: bool = False,
    ) -> list[UpdateError]:
        """Bring the resources to *goals*: ``pulumi up``, with ``--replace`` and ``--continue-on-error``."""
        self._new_process()
        self.begun.clear()
        if errors := self._read([each for each in self.resources if refresh or each.stale]):
            return errors
        left = list(self.resources)
        failed: set[Urn] = set()
        kept: set[Urn] = set()
        for wave in _waves(goals):
            steps = [self._planned(goal, left, replaced, failed) for goal in wave]
            for step in steps:
                if failed.intersection(step.goal.needs):
                    failed.add(step.goal.urn)
                    continue
                try:
                    self._take(step)
                except UpdateError as error:
                    errors.append(error)
                    failed.add(step.goal.urn)
                    kept.update(step.old.needs if step.old else ())
            if errors and not go_on:
                return errors
        gone = [each for each in self.resources if each.condemned or each in left]
        return errors + self._delete(gone, kept, go_on=go_on)

    def refresh(self) -> list[UpdateError]:
        """Read everything: ``pulumi refresh``."""
        self._new_process()
        return self._read(list(self.resources))

    def _read(self, resources: Sequence[Resource]) -> list[UpdateError]:
        errors: list[UpdateError] = []
        for old in resources:
            try:
                result = old.goal.keeper.read(old.id, deepcopy(old.outs))
            except UpdateError as error:
                errors.append(error)
                continue
            if not result.id:
                self.resources.remove(old)
                continue
            self._save(
                old,
                replace(
                    old,
                    inputs=deepcopy(result.inputs),
                    outs=deepcopy(result.outs),
                    unfinished=False,
                    stale=False,
                ),
            )
        return errors

    def _planned(
        self, goal: Goal, left: list[Resource], replaced: Collection[Urn], failed: Collection[Urn]
    ) -> "_Step":
        """Compare *goal* with what it was before, by its name or an alias, which is taken out of *left*."""
        there = {each.urn: each for each in left if not each.condemned}
        old = next((there[urn] for urn in (goal.urn, *goal.aliases) if urn in there), None)
        known = [each for each in self.resources if not each.condemned and each.urn not in failed]
        inputs = goal.inputs({each.urn: each.outs for each in known})
        inputs = deepcopy(inputs)
        if old is None:
            return _Step("create", goal, None, inputs)
        left.remove(old)
        if goal.urn in replaced or old.tainted:
            return _Step("replace", goal, old, inputs)
        diff = goal.keeper.diff(old.id, deepcopy(old.outs), deepcopy(inputs))
        changes = diff.changes or old.unfinished
        return _Step("replace" if diff.replaces else "update" if changes else "same", goal, old, inputs)

    def _take(self, step: "_Step") -> None:
        what, goal, old, inputs = step
        before = len(self.resources)
        try:
            if old is None or what == "replace":
                self._create(goal, inputs)
            elif what == "update":
                self._update(goal, old, inputs)
            else:
                self._save(old, replace(old, goal=goal, inputs=inputs))
        finally:
            # What was created in part, before an error, takes the place of the old one too.
            if old and len(self.resources) > before:
                self._save(old, replace(old, condemned=True))

    def _create(self, goal: Goal, inputs: Properties) -> None:
        self.begun[goal.urn] = inputs
        try:
            result = goal.keeper.create(deepcopy(inputs))
        except UnfinishedError as error:
            outs = deepcopy(dict(error.outs))
            self._save(None, Resource(goal, error.id, inputs, outs, unfinished=True, stale=error.refresh))
            raise
        del self.begun[goal.urn]
        self._save(None, Resource(goal, str(result.id), inputs, deepcopy(result.outs or {})))

    def _update(self, goal: Goal, old: Resource, inputs: Properties) -> None:
        self.begun[goal.urn] = inputs
        new = replace(old, goal=goal, inputs=inputs, unfinished=False, stale=False)
        try:
            result = goal.keeper.update(old.id, deepcopy(old.outs), deepcopy(inputs))
        except UnfinishedError as error:
            outs = deepcopy(dict(error.outs))
            self._save(old, replace(new, outs=outs, unfinished=True, stale=error.refresh))
            raise
        del self.begun[goal.urn]
        self._save(old, replace(new, outs=deepcopy(result.outs or {})))

    def _save(self, old: Resource | None, new: Resource) -> None:
        if old is None:
            self.resources.append(new)
        else:
            self.resources[self.resources.index(old)] = new
        self._saved(old, new)

    def _delete(self, gone: Sequence[Resource], kept: set[Urn], *, go_on: bool) -> list[UpdateError]:
        """Delete what depends on others before them; what one that failed depends on is *kept*."""
        errors: list[UpdateError] = []
        for wave in reversed(list(_waves(gone))):
            for resource in wave:
                if resource.urn in kept:
                    kept.update(resource.needs)
                    continue
                try:
                    if not resource.goal.retain:
                        resource.goal.keeper.delete(resource.id, deepcopy(resource.outs))
                except UpdateError as error:
                    errors.append(error)
                    kept.update(resource.needs)
                else:
                    self.resources.remove(resource)
                    self._saved(resource, None)
            if errors and not go_on:
                return errors
        return errors


class _Step(NamedTuple):
    """What is to be done for a goal."""

    what: Literal["create", "replace", "update", "same"]
    goal: Goal
    old: Resource | None
    inputs: Properties


def _waves(all_: Sequence[Needy]) -> Iterator[list[Needy]]:
    """Yield what can be done at the same time: after everything that it needs."""
    rest = list(all_)
    while rest:
        names = {each.urn for each in rest}
        yield [each for each in rest if names.isdisjoint(each.needs)]
        rest = [each for each in rest if not names.isdisjoint(each.needs)]
