"""A resource plugin in Python: the provider protocol of Pulumi, as far as the engine speaks it.

What is left for a stand-in to say is how its cloud is reached (:data:`Connect`), and what each of its
resource types (:class:`Resource`) and functions does. Values are those of the wire: numbers are floats,
what is not known yet is :data:`UNKNOWN`; the engine keeps secrets to itself.
"""
# ruff: noqa: ARG002, N802 the protocol names its calls and what they are given

import json
import os
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import ClassVar, NamedTuple

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2
from tests.standins.bridge import engine_log, logged, multierror
from tests.standins.wire import Message, Properties, plain, struct

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that becomes known during the update."""
THREADS = 64
"""More than the engine's operations at a time, so that its Cancel is answered at once."""
LOOK = 2.0
"""Seconds between looks whether the engine that started the plugin is still there."""


class RefusedError(Exception):
    """What the user is to read when the plugin cannot do what it is asked."""


class IncompleteError(RefusedError):
    """An update that failed, with the state that it was to reach."""

    def __init__(self, reason: str, detail: Message) -> None:
        super().__init__("update failed")
        detail.reasons.append(reason)
        self.detail = detail


class KeptError(RefusedError):
    """A creation that failed once the resource was there: the state keeps it, and the next update tries again."""

    def __init__(self, reason: str, id_: str, outputs: Properties) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = outputs


class Failure(NamedTuple):
    """What is wrong with one property, or with none of them in particular."""

    property: str
    reason: str


class Found(NamedTuple):
    """A resource as it is now."""

    id: str
    inputs: Properties
    outputs: Properties


class Resource(ABC):
    """One resource type, in the way its published plugin treats it."""

    identity: ClassVar[frozenset[str]] = frozenset()
    """Inputs that cannot change in place: a change replaces the resource."""
    delete_before_replace: ClassVar[bool] = False
    bridged: ClassVar[bool] = False
    """The plugin is built on a Terraform provider: what fails is in the engine's log too, all but a failed
    creation names the resource, and a failed update leaves it in the state as it was to become, with a note
    that makes the next one try again."""

    @abstractmethod
    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Return *inputs* with defaults, and what is wrong with them; *name* is the logical one."""

    @abstractmethod
    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:
        """Return the properties that differ between what there is and the inputs *new*."""

    @abstractmethod
    def preview(self, inputs: Properties) -> Properties:
        """Return the outputs as far as *inputs* tell them."""

    @abstractmethod
    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the resource; return its id and outputs."""

    @abstractmethod
    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Return the resource as it is, or nothing where it is gone; *inputs* are empty for an import."""

    @abstractmethod
    def update(self, outputs: Properties, inputs: Properties) -> Properties:
        """Change the resource in place; return its outputs."""

    @abstractmethod
    def delete(self, id_: str, outputs: Properties) -> None:
        """Delete the resource; what is gone already is no fault."""


@dataclass(frozen=True)
class Offer:
    """What a configured plugin offers, by type and function token."""

    resources: Mapping[str, Resource]
    functions: Mapping[str, Callable[[Properties], Properties]] = field(
        default_factory=dict[str, Callable[[Properties], Properties]]
    )


Connect = Callable[[Properties], Offer]
"""Reach the cloud as the provider's configuration says."""


def answered(call: Callable[["Plugin", Message], Message]) -> Callable[..., Message]:
    """Make a call of the protocol: what the plugin refuses ends it with the text that the user reads."""

    @wraps(call)
    def answer(plugin: "Plugin", request: Message, context: Message) -> Message:
        try:
            return call(plugin, request)
        except IncompleteError as error:
            return context.abort_with_status(_Status(error))
        except RefusedError as error:
            return context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return answer


class _Status(grpc.Status):
    """A failed call with details, which gRPC carries in a trailer."""

    def __init__(self, error: IncompleteError) -> None:
        self.code = grpc.StatusCode.UNKNOWN
        self.details = str(error)
        status = status_pb2.Status(code=self.code.value[0], message=self.details)
        status.details.add().Pack(error.detail)
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def provider_schema(name: str, version: str, *settings: str) -> str:
    """Return a schema that knows the *settings* of the provider that programs in YAML make, and no resources."""
    inputs = {setting: {"type": "string"} for setting in settings}
    return json.dumps({"name": name, "version": version, "provider": {"inputProperties": inputs}})


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The servicer that the engine talks to."""

    def __init__(self, name: str, version: str, connect: Connect, schema: str) -> None:
        self._name = name
        self._version = version
        self._connect = connect
        self._schema = schema
        self._cloud = Offer({})
        self._log = engine_log(sys.argv[1])

    @answered
    def GetPluginInfo(self, request: Message) -> Message:
        return proto.PluginInfo(version=self._version)

    @answered
    def GetSchema(self, request: Message) -> Message:
        return proto.GetSchemaResponse(schema=self._schema)

    @answered
    def CheckConfig(self, request: Message) -> Message:
        return proto.CheckResponse(inputs=request.news)

    @answered
    def DiffConfig(self, request: Message) -> Message:
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)

    @answered
    def Configure(self, request: Message) -> Message:
        self._cloud = self._connect(plain(request.args))
        return proto.ConfigureResponse(supportsPreview=True, acceptSecrets=False)

    @answered
    def Check(self, request: Message) -> Message:
        inputs, failures = self._resource(request).check(request.urn.split("::")[-1], plain(request.news))
        return proto.CheckResponse(
            inputs=struct(inputs),
            failures=[proto.CheckFailure(property=each.property, reason=each.reason) for each in failures],
        )

    @answered
    def Diff(self, request: Message) -> Message:
        resource = self._resource(request)
        changed = resource.changed(plain(request.olds), plain(request.old_inputs), plain(request.news))
        replaces = sorted(changed & resource.identity)
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE,
            diffs=sorted(changed),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and resource.delete_before_replace,
        )

    @answered
    def Create(self, request: Message) -> Message:
        resource = self._resource(request)
        inputs = plain(request.properties)
        if request.preview:
            return proto.CreateResponse(id="", properties=struct(resource.preview(inputs)))
        try:
            with self._told(request, resource):
                id_, outputs = resource.create(inputs)
        except KeptError as error:
            detail = proto.ErrorResourceInitFailed(
                id=error.id, properties=struct(error.outputs), inputs=request.properties
            )
            raise IncompleteError(f"creating {request.urn}: {error}", detail) from None
        return proto.CreateResponse(id=id_, properties=struct(outputs))

    @answered
    def Read(self, request: Message) -> Message:
        resource = self._resource(request)
        with self._told(request, resource, f"refreshing {request.urn}: "):
            found = resource.read(request.id, plain(request.inputs), plain(request.properties))
        if found is None:
            return proto.ReadResponse(id="")
        return proto.ReadResponse(id=found.id, inputs=struct(found.inputs), properties=struct(found.outputs))

    @answered
    def Update(self, request: Message) -> Message:
        resource = self._resource(request)
        inputs = plain(request.news)
        if request.preview:
            return proto.UpdateResponse(properties=struct(resource.preview(inputs)))
        olds = plain(request.olds)
        try:
            with self._told(request, resource, f"updating {request.urn}: "):
                outputs = resource.update(olds, inputs)
        except RefusedError as error:
            if not resource.bridged:
                raise
            # What is computed stays as it was; the engine takes nothing unknown here.
            new = {key: value for key, value in resource.preview(inputs).items() if value != UNKNOWN}
            properties = struct({**olds, **new})
            detail = proto.ErrorResourceInitFailed(id=request.id, properties=properties, inputs=request.news)
            raise IncompleteError(str(error), detail) from None
        return proto.UpdateResponse(properties=struct(outputs))

    @answered
    def Delete(self, request: Message) -> Message:
        resource = self._resource(request)
        with self._told(request, resource, f"deleting {request.urn}: "):
            resource.delete(request.id, plain(request.properties))
        return Empty()

    @answered
    def Invoke(self, request: Message) -> Message:
        function = self._cloud.functions.get(request.tok)
        if function is None:
            raise RefusedError(f"unrecognized data function (Invoke): {request.tok}")
        # The field has the name of a keyword of Python.
        return proto.InvokeResponse(**{"return": struct(function(plain(request.args)))})

    @answered
    def Cancel(self, request: Message) -> Message:
        return Empty()

    @answered
    def Attach(self, request: Message) -> Message:
        return Empty()

    @contextmanager
    def _told(self, request: Message, resource: Resource, frame: str = "") -> Generator[None]:
        """Tell what is refused as the bridge does, where *resource* is behind it."""
        try:
            yield
        except RefusedError as error:
            if not resource.bridged:
                raise
            self._log(request.urn, logged(str(error), f"{self._name}@{self._version}"))
            text = frame + multierror(str(error))
            if isinstance(error, KeptError):
                raise KeptError(text, error.id, error.outputs) from None
            raise RefusedError(text) from None

    def _resource(self, request: Message) -> Resource:
        token = request.urn.split("::")[2].split("$")[-1]
        resource = self._cloud.resources.get(token)
        if resource is None:
            raise RefusedError(f"unrecognized resource type: {token}")
        return resource


def serve(plugin: Plugin) -> None:
    """Serve until the engine ends, or ends this process; the port alone goes to standard output."""
    server = grpc.server(ThreadPoolExecutor(THREADS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    signal.signal(signal.SIGINT, _end)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine = os.getppid()
    while server.wait_for_termination(LOOK) and os.getppid() == engine:
        pass


def _end(*_: object) -> None:
    """End as the engine asks, without a traceback: of a plugin that prints one it says that it exited prematurely."""
    os._exit(0)
