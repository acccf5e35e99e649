"""One language and one way of publishing: the stack of programs/, and what becomes of it step by step."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.engine.languages.lab import PROJECT, ForeignStack
from tests.engine.rfc2136.lab import SECRET, resources
from tests.standins import home
from tests.standins.clouds import REGION, SUBSCRIPTION
from tests.standins.zones import WatchedZone

PROGRAMS = Path(__file__).with_name("programs")
PYTHON: Mapping[str, Any] = {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
ADDRESS, HIDDEN = "131.107.155.10", "131.107.155.77"
A, SRV = "xmpp.contoso.com", "_xmpp-server._tcp.contoso.com"
WRONG: Mapping[str, Any] = {"domain": "contoso_com", "srvTtl": 5}
RIGHT: Mapping[str, Any] = {"domain": "contoso.com", "srvTtl": 3600, "address": ADDRESS}
PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "xmpp-federation-dns": {"tsigSecret": SECRET},
    "aws": {"region": REGION},
    "azure-native": {"subscriptionId": SUBSCRIPTION},
}
"""What an explicit provider of each package is given."""
PACKAGES = {"rfc2136": "xmpp-federation-dns", "aws": "aws", "azure": "azure-native"}


class Run(NamedTuple):
    """One run of the engine: its exit status, and all that it printed."""

    status: int
    output: str

    @property
    def resources(self) -> dict[str, int]:
        """How many resources met with what, by Pulumi's own summary."""
        return resources(self.output)


class Program(ForeignStack):
    """The program of programs/ in one language; one in YAML, whose configuration has no objects, is written anew."""

    def __init__(
        self, directory: Path, language: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        # A program that runs the engine needs no host, and `pulumi import` any that is there.
        runtime = PYTHON if language == "Python" else "yaml"
        super().__init__(directory, {"name": PROJECT, "runtime": runtime}, command, environment)
        self.language = language
        home.install(directory / "pulumi")
        home.install_machine(directory / "pulumi")
        if language == "Python":
            (self.project / "__main__.py").write_text((PROGRAMS / "__main__.py").read_text())
        self.settings: dict[str, Any] = {}
        self.pulumi("stack", "init")
        self.set_secret("hidden", HIDDEN)

    def set(self, settings: Mapping[str, Any]) -> None:
        """Change what the program publishes; None takes a key out."""
        self.settings.update(settings)
        self.settings = {key: value for key, value in self.settings.items() if value is not None}
        if self.language == "YAML":
            (self.project / "Pulumi.yaml").write_text(yaml.safe_dump(_yaml(self.settings)))
        else:
            file = yaml.safe_load(self.file.read_text())
            secrets = {key: value for key, value in file["config"].items() if "'secure': " in str(value)}
            plain = {f"{PROJECT}:{key}": value for key, value in self.settings.items() if key != "provider"}
            file["config"] = secrets | plain
            self.file.write_text(yaml.safe_dump(file))
            if "provider" in settings:
                # With its credentials.
                self.set_secret("provider", json.dumps(settings["provider"]))


class Column:
    """A stack that publishes one SIP domain in *zone*: refused, published, published again, destroyed, each once."""

    def __init__(
        self,
        directory: Path,
        zone: WatchedZone,
        options: Mapping[str, Any],
        new: Callable[[Path], Program],
    ) -> None:
        self.directory = directory
        self.zone = zone
        self.place = {**zone.configuration(), **options}
        self._new = new
        self.before = zone.record_sets()
        self.runs: list[Run] = []
        self.program = self.another("stack")
        self.sign(self.program)

    def another(self, name: str) -> Program:
        """Return a stack that publishes to the same zone, without a TSIG secret."""
        program = self._new(self.directory / name)
        program.set({**RIGHT, "zone": self.place})
        return program

    def sign(self, program: Program) -> None:
        """Give a stack the TSIG secret, where the server wants it."""
        if self.place["provider"] == "rfc2136":
            program.set_secret("xmpp-federation-dns:tsigSecret", SECRET)

    def run(self, program: Program, *arguments: str) -> Run:
        """Run the engine on a stack."""
        done = program.pulumi(*arguments, check=False)
        self.runs.append(Run(done.returncode, done.stdout + done.stderr))
        return self.runs[-1]

    @cached_property
    def refused(self) -> tuple[Run, Mapping[tuple[str, str], Any]]:
        self.program.set(WRONG)
        return self.run(self.program, "up", "--yes", "--skip-preview"), self.gained()

    @cached_property
    def published(self) -> Run:
        assert self.refused[0].status == 1
        self.program.set(RIGHT)
        return self.run(self.program, "up", "--yes", "--skip-preview")

    @cached_property
    def after(self) -> Mapping[tuple[str, str], Any]:
        """What the zone has gained."""
        assert self.published.status == 0, self.published.output
        return self.gained()

    @cached_property
    def again(self) -> tuple[Run, Mapping[tuple[str, str], Any]]:
        assert self.after
        return self.run(self.program, "up", "--yes", "--skip-preview"), self.gained()

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The files of the state and of the stack, once it was published twice."""
        assert self.again[0].status == 0
        return files(self.program)

    @cached_property
    def destroyed(self) -> Run:
        assert self.files
        return self.run(self.program, "destroy", "--yes", "--skip-preview")

    def gained(self) -> Mapping[tuple[str, str], Any]:
        """Return what the zone has that it had not before."""
        return {key: value for key, value in self.zone.record_sets().items() if key not in self.before}


def files(program: Program) -> Mapping[str, str]:
    """Return the files of the state, and the stack file, by their paths."""
    found = [*program.state_directory.rglob("*"), program.file]
    return {str(path): path.read_text() for path in found if path.is_file()}


def providers(program: Program) -> dict[str, str]:
    """Return the logical name of the provider of each resource that publishes."""
    found: dict[str, str] = {}
    for each in program.state()["deployment"]["resources"]:
        name, kind = each["urn"].rpartition("::")[2], each["type"]
        if each.get("provider") and name.startswith("federation-"):
            found[f"{kind} {name}"] = each["provider"].split("::")[-2]
    return found


def _yaml(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the program that the others are, in YAML."""
    project: dict[str, Any] = {"name": PROJECT, "runtime": "yaml"}
    if kept := settings.get("recordSet"):
        imported = {"type": "xmpp-federation-dns:index:RecordSet", "properties": kept}
        return {**project, "resources": {"imported": imported}}
    if inputs := settings.get("inputs"):
        federation = {"type": "xmpp-federation-dns:index:XmppFederationDns", "properties": inputs}
        return {**project, "resources": {"federation": federation}}
    resources: dict[str, Any] = {
        "edge": {"type": "machine:index:Machine", "properties": {"planned": settings["address"]}}
    }
    zone, options = dict(settings["zone"]), dict[str, Any]()
    if explicit := settings.get("provider"):
        resources["mine"] = {
            "type": f"pulumi:providers:{explicit['package']}",
            "properties": explicit["properties"],
        }
        if explicit["zone"]:
            zone["explicitProvider"] = "${mine}"
        else:
            options = {"options": {"providers": ["${mine}"]}}
    resources["federation"] = {
        "type": "xmpp-federation-dns:index:XmppFederationDns",
        "properties": {
            "domains": [settings["domain"]],
            "edgePools": [{"ipv4": ["${edge.address}", "${hidden}"]}],
            "zones": [zone],
            "srvTtl": settings["srvTtl"],
        },
        **options,
    }
    return {
        **project,
        "config": {"hidden": {"type": "string", "secret": True}},
        "resources": resources,
        "outputs": {"records": "${federation.records}"},
    }
