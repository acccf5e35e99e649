"""Record sets as resources: one each, or all of a zone in one.

The module and class names are part of every stack's state: Pulumi stores providers by reference.
"""

import contextlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, ClassVar, cast

import pulumi
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from xmpp_federation_dns.keepers import journal, ownership
from xmpp_federation_dns.keepers.batches import Content, Foreign, content, contents, texts
from xmpp_federation_dns.keepers.errors import UnfinishedError, UnservedError, UpdateError, tell_update_errors
from xmpp_federation_dns.keepers.ownership import Place
from xmpp_federation_dns.keepers.run import Run, ZoneClient, ZoneGoneError, listed, tell
from xmpp_federation_dns.records import RecordSet


class Keeper(ResourceProvider, ABC):
    """Keeps record sets of one zone; one with a journal keeps all of them."""

    # By reference there is nothing secret in it.
    serialize_as_secret_always = False
    learnt: ClassVar[frozenset[str]] = frozenset()
    """What the state may know beside what the program says."""

    @abstractmethod
    def client(self, properties: dict[str, Any]) -> ZoneClient:
        """Return the client of the zone that *properties* name."""

    @abstractmethod
    def place(self, properties: Mapping[str, Any]) -> Place:
        """Return where the zone is kept that *properties* name."""

    def moved(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:  # noqa: ARG002 most zones stay
        """Tell whether the zone is somewhere else, and may not hold there what the state says."""
        return False

    def configure(self, req: ConfigureRequest) -> None:  # noqa: ARG002 what Pulumi calls before all else
        """Prepare the process for errors."""
        tell_update_errors()

    def compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> DiffResult:
        """Replace in another zone; everything else is an update."""
        keys = {*old, *new} - self.learnt - {"__provider"}
        changed = {key for key in keys if old.get(key) != new.get(key)}
        return DiffResult(changes=bool(changed), replaces=["zone"] if "zone" in changed else [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare state and program; what this resource keeps is no other's to delete in this update."""
        result = self.compare(_olds, _news)
        if not result.replaces:
            kept = set(_olds["recordSets"]).intersection(_news["recordSets"])
            ownership.CLAIMS.hold(_id, self.place({**_olds, **_news}), kept)
        return result

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Publish record sets that do not exist yet."""
        what = props["zone"] if "journal" in props else next(iter(props["recordSets"]))
        # Unlike any other, so that it tells a resource from the one that takes its place.
        id_ = f"{what} {uuid.uuid4().hex[:8]}"
        with ownership.CLAIMS.publishing():
            return CreateResult(id_, self._publish(id_, {}, props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Send the difference between what is in the state and what is wanted; nothing where there is none."""
        known = {key: value for key, value in _olds.items() if key in self.learnt}
        with ownership.CLAIMS.publishing():
            return UpdateResult(self._publish(_id, _olds, known | _news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the record sets of the state, unless somebody changed them or another resource holds them.

        Not in an update that goes on after something failed: what depends on that is not even tried, and may be
        what the record sets are to be replaced by.
        """
        if ownership.CLAIMS.failed:
            raise UpdateError(
                f"{listed(list(_props['recordSets']))} not deleted: something else failed in this update, which may be "
                "to take the place; the next pulumi up deletes it"
            )
        with contextlib.suppress(ZoneGoneError), _known():
            Run(_id, self.client(_props), contents(_props["recordSets"]), {}).publish()
        ownership.CLAIMS.release(_id)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask the server for the record sets of the state, and for no others."""
        client = self.client(props)
        try:
            with _known():
                live = client.read(contents(props["recordSets"]))
        except ZoneGoneError:
            return ReadResult(None, {})
        for key, found in live.items():
            if isinstance(found, Foreign):
                tell(f"{client}: {key} is gone: {found.shown if found.hides else f'{found} is in its place'}")
        own = {key: found for key, found in live.items() if isinstance(found, Content)}
        if not own and "journal" not in props:
            return ReadResult(None, {})
        properties = {**props, "recordSets": texts(own)}
        inputs = {key: value for key, value in properties.items() if key not in self.learnt}
        return ReadResult(id_, properties, inputs)

    def _publish(self, id_: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """Return the state after *old* has become *new*."""
        held, wanted = contents(old.get("recordSets", {})), contents(new["recordSets"])
        moved = bool(old) and self.moved(old, new)
        left, looked = journal.left(old.get("journal"), new.get("journal"), new["recordSets"])
        if held == wanted and not moved and not left:
            return new
        client = self.client(new)
        adopt, retain = new.get("existing") == "adopt", bool(new.get("retainOnDelete"))
        run = Run(id_, client, held, wanted, moved=moved, left=left, adopt=adopt, retain=retain)
        try:
            run.publish(looked=looked)
        except UpdateError as error:
            raise self._ended(error, run, old, new) from None
        return {**new, **client.learnt()}

    def _ended(self, error: UpdateError, run: Run, old: dict[str, Any], new: dict[str, Any]) -> UpdateError:
        """Return *error* with the state that *run* leaves, where that is not the *old* one."""
        done = run.held != contents(old.get("recordSets", {}))
        before = old.get("journal", [])
        # What a run may have left without a word of it, the next one finds by the journal of before.
        journal_now = before if run.unknown else new.get("journal", before)
        if not done and journal_now == before:
            return error
        state = old if old and not done else {**new, **run.client.learnt(), "recordSets": texts(run.held)}
        if "journal" in new:
            state = {**state, "journal": journal_now}
        text = f"{error} (the state holds what is done)" if done else str(error)
        return UnfinishedError(text, run.owner, state, refresh=done)


class KeptRecordSet(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="RecordSet"):
    """One record set."""


class KeptRecordSets(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="RecordSets"):
    """All record sets of one zone."""


class Journal(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="Journal"):
    """What is about to be published in one zone."""

    runs: pulumi.Output[list[list[str]]]


def declare(
    provider: Keeper,
    resource_name: str,
    properties: Mapping[str, pulumi.Input[Any]],
    record_set: RecordSet,
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Declare *record_set* as one resource."""
    return KeptRecordSet(provider, resource_name, {**properties, "recordSets": _texts([record_set])}, opts)


def declare_all(
    provider: Keeper,
    resource_name: str,
    properties: Mapping[str, pulumi.Input[Any]],
    record_sets: Sequence[RecordSet],
    opts: Callable[[RecordSet], pulumi.ResourceOptions],
) -> list[pulumi.Resource]:
    """Declare *record_sets* as one resource, after everything that any of them waits for, and its journal."""
    each = [opts(record_set) for record_set in record_sets]
    needed = list(dict.fromkeys(r for options in each for r in cast("Sequence[Any]", options.depends_on)))
    wanted = _texts(record_sets)
    kept = Journal(
        journal.JournalProvider(provider),
        f"{resource_name}-journal",
        {**properties, "recordSets": _packed(wanted), "runs": None},
        # Nothing comes between the two: a run that the journal names has begun.
        pulumi.ResourceOptions(parent=each[0].parent, depends_on=needed, additional_secret_outputs=["runs"]),
    )
    merged = pulumi.ResourceOptions(
        parent=each[0].parent,
        depends_on=needed,
        retain_on_delete=each[0].retain_on_delete,
        hooks=each[0].hooks,
    )
    inputs = {**properties, "recordSets": wanted, "journal": kept.runs}
    return [KeptRecordSets(provider, resource_name, inputs, merged)] * len(record_sets)


@contextlib.contextmanager
def _known() -> Generator[None]:
    """Add the way out for a zone that was served once and is gone for good."""
    try:
        yield
    except UnservedError as error:
        way_out = "retainOnDelete: true on it for one pulumi up without --refresh, or pulumi state delete"
        raise UpdateError(f"{error}; where the zone is gone for good: {way_out}") from None


def _packed(wanted: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return *wanted* as a journal has it: secret, since nobody can read it, and addresses may be."""
    known: dict[str, Any] = dict(wanted)
    # As outputs of their own, the texts that are known would take most of a large stack's time.
    later = pulumi.Output.from_input({key: text for key, text in known.items() if not isinstance(text, str)})
    text = later.apply(lambda told: journal.packed(known | told))
    return pulumi.Output.secret(text)


def _texts(record_sets: Sequence[RecordSet]) -> dict[str, pulumi.Input[str]]:
    return {f"{record_set.name} {record_set.type}": _text(record_set) for record_set in record_sets}


def _text(record_set: RecordSet) -> pulumi.Input[str]:
    values: Any = record_set.rdata
    if isinstance(values, pulumi.Output):
        later = cast("pulumi.Output[list[str]]", values)
        return later.apply(lambda known: str(content(record_set.ttl, known)))
    return str(content(record_set.ttl, values))
