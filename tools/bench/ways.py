"""The ways of publishing whose runs are killed, each with a zone and a stack of its own."""

import base64
import secrets
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Protocol

import dns.query
import dns.rdatatype
import dns.tsigkeyring
import yaml
from tests.standins import home
from tests.standins.clouds import Aws
from tests.standins.zones import HostedZone, Published

from tools.bench.session import WRITE
from tools.bench.workload import ZONE, Wanted
from tools.lab.knot import KEY_NAME, Knot
from tools.lab.stack import NAMESPACE, Stack

Key = tuple[str, str]
"""Name, absolute and without final dot, and type."""
RecordSets = dict[Key, Published]
FOREIGN: RecordSets = {
    ("www.contoso.com", "A"): Published(60, ("192.0.2.1",)),
    ("contoso.com", "MX"): Published(3600, ("10 mail.contoso.com.",)),
    ("_xmpp-client._tcp.d0000.contoso.com", "SRV"): Published(3600, ("0 0 5222 xmpp.d0000.contoso.com.",)),
}
"""Somebody else's, beside and below the names of the stack."""


class Zone(Protocol):
    """A zone as everybody sees it."""

    def configuration(self) -> dict[str, Any]:
        """Return the zone as a stack file has it."""
        ...

    def record_sets(self) -> RecordSets:
        """Return what is published, without what the zone needs itself."""
        ...

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Create or change a record set by hand."""
        ...

    def remove(self, name: str, type_: str) -> None:
        """Delete a record set by hand."""
        ...

    def writes(self) -> int:
        """Return how often something was written so far."""
        ...


class Route53(HostedZone):
    """A zone of the emulation of Route 53."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(ZONE, aws.server, aws.client())

    def writes(self) -> int:
        """Count the batches."""
        return self.server.calls().get(WRITE, 0)


@dataclass
class Primary:
    """A zone of a Knot server."""

    knot: Knot
    own: ClassVar = {(ZONE, "SOA"), (ZONE, "NS"), (f"ns1.{ZONE}", "A")}

    def configuration(self) -> dict[str, Any]:
        """Name the server and the key."""
        server = {"server": self.knot.address, "port": self.knot.port, "tsigKeyName": KEY_NAME}
        return {"provider": "rfc2136", "name": ZONE, **server}

    def record_sets(self) -> RecordSets:
        """Transfer the zone."""
        keyring = dns.tsigkeyring.from_text({KEY_NAME: self.knot.secret})
        messages = dns.query.xfr(
            self.knot.address, ZONE, port=self.knot.port, keyring=keyring, relativize=False
        )
        found: RecordSets = {}
        for rrset in (rrset for message in messages for rrset in message.answer):
            key = rrset.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(rrset.rdtype)
            found[key] = Published(rrset.ttl, tuple(sorted(rdata.to_text() for rdata in rrset)))
        return {key: found[key] for key in found.keys() - self.own}

    def put(self, name: str, type_: str, ttl: int, *values: str) -> None:
        """Send an update."""
        self.knot.change(ZONE, ("replace", f"{name}.", str(ttl), type_, *values))

    def remove(self, name: str, type_: str) -> None:
        """Send an update."""
        self.knot.change(ZONE, ("delete", f"{name}.", type_))

    def writes(self) -> int:
        """Return the serial, which every change raises."""
        return int(self.knot.ask(f"{ZONE}.", "SOA")[0].split()[6])


@dataclass(frozen=True)
class Target:
    """A zone, and the stack that publishes there."""

    zone: Zone
    stack: Stack
    bulk: bool

    def configure(self, wanted: Wanted, **options: str) -> None:
        """Let the next run publish what is *wanted*; *options* are the zone's."""
        zone = {**self.zone.configuration(), "bulk": self.bulk, **options}
        file: dict[str, Any] = yaml.safe_load(self.stack.file.read_text())
        configuration = {"zones": [zone], **wanted.configuration()}
        own = {f"{NAMESPACE}:{key}": value for key, value in configuration.items()}
        file["config"] = {**file.get("config", {}), **own}
        self.stack.file.write_text(yaml.dump(file, Dumper=yaml.CSafeDumper, sort_keys=False))

    def held(self) -> RecordSets:
        """Return the record sets that the state has."""
        resources: list[dict[str, Any]] = self.stack.state()["deployment"].get("resources") or []
        texts: dict[str, str] = {}
        for resource in resources:
            if resource["type"].endswith((":RecordSet", ":RecordSets")):
                texts |= resource["outputs"]["recordSets"]
        found: RecordSets = {}
        for key, text in texts.items():
            name, _, type_ = key.partition(" ")
            ttl, _, values = text.partition(" ")
            found[name, type_] = Published(int(ttl), tuple(values.split(", ")))
        return found


@contextmanager
def _route53(directory: Path, *, bulk: bool) -> Generator[Target]:
    with Aws.running() as aws:
        stack = Stack(directory, environment=aws.environment)
        home.install(directory / "pulumi")
        stack.pulumi("stack", "select", "--create")
        yield Target(Route53(aws), stack, bulk)


@contextmanager
def _updates(directory: Path, *, bulk: bool) -> Generator[Target]:
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with Knot.serving([ZONE], directory / "knot", secret) as knot:
        stack = Stack(directory)
        stack.pulumi("stack", "select", "--create")
        stack.set_secret("tsigSecret", secret)
        yield Target(Primary(knot), stack, bulk)


@dataclass(frozen=True)
class Way:
    """A way of publishing, and as many SIP domains as make a run long enough to be killed in it."""

    title: str
    size: int
    bulk: bool
    begun: Callable[..., AbstractContextManager[Target]]

    @contextmanager
    def target(self) -> Generator[Target]:
        """Begin a zone with nothing but what is somebody else's, and a new stack, until the block ends."""
        with (
            TemporaryDirectory(prefix="bench-") as directory,
            self.begun(Path(directory), bulk=self.bulk) as target,
        ):
            for (name, type_), content in FOREIGN.items():
                target.zone.put(name, type_, content.ttl, *content.values)
            yield target


WAYS = (
    Way("Route 53 in bulk", 1_000, True, _route53),
    Way("dynamic updates in bulk", 500, True, _updates),
    Way("dynamic updates one by one", 20, False, _updates),
)
