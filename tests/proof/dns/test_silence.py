"""What becomes of questions that a name server does not answer; it is a stand-in here."""

import asyncio
import errno
from collections.abc import Sequence
from typing import Any, cast

import pytest
from tests.proof.dns.cases import SRV_NAME, run
from tests.proof.dns.hostile import silent
from tests.proof.dns.standin import serving
from tests.proof.dns.test_server import answers, good, of, questions

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.server import IN_FLIGHT, Server


def test_a_silent_server_costs_its_patience_once(monkeypatch: pytest.MonkeyPatch):
    attempts: list[Query] = []
    real = cast("Any", Server)._over_udp

    async def counted(server: Server, question: Query) -> Answer | None:
        attempts.append(question)
        return await real(server, question)

    monkeypatch.setattr(Server, "_over_udp", counted)

    async def one() -> set[Answer]:
        async with serving(silent) as stand_in, of(stand_in, patience=0.03) as server:
            return set(await answers(server, questions(1000)))

    assert run(one()) == {Answer(failure="no answer in 3 attempts of 0.03 s")}
    assert len(attempts) == 3 * IN_FLIGHT


def test_a_lost_question_is_asked_again():
    lost: set[bytes] = set()

    def lossy(query: bytes, tcp: bool) -> Any:
        if query[12:] not in lost:
            lost.add(query[12:])
            return []
        return good(query, tcp)

    async def one() -> tuple[list[Answer], int]:
        async with serving(lossy) as stand_in, of(stand_in, patience=0.3) as server:
            return await answers(server, questions(3)), len(stand_in.asked)

    found, asked = run(one())
    assert [answer.status for answer in found] == ["NXDOMAIN"] * 3
    assert asked == 6


def test_a_server_that_drops_one_question_is_asked_the_others():
    def picky(query: bytes, tcp: bool) -> Any:
        return [] if b"\x02d0" in query else good(query, tcp)

    async def one() -> tuple[Answer, Answer, Answer]:
        async with serving(picky) as stand_in, of(stand_in, patience=0.5) as server:
            lost = asyncio.create_task(server.ask(questions(1)[0]))
            meanwhile = Answer()
            while not lost.done():
                meanwhile = await server.ask(Query("d1.contoso.com", "A"))
            return await lost, meanwhile, await server.ask(Query("d2.contoso.com", "A"))

    lost, meanwhile, after = run(one())
    assert lost.failure == "no answer in 3 attempts of 0.5 s"
    assert (meanwhile.status, after.status) == ("NXDOMAIN", "NXDOMAIN")


def test_a_server_that_falls_silent_is_asked_no_more_though_it_was_heard_before():
    awake = [True]

    def tired(query: bytes, tcp: bool) -> Any:
        return good(query, tcp) if awake.pop() else []

    async def one() -> tuple[list[str], int]:
        async with serving(tired) as stand_in, of(stand_in, patience=0.5) as server:
            first = await server.ask(Query("contoso.com", "SOA"))
            awake.extend([False] * 6)
            later = [await server.ask(question) for question in questions(2)]
            return [first.status, *(answer.failure for answer in later)], len(stand_in.asked)

    silence = "no answer in 3 attempts of 0.5 s"
    assert run(one()) == (["NOERROR", silence, silence], 1 + 3)


def test_a_silent_server_has_another_chance_in_the_next_round():
    awake: list[bool] = []

    def sleepy(query: bytes, tcp: bool) -> Any:
        return good(query, tcp) if awake else []

    async def one() -> list[str]:
        async with serving(sleepy) as stand_in, of(stand_in, patience=0.5) as server:
            asked = Query("contoso.com", "SOA")
            found = [(await server.ask(asked)).status]
            awake.append(True)
            found.append((await server.ask(asked)).status)
            server.renew()
            return [*found, (await server.ask(asked)).status]

    assert run(one()) == ["", "", "NOERROR"]


def test_a_closed_port_ends_all_waiting():
    async def one() -> list[Answer]:
        async with serving(silent) as stand_in:
            closed = of(stand_in)
        async with closed as server:
            return await answers(server, questions(3))

    assert run(one()) == [Answer(failure="connection refused: nothing listens there")] * 3


def test_two_errors_at_once_end_the_waiting_once():
    async def one() -> Answer:
        heard = asyncio.Event()

        def hears(query: bytes, tcp: bool) -> Sequence[bytes]:
            heard.set()
            return silent(query, tcp)

        async with serving(hears) as stand_in, of(stand_in) as server:
            asking = asyncio.create_task(server.ask(Query(SRV_NAME, "SRV")))
            await heard.wait()
            server.error_received(ConnectionRefusedError())
            server.error_received(OSError(errno.EHOSTUNREACH, "No route to host"))
            return await asking

    assert run(one()) == Answer(failure="no route to host")
