"""What the engine is told about an operation that failed, in the provider's own process."""

import traceback
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.runtime.proto import provider_pb2, status_pb2

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.dynamic import RecordSetProvider
from xmpp_federation_dns.keepers.keeper import UnfinishedError


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a provider, and restore after the test what that replaces in its process."""
    monkeypatch.setattr(traceback, "format_exc", traceback.format_exc)
    RecordSetProvider().configure(ConfigureRequest(Config({}, "federation")))


class Context:
    """The call that is answered, as far as details can be added to its answer."""

    def __init__(self) -> None:
        self.metadata: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.metadata = metadata


def answered(error: Exception) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """Return what Pulumi answers to the call that raises *error*: text and details."""
    context = Context()
    try:
        raise error
    except type(error):
        return traceback.format_exc(), context.metadata


def test_an_operation_that_did_not_happen_is_told_without_traceback_and_without_details():
    assert answered(UpdateError("not done")) == ("not done", ())


def test_any_other_error_keeps_its_traceback():
    lines = answered(KeyError("zone"))[0].splitlines()
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", "KeyError: 'zone'")


def test_what_is_done_reaches_the_state_with_the_error():
    outs: dict[str, Any] = {"zone": "contoso.com", "recordSets": {"xmpp.contoso.com A": "300 131.107.155.10"}}
    text, [(key, value)] = answered(UnfinishedError("half done", "contoso.com", outs, refresh=True))
    assert text == "half done"
    status = status_pb2.Status.FromString(value)
    failure = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failure)
    assert (key, status.code, status.message) == (
        "grpc-status-details-bin",
        grpc.StatusCode.UNKNOWN.value[0],
        "half done",
    )
    assert (failure.id, list(failure.reasons), failure.refresh_before_update) == (
        "contoso.com",
        ["half done"],
        True,
    )
    assert MessageToDict(failure.properties) == outs
