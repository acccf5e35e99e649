"""Keepers as dynamic providers: the host of today, in a process that Pulumi starts for each update.

The module and class names are part of every stack's state: Pulumi stores providers by reference.
"""

import sys
import traceback
from typing import Any, Generic, TypeVar

import grpc
import pulumi
from google.protobuf import any_pb2, struct_pb2
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.proto import provider_pb2, status_pb2

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper, UnfinishedError

Hosted = TypeVar("Hosted", Keeper, JournalKeeper)


class _Provider(ResourceProvider, Generic[Hosted]):
    # By reference there is nothing secret in it.
    serialize_as_secret_always = False
    keeper: Hosted

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare state and program."""
        return DiffResult(*self.keeper.diff(_id, _olds, _news))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Publish, or write what is to be published."""
        return CreateResult(*self.keeper.create(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Publish, or write, the difference."""
        return UpdateResult(*self.keeper.update(_id, _olds, _news))


class RecordSetProvider(_Provider[Keeper]):
    """Hosts a :class:`Keeper`."""

    keeper = Keeper()

    def configure(self, req: ConfigureRequest) -> None:
        """Take the TSIG secret of the stack from its configuration, so that none is stored in state."""
        answer_in_one_line()
        self.keeper = Keeper(req.config.get("tsigSecret"))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete what is in the state."""
        self.keeper.delete(_id, _props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask the server."""
        return ReadResult(*self.keeper.read(id_, props))


class JournalProvider(_Provider[JournalKeeper]):
    """Hosts a :class:`JournalKeeper`."""

    keeper = JournalKeeper(Keeper())

    def configure(self, req: ConfigureRequest) -> None:
        """Take the TSIG secret of the stack from its configuration."""
        answer_in_one_line()
        self.keeper = JournalKeeper(Keeper(req.config.get("tsigSecret")))


class KeptRecordSet(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="RecordSet"):
    """One record set."""


class KeptRecordSets(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="RecordSets"):
    """All record sets of one zone."""


class Journal(pulumi.dynamic.Resource, module="xmpp-federation-dns", name="Journal"):
    """What is about to be published in one zone."""

    runs: pulumi.Output[list[list[str]]]


def answer_in_one_line() -> None:
    """Keep tracebacks of :class:`UpdateError` from the user, and what is done in the state.

    pulumi.dynamic answers every exception with ``traceback.format_exc()`` and offers no other way
    (pulumi 3.272, dynamic/__main__.py); this runs in its process only.
    """
    format_exc = traceback.format_exc

    def text(limit: int | None = None, chain: bool = True) -> str:
        _, error, trace = sys.exc_info()
        if isinstance(error, UnfinishedError) and trace:
            # The frame that answers the engine is the one that caught the error.
            _keep_in_state(error, trace.tb_frame.f_locals["context"])
        return str(error) if isinstance(error, UpdateError) else format_exc(limit, chain)

    traceback.format_exc = text


def _keep_in_state(error: UnfinishedError, context: grpc.ServicerContext) -> None:
    """Add to the answer what the engine is to keep of a resource that it takes for half made."""
    properties = struct_pb2.Struct()
    properties.update(dict(error.outs))
    failure = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=properties, reasons=[str(error)], refresh_before_update=error.refresh
    )
    detail = any_pb2.Any()
    detail.Pack(failure)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail])
    # Where gRPC keeps the details of an error (google.rpc.Status).
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
