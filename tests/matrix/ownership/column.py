"""A stack for each way to publish, put back to what was published before each change, and how a change ends."""

import copy
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.matrix.ownership.program import PROGRAM, Component
from tests.matrix.ownership.rows import ROWS
from tests.standins.emulation import Change
from tests.standins.zones import CloudZone, Published, WatchedZone

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Live, content
from xmpp_federation_dns.keepers.ownership import ADOPT, DELETE, WAYS_OUT
from xmpp_federation_dns.live.preview import PlanError, read
from xmpp_federation_dns.live.readings import Reading
from xmpp_federation_dns.live.review import is_refused, review
from xmpp_federation_dns.live.taken import taken

ENDINGS = {
    "unchanged": "exit status 0, and no record set that peers use was touched",
    "refused": "another exit status, nothing touched, and the same again",
    "accepted": "refused, but not the second time",
    "stuck": "refused, and what was published before is not as it was for the engine",
    "changed": "a record set is another",
    "gap": "a record set was gone for a moment",
    "gone": "a record set is gone, with exit status 0",
    "lost": "a record set was deleted, with another exit status",
}
ALREADY_THERE = {"aws": "but it already exists", "azure": "cannot create already existing resource"}
"""What the published plugins say of a record set that is there."""
SEVERITIES = ("", "warning", "error")
"""What `review` may say, the worst at the end."""
REVIEWED = {
    # Who is first the plan does not say: in one order nothing happens, in the other one there is a moment without.
    "unchanged": ("", "warning"),
    "gap": ("warning",),
    "refused": ("warning", "error"),
    "gone": ("error",),
    "lost": ("error",),
}
"""What it says at worst of the plans of a row, by how that ends."""
PLANNED = (*ALREADY_THERE, "rfc2136")
"""The providers whose plans are reviewed."""
UP_ALONE = ("--yes", "--skip-preview", "--continue-on-error")
"""Options that a preview does not have, or does not need."""
FOREIGN = ("www.contoso.com", "A", 60, "192.0.2.1")
Key = tuple[str, str, str]
"""Id of a zone, name and type of a record set."""


@dataclass
class Column:
    """One way to publish: a stack whose zones are watched, and a second stack that starts empty."""

    lab: Lab
    zones: Mapping[str, WatchedZone]
    """The zones that the program may name, by name."""
    options: Mapping[str, Any]
    """Options of every zone in this column."""
    other: Lab = field(init=False)
    """The second stack, in the same project."""
    service: str = field(init=False)
    """URN of the resource that holds the SRV record set of contoso.com."""
    before: Sequence[Component] = field(default=(), init=False)
    """What was published before the change."""
    runs: list[Run] = field(default_factory=list[Run], init=False)
    """What was done since the last reset."""
    reviews: list[str] = field(default_factory=list[str], init=False)
    """What `review` said of each plan since then: the worst of it."""
    accepted: bool = field(default=False, init=False)
    """Whether something that was refused was accepted the second time."""
    watched: Mapping[Key, Published] = field(default_factory=dict[Key, Published], init=False)
    """What peers use: none of it may go, for no moment, and be no other."""
    _foreign: frozenset[Key] = field(init=False)
    _published: dict[str, dict[tuple[str, str], Published]] = field(init=False)

    def publish(self) -> None:
        """Publish, and remember the stacks and the zones as they are then."""
        self.lab.program(PROGRAM)
        self.zones["contoso.com"].put(*FOREIGN)
        self._foreign = frozenset(self._there())
        self._configure(self.lab, [Component()])
        run = self.lab.up()
        assert run.status == 0, run.output
        state = self.lab.state()
        of_zone, of_service = "federation-contoso.com", "federation-_xmpp-server._tcp.contoso.com-SRV"
        self.service = state[of_zone if of_zone in state else of_service]["urn"]
        self.other = replace(self.lab, stack=copy.copy(self.lab.stack))
        self.other.stack.name = "test"
        self.other.stack.file = self.lab.stack.file.with_name("Pulumi.test.yaml")
        shutil.copy(self.lab.stack.file, self.other.stack.file)
        self.other.stack.pulumi("stack", "select", "--create")
        for directory in self._directories():
            shutil.copytree(directory, _kept(directory))
        self._published = {name: zone.record_sets() for name, zone in self.zones.items()}

    def reset(self) -> None:
        """Put stacks and zones back to what :meth:`publish` left."""
        for directory in self._directories():
            shutil.rmtree(directory)
            shutil.copytree(_kept(directory), directory)
        for name, zone in self.zones.items():
            wanted, there = self._published[name], zone.record_sets()
            for key in there.keys() - wanted.keys():
                zone.remove(*key)
            for key in wanted:
                if there.get(key) != wanted[key]:
                    zone.put(*key, wanted[key].ttl, *wanted[key].values)
        self.before = [Component()]
        self.runs.clear()
        self.reviews.clear()
        self.accepted = False
        self.watch()

    def watch(self) -> None:
        """Take what is in the zones now for what peers use."""
        self.watched = self._there()

    def given(self, *components: Component, exports: bool = True) -> None:
        """Publish *components*, as what the change is made to."""
        self.before = components
        self.configure(*components, exports=exports)
        run = self.lab.up()
        assert run.status == 0, run.output
        self.watch()

    def configure(self, *components: Component, exports: bool = True) -> None:
        """Let *components* be the program of the stack, which exports their records."""
        self._configure(self.lab, components, exports=exports)

    def up(self, *components: Component, arguments: Sequence[str] = ()) -> Run:
        """Publish *components* instead of those before, once more where it is refused."""
        if components:
            self.configure(*components)
        return self._run(self.lab, "up", "--yes", "--skip-preview", *arguments)

    def up_in_other(self, *components: Component) -> Run:
        """Publish *components* in the second stack, or what its file says."""
        if components:
            self.configure_other(*components)
        return self._run(self.other, "up", "--yes", "--skip-preview")

    def configure_other(self, *components: Component) -> None:
        """Let *components* be the program of the second stack."""
        self._configure(self.other, components)

    def import_new(self, lab: Lab) -> None:
        """Bring what the program of a stack has beyond its state under its components."""
        zone, file = self.zones["contoso.com"], lab.directory / "import.json"
        assert isinstance(zone, CloudZone)
        lab.stack.pulumi("preview", "--import-file", str(file))
        found = json.loads(file.read_text())
        for each in found["resources"]:
            if not each.get("component"):
                name, _, type_ = each["name"].partition("-")[2].rpartition("-")
                each["id"] = zone.import_id(name, type_)
        file.write_text(json.dumps(found))
        options = ("--generate-code=false", "--protect=false", "--skip-preview", "--yes")
        self.runs.append(lab.run("import", "--file", str(file), *options))

    def destroy_other(self) -> Run:
        """Destroy the second stack."""
        return self._run(self.other, "destroy", "--yes", "--skip-preview")

    def pulumi(self, *arguments: str) -> None:
        """Do something to the state."""
        self.lab.stack.pulumi(*arguments, "--yes")

    def equal(self, *, bulk: bool | None = None) -> str:
        """Return what is said where something equal is there, in this column or with its zones in *bulk* or not."""
        provider = self.zones["contoso.com"].configuration()["provider"]
        if provider == "octodns":
            return WAYS_OUT.replace(ADOPT, DELETE).strip()
        if bulk or (bulk is None and self.options.get("bulk")) or provider not in ALREADY_THERE:
            return WAYS_OUT.strip()
        return ALREADY_THERE[provider]

    def ends(self, cell: str, *, says: str = "", back: Callable[[], object] | None = None) -> None:
        """See that all that was done since the reset ended as *cell* says, and that a refusal *says* why.

        After what was refused, *back* and the configuration before change nothing.
        """
        ending = self.ending()
        if ending == "refused":
            for run in self.runs:
                assert run.status == 0 or (says or self.equal()) in run.output, run.output
            if back is not None:
                back()
            self.configure(*self.before)
            run = self.lab.up()
            self.runs.append(run)
            # What was created beside what was refused goes.
            unchanged = run.status == 0 and set(run.steps.values()) <= {"delete", "update"}
            ending = self.ending() if unchanged else "stuck"
        assert ending == cell, "\n".join([ending, *(run.output for run in self.runs)])
        if self.reviews:
            assert max(self.reviews, key=SEVERITIES.index) in REVIEWED[cell]

    def names(self) -> set[str]:
        """Return the names of all record sets that were not there before :meth:`publish`."""
        return {name for _, name, _ in self._there().keys() - self._foreign}

    def ending(self) -> str:
        """Return what became of the record sets that peers use, in a word of :data:`ENDINGS`."""
        touched = [
            (run.status, change.action) for run in self.runs for change in run.changes if self._used(change)
        ]
        if any(status and action == "delete" for status, action in touched):
            return "lost"
        if self.watched.keys() - self._there().keys():
            return "gone"
        if any(action == "delete" for _, action in touched):
            return "gap"
        if touched:
            return "changed"
        if self.accepted:
            return "accepted"
        return "refused" if any(run.status for run in self.runs) else "unchanged"

    def _configure(self, lab: Lab, components: Iterable[Component], *, exports: bool = True) -> None:
        made = [
            [each.name, [self._arguments(each), each.under, list(each.aliases), each.takes]]
            for each in components
        ]
        lab.configure(**{"program:components": made, "program:exports": exports})

    def _arguments(self, component: Component) -> dict[str, Any]:
        named = [
            zone
            for name, zone in self.zones.items()
            if any(f".{domain}".endswith(f".{name}") for domain in component.domains)
        ]
        zones = [{**zone.configuration(), **self.options, **component.zone} for zone in named]
        return {
            "zones": [{key: value for key, value in zone.items() if value is not None} for zone in zones],
            "domains": list(component.domains),
            "edgePools": [{"ipv4": ["131.107.155.10"]}],
            **component.arguments,
        }

    def _run(self, lab: Lab, *arguments: str) -> Run:
        # A plan says the same of whatever else this package publishes itself.
        if arguments[0] == "up" and self.zones["contoso.com"].configuration()["provider"] in PLANNED:
            self.reviews.append(self._review(lab, *(each for each in arguments[1:] if each not in UP_ALONE)))
        run = lab.run(*arguments)
        self.runs.append(run)
        if run.status:
            again = lab.run(*arguments)
            self.runs.append(again)
            self.accepted |= not again.status
        return self.runs[-1]

    def _review(self, lab: Lab, *arguments: str) -> str:
        """Return the worst that is said of what an update would do: of its plan, and of what the zones hold."""
        done = lab.stack.pulumi("preview", "--json", *arguments, check=False)
        if done.returncode:
            return "error"
        try:
            found = review(read(done.stdout.encode(), "plan"))
        except PlanError as error:
            if "no XmppFederationDns in this plan" not in str(error):
                raise
            return ""  # everything stays as it is
        live = {f"{name} {type_}": content(*each) for (_, name, type_), each in self._there().items()}
        wanted = {key: holder.content for key, holder in found.created.items()}
        there: dict[str, Live] = {key: live[key] for key in wanted if key in live}
        reading = Reading(Zone(provider="", name=""), wanted, there)
        if is_refused(found, None) or list(taken([reading], found.created)):
            return "error"
        return "warning" if found.risks else ""

    def _used(self, change: Change) -> bool:
        return (change.zone, change.name, change.type) in self.watched

    def _there(self) -> dict[Key, Published]:
        return {
            (zone.id, *key): content
            for zone in self.zones.values()
            for key, content in zone.record_sets().items()
        }

    def _directories(self) -> list[Path]:
        return [self.lab.directory / "state", self.lab.stack.file.parent]


def _kept(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}-published")


def way_in(test: Callable[..., None]) -> Callable[..., None]:
    """Run *test* for every column that its row has, with what its cell says."""
    cells = ROWS[test.__name__].cells
    mark = pytest.mark.parametrize(
        ("column", "cell"), list(cells.items()), ids=list(cells), indirect=["column"]
    )
    return mark(test)
