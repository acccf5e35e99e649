"""Where a history is played: a zone with what others have in it, a stack, and what can go wrong between them."""

import json
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest
from tests.engine.clouds.lab import BULK, FEDERATION, ONE, RECORD_SETS, Lab
from tests.engine.rfc2136.lab import SECRET, serving
from tests.faults.network import (
    Exchange,
    Network,
    Trouble,
    busy,
    cutting,
    dropping,
    lasting_until,
    losing,
    slow,
)
from tests.faults.rows import BUSY, CHANGED, CUTTING, DENIED, DROPPING, LOSING, SLOW, THROTTLED
from tests.faults.rows import FAILED as FAILS
from tests.faults.test_clouds import SAID
from tests.faults.watch import leaks
from tests.matrix.ownership.knot_zone import KnotZone
from tests.soak.history import DIES, FOREIGN, UNSYNCED, Fault
from tests.soak.wanted import ZONE, Key
from tests.standins import emulation
from tests.standins.arm_sign_in import TOKEN
from tests.standins.clouds import Aws, Azure, Cloud
from tests.standins.zones import WatchedZone
from tools.lab import knot as dns_server
from tools.lab.knot import Knot

CLOUD_SECRET = "soak-secret-of-no-account"
SECRETS = (SECRET, CLOUD_SECRET, TOKEN)
"""What may stand in no output and in no state."""
WRITES = {
    "aws": ("ChangeResourceRecordSets",),
    "azure": ("RecordSets_CreateOrUpdate", "RecordSets_Delete"),
}
"""The operations that change record sets."""
WAITS = "GetChange"
"""The one by which Route 53 says whether a change is in sync."""
WRITTEN = ("<Action>CREATE</Action>", "<Action>UPSERT</Action>")
"""What a batch of Route 53 has that does more than delete."""
FEW, MANY = 2, 1_000_000
"""Calls that a fault meets which passes, and one that does not."""
LOOK = 0.01
"""Seconds between two looks at whether a run has come to where it is killed."""
TROUBLES: dict[str, Trouble] = {BUSY: busy, DROPPING: dropping, CUTTING: cutting, LOSING: losing, SLOW: slow}


@dataclass
class World(ABC):
    """A zone, the stack that publishes there, and faults for its runs."""

    lab: Lab
    zone: WatchedZone

    def options(self) -> dict[str, Any]:
        """Return the zone as a stack file has it."""
        return self.zone.configuration()

    @abstractmethod
    def disturbed(self, fault: Fault) -> AbstractContextManager[Callable[[], bool]]:
        """Let a fault that kills nothing happen until the block ends; give what tells whether a run met with it."""

    @abstractmethod
    def stopped(self, fault: Fault) -> AbstractContextManager[Callable[[], bool]]:
        """Give what tells whether a run has come to where *fault* kills it."""

    @abstractmethod
    def hangs(self, fault: Fault) -> bool:
        """Tell whether a run waits where *fault* kills it, so that the engine can write what it has begun."""

    def held(self) -> list[Key]:
        """Return name and type of every record set that the state has, as often as it has them."""
        state = next(iter(self.lab.stack.state_directory.rglob(f"{self.lab.stack.name}.json")))
        latest: dict[str, Any] = json.loads(state.read_text())["checkpoint"]["latest"] or {}
        resources: list[dict[str, Any]] = latest.get("resources") or []
        found: list[Key] = []
        for each in resources:
            if each["type"] not in RECORD_SETS:
                continue
            if each["type"] in (BULK, ONE):
                found += [_key(text) for text in each["outputs"]["recordSets"]]
            else:
                name = each["urn"].rsplit("::", maxsplit=1)[-1].removeprefix(f"{FEDERATION}-")
                found.append(_key(" ".join(name.rsplit("-", 1))))
        return sorted(found)

    def leaks(self) -> list[str]:
        """Return the files of the state in which a secret stands in plain text."""
        return leaks(self.lab.stack.state_directory, *SECRETS)


@dataclass
class Updates(World):
    """A Knot server, and the network before it."""

    knot: Knot
    network: Network

    @classmethod
    @contextmanager
    def begun(cls, directory: Path) -> Generator[Self]:
        """Serve a zone below *directory* until the block ends."""
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            deeper = dns_server.CONFIGURATION.replace(
                "    journal-content: changes\n",
                "    journal-content: changes\n    journal-max-depth: 1000\n",
            )
            patch.setattr(dns_server, "CONFIGURATION", deeper)
            knot = stack.enter_context(serving(directory / "knot", ZONE))
            network = stack.enter_context(Network.before(knot.port))
            lab = Lab.of(directory / "stack")
            lab.stack.set_secret("tsigSecret", SECRET)
            yield cls(lab, KnotZone(ZONE, knot), knot, network)

    def options(self) -> dict[str, Any]:
        """Lead the stack through the network."""
        return {**self.zone.configuration(), "port": self.network.port}

    @contextmanager
    def disturbed(self, fault: Fault) -> Generator[Callable[[], bool]]:
        """Let the network or the server fail."""
        met = threading.Event()

        def trouble(number: int, message: bytes, exchange: Exchange) -> bytes:
            met.set()
            return TROUBLES[fault.kind](number, message, exchange)

        def end() -> None:
            met.set()
            self._end()

        with self.network.troubled(lasting_until(fault.after, end) if fault.kind == DIES else trouble):
            yield met.is_set
        if self.knot.process and self.knot.process.poll() is not None:
            self.knot.start()

    @contextmanager
    def stopped(self, fault: Fault) -> Generator[Callable[[], bool]]:
        """Keep the run where it has no answer to a change."""
        with self.network.shut(fault.after, int(fault.carried_out)):
            yield self.network.reached.is_set

    def hangs(self, fault: Fault) -> bool:
        """Say so wherever it comes at a change, since that has no answer."""
        return not fault.seconds

    def _end(self) -> None:
        if self.knot.process:
            self.knot.process.kill()
            self.knot.process.wait()


@dataclass
class Emulated(World):
    """The emulation of a cloud."""

    cloud: Cloud

    @classmethod
    @contextmanager
    def begun(cls, provider: str, directory: Path) -> Generator[Self]:
        """Run the cloud below *directory* until the block ends."""
        directory.joinpath("cloud").mkdir()
        running = Aws.running() if provider == "aws" else Azure.running(directory / "cloud")
        with running as cloud:
            secret = "AWS_SECRET_ACCESS_KEY" if provider == "aws" else "ARM_CLIENT_SECRET"
            lab = Lab.of(directory / "stack", cloud, **{secret: CLOUD_SECRET})
            yield cls(lab, lab.zone(cloud, ZONE), cloud)

    def writes(self) -> int:
        """Count the calls that change record sets."""
        calls = self.cloud.server.calls()
        return sum(calls.get(each, 0) for each in WRITES[self.cloud.key])

    @contextmanager
    def disturbed(self, fault: Fault) -> Generator[Callable[[], bool]]:
        """Let the calls that change record sets fail."""
        before = self.writes()
        with self.cloud.server.faulty(*self._faults(fault, FEW)):
            yield lambda: self.writes() > before

    def _faults(self, fault: Fault, few: int) -> list[emulation.Fault]:
        operations = WRITES[self.cloud.key]
        if fault.kind == LOSING:
            return [emulation.Fault(each, times=1, effect="lose") for each in operations]
        if fault.kind == UNSYNCED:
            operations = (WAITS,)
        status, code = SAID[self.cloud.key][DENIED if fault.kind == UNSYNCED else fault.kind]
        times = few if fault.kind in (THROTTLED, FAILS) else MANY
        # The published plugin takes a deletion that is no valid batch for done, and nobody hears of it.
        sent = WRITTEN if (self.cloud.key, fault.kind) == ("aws", CHANGED) else ("",)
        return [
            emulation.Fault(each, times, match, status=status, code=code, message="For the test.")
            for each in operations
            for match in sent
        ]

    @contextmanager
    def stopped(self, fault: Fault) -> Generator[Callable[[], bool]]:
        """Wait until the run has sent one change more; what is not to be carried out is throttled without end."""
        until = self.writes() + (fault.after if fault.carried_out else 0) + 1
        throttled = self._faults(Fault(THROTTLED), MANY) if not fault.carried_out else []
        if self.hangs(fault):
            throttled = [replace(each, operation=WAITS) for each in self._faults(Fault(THROTTLED), MANY)]
        with self.cloud.server.faulty(*throttled):
            yield lambda: self.writes() >= until

    def hangs(self, fault: Fault) -> bool:
        """Say so after the first change to Route 53, which does not say then that it is in sync."""
        return self.cloud.key == "aws" and fault.carried_out and not fault.after and not fault.seconds


@contextmanager
def begun(provider: str, directory: Path) -> Generator[World]:
    """Return a zone of *provider* with what others have in it, and a new stack, until the block ends."""
    world = Updates.begun(directory) if provider == "rfc2136" else Emulated.begun(provider, directory)
    with world as found:
        for (name, type_), each in FOREIGN.items():
            found.zone.put(name, type_, each.ttl, *each.values)
        yield found


def has_secret(text: str) -> bool:
    """Tell whether a secret stands in *text*."""
    return any(secret in text for secret in SECRETS)


def wait(until: Callable[[], bool], process: "subprocess.Popen[bytes]", seconds: float = 60) -> bool:
    """Wait until something is so, and return True; False where the run ended first, or it takes too long."""
    deadline = time.monotonic() + seconds
    while not until():
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(LOOK)
    return True


def _key(text: str) -> Key:
    name, _, type_ = text.partition(" ")
    return name, type_
