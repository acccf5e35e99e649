"""What a change of the properties of a record set means, and what the engine is told to register."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pulumi.runtime
import pytest
from pulumi.runtime import rpc
from tests.unit.dynamic_update.lab import SECRET, record_set

from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.publishing import publish
from xmpp_federation_dns.records import ARecordSet

OLD = record_set(53, "131.107.155.10")


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
    assert kind == "xmpp-federation-dns:index:RecordSet"
    assert name == "federation-xmpp.contoso.com-A"
    assert inputs == {
        "server": "192.0.2.53",
        "port": 53,
        "zone": "contoso.com",
        "provider": "rfc2136",
        "tsigKeyName": "pulumi",
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"},
    }


def test_the_secret_of_a_zone_is_a_secret_input() -> None:
    zone = Rfc2136Zone(name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi", tsig_secret=SECRET)
    _, _, inputs = registered(zone)
    assert rpc.is_rpc_secret(inputs["tsigSecret"])
    assert rpc.unwrap_rpc_secret(inputs["tsigSecret"]) == SECRET
