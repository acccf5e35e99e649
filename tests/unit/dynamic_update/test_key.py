"""TSIG keys: who may change what, and what is told where the server disagrees."""

import time
from types import SimpleNamespace
from typing import Any

import dns.message
import pytest
from tests.unit.dynamic_update.lab import NAME, OTHER_SECRET, SECRET, at, record_set, told
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.keeper import Keeper

LAST_KEY = "(pulumi refresh, destroy and up --refresh begin with the key of the last up)"
UNKNOWN = f"is unknown there, is of another algorithm, or may not change this name and type {LAST_KEY}"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [("demo", "hmac-sha256"), ("long", "hmac-sha384"), ("longer", "hmac-sha512"), ("LONGER.", "hmac-sha512")],
)
def test_a_key_signs_changes_and_questions_with_its_algorithm(
    knot: Knot, provider: Keeper, key: str, algorithm: str
) -> None:
    wanted = record_set(knot.port, "131.107.155.10", tsigKeyName=key, tsigAlgorithm=algorithm)
    provider.create(wanted)
    assert provider.read("", wanted).outs == wanted
    provider.delete("", wanted)
    assert ("xmpp", "A") not in knot.names("contoso.com")


def test_the_secret_of_a_zone_goes_before_that_of_the_stack(knot: Knot, stranger: Keeper) -> None:
    stranger.create(record_set(knot.port, "131.107.155.10", tsigSecret=SECRET))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        ({"tsigSecret": OTHER_SECRET}, f"the secret of TSIG key 'demo' is not the server's {LAST_KEY}"),
        ({"tsigKeyName": "nobody"}, f"TSIG key 'nobody' {UNKNOWN}"),
        ({"tsigAlgorithm": "hmac-sha512"}, f"TSIG key 'demo' {UNKNOWN}"),
        ({"tsigKeyName": "stranger"}, f"TSIG key 'stranger' {UNKNOWN}"),
        ({"tsigKeyName": "narrow"}, f"TSIG key 'narrow' {UNKNOWN}"),
        (
            {"tsigKeyName": None},
            "the server is not authoritative for the zone, or takes signed messages alone (NOTAUTH)",
        ),
    ],
    ids=["another secret", "unknown", "another algorithm", "not allowed", "other types alone", "none"],
)
def test_a_key_that_the_server_does_not_accept_is_told(
    knot: Knot, provider: Keeper, key: dict[str, Any], cause: str
) -> None:
    message = told(provider.create, record_set(knot.port, "131.107.155.10", **key))
    assert message == f"{at(knot.port)}: {NAME} A not created: {cause}"
    assert ("xmpp", "A") not in knot.names("contoso.com")


def test_without_a_key_messages_go_unsigned(knot: Knot) -> None:
    name = "xmpp.open.contoso.com"
    wanted = record_set(knot.port, "131.107.155.10", name=name, tsigKeyName=None)
    provider = Keeper()
    provider.create(wanted)
    assert provider.read("", wanted).outs == wanted
    provider.delete("", wanted)
    assert ("xmpp.open", "A") not in knot.names("contoso.com")


def test_a_key_without_secret_is_told() -> None:
    message = told(Keeper().create, record_set(53, "131.107.155.10"))
    assert message == (
        f"{at(53)}: TSIG key 'demo' has no secret here; an update takes it from tsigSecret, a command for live zones "
        "from the variable TSIG_SECRET"
    )


def test_a_secret_that_is_not_base64_is_told_and_not_shown() -> None:
    message = told(Keeper().create, record_set(53, "131.107.155.10", tsigSecret="b2xkb"))
    assert message == f"{at(53)}: the secret of TSIG key 'demo' is not base64"


@pytest.mark.parametrize("seconds", [-4000, 4000])
def test_clocks_that_differ_are_told(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr(dns.message, "time", SimpleNamespace(time=lambda: time.time() + seconds))
    assert told(provider.create, record_set(knot.port, "131.107.155.10")) == (
        f"{at(knot.port)}: {NAME} A not created: the clocks of server and client differ by more than 300 s; "
        "set the one that is wrong (NTP)"
    )
