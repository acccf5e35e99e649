"""The programs that publish the same record sets: ours in both ways, and what else there is."""

import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml
from tests.standins import home
from tests.standins.clouds import REGION, Aws
from tests.standins.zones import WatchedZone

from tools.bench.workload import ZONE, Step, Wanted
from tools.lab.stack import CHECKOUT, NAMESPACE, Stack

OCTODNS_SYNC = CHECKOUT / ".venv-bench" / "bin" / "octodns-sync"
OCTODNS_MAX_CHANGES = 480
"""Records that octoDNS puts into a batch at most.

Its default of 1,000 is refused: it counts a changed record once, where Route 53 counts it twice, and it does
not count characters.
"""
COMPONENT = "xmpp-federation-dns:index:XmppFederationDns"
WAIT = 15
"""Seconds that the published provider waits after every change."""


@dataclass(frozen=True)
class Served:
    """A zone, the variables by which programs get to it, and how often its server was called, by operation."""

    zone: WatchedZone
    environment: Mapping[str, str]
    calls: Callable[[], Mapping[str, int]]
    secret: str = ""
    """Of the key that a stack has for it."""


class Program(ABC):
    """One program with a zone of its own."""

    title: ClassVar[str]
    one_by_one: ClassVar[bool] = False
    """Every record set costs calls of its own."""

    def __init__(self, directory: Path, at: Served) -> None:
        self.directory = directory
        self.at = at
        self.zone = at.zone

    @classmethod
    @contextmanager
    def served(cls, directory: Path) -> Generator[Served]:  # noqa: ARG003 others have files of their own
        """Run what serves a zone until the block ends, with its files below *directory*."""
        with Aws.running() as aws:
            # boto3 reads the region from another variable than the SDK of the plugin.
            environment = {**aws.environment, "AWS_DEFAULT_REGION": REGION}
            yield Served(aws.zone(ZONE), environment, aws.server.calls)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables of the command."""
        return {**os.environ, **self.at.environment}

    @abstractmethod
    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:
        """Write what the program is to read for *step*, and return the command."""


class Batches(Program):
    """The floor: no state, no plan, nothing but the calls."""

    title = "boto3 batches (floor)"
    api: ClassVar[str] = "aws"
    """As :mod:`tools.bench.floor` names it."""

    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:
        """Leave to :mod:`tools.bench.floor` what is there and what is to be there."""
        file = self.directory / "record-sets.json"
        record_sets = [(*key, *content) for key, content in wanted.record_sets().items()]
        given = {"api": self.api, "zone": self.zone.id, "step": step, "record_sets": record_sets}
        file.write_text(json.dumps(given))
        return [sys.executable, CHECKOUT / "tools" / "bench" / "floor.py", file]


class OctoDns(Program):
    """octoDNS with octodns-route53, which owns the whole zone."""

    title = "octoDNS"

    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:  # noqa: ARG002 all are alike
        """Write its configuration and the records of the zone."""
        records = self.directory / "zones"
        records.mkdir(exist_ok=True)
        found = {
            name.removesuffix(f".{ZONE}"): _as_octodns(type_, *content)
            for (name, type_), content in wanted.record_sets().items()
        }
        (records / f"{ZONE}.yaml").write_text(_yaml(found))
        configuration = self.directory / "octodns.yaml"
        yaml_provider = {"class": "octodns.provider.yaml.YamlProvider", "directory": str(records)}
        zones = {f"{ZONE}.": {"sources": ["config"], "targets": ["provider"]}}
        providers = {"config": {**yaml_provider, "enforce_order": False}, "provider": self.provider()}
        configuration.write_text(_yaml({"providers": providers, "zones": zones}))
        # Without --force it refuses to change more than a third of a zone.
        return [OCTODNS_SYNC, "--config-file", configuration, "--doit", "--force", "--quiet"]

    def provider(self) -> dict[str, Any]:
        """Return the class that serves the zone, and its arguments."""
        return {
            "class": "octodns_route53.Route53Provider",
            "access_key_id": "test",
            "secret_access_key": "test",
            "max_changes": OCTODNS_MAX_CHANGES,
        }


class PulumiProgram(Program):
    """A Pulumi program, with a state in files and the stand-in of the AWS plugin."""

    text: ClassVar[str | None] = None
    """The program, where it is not the one of the checkout."""
    variables: ClassVar[Mapping[str, str]] = {}

    def __init__(self, directory: Path, at: Served) -> None:
        super().__init__(directory, at)
        self.stack = Stack(directory, "bench", {**at.environment, **self.variables})
        if self.text is not None:
            (self.stack.project / "__main__.py").write_text(self.text)
        home.install(directory / "pulumi")
        self.stack.pulumi("stack", "select", "--create")
        if at.secret:
            self.stack.set_secret("tsigSecret", at.secret)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables of the stack."""
        return self.stack.environment

    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:
        """Write the stack file."""
        verb = "destroy" if step == "destroy" else "up"
        if verb == "up":
            file: Any = yaml.safe_load(self.stack.file.read_text())
            configuration = {f"{NAMESPACE}:{k}": v for k, v in self.configuration(wanted).items()}
            # The secret is there already.
            file["config"] = {**file.get("config", {}), **configuration}
            self.stack.file.write_text(_yaml(file))
        options = ["--yes", "--skip-preview", "--stack", self.stack.name, "--non-interactive"]
        return ["pulumi", verb, *options, "--color", "never", "--cwd", self.stack.project]

    @abstractmethod
    def configuration(self, wanted: Wanted) -> dict[str, Any]:
        """Return the configuration of the stack."""


class Empty(PulumiProgram):
    """A program that publishes nothing: what every run of Pulumi takes."""

    title = "empty `pulumi up`"
    text = '"""Publish nothing."""\n'

    def configuration(self, wanted: Wanted) -> dict[str, Any]:  # noqa: ARG002 nothing is wanted
        """Return nothing."""
        return {}


class PerRecord(PulumiProgram):
    """XmppFederationDns, with a resource for every record set."""

    title = "XmppFederationDns, per record"
    one_by_one = True
    bulk: ClassVar = False

    def configuration(self, wanted: Wanted) -> dict[str, Any]:
        """Return the zone beside what is wanted there."""
        return {"zones": [{**self.zone.configuration(), "bulk": self.bulk}], **wanted.configuration()}


class Bulk(PerRecord):
    """XmppFederationDns, with one resource for the zone."""

    title = "XmppFederationDns, bulk"
    one_by_one = False
    bulk: ClassVar = True


class FromYaml(Bulk):
    """The same from a program in YAML, which has it constructed by the plugin."""

    title = "XmppFederationDns, bulk, in YAML"

    def configuration(self, wanted: Wanted) -> dict[str, Any]:
        """Write the program; it reads no configuration."""
        file = self.stack.project / "Pulumi.yaml"
        component = {"type": COMPONENT, "properties": super().configuration(wanted)}
        program = {"runtime": "yaml", "resources": {"federation": component}}
        outputs = {"records": "${federation.records}"}
        project: Any = yaml.safe_load(file.read_text())
        project.pop("config", None)
        file.write_text(_yaml({**project, **program, "outputs": outputs}))
        return {}


class HandWritten(PulumiProgram):
    """What anybody would write first."""

    title = "hand-written Pulumi"
    one_by_one = True
    text = '''\
"""Publish the XMPP federation records of every SIP domain."""

import pulumi
from pulumi_aws import route53

config = pulumi.Config()
zone_id = config.require("zoneId")
for domain, address in config.require_object("addresses").items():
    route53.Record(
        f"{domain}-service",
        zone_id=zone_id,
        name=f"_xmpp-server._tcp.{domain}",
        type="SRV",
        ttl=config.require_int("srvTtl"),
        records=[f"0 0 5269 xmpp.{domain}."],
    )
    route53.Record(
        f"{domain}-address",
        zone_id=zone_id,
        name=f"xmpp.{domain}",
        type="A",
        ttl=config.require_int("addressTtl"),
        records=[address],
    )
'''

    def configuration(self, wanted: Wanted) -> dict[str, Any]:
        """Return what the program reads."""
        return {
            "zoneId": self.zone.id,
            "addresses": dict(wanted.addresses),
            "srvTtl": wanted.srv_ttl,
            "addressTtl": wanted.address_ttl,
        }


class Waiting(HandWritten):
    """The same with the wait that the published provider does not let anybody switch off."""

    title = f"hand-written Pulumi, {WAIT} s wait per record"
    variables: ClassVar = {"ROUTE53_INSYNC_WAIT": str(WAIT)}


def _as_octodns(type_: str, ttl: int, values: Sequence[str]) -> dict[str, Any]:
    if type_ == "A":
        return {"type": "A", "ttl": ttl, "values": list(values)}
    priority, weight, port, target = values[0].split()
    value = {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target}
    return {"type": "SRV", "ttl": ttl, "values": [value]}


def _yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False)
