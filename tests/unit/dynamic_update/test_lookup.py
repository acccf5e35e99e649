"""Many record sets are read at once: by a zone transfer, or where that fails, by many questions in flight."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import chain, islice
from socket import create_connection, socket
from typing import Any

import dns.message
import dns.rcode
import pytest
from tests.unit.bulk.lab import domains
from tests.unit.dynamic_update.lab import (
    ZONE,
    Answer,
    at,
    before,
    framed,
    in_turn,
    kinds,
    messages,
    record_set,
    refreshed,
    says,
    talking,
    told,
)
from tools.lab.knot import ADDRESS, Knot

from xmpp_federation_dns.backends import rfc2136_lookup, rfc2136_primary
from xmpp_federation_dns.keepers.keeper import Keeper

MANY = domains(*range(60))
WITH_TRANSFER, WITHOUT = "demo", "long"


def many(port: int, key: str = WITH_TRANSFER, record_sets: dict[str, str] = MANY) -> dict[str, Any]:
    """Return the properties of many record sets, read with a key that may transfer the zone or may not."""
    algorithm = {WITH_TRANSFER: "hmac-sha256", WITHOUT: "hmac-sha384"}[key]
    return record_set(port, tsigKeyName=key, tsigAlgorithm=algorithm, recordSets=record_sets, journal=[])


def test_many_record_sets_are_read_by_a_transfer(knot: Knot, provider: Keeper) -> None:
    provider.create(many(knot.port))
    with before(knot) as (port, conversations):
        assert refreshed(provider, many(port)) == many(port)
    assert kinds(conversations) == ["question", "transfer", "condition"]


def test_where_a_transfer_is_refused_many_questions_are_in_flight(knot: Knot, provider: Keeper) -> None:
    provider.create(many(knot.port))
    with before(knot) as (port, conversations):
        assert refreshed(provider, many(port, WITHOUT)) == many(port, WITHOUT)
    assert kinds(conversations) == ["question", "transfer", "questions", "condition"]


def test_addresses_that_come_with_a_service_are_not_asked_for(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rfc2136_lookup, "IN_FLIGHT", 1)
    provider.create(many(knot.port))
    with before(knot) as (port, conversations):
        assert refreshed(provider, many(port, WITHOUT)) == many(port, WITHOUT)
    assert conversations[2] == ["SRV"] * 59 + ["A"]


@pytest.mark.parametrize(("count", "ways"), [(51, ["question"] * 51), (52, ["question", "transfer"])])
def test_few_record_sets_are_asked_for_one_by_one(
    knot: Knot, provider: Keeper, count: int, ways: list[str]
) -> None:
    some = dict(list(MANY.items())[:count])
    provider.create(many(knot.port, record_sets=some))
    with before(knot) as (port, conversations):
        assert refreshed(provider, many(port, record_sets=some)) == many(port, record_sets=some)
    assert kinds(conversations) == [*ways, "condition"]


@pytest.mark.parametrize("key", [WITH_TRANSFER, WITHOUT])
def test_what_was_changed_by_hand_is_read_in_either_way(
    knot: Knot, provider: Keeper, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.create(many(knot.port))
    knot.change(ZONE, ("replace", "xmpp.d1", "60", "A", "131.107.155.99"))
    knot.change(ZONE, ("add", "xmpp.d2", "300", "A", "131.107.155.99"))
    knot.change(ZONE, ("delete", "xmpp.d3", "A"), ("add", "*", "300", "A", "131.107.155.98"))
    knot.change(ZONE, ("delete", "xmpp.d4", "A"), ("add", "xmpp.d4", "60", "CNAME", "Edge.Example.net."))
    knot.change(ZONE, ("replace", "xmpp.d5", "60", "A", "131.107.155.10"))
    knot.change(ZONE, ("delete", "xmpp.d6", "A"), ("add", "d6", "300", "NS", "ns9.example.net."))
    knot.change(ZONE, ("delete", "xmpp.d7", "A"), ("add", "xmpp.d7", "300", "AAAA", "2620:1ec::10"))
    gone = [f"xmpp.d{number}.{ZONE} A" for number in (3, 4, 6, 7)]
    left = {name: text for name, text in MANY.items() if name not in gone} | {
        f"xmpp.d1.{ZONE} A": "60 131.107.155.99",
        f"xmpp.d2.{ZONE} A": "300 131.107.155.10, 131.107.155.99",
        f"xmpp.d5.{ZONE} A": "60 131.107.155.10",
    }
    assert refreshed(provider, many(knot.port, key))["recordSets"] == left
    assert capsys.readouterr().out.splitlines() == [
        f"{at(knot.port)}: xmpp.d4.{ZONE} A is gone: CNAME 60 edge.example.net. is in its place",
    ]


@pytest.mark.parametrize("key", [WITH_TRANSFER, WITHOUT])
def test_what_is_in_the_way_is_told_in_either_way(knot: Knot, provider: Keeper, key: str) -> None:
    knot.change(ZONE, ("add", "d5", "300", "DNAME", "example.net."))
    knot.change(ZONE, ("add", "xmpp.d7", "60", "CNAME", "edge.example.net."))
    knot.change(ZONE, ("add", "xmpp.d9", "300", "A", "131.107.155.10"))
    lines = told(provider.create, many(knot.port, key)).splitlines()
    redirected = f"it lies below d5.{ZONE}, which a DNAME record leads elsewhere (publish it there)"
    assert [line.split(" (renamed")[0] for line in lines[:5]] == [
        f"{at(knot.port)}: nothing was changed because of 4 conflicts:",
        f"  xmpp.d5.{ZONE} A: {redirected}",
        f"  _xmpp-server._tcp.d5.{ZONE} SRV: {redirected}",
        f"  xmpp.d7.{ZONE} A: 'CNAME 60 edge.example.net.' is not of this resource",
        f"  xmpp.d9.{ZONE} A: what is there is equal, but not of this resource",
    ]


def half(message: bytes) -> bytes:
    """Leave the first half."""
    return message[: len(message) // 2]


def forged(message: bytes) -> bytes:
    """Put another address in the place of one."""
    return message.replace(bytes([131, 107, 155, 10]), bytes([131, 107, 155, 66]), 1)


def unsigned(message: bytes) -> bytes:
    """Take the signature away."""
    answer = dns.message.from_wire(message, keyring=False, xfr=True)
    answer.tsig = None
    return answer.to_wire()


def nothing(_: bytes) -> bytes:
    return b""


def of_another_question(message: bytes) -> bytes:
    """Change the number of the message, which the signature does not cover."""
    return bytes([message[0] ^ 1]) + message[1:]


@pytest.mark.parametrize("spoil", [half, forged, unsigned, nothing, of_another_question])
def test_a_transfer_that_breaks_or_proves_nothing_is_passed_over_without_a_word(
    knot: Knot, provider: Keeper, capsys: pytest.CaptureFixture[str], spoil: Callable[[bytes], bytes]
) -> None:
    provider.create(many(knot.port))
    with before(knot, spoil) as (port, conversations):
        assert refreshed(provider, many(port)) == many(port)
    assert kinds(conversations) == ["question", "transfer", "questions", "condition"]
    assert capsys.readouterr().out == ""


@pytest.fixture
def full(knot: Knot) -> Knot:
    """Return the server with 120 kB of somebody else's in the zone."""
    for part in (range(240), range(240, 480)):
        knot.change(ZONE, *(("add", f"host{number}", "300", "TXT", "x" * 250) for number in part))
    return knot


def test_a_transfer_of_many_messages_is_read_among_what_is_somebody_elses(
    full: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rfc2136_lookup, "OCTETS", 1_200)
    provider.create(many(full.port))
    with before(full) as (port, conversations):
        assert refreshed(provider, many(port)) == many(port)
    assert kinds(conversations) == ["question", "transfer", "condition"]


def test_a_zone_that_is_much_larger_than_what_is_asked_for_is_not_read_to_its_end(
    full: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rfc2136_lookup, "OCTETS", 300)
    provider.create(many(full.port))
    with before(full) as (port, conversations):
        assert refreshed(provider, many(port)) == many(port)
    assert kinds(conversations) == ["question", "transfer", "questions", "condition"]


def test_silence_in_place_of_a_transfer_takes_the_time_of_one_attempt(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rfc2136_primary, "TIMEOUT", 2.0)
    provider.create(many(knot.port))

    def silent(_: bytes) -> bytes:
        time.sleep(2.5)
        return b""

    with before(knot, silent) as (port, conversations):
        assert refreshed(provider, many(port)) == many(port)
    assert kinds(conversations) == ["question", "transfer", "questions", "condition"]


def answered(knot: Knot, message: bytes) -> bytes:
    """Return the first message that *knot* answers with."""
    with create_connection((ADDRESS, knot.port)) as connection:
        connection.sendall(framed(message))
        return next(messages(connection))


def test_answers_are_taken_in_any_order(knot: Knot, provider: Keeper) -> None:
    provider.create(many(knot.port))
    connections: list[socket] = []

    def talk(client: socket) -> None:
        connections.append(client)
        arriving = messages(client)
        # Those in flight are there before any of them is answered.
        asked = list(islice(arriving, 100 if len(connections) == 3 else 1))
        for each in chain(reversed(asked), arriving):
            client.sendall(framed(answered(knot, each)))

    with talking(talk) as port:
        assert refreshed(provider, many(port, WITHOUT)) == many(port, WITHOUT)
    # One question, a transfer, the questions in flight, a condition.
    assert len(connections) == 4


def closing(connections: list[socket], reply: Callable[[list[bytes]], bytes]) -> AbstractContextManager[int]:
    """Run a server that answers once a connection: the third one, to all that is in flight there; yield its port."""

    def talk(client: socket) -> None:
        connections.append(client)
        client.sendall(framed(reply(list(islice(messages(client), 100 if len(connections) == 3 else 1)))))

    return talking(talk)


def test_what_a_server_leaves_unanswered_when_it_closes_the_connection_is_asked_for_one_by_one(
    knot: Knot, provider: Keeper
) -> None:
    provider.create(many(knot.port))
    connections: list[socket] = []
    with closing(connections, lambda asked: answered(knot, asked[-1])) as port:
        assert refreshed(provider, many(port, WITHOUT)) == many(port, WITHOUT)
    assert len(connections) == 3 + (119 - 1) + 1


def keeping_open(answer: Answer) -> AbstractContextManager[int]:
    """Run a server that sends what *answer* returns for each message of a connection, and yield its port."""

    def talk(client: socket) -> None:
        for message in messages(client):
            client.sendall(framed(answer(message) or b""))

    return talking(talk)


FIRST = "_xmpp-server._tcp.d0.contoso.com. 3600 SRV 0 0 5269 xmpp.d0.contoso.com."


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (says(dns.rcode.SERVFAIL), "the server failed; its log says why (SERVFAIL)"),
        (says(dns.rcode.NOERROR), "the server is not authoritative for the zone"),
        (
            says(dns.rcode.NOERROR, secret=None, authoritative=True),
            "the answer is not signed, so it may be anybody's (NOERROR)",
        ),
        (
            says(dns.rcode.NOERROR, authoritative=True, question="xmpp.d1.contoso.com."),
            "A DNS query response does not respond to the question asked.",
        ),
    ],
    ids=["failure", "not authoritative", "unsigned", "no answer"],
)
def test_what_is_no_answer_in_flight_is_asked_for_alone_which_tells_why(
    provider: Keeper, answer: Answer, cause: str
) -> None:
    first = says(dns.rcode.NOERROR, FIRST, authoritative=True)
    refusal = says(dns.rcode.REFUSED)
    with keeping_open(in_turn(first, refusal, answer)) as port:
        message = told(provider.read, ZONE, many(port))
    assert message == f"{at(port)}: xmpp.d0.{ZONE} A not read: {cause}"


def test_an_answer_to_nothing_that_was_asked_ends_the_questions_in_flight(
    knot: Knot, provider: Keeper
) -> None:
    provider.create(many(knot.port))
    connections: list[socket] = []

    def other(asked: list[bytes]) -> bytes:
        id_ = b"\xff\xff" if len(asked) > 1 else b""
        return id_ + answered(knot, asked[0])[len(id_) :]

    with closing(connections, other) as port:
        assert refreshed(provider, many(port, WITHOUT)) == many(port, WITHOUT)
    assert len(connections) == 3 + 119 + 1


def test_of_a_resource_that_holds_nothing_the_server_is_asked_nothing(provider: Keeper) -> None:
    nothing = record_set(1, recordSets={}, journal=[])
    assert provider.read("id", nothing) == ("id", nothing, nothing)
