"""How a server is found and reached, and what happens to answers that get lost."""

import itertools
import socket
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import dns.rcode
import pytest
from tests.unit.dynamic_update.lab import (
    NAME,
    Answer,
    answering,
    at,
    in_turn,
    messages,
    record_set,
    says,
    serial,
    talking,
    told,
)
from tools.lab.knot import ADDRESS, Knot, free_port

from xmpp_federation_dns.backends import rfc2136_primary
from xmpp_federation_dns.keepers.keeper import Keeper

DEAF = "127.0.0.2"
"""A loopback address on which none of the servers listens."""


def silent(_: bytes) -> None:
    """Answer nothing."""


def through(knot: Knot) -> Answer:
    """Return what *knot* answers."""

    def answer(wire: bytes) -> bytes:
        with socket.create_connection((ADDRESS, knot.port)) as connection:
            connection.sendall(len(wire).to_bytes(2) + wire)
            with connection.makefile("rb") as stream:
                return stream.read(int.from_bytes(stream.read(2)))

    return answer


def lost(answer: Answer, instead: bytes | None = b"") -> Answer:
    """Return an *answer* that never arrives: the connection closes, or there is silence *instead*."""

    def swallow(wire: bytes) -> bytes | None:
        answer(wire)
        return instead

    return swallow


def resolve(monkeypatch: pytest.MonkeyPatch, name: str, *addresses: str) -> None:
    """Make *name* resolve to *addresses*."""
    resolver = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, family: int = 0, type: int = 0) -> list[Any]:  # noqa: A002 its name
        hosts = addresses if host == name else [host]
        return [entry for host in hosts for entry in resolver(host, port, family, type)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


# An IPv6 socket reaches IPv4 loopback by its mapped address, also where ::1 is not configured.
@pytest.mark.parametrize("given", ["127.0.0.1", "localhost", "::ffff:127.0.0.1"])
def test_a_server_has_an_address_or_a_host_name(knot: Knot, provider: Keeper, given: str) -> None:
    provider.create(record_set(knot.port, "131.107.155.10", server=given))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


def test_the_next_address_of_a_host_name_is_tried_where_nothing_listens(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "ns1.contoso.com", DEAF, ADDRESS)
    provider.create(record_set(knot.port, "131.107.155.10", server="ns1.contoso.com"))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]


@pytest.mark.usefixtures("impatient")
def test_each_cause_is_told_once_where_no_address_answers(
    provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "ns1.contoso.com", DEAF, ADDRESS, "127.0.0.3")
    with answering(silent) as port:
        message = told(provider.create, record_set(port, "131.107.155.10", server="ns1.contoso.com"))
    assert message == (
        f"{at(port, 'ns1.contoso.com')}: {NAME} A not created: "
        "connection refused: nothing listens there; no answer in 2 attempts of 0.3 s"
    )


@pytest.mark.parametrize("given", ["ns1.contoso.invalid", "a" * 64 + ".com", "contoso.com:53"])
def test_a_host_name_that_does_not_resolve_is_told(provider: Keeper, given: str) -> None:
    message = told(provider.create, record_set(53, "131.107.155.10", server=given))
    assert message == f"{at(53, given)}: {NAME} A not created: the name of the server does not resolve"


def test_a_server_that_is_down_is_told(provider: Keeper) -> None:
    port = free_port()
    message = told(provider.create, record_set(port, "131.107.155.10"))
    assert message == f"{at(port)}: {NAME} A not created: connection refused: nothing listens there"


def test_a_failure_of_the_network_is_told(provider: Keeper) -> None:
    # TCP knows no broadcast (RFC 1122 §4.2.3.10).
    message = told(provider.create, record_set(53, "131.107.155.10", server="255.255.255.255"))
    assert message == f"{at(53, '255.255.255.255')}: {NAME} A not created: Network is unreachable"


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_answers_takes_bounded_time(provider: Keeper) -> None:
    with answering(silent) as port:
        start = time.monotonic()
        message = told(provider.create, record_set(port, "131.107.155.10"))
        seconds = time.monotonic() - start
    assert message == f"{at(port)}: {NAME} A not created: no answer in 2 attempts of 0.3 s"
    assert 0.6 <= seconds < 5


@pytest.mark.usefixtures("impatient")
def test_a_clock_that_is_set_back_while_a_server_is_silent_prolongs_nothing(
    provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = itertools.count()
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began - 3600 * next(hours))
    with answering(silent) as port:
        message = told(provider.create, record_set(port, "131.107.155.10"))
    assert message == f"{at(port)}: {NAME} A not created: no answer in 2 attempts of 0.3 s"


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_trickles_takes_bounded_time(
    provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0.0, 0.1)
    monkeypatch.setattr(rfc2136_primary, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    def trickle(connection: socket.socket) -> None:
        next(messages(connection))
        with suppress(OSError):
            for octet in itertools.repeat(b"\x01", 100):
                connection.sendall(octet)

    with talking(trickle) as port:
        message = told(provider.create, record_set(port, "131.107.155.10"))
    assert message == f"{at(port)}: {NAME} A not created: no answer in 2 attempts of 0.3 s"


def test_a_server_that_closes_the_connection_is_told(provider: Keeper) -> None:
    with answering(lambda _: b"") as port:
        message = told(provider.create, record_set(port, "131.107.155.10"))
    assert message == f"{at(port)}: {NAME} A not created: the server closed the connection without an answer"


def test_a_refusal_is_not_asked_again(provider: Keeper) -> None:
    with answering(in_turn(says(dns.rcode.SERVFAIL), says(dns.rcode.NOERROR))) as port:
        message = told(provider.create, record_set(port, "131.107.155.10"))
    assert message.endswith("(SERVFAIL)")


def test_a_message_is_sent_again_after_a_time_out(
    knot: Knot, provider: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Knot 3.2.6 takes half a second for some answers, by no pattern.
    monkeypatch.setattr(rfc2136_primary, "TIMEOUT", 1)
    before = serial(knot)
    with answering(in_turn(lost(through(knot), instead=None), through(knot))) as port:
        provider.create(record_set(port, "131.107.155.10"))
    assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.10"]
    assert serial(knot) == before + 1


class TestALostAnswer:
    """The server made the change, and the client never learned it."""

    OLD = ("131.107.155.10",)
    NEW = ("131.107.155.11",)

    def test_of_a_create_does_not_matter(self, knot: Knot, provider: Keeper) -> None:
        before = serial(knot)
        with answering(in_turn(lost(through(knot)), through(knot))) as port:
            provider.create(record_set(port, *self.NEW))
        assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. 300 IN A 131.107.155.11"]
        assert serial(knot) == before + 1

    @pytest.mark.parametrize(
        ("values", "ttl"), [(NEW, 300.0), (OLD, 600.0), (NEW, 600.0)], ids=["values", "TTL", "values and TTL"]
    )
    def test_of_an_update_does_not_matter(
        self, knot: Knot, provider: Keeper, values: tuple[str, ...], ttl: float
    ) -> None:
        provider.create(record_set(knot.port, *self.OLD))
        before = serial(knot)
        with answering(in_turn(lost(through(knot)), through(knot))) as port:
            provider.update("", record_set(port, *self.OLD), record_set(port, *values, ttl=ttl))
        assert knot.ask(f"{NAME}.", "A") == [f"{NAME}. {ttl:.0f} IN A {value}" for value in values]
        assert serial(knot) == before + 1

    def test_of_a_delete_does_not_matter(self, knot: Knot, provider: Keeper) -> None:
        provider.create(record_set(knot.port, *self.OLD))
        before = serial(knot)
        with answering(in_turn(lost(through(knot)), through(knot))) as port:
            provider.delete("", record_set(port, *self.OLD))
        assert ("xmpp", "A") not in knot.names("contoso.com")
        assert serial(knot) == before + 1

    def test_of_a_read_does_not_matter(self, knot: Knot, provider: Keeper) -> None:
        provider.create(record_set(knot.port, *self.OLD))
        with answering(in_turn(lost(through(knot)), through(knot))) as port:
            wanted = record_set(port, *self.OLD)
            assert provider.read("", wanted).outs == wanted
