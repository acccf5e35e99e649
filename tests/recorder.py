"""A Pulumi run without engine: what a program registers, looks up and logs."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks

PROJECT = "xmpp-federation-dns"
TYPE = "xmpp-federation-dns:index:XmppFederationDns"
GET_ZONE = "aws:route53/getZone:getZone"

Answer = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]
"""What a function of a provider answers, to all arguments alike or by them."""


@dataclass
class Registration:
    """One resource as the engine would be asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str
    dependencies: list[str]
    secrets: set[str]
    provider: str
    hooks: dict[str, list[str]]
    retained: bool
    created_first: bool
    """Where it is replaced, the new one is created before the old one is deleted, whatever its provider asks."""
    secret_outputs: list[str]
    """What is secret in its state though no input makes it so."""


@dataclass
class Run:
    """What happened in a run, in order."""

    registrations: list[Registration] = field(default_factory=list[Registration])
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    call_providers: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])

    def named(self, name: str) -> Registration:
        """Return the one resource of that logical name."""
        [found] = [registration for registration in self.registrations if registration.name == name]
        return found

    @property
    def names(self) -> list[str]:
        """The logical names of all resources but the component, sorted."""
        return sorted(r.name for r in self.registrations if r.type != TYPE)


class _Recorder(Mocks):
    def __init__(
        self, run: Run, answers: Mapping[str, Answer], outputs: Mapping[str, dict[str, Any]]
    ) -> None:
        self.run, self.answers, self.outputs = run, answers, outputs

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", {**cast("Any", args).inputs, **self.outputs.get(args.typ, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        self.run.call_providers.append(args.provider)
        self.run.calls.append((args.token, cast("Any", args).args))
        if args.token not in self.answers:
            return {}, [("name", "the test does not expect this look-up")]
        answer = self.answers[args.token]
        return (answer(cast("Any", args).args) if callable(answer) else answer), []


class _Monitor(MockMonitor):
    def __init__(self, recorder: _Recorder) -> None:
        super().__init__(recorder)
        self.run = recorder.run

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the name of the call
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            secrets = {key for key, value in inputs.items() if rpc.is_rpc_secret(value)}
            registration = Registration(
                request.type,
                request.name,
                {key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
                request.parent.split("::")[-1],
                sorted(urn.split("::")[-1] for urn in request.dependencies),
                secrets,
                request.provider or dict(request.providers).get(request.type.split(":")[0], ""),
                {field.name: list(names) for field, names in request.hooks.ListFields()},
                request.retainOnDelete,
                request.deleteBeforeReplaceDefined and not request.deleteBeforeReplace,
                list(request.additionalSecretOutputs),
            )
            self.run.registrations.append(registration)
        return cast("Any", super()).RegisterResource(request)


class _Log(logging.Handler):
    def __init__(self, run: Run) -> None:
        super().__init__(logging.WARNING)
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        self.run.warnings.append(record.getMessage())


def hosted_zones(names: Mapping[str, str], *, private: bool = False) -> dict[str, Answer]:
    """Answer look-ups as an account does whose hosted zones have these *names*, by their ids."""
    ids = {name: zone_id for zone_id, name in names.items()}

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        zone_id = asked["zoneId"] if "zoneId" in asked else ids[asked["name"]]
        return {"zoneId": zone_id, "name": names[zone_id], "privateZone": private}

    return {GET_ZONE: answer}


def run(
    program: Callable[[], object],
    answers: Mapping[str, Answer] | None = None,
    *,
    config: Mapping[str, str] | None = None,
    secret_keys: list[str] | None = None,
    other: Mapping[str, str] | None = None,
    outputs: Mapping[str, dict[str, Any]] | None = None,
    secret: list[str] | None = None,
) -> Run:
    """Run *program* to its end and return what it did; whatever it raises is raised.

    Look-ups get their answer from *answers* by token, resources their outputs from *outputs* by type.
    """
    done = Run()
    logger = logging.Logger("program")
    logger.addHandler(_Log(done))
    recorder = _Recorder(done, answers or {}, outputs or {})
    pulumi.runtime.set_mocks(
        recorder,
        project=PROJECT,
        stack="test",
        logger=logger,
        monitor=_Monitor(recorder),
        organization="organization",
    )
    set_all_config(
        {f"{PROJECT}:{key}": value for key, value in (config or {}).items()} | dict(other or {}),
        [*(f"{PROJECT}:{key}" for key in secret_keys or []), *(secret or [])],
    )

    def main() -> None:
        # Pulumi would search what a program returns for outputs.
        program()

    cast("Any", pulumi.runtime).test(main)()
    return done
