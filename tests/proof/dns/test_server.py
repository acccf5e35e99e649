"""How one name server is asked; it is a stand-in here."""

import asyncio
import errno
import secrets
import time
from collections.abc import Sequence
from typing import Any

import pytest
from tests.proof.dns.cases import RECORDS, SRV_NAME, run
from tests.proof.dns.standin import StandIn, authority, serving

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.server import IN_FLIGHT, Server, Servers, reason

good: Any = authority("contoso.com.", RECORDS)


def of(stand_in: StandIn, *, rate: float = 1e6, patience: float = 2.0) -> Server:
    return Server(stand_in.address, stand_in.address, stand_in.port, rate=rate, patience=patience)


def questions(number: int) -> list[Query]:
    return [Query(f"d{position}.contoso.com", "A") for position in range(number)]


async def answers(server: Server, asked: Sequence[Query]) -> list[Answer]:
    found: list[Answer] = []
    await server.ask_all(asked, lambda _label, _question, answer: found.append(answer))
    return found


@pytest.mark.parametrize(
    ("name", "port", "label"),
    [
        ("ns1.contoso.com", 53, "ns1.contoso.com (192.0.2.1)"),
        ("192.0.2.1", 53, "192.0.2.1"),
        ("192.0.2.1", 5300, "192.0.2.1 port 5300"),
    ],
)
def test_a_server_is_told_by_name_address_and_unusual_port(name: str, port: int, label: str):
    assert Server(name, "192.0.2.1", port, rate=1, patience=1).label == label


def test_several_names_on_one_address_are_one_server():
    servers = Servers(rate=1, patience=1)
    first = servers.at("ns1.contoso.com", "192.0.2.1")
    assert servers.at("ns2.contoso.com", "192.0.2.1") is first
    assert servers.at("ns1.contoso.com", "192.0.2.2") is not first


def test_no_more_than_so_many_questions_wait_at_a_time():
    async def one() -> tuple[int, int]:
        enough = asyncio.Event()

        async def slow(query: bytes, tcp: bool) -> Sequence[bytes]:
            if stand_in.open_questions == IN_FLIGHT:
                # Time for more to come.
                asyncio.get_running_loop().call_later(0.05, enough.set)
            await enough.wait()
            return good(query, tcp)

        async with serving(slow) as stand_in, of(stand_in) as server:
            # Two zones on the same server.
            found = await asyncio.gather(*(answers(server, questions(150)) for _ in range(2)))
            return sum(map(len, found)), stand_in.most_open

    assert run(one()) == (300, IN_FLIGHT)


def test_the_rate_is_kept():
    async def one() -> float:
        async with serving(good) as stand_in, of(stand_in, rate=500) as server:
            begin = time.monotonic()
            await answers(server, questions(100))
            assert len(stand_in.asked) == 100
            return time.monotonic() - begin

    assert run(one()) >= 99 / 500


def test_the_rate_counts_questions_over_tcp():
    def truncated(query: bytes, tcp: bool) -> Any:
        return good(query, tcp) if tcp else [query[:2] + b"\x86\0" + query[4:]]

    async def one() -> float:
        async with serving(truncated) as stand_in, of(stand_in, rate=500) as server:
            begin = time.monotonic()
            await answers(server, questions(50))
            assert [transport for _, _, transport in stand_in.asked].count("TCP") == 50
            return time.monotonic() - begin

    assert run(one()) >= 99 / 500


def test_tcp_that_does_not_work_is_tried_once_a_round():
    def truncated(query: bytes, tcp: bool) -> Sequence[bytes]:
        return [] if tcp else [query[:2] + b"\x86\0" + query[4:]]

    async def one() -> tuple[set[Answer], int]:
        async with serving(truncated) as stand_in, of(stand_in) as server:
            found = {await server.ask(question) for question in questions(20)}
            return found, sum(transport == "TCP" for _, _, transport in stand_in.asked)

    assert run(one()) == ({Answer(failure="TCP: closed without an answer")}, 1)


def test_tcp_that_is_refused_is_told():
    def truncated(query: bytes, tcp: bool) -> Sequence[bytes]:
        del tcp
        return [query[:2] + b"\x86\0" + query[4:]]

    async def one() -> Answer:
        loop = asyncio.get_running_loop()
        stand_in = StandIn(truncated)
        transport, _ = await loop.create_datagram_endpoint(lambda: stand_in, local_addr=("127.0.0.1", 0))
        stand_in.port = transport.get_extra_info("sockname")[1]
        try:
            async with of(stand_in) as server:
                return await server.ask(Query(SRV_NAME, "SRV"))
        finally:
            transport.close()

    assert run(one()) == Answer(failure="TCP: connection refused: nothing listens there")


def test_messages_for_nobody_are_passed_over():
    def chatty(query: bytes, tcp: bool) -> Any:
        [message] = good(query, tcp)
        wrong = bytes([query[0] ^ 1]) + message[1:]
        return [b"", b"x", wrong, message, message]

    async def one() -> Answer:
        async with serving(chatty) as stand_in, of(stand_in) as server:
            return await server.ask(Query(SRV_NAME, "SRV"))

    assert run(one()).values(SRV_NAME, "SRV") == ["0 0 5269 xmpp.contoso.com."]


def test_two_questions_never_have_one_id(monkeypatch: pytest.MonkeyPatch):
    def same(bits: int) -> int:
        return 2**bits - 1

    monkeypatch.setattr(secrets, "randbits", same)

    async def one() -> list[str]:
        async with serving(good) as stand_in, of(stand_in) as server:
            return [answer.status for answer in await answers(server, questions(5))]

    assert run(one()) == ["NXDOMAIN"] * 5


@pytest.mark.parametrize("error", [errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH])
def test_a_server_that_no_way_leads_to_is_not_open(monkeypatch: pytest.MonkeyPatch, error: int):
    async def one() -> tuple[bool, Answer]:
        async def fail(*_: Any, **__: Any) -> None:
            raise OSError(error, "No Way")

        monkeypatch.setattr(asyncio.get_running_loop(), "create_datagram_endpoint", fail)
        async with Server("2001:db8::1", "2001:db8::1", 53, rate=1, patience=1) as server:
            return server.is_open, await server.ask(Query(SRV_NAME, "SRV"))

    assert run(one()) == (False, Answer(failure="no way"))


def test_many_users_share_one_socket():
    async def one() -> list[bool]:
        async with serving(good) as stand_in:
            server = of(stand_in)
            found: list[bool] = []
            async with server:
                async with server:
                    found.append(server.is_open)
                found.append(server.is_open)
            return [*found, server.is_open]

    assert run(one()) == [True, True, False]


def test_a_reason_without_text_of_the_system_is_told_as_it_is():
    assert reason(OSError("Something Else")) == "something else"
