"""All record sets of a zone as one resource: what both backends that can do this have in common.

The module and class names are part of every stack's state: Pulumi stores providers by reference.
"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
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

from xmpp_federation_dns.backends.batches import written
from xmpp_federation_dns.backends.bulk_run import Run, ZoneClient, ZoneGoneError
from xmpp_federation_dns.backends.errors import UnfinishedError, UpdateError, tell_update_errors
from xmpp_federation_dns.records import RecordSet


class BulkProvider(ResourceProvider, ABC):
    """Keeps the record sets of one zone."""

    # By reference there is nothing secret in it.
    serialize_as_secret_always = False
    learnt: ClassVar[frozenset[str]] = frozenset()
    """What the state may know beside what the program says."""

    @abstractmethod
    def client(self, properties: dict[str, Any]) -> ZoneClient:
        """Return the client of the zone that *properties* name."""

    def moved(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:  # noqa: ARG002 most zones stay
        """Tell whether the zone is somewhere else, and may not hold there what the state says."""
        return False

    def configure(self, req: ConfigureRequest) -> None:  # noqa: ARG002 what Pulumi calls before all else
        """Prepare the process for errors."""
        tell_update_errors()

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace in another zone; everything else is an update."""
        keys = {*_olds, *_news} - self.learnt - {"__provider"}
        changed = {key for key in keys if _olds.get(key) != _news.get(key)}
        return DiffResult(changes=bool(changed), replaces=["zone"] if "zone" in changed else [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Publish record sets that do not exist yet."""
        return CreateResult(props["zone"], self._publish({}, props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Send the difference between what is in the state and what is wanted; nothing where there is none."""
        known = {key: value for key, value in _olds.items() if key in self.learnt}
        return UpdateResult(self._publish(_olds, known | _news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the record sets of the state, unless somebody changed them."""
        with contextlib.suppress(ZoneGoneError):
            Run(self.client(_props), _props["recordSets"], {}).publish()

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask the server for the record sets of the state, and for no others."""
        try:
            live = self.client(props).read(props["recordSets"])
        except ZoneGoneError:
            return ReadResult(None, {})
        properties = {**props, "recordSets": live}
        inputs = {key: value for key, value in properties.items() if key not in self.learnt}
        return ReadResult(id_, properties, inputs)

    def _publish(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """Return the state after *old* has become *new*."""
        held: dict[str, str] = old.get("recordSets", {})
        moved = bool(old) and self.moved(old, new)
        if held == new["recordSets"] and not moved:
            return new
        client = self.client(new)
        run = Run(client, held, new["recordSets"], adopt=new.get("existing") == "adopt")
        try:
            run.publish(look=moved)
        except UpdateError as error:
            if run.held == held:
                raise
            state = {**new, **client.learnt(), "recordSets": run.held}
            raise UnfinishedError(f"{error} (the state holds what is done)", new["zone"], state) from None
        return {**new, **client.learnt()}


class BulkRecordSets(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="RecordSets"):
    """All record sets of one zone."""


def declare(
    provider: BulkProvider,
    resource_name: str,
    properties: Mapping[str, pulumi.Input[Any]],
    record_sets: Sequence[RecordSet],
    opts: Callable[[RecordSet], pulumi.ResourceOptions],
) -> list[pulumi.Resource]:
    """Declare *record_sets* as one resource, after everything that any of them waits for."""
    each = [opts(record_set) for record_set in record_sets]
    needed = [resource for options in each for resource in cast("Sequence[Any]", options.depends_on)]
    merged = pulumi.ResourceOptions(
        parent=each[0].parent,
        depends_on=list(dict.fromkeys(needed)),
        retain_on_delete=each[0].retain_on_delete,
        hooks=each[0].hooks,
    )
    texts = {f"{record_set.name} {record_set.type}": _text(record_set) for record_set in record_sets}
    resource = BulkRecordSets(provider, resource_name, {**properties, "recordSets": texts}, merged)
    return [resource] * len(record_sets)


def _text(record_set: RecordSet) -> pulumi.Input[str]:
    values: Any = record_set.values
    if isinstance(values, pulumi.Output):
        later = cast("pulumi.Output[list[str]]", values)
        return later.apply(lambda known: written(record_set.ttl, known))
    return written(record_set.ttl, values)
