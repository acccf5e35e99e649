"""A stand-in for name servers: what no real one does on purpose, and what it was asked."""

import asyncio
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.zone

Behaviour = Callable[[bytes, bool], Sequence[bytes] | Awaitable[Sequence[bytes]]]
"""From a query, and whether it came over TCP, to the messages that are sent back."""

WAIT = b"wait"
"""In place of a message: wait until the other side closes the connection."""
ZONE = """\
@ 300 SOA ns1 hostmaster 1 3600 600 86400 300
@ 300 NS ns1
"""


@dataclass
class StandIn(asyncio.DatagramProtocol):
    """A name server on loopback, over UDP and TCP; *asked* has name, type and transport of each query."""

    behaviour: Behaviour
    address: str = "127.0.0.1"
    port: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    open_questions: int = 0
    most_open: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        async def reply() -> None:
            for message in await self.replies(data, tcp=False):
                cast("asyncio.DatagramTransport", self.transport).sendto(message, addr)

        task = asyncio.get_running_loop().create_task(reply())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            [length] = struct.unpack("!H", await reader.readexactly(2))
            for message in await self.replies(await reader.readexactly(length), tcp=True):
                if message == WAIT:
                    await reader.read()
                writer.write(message)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def replies(self, query: bytes, *, tcp: bool) -> Sequence[bytes]:
        [question] = dns.message.from_wire(query).question
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype), "TCP" if tcp else "UDP"))
        self.open_questions += 1
        self.most_open = max(self.most_open, self.open_questions)
        found = self.behaviour(query, tcp)
        messages = await found if isinstance(found, Awaitable) else found
        self.open_questions -= 1
        return messages


@asynccontextmanager
async def serving(behaviour: Behaviour, address: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[StandIn]:
    """Run a stand-in until the block ends."""
    loop = asyncio.get_running_loop()
    it = StandIn(behaviour, address)
    server = await asyncio.start_server(it.connected, address, port)
    it.port = server.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(lambda: it, local_addr=(address, it.port))
    try:
        yield it
    finally:
        transport.close()
        server.close()
        for task in it.tasks:
            task.cancel()


def sent(message: bytes, tcp: bool) -> list[bytes]:
    """Return a message as its transport carries it."""
    return [struct.pack("!H", len(message)) + message if tcp else message]


def authority(zone: str, text: str = "", *, only: Behaviour | None = None, bare: bool = False) -> Behaviour:
    """Return the behaviour of an authoritative server of *zone*; with *only*, that for questions of SRV records.

    *bare*: the text has the SOA record.
    """
    content = dns.zone.from_text(("" if bare else ZONE) + text, zone, relativize=False, check_origin=False)

    def behave(query: bytes, tcp: bool) -> Sequence[bytes] | Awaitable[Sequence[bytes]]:
        message = dns.message.from_wire(query)
        if only and message.question[0].rdtype == dns.rdatatype.SRV:
            return only(query, tcp)
        return sent(_reply(content, message).to_wire(max_size=65535), tcp)

    return behave


def _reply(content: dns.zone.Zone, query: dns.message.Message) -> dns.message.Message:
    [question] = query.question
    reply = dns.message.make_response(query)
    origin = cast("dns.name.Name", content.origin)
    if not question.name.is_subdomain(origin):
        reply.set_rcode(dns.rcode.REFUSED)
        return reply
    name = question.name
    cut = next((n for n in _above(name, origin) if content.get_rdataset(n, "NS")), None)
    if cut and not (cut == name and question.rdtype == dns.rdatatype.DS):
        servers = content.find_rrset(cut, "NS")
        reply.authority.append(servers)
        for server in cast("list[Any]", list(servers)):
            for kind in ("A", "AAAA"):
                if glue := content.get_rrset(server.target, kind):
                    reply.additional.append(glue)
        return reply
    reply.flags |= dns.flags.AA
    found = content.get_rrset(name, question.rdtype) or content.get_rrset(name, "CNAME")
    if found:
        reply.answer.append(found)
        return reply
    reply.authority.append(content.find_rrset(origin, "SOA"))
    if not any(other.is_subdomain(name) for other in content):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def _above(name: dns.name.Name, origin: dns.name.Name) -> list[dns.name.Name]:
    """Return *name* and what is above it, up to below *origin*, the highest first."""
    found: list[dns.name.Name] = []
    while name != origin:
        found.insert(0, name)
        name = name.parent()
    return found
