"""The provider protocol: what the engine asks, answered by the component and by keepers."""
# ruff: noqa: ARG002, D102, N802 the protocol names its calls, what they mean and what they are given

import asyncio
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial, wraps
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any, cast

import grpc
import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from xmpp_federation_dns.plugin.sdk import UNKNOWN
from xmpp_federation_dns.plugin.values import KINDS, Properties, Secrets, fields, plain, secrets, struct
from xmpp_federation_dns.records import PACKAGE

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.client import UpdateError
    from xmpp_federation_dns.keepers.keeper import Diff, JournalKeeper, Keeper

Message = Any
"""A message of the protocol; its stubs carry no types that a checker could read."""


class RefusedError(Exception):
    """What the user is to read when the plugin cannot do what it is asked."""


def answered(call: Callable[["Servicer", Message], Message]) -> Callable[..., Message]:
    """Make a call of the protocol: what does not happen ends it with the text that the user reads."""

    @wraps(call)
    def answer(servicer: "Servicer", request: Message, context: Message) -> Message:
        try:
            return call(servicer, request)
        except RefusedError as error:
            return context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except Exception as error:
            # Loaded where it is needed: the process has to answer before a keeper is loaded.
            from xmpp_federation_dns.backends.client import UpdateError

            if not isinstance(error, UpdateError):
                raise
            return context.abort_with_status(_Status(error, request))

    return answer


class _Status(grpc.Status):
    """The end of an operation that failed: its text, and the state that it leaves where it leaves one."""

    def __init__(self, error: "UpdateError", request: Message) -> None:
        from xmpp_federation_dns.keepers.keeper import UnfinishedError

        self.code = grpc.StatusCode.UNKNOWN
        self.details = str(error)
        self.trailing_metadata = ()
        if isinstance(error, UnfinishedError):
            left = provider_pb2.ErrorResourceInitFailed(
                id=error.id,
                properties=struct(error.outs, *_marks(request)),
                reasons=[self.details],
                refresh_before_update=error.refresh,
            )
            status = status_pb2.Status(code=self.code.value[0], message=self.details)
            status.details.add().Pack(left)
            # Where gRPC keeps the details of an error (google.rpc.Status).
            self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """What the engine at the address *engine* talks to."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._secret: str | None = None

    @answered
    def GetPluginInfo(self, request: Message) -> Message:
        return proto.PluginInfo(version=metadata.version(PACKAGE))

    @answered
    def Attach(self, request: Message) -> Message:
        self._engine = request.address
        return Empty()

    @answered
    def GetSchema(self, request: Message) -> Message:
        schema = resources.files("xmpp_federation_dns.plugin").joinpath("schema.json").read_text("utf-8")
        return proto.GetSchemaResponse(schema=schema)

    @answered
    def CheckConfig(self, request: Message) -> Message:
        # The engine hands the default provider the whole configuration of the stack.
        from xmpp_federation_dns.plugin.inputs import configuration_faults

        given = fields(request.news)
        inputs = {key: value for key, value in given.items() if key == "tsigSecret"}
        by_the_engine = re.fullmatch(r"default(_[0-9].*)?", request.urn.rpartition("::")[2])
        found = configuration_faults(plain(inputs if by_the_engine else given))
        # A secret in plain text is none in the state, all the same.
        return proto.CheckResponse(inputs=struct(inputs, {"tsigSecret": True}), failures=_failures(found))

    @answered
    def DiffConfig(self, request: Message) -> Message:
        same = plain(fields(request.olds)) == plain(fields(request.news))
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_NONE if same else proto.DiffResponse.DIFF_SOME
        )

    @answered
    def Configure(self, request: Message) -> Message:
        self._secret = plain(fields(request.args)).get("tsigSecret")
        return proto.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=True
        )

    @answered
    def Construct(self, request: Message) -> Message:
        from xmpp_federation_dns.plugin.construct import Construction

        try:
            return asyncio.run(Construction(self._engine, request, self._secret).response())
        except pulumi.RunError as error:
            raise RefusedError(str(error)) from None

    @answered
    def Check(self, request: Message) -> Message:
        given = fields(request.news)
        known = plain(given)
        if _is_of_component(request.urn, known):
            return proto.CheckResponse(inputs=request.news)
        from xmpp_federation_dns.plugin.inputs import checked

        inputs, found = checked(_kind(request.urn), known, self._secret)
        return proto.CheckResponse(inputs=struct(inputs, secrets(given)), failures=_failures(found))

    @answered
    def Diff(self, request: Message) -> Message:
        old, new = plain(fields(request.olds)), plain(fields(request.news))
        unknown = {key for key, value in new.items() if value == UNKNOWN}
        # What is not known yet may be what it was.
        as_before = {key: old[key] for key in unknown & old.keys()}
        known = {key: value for key, value in new.items() if key not in unknown} | as_before
        result = self._keeper(request.urn).diff(request.id, old, known)
        return _difference(result, old, new, unknown)

    @answered
    def Create(self, request: Message) -> Message:
        if request.preview:
            return proto.CreateResponse(properties=self._previewed(request.urn, request.properties))
        inputs = fields(request.properties)
        created = self._keeper(request.urn).create(plain(inputs))
        return proto.CreateResponse(id=created.id, properties=struct(created.outs, secrets(inputs)))

    @answered
    def Update(self, request: Message) -> Message:
        if request.preview:
            return proto.UpdateResponse(properties=self._previewed(request.urn, request.news))
        old, inputs = plain(fields(request.olds)), fields(request.news)
        updated = self._keeper(request.urn).update(request.id, old, plain(inputs))
        return proto.UpdateResponse(properties=struct(updated.outs, secrets(inputs)))

    @answered
    def Delete(self, request: Message) -> Message:
        self._keeper(request.urn).delete(request.id, plain(fields(request.properties)))
        return Empty()

    @answered
    def Read(self, request: Message) -> Message:
        state = fields(request.properties)
        properties = plain(state)
        if not properties:
            from xmpp_federation_dns.plugin.inputs import imported

            properties = imported(_kind(request.urn), request.id, self._secret)
        found = self._keeper(request.urn).read(request.id, properties)
        if found.id is None:
            # With properties, even none, an import would go on.
            return proto.ReadResponse()
        marks = [secrets(state), secrets(fields(request.inputs))]
        return proto.ReadResponse(
            id=found.id, properties=struct(found.outs, *marks), inputs=struct(found.inputs, *marks)
        )

    @answered
    def Cancel(self, request: Message) -> Message:
        return Empty()

    def _previewed(self, urn: str, inputs: Message) -> Message:
        """Return the outputs of a resource as far as its *inputs* say them."""
        if _kind(urn) == "Journal":
            return struct(fields(inputs) | {"runs": UNKNOWN})
        return inputs

    def _keeper(self, urn: str) -> "Keeper | JournalKeeper":
        from xmpp_federation_dns.keepers.keeper import JournalKeeper, Keeper

        keeper = Keeper(self._secret, partial(self._tell, urn))
        return JournalKeeper(keeper) if _kind(urn) == "Journal" else keeper

    def _tell(self, urn: str, line: str, *, passing: bool = False) -> None:
        """Show *line* beside its resource: what a plugin prints is not shown."""
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=passing)
        # An engine that is gone hears nothing, and keeps nothing from its end.
        with suppress(grpc.RpcError), grpc.insecure_channel(self._engine) as channel:
            engine: Any = engine_pb2_grpc.EngineStub(channel)
            engine.Log(request)


def _kind(urn: str) -> str:
    """Return the name of a resource's type; raise :class:`RefusedError` where it is none of a keeper."""
    token = urn.split("::")[2].rpartition("$")[2]
    kind = token.rpartition(":")[2]
    if token != f"{PACKAGE}:index:{kind}" or kind not in KINDS:
        raise RefusedError(f"{token} is none of the resources {', '.join(KINDS)}")
    return kind


def _is_of_component(urn: str, inputs: Properties) -> bool:
    """Tell whether the component registers a resource, by its parent and its name: it has checked the inputs."""
    name, zone, record_sets = urn.rpartition("::")[2], inputs.get("zone"), inputs.get("recordSets")
    if f"{PACKAGE}:index:XmppFederationDns${PACKAGE}:" not in urn:
        return False
    if _kind(urn) == "RecordSet" and isinstance(record_sets, dict):
        keys = cast("Properties", record_sets)
        return [name.endswith(f"-{key.replace(' ', '-')}") for key in keys] == [True]
    return name.endswith((f"-{zone}", f"-{zone}-journal"))


def _marks(request: Message) -> list[Secrets]:
    """Return what of a resource is secret by whatever *request* says of it."""
    said = (getattr(request, name, None) for name in ("olds", "news", "properties"))
    return [secrets(fields(each)) for each in said if each is not None]


def _failures(faults: Iterable[str]) -> list[Message]:
    # Of a property the engine would show the value, too.
    return [proto.CheckFailure(reason=fault) for fault in faults]


def _difference(result: "Diff", old: Properties, new: Properties, unknown: set[str]) -> Message:
    """Return the answer to Diff, with each record set that differs."""
    kinds: Any = proto.PropertyDiff
    detailed: dict[str, Message] = {}

    def compare(path: str, before: Any, after: Any, *, replaces: bool = False) -> None:
        kind = kinds.ADD if before is None else kinds.DELETE if after is None else kinds.UPDATE
        if before != after:
            # The kinds that replace follow theirs.
            detailed[path] = kinds(kind=kind + replaces, inputDiff=True)

    for key in sorted({*result.changed, *result.replaces, *unknown}):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            texts, wanted = cast("Properties", before), cast("Properties", after)
            for each in sorted({*texts, *wanted}):
                compare(f'{key}["{each}"]', texts.get(each), wanted.get(each))
        else:
            compare(key, before, after, replaces=key in result.replaces)
    changes = result.changes or bool(unknown)
    return proto.DiffResponse(
        changes=proto.DiffResponse.DIFF_SOME if changes else proto.DiffResponse.DIFF_NONE,
        diffs=sorted({path.partition("[")[0] for path in detailed}),
        replaces=result.replaces,
        detailedDiff=detailed if changes else {},
        hasDetailedDiff=changes,
    )
