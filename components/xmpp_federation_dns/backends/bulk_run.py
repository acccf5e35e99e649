"""One run of batches against a zone: what is sent, what is found done, and how it is told."""

import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from xmpp_federation_dns.backends.batches import (
    Batch,
    Change,
    ConflictError,
    Weight,
    batches,
    difference,
    recognised,
)
from xmpp_federation_dns.backends.errors import UpdateError

SHOWN = 8
"""Record sets that an error names before it counts the rest."""


class RefusedError(UpdateError):
    """A batch that the server refused as a whole: most often, something is not there as it was thought."""


class ZoneGoneError(UpdateError):
    """The zone is not there any more."""


class ZoneClient(ABC):
    """One zone as its server shows it: every batch happens as a whole or not at all."""

    most: ClassVar[Weight]
    """How much of each weight a batch may hold."""

    @abstractmethod
    def __str__(self) -> str:
        """Name the zone and where it is."""

    @abstractmethod
    def weight(self, change: Change) -> Weight:
        """Return what *change* takes of a batch."""

    @abstractmethod
    def read(self, keys: Collection[str]) -> dict[str, str]:
        """Return the record sets of these keys that are there.

        A CNAME record in the place of one counts as one of other values.
        """

    @abstractmethod
    def send(self, batch: Batch) -> None:
        """Carry out *batch*, unless a record set is not as its change says; raises :class:`UpdateError`."""

    def agrees(self, plan: Iterable[Batch]) -> bool:  # noqa: ARG002 not every server can be asked
        """Tell whether everything is known to be as *plan* says, so that nothing has to be read."""
        return False

    def settle(self) -> None:  # noqa: B027 most servers have nothing to wait for
        """Wait until every name server of the zone has what was sent."""

    def learnt(self) -> dict[str, Any]:
        """Return what the state is to know of the zone beside what the program says."""
        return {}


class Run:
    """One run from what this stack holds in a zone to what is wanted there."""

    def __init__(
        self, client: ZoneClient, held: Mapping[str, str], wanted: Mapping[str, str], *, adopt: bool = False
    ) -> None:
        self.client = client
        self.held = dict(held)
        """What this stack holds in the zone, as far as it is known."""
        self.wanted = wanted
        self.adopt = adopt
        self._done = 0
        self._total = 0

    def publish(self, *, look: bool = False) -> None:
        """Send batch after batch; *look* at everything first where it may not be there as it was held."""
        changes = difference(self.held, self.wanted, every=look)
        plan = self._plan(changes)
        self._total = len(changes)
        # The server compares one batch with what is there; of several, some would be done at a conflict.
        if look or (len(plan) > 1 and not self.client.agrees(plan)):
            plan = self._recognise(plan)
        while plan:
            batch = plan[0]
            try:
                self.client.send(batch)
            except RefusedError as error:
                # An interrupted run was there first, or the answer to this one got lost; else it is wrong.
                left = self._recognise(plan)
                if left == plan:
                    raise self._unfinished(error, plan) from None
                plan = left
            except ZoneGoneError:
                raise
            except UpdateError as error:
                raise self._unfinished(error, plan) from None
            else:
                self._hold(plan.popleft())
                if len(batch) < self._total:
                    _tell(f"{self.client}: {self._done:,} of {self._total:,} record sets")
        self.client.settle()

    def _plan(self, changes: Sequence[Change]) -> deque[list[Change]]:
        return deque(batches(changes, self.client.weight, self.client.most))

    def _recognise(self, plan: Iterable[Batch]) -> deque[list[Change]]:
        """Compare *plan* with what is there, and return what is left of it."""
        live = self.client.read({change.key for batch in plan for change in batch})
        try:
            self.held = recognised(plan, self.held, live, adopt=self.adopt)
        except ConflictError as error:
            raise UpdateError(self._conflicts(error.found)) from None
        left = difference(self.held, self.wanted)
        self._done = self._total - len(left)
        return self._plan(left)

    def _hold(self, batch: Batch) -> None:
        self._done += len(batch)
        for change in batch:
            if change.new is None:
                del self.held[change.key]
            else:
                self.held[change.key] = change.new

    def _unfinished(self, error: UpdateError, plan: Iterable[Batch]) -> UpdateError:
        left = [change.key for batch in plan for change in batch]
        more = f" and {len(left) - SHOWN:,} more" if len(left) > SHOWN else ""
        return UpdateError(
            f"{error}; {self._done:,} of {self._total:,} record sets are done, "
            f"left for the next run: {', '.join(left[:SHOWN])}{more}"
        )

    def _conflicts(self, found: Sequence[tuple[Change, str]]) -> str:
        changed = "no more was changed" if self._done else "nothing was changed"
        sets = "1 record set that is" if len(found) == 1 else f"{len(found):,} record sets that are"
        lines = "".join(f"\n  {change.key}: {_conflict(change, there)}" for change, there in found)
        return f"{self.client}: {changed} because of {sets} there already:{lines}"


def _conflict(change: Change, there: str) -> str:
    if change.old is not None:
        way_out = (
            "pulumi up --refresh replaces it" if change.new else "with --refresh it is deleted all the same"
        )
        return f"'{there}' is not what this stack published ({way_out})"
    if change.new == there:
        return f"'{there}' is not of this stack (existing: adopt takes it over)"
    way_out = "delete it there, or take the SIP domain out of the configuration"
    return f"'{there}' is not of this stack ({way_out})"


def _tell(line: str) -> None:
    # The engine shows what a dynamic provider prints.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
