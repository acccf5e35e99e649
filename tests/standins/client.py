"""A resource plugin as the engine uses it: any `pulumi-resource-*` binary, spoken to over gRPC."""

import os
import subprocess
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc, status_pb2
from tests.standins.clouds import Aws, Azure
from tests.standins.home import PLUGINS, write_plugin
from tests.standins.plugin import Failure, Found
from tests.standins.wire import Message, Properties, plain, struct

INTERNAL = ("__defaults", "__meta", "__pulumi_raw_state_delta")
"""What plugins built on Terraform providers keep among the properties for themselves."""

FOREIGN = ("AWS_", "ARM_", "AZURE_")


class Difference(NamedTuple):
    """What a plugin would do about new inputs."""

    changed: bool
    replaces: set[str]
    delete_before_replace: bool


class PluginError(Exception):
    """What the user is to read; of a failed update also the state that it was to reach."""

    def __init__(self, error: grpc.RpcError) -> None:
        call: Any = error
        self.text: str = call.details()
        self.init_failed: Properties | None = None
        for key, value in call.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status: Message = status_pb2.Status.FromString(value)
                detail = proto.ErrorResourceInitFailed()
                if status.details and status.details[0].Unpack(detail):
                    self.text = "\n".join(detail.reasons)
                    self.init_failed = plain(detail.properties)
        super().__init__(self.text)


class _Engine(engine_pb2_grpc.EngineServicer):
    """The engine that a plugin reports to."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, str]] = []

    def Log(self, request: Message, context: Message) -> Message:  # noqa: ARG002, N802
        if request.severity == engine_pb2.ERROR:
            self.errors.append((request.urn, request.message))
        return Empty()


class Client:
    """A running plugin."""

    def __init__(self, channel: grpc.Channel, errors: list[tuple[str, str]]) -> None:
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        self.errors = errors
        """What the plugin put into the engine's log of errors: the URN of a resource, and a text."""

    @classmethod
    @contextmanager
    def running(cls, binary: Path, environment: Mapping[str, str]) -> Generator[Self]:
        """Run *binary* until the block ends."""
        engine = grpc.server(ThreadPoolExecutor(2))
        log = _Engine()
        engine_pb2_grpc.add_EngineServicer_to_server(log, engine)
        address = f"127.0.0.1:{engine.add_insecure_port('127.0.0.1:0')}"
        engine.start()
        command = [str(binary), address]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                port = process.stdout.readline().strip() if process.stdout else ""
                with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                    yield cls(channel, log.errors)
            finally:
                process.terminate()
                engine.stop(None)

    def version(self) -> str:
        """Return the version that the plugin says it has."""
        return self._call("GetPluginInfo", Empty()).version

    def configure(self, package: str, configuration: Mapping[str, str]) -> None:
        """Configure the provider as the engine does: as variables and as properties."""
        variables = {f"{package}:config:{key}": value for key, value in configuration.items()}
        args = struct(dict(configuration))
        self._call("Configure", proto.ConfigureRequest(variables=variables, args=args))

    def check(self, token: str, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Return the inputs with defaults, and what is wrong with them."""
        request = proto.CheckRequest(urn=_urn(token, name), news=struct(inputs), randomSeed=b"0" * 32)
        answer = self._call("Check", request)
        failures = [Failure(each.property, each.reason) for each in answer.failures]
        return plain(answer.inputs), failures

    def diff(self, token: str, there: Found, inputs: Properties) -> Difference:
        """Return what new inputs would change about what is *there*."""
        request = proto.DiffRequest(
            id=there.id,
            urn=_urn(token, "case"),
            olds=struct(there.outputs),
            old_inputs=struct(there.inputs),
            news=struct(inputs),
        )
        answer = self._call("Diff", request)
        replaces = {path.split("[")[0].split(".")[0] for path in answer.replaces}
        changed = answer.changes == proto.DiffResponse.DIFF_SOME
        return Difference(changed, replaces, bool(replaces) and answer.deleteBeforeReplace)

    def create(self, token: str, inputs: Properties, *, preview: bool = False) -> Found:
        """Create a resource and return it."""
        request = proto.CreateRequest(urn=_urn(token, "case"), properties=struct(inputs), preview=preview)
        answer = self._call("Create", request)
        return Found(answer.id, inputs, plain(answer.properties))

    def read(self, token: str, there: Found) -> Found | None:
        """Return a resource as it is now; with its id alone this is an import."""
        request = proto.ReadRequest(
            id=there.id,
            urn=_urn(token, "case"),
            inputs=struct(there.inputs) if there.inputs else None,
            properties=struct(there.outputs) if there.outputs else None,
        )
        answer = self._call("Read", request)
        return Found(answer.id, plain(answer.inputs), plain(answer.properties)) if answer.id else None

    def update(self, token: str, there: Found, inputs: Properties) -> Found:
        """Change a resource in place and return it."""
        request = proto.UpdateRequest(
            id=there.id,
            urn=_urn(token, "case"),
            olds=struct(there.outputs),
            old_inputs=struct(there.inputs),
            news=struct(inputs),
        )
        answer = self._call("Update", request)
        return Found(there.id, inputs, plain(answer.properties))

    def delete(self, token: str, there: Found) -> None:
        """Delete a resource."""
        request = proto.DeleteRequest(
            id=there.id,
            urn=_urn(token, "case"),
            properties=struct(there.outputs),
            old_inputs=struct(there.inputs),
        )
        self._call("Delete", request)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Call a function and return its answer."""
        answer = self._call("Invoke", proto.InvokeRequest(tok=token, args=struct(args)))
        return plain(getattr(answer, "return"))

    def _call(self, name: str, request: Message) -> Message:
        try:
            return getattr(self._stub, name)(request, timeout=300)
        except grpc.RpcError as error:
            raise PluginError(error) from None


@contextmanager
def aws_plugin(aws: Aws, directory: Path, **environment: str) -> Generator[Client]:
    """Run the AWS plugin that `PULUMI_RESOURCE_AWS` names, or the stand-in, written below *directory*."""
    with _running("aws", directory, {**aws.environment, **environment}) as client:
        yield client


@contextmanager
def azure_plugin(azure: Azure, directory: Path) -> Generator[Client]:
    """Run the plugin that `PULUMI_RESOURCE_AZURE_NATIVE` names, or the stand-in, below *directory*."""
    with _running("azure-native", directory, azure.environment) as client:
        yield client


def published_variable(name: str) -> str:
    """Return the variable that names the published plugin *name*."""
    return f"PULUMI_RESOURCE_{name.upper().replace('-', '_')}"


@contextmanager
def _running(name: str, directory: Path, environment: Mapping[str, str]) -> Generator[Client]:
    published = os.environ.get(published_variable(name))
    binary = Path(published) if published else write_plugin(directory / "plugin" / name, PLUGINS[name][1])
    # A profile of the developer's could lead the plugin to an account of theirs.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    with Client.running(binary, {**inherited, **environment}) as client:
        yield client


def shown(properties: Properties) -> Properties:
    """Return *properties* without what plugins keep there for themselves."""
    return {key: value for key, value in properties.items() if key not in INTERNAL}


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::test::{token}::{name}"
