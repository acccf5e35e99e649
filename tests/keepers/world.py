"""Two stacks that may publish in the same zones, somebody who edits these by hand, and servers with their faults."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.keepers.engine import Stack
from tests.keepers.federation import DOMAINS, Component, Program, goals, new_process, record_sets, refused
from tests.keepers.ledger import Ledger, published
from tests.standins.primary import Fault, KilledError, Place

from xmpp_federation_dns.backends.client import UpdateError

FAULTS = ("kill after", "kill before", "answer lost", "answers lost", "unreachable")
HANDS = ("equal", "other values", "alias", "gone")
Hand = tuple[Place, str]
"""What somebody does to a record set by hand."""
Trouble = tuple[int, str | Hand]
"""The number of a message of an operation, and what happens to it, or is done by hand just before it arrives."""


@dataclass(frozen=True)
class Up:
    """One ``pulumi up``."""

    refresh: bool = False
    go_on: bool = False
    """With ``--continue-on-error``."""
    replaced: int | None = None
    """The place of a resource in the program that is replaced."""
    trouble: Trouble | None = None


class World:
    """What there is at one moment of a history."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.primary = self.ledger.primary
        self.programs: dict[str, dict[str, Component]] = {"prod": {}, "test": {}}
        self.stacks = {name: Stack(new_process, partial(self.ledger.saved, name)) for name in self.programs}

    def stacks_in_use(self) -> list[str]:
        """Return the stacks that publish something, or did."""
        return [name for name, stack in self.stacks.items() if self.programs[name] or stack.resources]

    def components(self) -> list[tuple[str, str]]:
        """Return every component, after its stack."""
        return [(stack, name) for stack, program in self.programs.items() for name in program]

    def domains(self) -> list[tuple[str, str, str]]:
        """Return every SIP domain, after its stack and component."""
        components = [(stack, name, self.programs[stack][name]) for stack, name in self.components()]
        return [(stack, name, domain) for stack, name, each in components for domain in each.domains]

    def places(self) -> list[Place]:
        """Return every record set that a program has or that was there, and those of one more SIP domain."""
        programs = (*self.programs.values(), {"federation": Component({DOMAINS[0]: 0})})
        found = {place for program in programs for place in published(program)}
        return sorted(found | {place for place in self.ledger.last if place[2] != "CNAME"})

    def change(self, stack: str, name: str, **changes: Any) -> None:
        """Change a component of a program."""
        self.programs[stack][name] = replace(self.programs[stack][name], **changes)

    def edit(self, hand: Hand) -> None:
        """Change a record set by hand: to what a stack would publish, or to something else."""
        (zone, name, type_), how = hand
        if how == "alias":
            self.primary.put((zone, name, "CNAME"), "60 other.example.")
            return
        other = "60 192.0.2.1" if type_ == "A" else "60 0 0 5269 other.example."
        equal = record_sets(name.split(".", 2 if type_ == "SRV" else 1)[-1], 0)[name, type_]
        text = {"equal": equal, "other values": other, "gone": None}[how]
        self.primary.put((zone, name, type_), text)

    def up(self, name: str, how: Up) -> bool:
        """Run ``pulumi up``, and tell whether it ends with exit status 0: then another one has nothing to do."""
        program = self.programs[name]
        if refused(program):
            return False
        wanted = list(goals(name, program))
        replaced = [wanted[how.replaced % len(wanted)].urn] if wanted and how.replaced is not None else []
        clear = not self.primary.lag and how in (Up(), Up(refresh=True), Up(go_on=True))
        clear = clear and self.ledger.clear(name, self.stacks[name], wanted)
        up = partial(self.stacks[name].up, wanted, refresh=how.refresh, go_on=how.go_on, replaced=replaced)
        done = self._run(name, up, program, refresh=how.refresh, trouble=how.trouble)
        assert done or not clear, "refused, and nothing was in the way"
        if done:
            messages = self.primary.messages
            assert self._run(name, partial(self.stacks[name].up, wanted), program)
            assert self.primary.messages == messages, "an update without changes sent something"
        return done

    def set_right(self, name: str) -> None:
        """Take the ways out: by hand, what is in the way goes; adopt what is equal, and look at everything.

        Raises where that does not bring what the program wants.
        """
        self.primary.lag = 0
        for place, texts in published(self.programs[name]).items():
            if self.primary.now.get(place) not in texts:
                self.edit((place, "gone"))
                self.primary.put((*place[:2], "CNAME"), None)
        for component, each in self.programs[name].items():
            zones = {zone: replace(options, adopt=True) for zone, options in each.zones.items()}
            self.change(name, component, zones=zones)
        wanted = published(self.programs[name]).values()
        impossible = refused(self.programs[name]) or any(len(texts) > 1 for texts in wanted)
        assert impossible or self.up(name, Up(refresh=True)), "the ways out lead nowhere"

    def destroy(self, name: str, trouble: Trouble | None = None) -> None:
        """Run ``pulumi destroy``."""
        self._run(name, partial(self.stacks[name].up, []), {}, trouble=trouble)

    def refresh(self, name: str) -> None:
        """Run ``pulumi refresh``, which changes nothing."""
        self.primary.by = name
        self.ledger.reads = True
        self.stacks[name].refresh()
        self.ledger.reads = False
        self.primary.by = "hand"

    def _run(
        self,
        name: str,
        operation: Callable[[], list[UpdateError]],
        program: Program,
        *,
        refresh: bool = False,
        trouble: Trouble | None = None,
    ) -> bool:
        """Tell whether an operation ends with exit status 0, and see that it kept the rules."""
        stack = self.stacks[name]
        began = self.ledger.changes
        used = self.ledger.used(stack, list(goals(name, program)))
        self.primary.by = name
        if trouble:
            number, what = trouble
            self.primary.fault = Fault(number, what if isinstance(what, str) else partial(self.edit, what))
            self.ledger.doubt = what == "answer lost"
        try:
            failed = bool(operation())
        except KilledError:
            failed = True
        self.primary.fault = None
        self.primary.by = "hand"
        self.ledger.doubt = False
        if failed:
            self.ledger.failed(name, used)
            if trouble and trouble[1] in FAULTS:
                self.ledger.interrupted(name, stack, began)
        else:
            self.ledger.agreed(name, stack, program, began if refresh else None)
        return not failed
