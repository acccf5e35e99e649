"""One run of batches against a zone: what is sent, what is found done, and how it is told."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Protocol

from xmpp_federation_dns.backends.client import (
    AlteredError,
    RefusedError,
    UnservedError,
    UpdateError,
    ZoneClient,
    ZoneGoneError,
)
from xmpp_federation_dns.changes import Batch, Change, Content, is_made_of, listed
from xmpp_federation_dns.keepers import ownership
from xmpp_federation_dns.keepers.batches import batches, difference, phases
from xmpp_federation_dns.keepers.ownership import ADOPT, DELETE, WAYS_OUT, Conflict, recognised

LINES = 20
"""Lines of progress that a run tells at most, and one at its end."""
CONFLICTS = 50
"""Conflicts that an error tells before it counts the rest."""


class Tell(Protocol):
    """Tells whoever runs the update one line; a *passing* one is of no more use when the next one comes."""

    def __call__(self, line: str, *, passing: bool = False) -> None:
        """Tell *line*."""


def print_line(line: str, *, passing: bool = False) -> None:  # noqa: ARG001 paper keeps everything
    """Print *line*."""
    print(line)  # noqa: T201 what a process of its own tells


class Run:
    """One run from what a resource, by its id, holds in a zone to what is wanted there.

    *moved*: whether the zone is somewhere else than it was held, and everything is looked at first. *left*: what
    interrupted runs may have left. *adopt*: whether equal record sets are taken over. *retain*: whether what is not
    wanted any more stays in the zone. *tell*: who hears what is done.
    """

    def __init__(  # noqa: PLR0913 what a run rests on
        self,
        owner: str,
        client: ZoneClient,
        held: Mapping[str, Content],
        wanted: Mapping[str, Content],
        *,
        moved: bool = False,
        left: Mapping[str, Collection[Content]] | None = None,
        adopt: bool = False,
        retain: bool = False,
        tell: Tell = print_line,
    ) -> None:
        self.owner = owner
        self.client = client
        self.held = dict(held)
        """What the resource holds in the zone, as far as it is known."""
        self.wanted = wanted
        self.moved = moved
        self.left = left or {}
        self.unknown = bool(self.left)
        """Whether something may be in the zone of which *held* does not know yet that it is there."""
        self.adopt = adopt
        self.retain = retain
        self._tell = tell
        self._done = 0
        self._total = 0
        self._told = 0
        self._undone: list[Change] = []

    def look(self) -> None:
        """Raise :class:`UpdateError` with everything that keeps what is wanted from being published."""
        plan = self._plan(difference(self.held, self.wanted))
        if not self.client.agrees(plan):
            self._recognise(plan)

    def publish(self, *, looked: bool = False) -> None:
        """Send batch after batch; *looked*: what is new was found missing just now."""
        # What is dropped may be wanted by another resource, whose turn comes at the same time; deletes come last.
        drops = self.wanted and not self.wanted.keys() >= {*self.held, *self.left}
        with ownership.CLAIMS.lock if drops else nullcontext():
            self._leave()
            try:
                self._send(looked=looked)
            finally:
                ownership.CLAIMS.hold(self.owner, self.client.place, self.held.keys() & self.wanted.keys())
        self.client.settle()

    def _send(self, *, looked: bool) -> None:
        changes = difference(self.held, self.wanted, every=self.moved)
        plan = self._plan(changes)
        self._total = len(changes)
        # A server may compare one batch with what is there; of several, some would be done at a conflict.
        compared = self.client.atomic and self.client.conditional and len(plan) < 2
        # Nor does every server see what would hide what is new; a journal has looked for that.
        compared &= looked or self.client.sees_cuts or all(change.old for change in changes)
        known = compared or (looked and all(c.old is None for c in changes))
        if self.moved or self.left or not (known or self.client.agrees(plan)):
            plan = self._recognise(plan)
        while plan:
            batch = plan[0]
            failed = self._carry_out(batch)
            if not failed:
                plan.popleft()
                if len(batch) < self._total:
                    self._tell_progress()
                continue
            self.unknown = any(error.unanswered for _, error in failed)
            self._hold_altered(failed)
            plan[0] = self._undone
            for _, error in failed:
                if isinstance(error, ZoneGoneError):
                    raise error
                if not isinstance(error, RefusedError):
                    raise self._unfinished(error, plan)
            left = self._recognise(plan, [part for part, error in failed if error.unanswered])
            if _changes(left) == _changes(plan):
                # What such a client was told may yet be done, or begun by the next run.
                self.unknown = self.client.partial and any(error.unanswered for _, error in failed)
                raise self._unfinished(failed[0][1], plan)
            plan = left

    def _tell_progress(self) -> None:
        # The engine compares everything that changes anew at each line: their number may not grow with it.
        if (self._done - self._told) * LINES >= self._total or self._done == self._total:
            self._told = self._done
            self._tell(f"{self.client}: {self._done:,} of {self._total:,} record sets", passing=True)

    def _carry_out(self, batch: Batch) -> list[tuple[Batch, UpdateError]]:
        """Send *batch*, hold what is done, keep what is not, and return what failed."""
        failed: list[tuple[Batch, UpdateError]] = []

        def send(part: Batch) -> bool:
            # What the server refuses is looked at as a whole; after any other error nothing more is begun.
            if not all(isinstance(error, RefusedError) for _, error in failed):
                return False
            try:
                self.client.send(part)
            except UpdateError as error:
                failed.append((part, error))
                return False
            return True

        self._undone = list(batch)
        for phase in [[batch]] if self.client.atomic else phases(batch, together=self.client.partial):
            with ThreadPoolExecutor(self.client.writers) as pool:
                done = [part for part, sent in zip(phase, pool.map(send, phase), strict=True) if sent]
            for part in done:
                self._hold(part)
            gone = {change.key for part in done for change in part}
            self._undone = [change for change in self._undone if change.key not in gone]
            if failed:
                break
        return failed

    def _plan(self, changes: Sequence[Change]) -> deque[list[Change]]:
        return deque(batches(changes, self.client.weight, self.client.most))

    def _recognise(self, plan: Iterable[Batch], unanswered: Iterable[Batch] = ()) -> deque[list[Change]]:
        """Compare *plan*, and what may be left of earlier runs, with what is there; return what is to be done."""
        keys = list(dict.fromkeys([*(change.key for batch in plan for change in batch), *sorted(self.left)]))
        with ownership.CLAIMS.lock:
            live = self.client.read({key: self.held.get(key) for key in keys})
            left, parts = dict(self.left), list(unanswered)
            for part in parts:
                # It happened as a whole or not at all, where nothing is left in part.
                if self.client.partial or all(live.get(change.key) == change.new for change in part):
                    left |= {change.key: [change.new] if change.new else [] for change in part}
            own, conflicts = recognised(
                keys,
                self.held,
                self.wanted,
                live,
                left=left,
                adopt=self.adopt,
                partial=self.client.partial,
            )
            if conflicts:
                if not self.moved:
                    # What earlier runs left is known by now, also where this one goes no further.
                    self.held |= {key: own[key] for key in left if key in own}
                    self.unknown = False
                wanted = [each.key for each in conflicts if each.wanted]
                ownership.CLAIMS.refuse(self.client.place, wanted)
                sent = self._done or (parts and not self.client.atomic)
                raise UpdateError(self._conflicts_as_text(conflicts, sent=bool(sent)))
        new = own.keys() - self.held.keys() - left.keys()
        adopted = [key for key in keys if key in new]
        if adopted:
            self._tell(f"{self.client}: adopted {listed(adopted)}{self.client.adopted}")
        self.held = own
        self.unknown = False
        self._leave()
        changes = difference(self.held, self.wanted)
        self._total = max(self._total, len(changes))
        self._done = self._total - len(changes)
        return self._plan(changes)

    def _leave(self) -> None:
        """Forget what is not wanted any more and stays in the zone: what another resource holds, or is to stay."""
        drops = self.held.keys() - self.wanted.keys()
        if refused := sorted(ownership.CLAIMS.refused(drops, self.client.is_at)):
            raise UpdateError(
                f"{self.client}: nothing more was changed: another resource of this stack wants {listed(refused)}, "
                "which this one would delete, and was refused; its error says the way out"
            )
        left = sorted(drops if self.retain else ownership.CLAIMS.held(drops, self.client.is_at, self.owner))
        for key in left:
            del self.held[key]
        if left:
            why = "retainOnDelete" if self.retain else "another resource of this stack holds them"
            self._tell(f"{self.client}: left in the zone ({why}): {listed(left)}")

    def _hold(self, batch: Batch) -> None:
        self._done += len(batch)
        for change in batch:
            if change.new is None:
                del self.held[change.key]
            else:
                self.held[change.key] = change.new

    def _hold_altered(self, failed: Iterable[tuple[Batch, UpdateError]]) -> None:
        """Hold what has become of batches that were carried out: what is made of them alone is the resource's own."""
        altered = [(part, error.there) for part, error in failed if isinstance(error, AlteredError)]
        for batch, there in altered:
            done = [change for change in batch if there.get(change.key) == change.new]
            self._hold(done)
            self._undone = [change for change in self._undone if change not in done]
            for change in batch:
                found = there.get(change.key)
                if found is None:
                    self.held.pop(change.key, None)
                elif is_made_of(found, change):
                    self.held[change.key] = found
                else:
                    # Once what is foreign there has gone, the next run knows the rest by the journal.
                    self.unknown = True

    def _unfinished(self, error: UpdateError, plan: Iterable[Batch]) -> UpdateError:
        left = [change.key for batch in plan for change in batch]
        kind = UnservedError if isinstance(error, UnservedError) else UpdateError
        if self._total == 1:
            return kind(str(error))
        done = f"{self._done:,} of {self._total:,} record sets are done, left for the next run"
        return kind(f"{error}; {done}: {listed(left)}")

    def _conflicts_as_text(self, conflicts: Sequence[Conflict], *, sent: bool) -> str:
        changed = "no more was changed" if sent else "nothing was changed"
        count = "1 conflict" if len(conflicts) == 1 else f"{len(conflicts):,} conflicts"
        lines = "".join(f"\n  {conflict}" for conflict in conflicts[:CONFLICTS])
        if len(conflicts) > CONFLICTS:
            lines += f"\n  and {len(conflicts) - CONFLICTS:,} more"
        ways = WAYS_OUT if any(conflict.equal for conflict in conflicts) else ""
        if not self.client.adopts:
            ways = ways.replace(ADOPT, DELETE)
        return f"{self.client}: {changed} because of {count}:{lines}{ways}"


def _changes(plan: Iterable[Batch]) -> set[Change]:
    return {change for batch in plan for change in batch}
