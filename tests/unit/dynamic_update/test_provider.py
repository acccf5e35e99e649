"""What the engine learns from the dynamic provider, and what it is told to register."""

import base64
import pickletools
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, cast

import pulumi
import pulumi.runtime
import pytest
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.runtime import rpc
from tests.unit.dynamic_update.lab import SECRET, record_set

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.keepers.dynamic import RecordSetProvider
from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.publishing import publish
from xmpp_federation_dns.records import ARecordSet

OLD = record_set(53, "131.107.155.10")


def configure(provider: RecordSetProvider, **config: str) -> None:
    raw = {f"federation:{key}": value for key, value in config.items()}
    provider.configure(ConfigureRequest(Config(raw, "federation")))


def fail(error: Exception) -> NoReturn:
    raise error


def formatted(error: Exception) -> str:
    """Return what Pulumi tells about *error*."""
    try:
        fail(error)
    except type(error):
        return traceback.format_exc()


@pytest.fixture
def format_exc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore after the test what `configure` replaces in its process."""
    monkeypatch.setattr(traceback, "format_exc", traceback.format_exc)


@pytest.mark.usefixtures("format_exc")
@pytest.mark.parametrize(
    ("config", "secret"),
    [({"tsigSecret": SECRET}, SECRET), ({"other": SECRET}, None)],
    ids=["set", "not set"],
)
def test_the_secret_comes_from_the_configuration_of_the_stack(
    config: dict[str, str], secret: str | None
) -> None:
    provider = RecordSetProvider()
    configure(provider, **config)
    assert provider.keeper.secret == secret


@pytest.mark.usefixtures("format_exc")
def test_an_update_that_did_not_happen_is_told_without_traceback() -> None:
    configure(RecordSetProvider())
    assert formatted(UpdateError("not created")) == "not created"


@pytest.mark.usefixtures("format_exc")
def test_any_other_error_keeps_its_traceback() -> None:
    configure(RecordSetProvider())
    lines = formatted(KeyError("port")).splitlines()
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", "KeyError: 'port'")
    assert sum(line.startswith("  File ") for line in lines) == 2


def test_equal_properties_are_no_change() -> None:
    diff = Keeper().diff("", {**OLD, "__provider": "old"}, {**OLD, "__provider": "new"})
    assert (diff.changes, diff.replaces) == (False, [])


@pytest.mark.parametrize(
    "change",
    [
        {"recordSets": {"xmpp.contoso.com A": "60 131.107.155.10"}},
        {"existing": "adopt"},
        {"server": "ns1.contoso.com"},
        {"port": 5353.0},
        {"tsigKeyName": "new"},
        {"tsigAlgorithm": "hmac-sha512"},
        {"tsigSecret": "bmV3"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_that_keeps_the_identity_updates(change: dict[str, Any]) -> None:
    diff = Keeper().diff("", OLD, {**OLD, **change})
    assert (diff.changes, diff.replaces) == (True, [])


def test_another_zone_replaces() -> None:
    diff = Keeper().diff("", OLD, {**OLD, "zone": "other"})
    assert (diff.changes, diff.replaces) == (True, ["zone"])


def test_a_secret_that_is_taken_away_updates() -> None:
    diff = Keeper().diff("", {**OLD, "tsigSecret": "b2xk"}, OLD)
    assert (diff.changes, diff.replaces) == (True, [])


class Recorder(pulumi.runtime.Mocks):
    """The engine, as far as it takes down what is registered."""

    def __init__(self) -> None:
        self.registered: list[pulumi.runtime.MockResourceArgs] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered.append(args)
        return "id", {}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)


def registered(zone: Rfc2136Zone) -> tuple[str, str, dict[str, Any]]:
    """Return type, name and inputs of the resource that *zone* declares for a record set."""
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    record_set = ARecordSet("xmpp.contoso.com", 300, ("131.107.155.10",))

    @cast("Callable[[Callable[[], object]], Callable[[], None]]", pulumi.runtime.test)  # pyright: ignore[reportUnknownMemberType] untyped
    def declare() -> pulumi.Resource:
        return publish(zone, "federation", [record_set], lambda _: pulumi.ResourceOptions())[0]

    declare()
    [resource] = recorder.registered
    inputs = cast("dict[str, Any]", resource.inputs)  # pyright: ignore[reportUnknownMemberType] untyped
    return resource.typ, resource.name, inputs


def test_a_record_set_is_one_resource_with_everything_that_an_update_needs() -> None:
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi")
    kind, name, inputs = registered(zone)
    assert kind == "pulumi-python:dynamic/xmpp-federation-dns:RecordSet"
    assert name == "federation-xmpp.contoso.com-A"
    assert {key: inputs[key] for key in inputs if key != "__provider"} == {
        "server": "192.0.2.53",
        "port": 53,
        "zone": "contoso.com",
        "provider": "rfc2136",
        "tsigKeyName": "pulumi",
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"},
    }


def test_the_state_holds_the_provider_by_its_name_and_nothing_of_its_code() -> None:
    _, _, inputs = registered(Rfc2136Zone(name="contoso.com", server="192.0.2.53"))
    operations = pickletools.genops(base64.b64decode(inputs["__provider"]))
    assert [argument for _, argument, _ in operations if isinstance(argument, str)] == [
        "xmpp_federation_dns.keepers.dynamic",
        "RecordSetProvider",
    ]


def test_the_secret_of_a_zone_is_a_secret_input() -> None:
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi", tsig_secret=SECRET)
    _, _, inputs = registered(zone)
    assert rpc.is_rpc_secret(inputs["tsigSecret"])
    assert rpc.unwrap_rpc_secret(inputs["tsigSecret"]) == SECRET
