"""How a dynamic provider tells the engine that something did not happen."""

import sys
import traceback
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2


class UpdateError(Exception):
    """An operation that did not happen, told in one line, or in one more for each thing it lists.

    *unanswered*: an attempt to send it got no answer, and may have been carried out.
    """

    def __init__(self, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.unanswered = unanswered


class UnservedError(UpdateError):
    """A server that does not serve the zone, as far as its answer tells."""


class UnfinishedError(UpdateError):
    """An operation that did not end well and leaves a state: *outs*.

    *refresh*: whether the next update begins with a refresh of it, so that its preview names what is missing.
    """

    def __init__(self, text: str, id_: str, outs: Mapping[str, Any], *, refresh: bool) -> None:
        super().__init__(text)
        self.id = id_
        self.outs = outs
        self.refresh = refresh


def tell_update_errors() -> None:
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
