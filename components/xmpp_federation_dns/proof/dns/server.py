"""One name server at one address, asked many questions at a time."""

import asyncio
import secrets
import struct
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self, cast

from xmpp_federation_dns.endpoints import PORT
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query

ATTEMPTS = 3
"""Attempts over UDP before a question counts as unanswered."""
IN_FLIGHT = 100
"""Questions that wait for the answers of one server at the same time."""
_LENGTH = struct.Struct("!H")


class _Waiting(NamedTuple):
    query: Query
    answered: asyncio.Future[Answer | None]
    until: float


class Server(asyncio.DatagramProtocol):
    """A name server: *rate* caps its questions per second, *patience* is in seconds for each attempt.

    It is asked over UDP, and over TCP where an answer is truncated, between entering and leaving it, which many
    may do at a time. What answers no open question is passed over. A server that says nothing at all is not
    asked again before :meth:`renew`.
    """

    def __init__(self, name: str, address: str, port: int, *, rate: float, patience: float) -> None:
        self.name = name
        self.address = address
        place = address if port == PORT else f"{address} port {port}"
        self.label = f"{name} ({place})" if name != address else place
        """The server in messages."""
        self.failure = ""
        """Why it is not asked: there is no way to it from this machine, or it does not answer."""
        self._port = port
        self._interval = 1 / rate
        self._patience = patience
        self._turn = 0.0
        self._heard = 0.0
        self._tcp_failure = ""
        self._waiting: dict[int, _Waiting] = {}
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._expiring: asyncio.TimerHandle | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._users = 0
        self._opening = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether there is a socket, and so a way to the server from this machine."""
        return self._transport is not None

    async def __aenter__(self) -> Self:
        """Open a socket that takes datagrams of this server alone."""
        self._users += 1
        async with self._opening:
            if self._transport is None:
                loop = asyncio.get_running_loop()
                try:
                    await loop.create_datagram_endpoint(lambda: self, remote_addr=(self.address, self._port))
                except OSError as error:
                    self.failure = reason(error)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._users -= 1
        if self._transport and not self._users:
            self._transport.close()
            self._transport = None

    def renew(self) -> None:
        """Give a server without an answer another chance."""
        self.failure = self._tcp_failure = ""

    async def ask_all(self, queries: Sequence[Query], keep: Callable[[str, Query, Answer], None]) -> None:
        """Ask *queries* and hand each answer to *keep*, with the label of this server."""
        waiting = iter(queries)

        async def work() -> None:
            for query in waiting:
                keep(self.label, query, await self.ask(query))

        await asyncio.gather(*(work() for _ in range(min(IN_FLIGHT, len(queries)))))

    async def ask(self, query: Query) -> Answer:
        """Return what the server says; in the answer's failure, why it said nothing."""
        async with self._slots:
            since = asyncio.get_running_loop().time()
            for _ in range(ATTEMPTS):
                if self.failure:
                    return Answer(failure=self.failure)
                await self._in_turn()
                if (answer := await self._over_udp(query)) is not None:
                    return await self._over_tcp(query) if answer.truncated else answer
            failure = self.failure or f"no answer in {ATTEMPTS} attempts of {self._patience:g} s"
            if self._heard < since:
                self.failure = failure
            return Answer(failure=failure)

    async def _in_turn(self) -> None:
        now = asyncio.get_running_loop().time()
        self._turn = max(self._turn + self._interval, now)
        # The loop's clock cannot wait for less than a millisecond; turns that are closer go together.
        if (pause := self._turn - now) > 0.001:
            await asyncio.sleep(pause)

    async def _over_udp(self, query: Query) -> Answer | None:
        loop = asyncio.get_running_loop()
        number = secrets.randbits(16)
        while number in self._waiting:
            number = (number + 1) % (1 << 16)
        answered: asyncio.Future[Answer | None] = loop.create_future()
        until = loop.time() + self._patience
        self._waiting[number] = _Waiting(query, answered, until)
        if self._expiring is None:
            self._expiring = loop.call_at(until, self._expire)
        cast("asyncio.DatagramTransport", self._transport).sendto(_LENGTH.pack(number) + query.message)
        try:
            return await answered
        finally:
            del self._waiting[number]

    def _expire(self) -> None:
        """End the waiting of the oldest attempts; one timer serves all, since all wait equally long."""
        loop = asyncio.get_running_loop()
        self._expiring = None
        for _, answered, until in self._waiting.values():
            if until > loop.time():
                self._expiring = loop.call_at(until, self._expire)
                return
            _settle(answered, None)

    async def _over_tcp(self, query: Query) -> Answer:
        await self._in_turn()
        if self._tcp_failure:
            return Answer(failure=self._tcp_failure)
        try:
            async with asyncio.timeout(2 * self._patience):
                answer = query.read(await self._tcp_reply(query))
        except TimeoutError:
            self._tcp_failure = f"TCP: no answer in {2 * self._patience:g} s"
        except asyncio.IncompleteReadError:
            self._tcp_failure = "TCP: closed without an answer"
        except OSError as error:
            self._tcp_failure = f"TCP: {reason(error)}"
        else:
            return Answer(failure="TCP: a truncated answer") if answer.truncated else answer
        return Answer(failure=self._tcp_failure)

    async def _tcp_reply(self, query: Query) -> bytes:
        """Return the first message that answers *query*."""
        reader, writer = await asyncio.open_connection(self.address, self._port)
        try:
            message = secrets.token_bytes(2) + query.message
            writer.write(_LENGTH.pack(len(message)) + message)
            while True:
                reply = await reader.readexactly(*_LENGTH.unpack(await reader.readexactly(2)))
                if reply[:2] == message[:2] and query.is_answered_by(reply):
                    return reply
        finally:
            writer.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the open socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 asyncio's own
        """Hand the answer to the question that waits for it."""
        waiting = self._waiting.get(int.from_bytes(data[:2], "big"))
        if waiting and waiting.query.is_answered_by(data):
            self._heard = asyncio.get_running_loop().time()
            _settle(waiting.answered, waiting.query.read(data))

    def error_received(self, exc: Exception) -> None:
        """Take a closed port as an answer that ends all waiting."""
        self.failure = reason(cast("OSError", exc))
        for waiting in self._waiting.values():
            _settle(waiting.answered, None)


class Servers:
    """The servers of a proof, one for each address and port: *rate* and *patience* hold for all of them."""

    def __init__(self, rate: float, patience: float) -> None:
        self._rate = rate
        self._patience = patience
        self._known: dict[tuple[str, int], Server] = {}

    def at(self, name: str, address: str, port: int | None = None) -> Server:
        """Return the server of an address, on the port of DNS by default, under the first name it was found by."""
        place = (address, port or PORT)
        if place not in self._known:
            self._known[place] = Server(name, *place, rate=self._rate, patience=self._patience)
        return self._known[place]

    def renew(self) -> None:
        """Give each server without an answer another chance."""
        for server in self._known.values():
            server.renew()


def reason(error: OSError) -> str:
    """Return why there is no connection, in the words of the system."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused: nothing listens there"
    return (error.strerror or str(error)).lower()


def _settle(answered: asyncio.Future[Answer | None], answer: Answer | None) -> None:
    if not answered.done():
        answered.set_result(answer)
