"""The plugin in this process, spoken to as the engine does."""

from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, Self, cast

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import proto
from pulumi.runtime.proto import (
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
    status_pb2,
)

from xmpp_federation_dns.plugin.sdk import SECRET, SIGNATURE, UNKNOWN
from xmpp_federation_dns.plugin.servicer import Servicer
from xmpp_federation_dns.plugin.values import Properties, fields, struct

Message = Any
PARENT = "xmpp-federation-dns:index:XmppFederationDns$"
"""The type of a component in front of that of a resource within it."""


def secret(value: Any) -> Properties:
    """Return *value* as the protocol carries a secret."""
    return {SIGNATURE: SECRET, "value": value}


def urn(kind: str, name: str = "case", parent: str = "") -> str:
    """Return the URN of a resource."""
    return f"urn:pulumi:test::project::{parent}xmpp-federation-dns:index:{kind}::{name}"


class Line(NamedTuple):
    """What the plugin told about a resource."""

    urn: str
    text: str
    passing: bool


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self) -> None:
        self.lines: list[Line] = []

    def Log(self, request: Message, context: Message) -> Message:  # noqa: ARG002, N802 the name of the call
        self.lines.append(Line(request.urn, request.message, request.ephemeral))
        return Empty()


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """The engine, as far as a component registers its resources there; nothing is known in a preview of it."""

    def __init__(self) -> None:
        self.registered: dict[str, Message] = {}
        """What was registered, by logical name."""
        self.invoked: list[Message] = []
        self.exported: Properties = {}
        """What the last update exported."""
        self.unread: list[str] = []
        """Why the next looks at that fail."""

    def SupportsFeature(self, request: Message, context: Message) -> Message:  # noqa: ARG002, N802 the name of the call
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

    def RegisterResource(self, request: Message, context: Message) -> Message:  # noqa: ARG002, N802 the name of the call
        self.registered[request.name] = request
        parent = f"{request.parent.split('::')[2]}$" if request.parent else ""
        made = f"urn:pulumi:test::project::{parent}{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=made, id="id", object=request.object)

    def RegisterResourceOutputs(self, request: Message, context: Message) -> Message:  # noqa: ARG002, N802 the name of the call
        return Empty()

    def Invoke(self, request: Message, context: Message) -> Message:  # noqa: N802 the name of the call
        if request.tok == "pulumi:pulumi:readStackOutputs":
            assert fields(request.args) == {"name": "organization/project/test"}
            if self.unread:
                context.abort(grpc.StatusCode.UNKNOWN, self.unread.pop(0))
            told = struct({"outputs": self.exported})
            return cast("Any", provider_pb2).InvokeResponse(**{"return": told})
        self.invoked.append(request)
        found = {**fields(request.args), "name": "contoso.com", "zoneId": "Z1", "privateZone": False}
        return cast("Any", provider_pb2).InvokeResponse(**{"return": struct(found)})


class RefusedError(Exception):
    """How an operation ended: its code and text, and the state that it leaves."""

    def __init__(self, error: grpc.RpcError) -> None:
        call: Any = error
        self.code: grpc.StatusCode = call.code()
        self.text: str = call.details()
        self.left: Message = None
        for key, value in call.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status: Message = status_pb2.Status.FromString(value)
                self.left = proto.ErrorResourceInitFailed()
                assert status.details[0].Unpack(self.left)
        super().__init__(self.text)


class Plugin:
    """A plugin that runs, and what it told its engine."""

    def __init__(self, address: str, channel: grpc.Channel, lines: list[Line], monitor: Monitor) -> None:
        self.address = address
        """That of the engine, too."""
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        self.lines = lines
        self.monitor = monitor

    @classmethod
    @contextmanager
    def running(cls) -> Generator[Self]:
        """Serve until the block ends."""
        engine = _Engine()
        server = grpc.server(ThreadPoolExecutor(16))
        engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
        port = server.add_insecure_port("127.0.0.1:0")
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(f"127.0.0.1:{port}"), server)
        monitor = Monitor()
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
        server.start()
        address = f"127.0.0.1:{port}"
        try:
            with grpc.insecure_channel(address) as channel:
                yield cls(address, channel, engine.lines, monitor)
        finally:
            server.stop(None).wait()

    def call(self, name: str, request: Message = None) -> Message:
        """Make one call of the protocol."""
        try:
            return getattr(self._stub, name)(Empty() if request is None else request, timeout=60)
        except grpc.RpcError as error:
            raise RefusedError(error) from None

    def refused(self, name: str, request: Message) -> RefusedError:
        """Return how a call ends that fails."""
        with pytest.raises(RefusedError) as raised:
            self.call(name, request)
        return raised.value

    def configure(self, **configuration: Any) -> None:
        """Configure the provider."""
        self.call("Configure", proto.ConfigureRequest(args=struct(configuration)))

    def checked(
        self, kind: str, inputs: Properties, parent: str = "", name: str = "case"
    ) -> tuple[Properties, list[str]]:
        """Return the inputs as Check returns them, and what it finds wrong."""
        request = proto.CheckRequest(urn=urn(kind, name, parent), news=struct(inputs))
        answer = self.call("Check", request)
        return fields(answer.inputs), [each.reason for each in answer.failures]

    def create(self, kind: str, inputs: Properties, *, preview: bool = False) -> tuple[str, Properties]:
        """Create a resource; return its id and outputs."""
        request = proto.CreateRequest(urn=urn(kind), properties=struct(inputs), preview=preview)
        answer = self.call("Create", request)
        return answer.id, fields(answer.properties)

    def diff(self, kind: str, id_: str, old: Properties, new: Properties) -> dict[str, Any]:
        """Return how a resource differs: whether, what replaces it, and each difference."""
        request = proto.DiffRequest(urn=urn(kind), id=id_, olds=struct(old), news=struct(new))
        answer = self.call("Diff", request)
        kinds: Any = proto.PropertyDiff.Kind
        return {
            "changes": answer.changes == proto.DiffResponse.DIFF_SOME,
            "replaces": list(answer.replaces),
            "detailed": {path: kinds.Name(each.kind) for path, each in answer.detailedDiff.items()},
        }

    def read(
        self, kind: str, id_: str, state: Properties | None = None, inputs: Properties | None = None
    ) -> tuple[str, Properties, Properties]:
        """Return what a resource has become: id, state and inputs; with its id alone this is an import."""
        request = proto.ReadRequest(
            urn=urn(kind), id=id_, properties=struct(state or {}), inputs=struct(inputs or {})
        )
        answer = self.call("Read", request)
        assert answer.HasField("properties") == bool(answer.id)
        return answer.id, fields(answer.properties), fields(answer.inputs)

    def construct(
        self,
        inputs: Properties,
        name: str = "federation",
        *,
        needs: Mapping[str, str] | None = None,
        **others: Any,
    ) -> Properties:
        """Construct a component; return its outputs. *needs*: for each input the resource that it comes from."""
        deps = {
            key: proto.ConstructRequest.PropertyDependencies(urns=[each])
            for key, each in (needs or {}).items()
        }
        request = proto.ConstructRequest(
            project="project",
            stack="test",
            type=PARENT[:-1],
            name=name,
            monitorEndpoint=self.address,
            inputs=struct(inputs),
            inputDependencies=deps,
            **others,
        )
        return fields(self.call("Construct", request).state)

    def registered(self, name: str) -> Properties:
        """Return the inputs of a resource that was registered."""
        return fields(self.monitor.registered[name].object)


def as_json(message: Message) -> Properties:
    """Return a message as its JSON form."""
    return json_format.MessageToDict(message)


__all__ = ["PARENT", "UNKNOWN", "Line", "Plugin", "RefusedError", "as_json", "secret", "urn"]
