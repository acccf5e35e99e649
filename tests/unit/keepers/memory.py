"""A zone in memory, and a keeper of it: what the rule of ownership is tried on."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from tests.unit.bulk.lab import ZONE, domains

from xmpp_federation_dns import backends
from xmpp_federation_dns.backends.client import RefusedError, UpdateError, ZoneClient
from xmpp_federation_dns.changes import Batch, Change, Content, Foreign, Live, Place, Weight, contents
from xmpp_federation_dns.keepers import journal, ownership
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper


@dataclass
class Zone:
    """What is in a zone, and what was done to it."""

    there: dict[str, Live] = field(default_factory=dict[str, Live])
    sent: list[list[str]] = field(default_factory=list[list[str]])
    """The keys of each batch that was carried out."""
    reads: int = 0
    lost: bool = False
    """Whether each batch is carried out without an answer, and then sent again."""
    before: dict[str, str] = field(default_factory=dict[str, str])
    """What somebody publishes before the next batch, whose first attempt never arrives."""
    fails_after: int = 1_000
    """Batches after which the zone takes no more."""
    answers: bool = False
    """Whether it says so then."""
    error: UpdateError | None = None
    """What keeps every batch from being carried out."""

    def put(self, texts: Mapping[str, str]) -> None:
        """Publish by hand."""
        self.there |= contents(texts)

    @property
    def texts(self) -> dict[str, str]:
        """What is there, as the state writes it."""
        return {key: str(each) for key, each in self.there.items()}


class Client(ZoneClient):
    """A client of such a zone, in batches of four record sets."""

    atomic: ClassVar = True
    conditional: ClassVar = True
    most: ClassVar[Weight] = (4,)

    def __init__(self, zone: Zone, place: Place) -> None:
        self.zone = zone
        self.at = place

    @property
    def place(self) -> Place:
        return self.at

    def __str__(self) -> str:
        return f"zone {ZONE}"

    def weight(self, change: Change) -> Weight:  # noqa: ARG002 each weighs the same
        return (1,)

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        self.zone.reads += 1
        return {key: self.zone.there[key] for key in expected if key in self.zone.there}

    def send(self, batch: Batch) -> None:
        if self.zone.error:
            raise self.zone.error
        if len(self.zone.sent) >= self.zone.fails_after:
            raise UpdateError(f"{self}: no more", unanswered=not self.zone.answers)
        late = bool(self.zone.before)
        self.zone.put(self.zone.before)
        for _ in range(1 + self.zone.lost):
            if any(self.zone.there.get(change.key) != change.old for change in batch):
                raise RefusedError(f"{self}: refused", unanswered=self.zone.lost or late)
            for change in batch:
                self.zone.there.pop(change.key, None)
                self.zone.there |= {change.key: change.new} if change.new else {}
            self.zone.sent.append([change.key for change in batch])


class SingleClient(Client):
    """A client whose server changes one record set at a time."""

    atomic: ClassVar = False
    writers: ClassVar = 3


class BlindClient(Client):
    """A client whose server compares nothing."""

    conditional: ClassVar = False

    def send(self, batch: Batch) -> None:
        for change in batch:
            self.zone.there.pop(change.key, None)
            self.zone.there |= {change.key: change.new} if change.new else {}
        self.zone.sent.append([change.key for change in batch])


@dataclass(frozen=True, kw_only=True)
class MemoryZone(backends.Zone):
    """The options of such a zone."""

    provider: str = "memory"
    server: str = "one"

    def place(self, properties: Mapping[str, Any]) -> Place:  # noqa: ARG002 the options say it
        return self.server, self.name


class MemoryKeeper(Keeper):
    """Keeps record sets of one zone in memory."""

    def __init__(self, zone: Zone, client: type[Client] = Client) -> None:
        super().__init__()
        self.memory = zone
        self.kind = client

    def client(self, properties: Mapping[str, Any]) -> Client:
        return self.kind(self.memory, self.zone(properties).place(properties))

    def zone(self, properties: Mapping[str, Any]) -> MemoryZone:
        return MemoryZone(name=properties["zone"], server=properties.get("server", "one"))

    def learnt(self, properties: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 there is nothing to learn
        return {}


class LearningKeeper(MemoryKeeper):
    """Knows of a hosted zone, beside what the program says."""

    def learnt(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in properties.items() if key == "hostedZone"}


def properties(record_sets: Mapping[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of a resource."""
    return {
        "zone": ZONE,
        "provider": "memory",
        "existing": "refuse",
        "recordSets": dict(record_sets),
        **others,
    }


class Update:
    """One update in a process of its own: resources of a zone in bulk and their journals."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.journal = JournalKeeper(keeper)

    def publish(
        self, state: dict[str, Any] | None, record_sets: Mapping[str, str], **options: Any
    ) -> dict[str, Any]:
        """Write the journal of a zone in bulk, publish, and return the state of both."""
        state = {} if state is None else state
        state["journal"] = self.write(state.get("journal"), record_sets, **options)
        state["resource"] = self.keep(state, record_sets, **options)
        return state

    def write(
        self, old: dict[str, Any] | None, record_sets: Mapping[str, str], **options: Any
    ) -> dict[str, Any]:
        """Write the journal alone, as a run that is killed before its first batch does."""
        new = properties({}, **options) | {"recordSets": journal.packed(record_sets)}
        outs = self.journal.update("", old, new).outs if old else self.journal.create(new).outs
        assert outs is not None
        return outs

    def keep(
        self, state: Mapping[str, Any], record_sets: Mapping[str, str], **options: Any
    ) -> dict[str, Any]:
        """Publish what the journal says, and return the state of the resource, its id in it."""
        new = properties(record_sets, journal=state["journal"]["runs"], **options)
        old: dict[str, Any] | None = state.get("resource")
        if old is None:
            created = self.keeper.create(new)
            return {**(created.outs or {}), "id": created.id}
        before = {key: value for key, value in old.items() if key != "id"}
        self.keeper.diff(old["id"], before, new)
        return {**(self.keeper.update(old["id"], before, new).outs or {}), "id": old["id"]}

    def read(self, state: dict[str, Any]) -> None:
        """Read a resource, as a refresh and an update after one that failed do."""
        id_ = state["resource"]["id"]
        read = self.keeper.read(id_, {key: value for key, value in state["resource"].items() if key != "id"})
        state["resource"] = {**read.outs, "id": id_}

    def delete(self, state: Mapping[str, Any]) -> None:
        """Delete a resource, as the end of an update does."""
        self.keeper.delete(state["resource"]["id"], dict(state["resource"]))


@contextmanager
def update(keeper: Keeper, process: str) -> Generator[Update]:
    """Begin an update: its *process* remembers nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ownership, "CLAIMS", ownership.Claims())
        patch.setattr(journal, "PROCESS", process)
        yield Update(keeper)


def first(keeper: MemoryKeeper, *numbers: int) -> dict[str, Any]:
    """Return the state of a resource that an earlier update published."""
    with update(keeper, "first") as run:
        return run.publish(None, domains(*numbers))


ALIAS = Foreign("alias of lb.example.net.")
