"""A stack that publishes to zones that are watched, and what one run of `pulumi` did to both."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from tests.standins import home
from tests.standins.bridge import logged
from tests.standins.clouds import Cloud
from tests.standins.emulation import Change
from tests.standins.zones import CloudZone, DnsZone, HostedZone, WatchedZone
from tools.lab.stack import NAMESPACE, Stack

Watched = TypeVar("Watched", bound=WatchedZone)

FEDERATION = "federation"
"""Logical name of the component, in the program of the checkout."""
COMPONENT = "xmpp-federation-dns:index:XmppFederationDns"
BULK = "xmpp-federation-dns:index:RecordSets"
ONE = "xmpp-federation-dns:index:RecordSet"
RECORD_SETS = frozenset({BULK, ONE, *(zone.resource_type for zone in (HostedZone, DnsZone))})
"""Types of the resources that hold record sets."""


@dataclass(frozen=True)
class Run:
    """One run of `pulumi`: what it printed, what it did, and what that changed in the zones."""

    status: int
    output: str
    steps: Mapping[str, str]
    """What was done to which record set, by logical name; what stayed the same is left out."""
    changes: Sequence[Change]

    @property
    def errors(self) -> dict[str, list[str]]:
        """The lines that Pulumi sums up at the end, by what they are about, without those that say nothing."""
        text = self.output.rpartition("\nDiagnostics:\n")[2] if "\nDiagnostics:\n" in self.output else ""
        summary = re.split("^(?:Outputs|Resources):$", text, maxsplit=1, flags=re.MULTILINE)[0]
        found: dict[str, list[str]] = {}
        for about, lines in re.findall(r"^  (\S.*):\n((?:    .*\n)+)", summary, re.MULTILINE):
            said = [line.strip().removeprefix("error:").strip() for line in lines.splitlines()]
            if said := [line for line in said if line not in SAYS_NOTHING]:
                found[about] = said
        return found

    def of(self, zone: WatchedZone) -> list[tuple[str, str, str]]:
        """Return the changes of one zone, in order: action, name, type."""
        return [(each.action, each.name, each.type) for each in self.changes if each.zone == zone.id]


UNCHANGED = ("same", "refresh")
"""Operations that leave a resource as it is."""
SAYS_NOTHING = (
    "1 error occurred:",
    "an unhandled error occurred: program exited with non-zero exit code: 1",
    "Resource monitor has terminated, shutting down",
    "preview failed",
    "update failed",
)


@dataclass
class Lab:
    """A stack with a Pulumi home of its own, in which the stand-ins are the plugins."""

    directory: Path
    clouds: Sequence[Cloud]
    stack: Stack
    zones: list[WatchedZone] = field(default_factory=list[WatchedZone])

    @classmethod
    def of(cls, directory: Path, *clouds: Cloud, **environment: str) -> Self:
        """Return a new stack below *directory* that reaches *clouds*."""
        variables = {key: value for cloud in clouds for key, value in cloud.environment.items()}
        # Commands for debugging take --event-log: what was done, in a form to read.
        variables["PULUMI_DEBUG_COMMANDS"] = "true"
        stack = Stack(directory, environment={**variables, **environment})
        home.install(directory / "pulumi")
        stack.pulumi("stack", "select", "--create")
        return cls(directory, clouds, stack)

    def zone(self, cloud: Cloud, name: str) -> CloudZone:
        """Create a zone, and watch it from now on."""
        return self.watch(cloud.zone(name))

    def watch(self, zone: Watched) -> Watched:
        """Watch a zone from now on."""
        self.zones.append(zone)
        return zone

    def configure(self, **configuration: Any) -> None:
        """Set keys of the stack file; None takes a key out, a key with a colon is another package's."""
        text = self.stack.file.read_text() if self.stack.file.exists() else "{}"
        file: dict[str, Any] = yaml.safe_load(text)
        given = {k if ":" in k else f"{NAMESPACE}:{k}": value for k, value in configuration.items()}
        config = {**file.get("config", {}), **given}
        file["config"] = {key: value for key, value in config.items() if value is not None}
        self.stack.file.write_text(yaml.safe_dump(file))

    def program(self, text: str) -> None:
        """Run *text* instead of the program of the checkout."""
        (self.stack.project / "__main__.py").write_text(text)

    def up(self, *arguments: str) -> Run:
        """Publish."""
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def preview(self) -> Run:
        """Show what publishing would do."""
        return self.run("preview")

    def destroy(self) -> Run:
        """Take everything back."""
        return self.run("destroy", "--yes", "--skip-preview")

    def run(self, *arguments: str) -> Run:
        """Run `pulumi`, and see what that did."""
        before = {zone.id: len(zone.history()) for zone in self.zones}
        log = self.directory / "events"
        log.unlink(missing_ok=True)
        done = self.stack.pulumi(*arguments, "--event-log", str(log), check=False)
        changes = [change for zone in self.zones for change in zone.history()[before[zone.id] :]]
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return Run(done.returncode, done.stdout + done.stderr, _steps(events), changes)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the record sets of the state, by logical name."""
        resources = self.stack.state()["deployment"].get("resources", [])
        return {_name(each["urn"]): each for each in resources if each["type"] in RECORD_SETS}


def told_by_aws(fault: str) -> list[str]:
    """Return the lines in which the AWS plugin tells a *fault*: one of Terraform's SDK, and its own."""
    return [logged(fault, f"aws@{version('pulumi-aws')}").strip(), f"* {fault}"]


def records(zone: CloudZone) -> set[str]:
    """Return name and type of every record set in *zone*, as logical names of the component have them."""
    return {f"{FEDERATION}-{name}-{type_}" for name, type_ in zone.record_sets()}


def dangling(history: Iterable[Change]) -> list[tuple[int, str, str]]:
    """Return every moment at which an SRV record pointed to a name without addresses, with owner and target.

    Moments are counted by the changes up to then; a target of which nothing was ever published is no concern
    of the zone.
    """
    changes = list(history)
    hosts = {change.name for change in changes if change.type in ("A", "AAAA")}
    there: dict[tuple[str, str], Change] = {}
    found: list[tuple[int, str, str]] = []
    for moment, change in enumerate(changes, 1):
        there[change.name, change.type] = change
        if change.action == "delete":
            del there[change.name, change.type]
        with_addresses = {name for name, type_ in there if type_ in ("A", "AAAA")}
        for (owner, type_), record_set in there.items():
            if type_ == "SRV":
                targets = {value.split()[3].removesuffix(".") for value in record_set.values}
                found += [(moment, owner, target) for target in sorted(targets & hosts - with_addresses)]
    return found


def _steps(events: Iterable[Any]) -> dict[str, str]:
    """Return what was done to which record set."""
    steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
    changing = [each for each in steps if each["type"] in RECORD_SETS and each["op"] not in UNCHANGED]
    return {_name(step["urn"]): step["op"] for step in changing}


def _name(urn: str) -> str:
    return urn.rsplit("::", maxsplit=1)[-1]
