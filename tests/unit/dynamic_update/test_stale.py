"""Servers that answer with what was: a secondary that forwards updates, a primary that signs later."""

import socket
import time
from collections.abc import Generator
from contextlib import contextmanager

import dns.message
import dns.opcode
import dns.rcode
import pytest
from tests.unit.bulk.lab import domains
from tests.unit.dynamic_update.lab import NAME, ZONE, answering, at, record_set, refreshed, says, told
from tools.lab.knot import ADDRESS, Knot

from xmpp_federation_dns.backends import rfc2136_client
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.keepers import ownership
from xmpp_federation_dns.keepers.keeper import Keeper

OLD, NEW = "131.107.155.10", "131.107.155.11"


@contextmanager
def behind(knot: Knot, *records: str, answers: int = 1_000) -> Generator[int]:
    """Run a server that forwards updates to *knot*, and so many times answers questions with what was."""
    before = says(dns.rcode.NOERROR, *records, authoritative=True)
    left = [answers]

    def answer(wire: bytes) -> bytes | None:
        question = dns.message.from_wire(wire, keyring=False).opcode() == dns.opcode.QUERY
        if question and left[0]:
            left[0] -= 1
            return before(wire)
        with socket.create_connection((ADDRESS, knot.port)) as connection:
            connection.sendall(len(wire).to_bytes(2) + wire)
            with connection.makefile("rb") as stream:
                return stream.read(int.from_bytes(stream.read(2)))

    with answering(answer) as port:
        yield port


def test_what_is_not_shown_yet_is_not_gone(knot: Knot, provider: Keeper) -> None:
    with behind(knot) as port:
        wanted = record_set(port, OLD)
        provider.create(wanted)
        assert refreshed(provider, wanted) == wanted
        provider.delete("id", wanted)
    assert ("xmpp", "A") not in knot.names(ZONE)


def test_what_was_changed_is_not_what_is_shown_still(knot: Knot, provider: Keeper) -> None:
    with behind(knot, f"{NAME}. 300 A {OLD}") as port:
        old, new = record_set(port, OLD), record_set(port, NEW)
        provider.create(old)
        provider.update("id", old, new)
        assert refreshed(provider, new) == new


def test_what_was_deleted_is_gone_though_it_is_shown_still(knot: Knot, provider: Keeper) -> None:
    with behind(knot, f"{NAME}. 300 A {OLD}") as port:
        assert provider.read("id", record_set(port, OLD)).id is None


def test_something_else_that_is_not_shown_yet_is_waited_for(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "A", NEW))
    with behind(knot, answers=2) as port:
        wanted = record_set(port, OLD)
        assert refreshed(provider, wanted) == record_set(port, NEW)


def test_something_else_that_is_never_shown_is_told(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "A", NEW))
    with behind(knot) as port:
        message = told(provider.create, record_set(port, OLD))
        assert message == (
            f"{at(port)}: {NAME} A: the server has something else there than it shows; try again later"
        )


def test_between_two_looks_there_is_a_second(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(rfc2136_client, "PAUSE", 1.0)
    monkeypatch.setattr(time, "sleep", slept.append)
    knot.change(ZONE, ("add", "xmpp", "300", "A", NEW))
    with behind(knot, answers=2) as port:
        provider.read("id", record_set(port, OLD))
    assert slept == [0, 1.0, 1.0]


@pytest.mark.parametrize(("late", "looks"), [(2, [0, 1.0, 1.0, 0]), (1_000, [0, 1.0, 1.0, 1.0, 1.0])])
def test_the_next_message_waits_until_the_last_is_shown_but_for_a_server_that_does_not_follow(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch, late: int, looks: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(PrimaryZone, "most", (900,))
    monkeypatch.setattr(rfc2136_client, "PAUSE", 1.0)
    monkeypatch.setattr(time, "sleep", slept.append)
    with behind(knot, answers=late) as port:
        three_messages = domains(1, 2, 3, 4, 5)
        provider.create(record_set(port, recordSets=three_messages, journal=[]))
    assert {f"{name}.{ZONE} {rdtype}" for name, rdtype in knot.names(ZONE)} >= set(three_messages)
    assert slept == looks


def test_a_server_is_the_same_by_another_of_its_names(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "CLAIMS", ownership.Claims())
    old = record_set(knot.port, OLD)
    provider.create(old)
    adopted = record_set(knot.port, OLD, server="localhost", existing="adopt")
    id_ = provider.create(adopted).id
    provider.delete("of another resource", old)
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A {OLD}"]
    provider.delete(str(id_), adopted)


@pytest.mark.parametrize("other", [{"port": 54.0}, {"zone": "com"}, {"server": "ns.contoso.invalid"}])
def test_another_server_or_zone_is_another_place(
    knot: Knot, provider: Keeper, other: dict[str, object]
) -> None:
    client = provider.client(record_set(knot.port, OLD))
    elsewhere = record_set(knot.port, OLD) | other
    assert not client.is_at(provider.zone(elsewhere).place(elsewhere))
