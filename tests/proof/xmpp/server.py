"""A stand-in for an XMPP server, which says what a test tells it to."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HEADER = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' "
    b"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='contoso.com' version='1.0'>"
)
PLAIN_HEADER = HEADER.replace(b"xmlns:db='jabber:server:dialback' ", b"")
STARTTLS = b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
DIALBACK = b"<stream:features><dialback xmlns='urn:xmpp:features:dialback'/></stream:features>"
EXTERNAL = (
    b"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism>"
    b"</mechanisms></stream:features>"
)
NOTHING = b"<stream:features/>"
PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"


def error(condition: str, text: str = "") -> bytes:
    """Return the stream error of *condition*."""
    namespace = "urn:ietf:params:xml:ns:xmpp-streams"
    more = f"<text xmlns='{namespace}'>{text}</text>" if text else ""
    return f"<stream:error>{more}<{condition} xmlns='{namespace}'/></stream:error></stream:stream>".encode()


@dataclass
class StandIn:
    """What the server says: at the *first* stream header, to STARTTLS, under TLS, and how it goes on.

    It answers octet by octet where it is *slow*, says nothing where it has no words, closes where *closes* says
    so, and speaks without end where it is *endless*. Where TLS has to fail it *alerts*, which asyncio does not,
    or goes on *unencrypted*; *junk* comes past TLS. It *resets* a connection after the first octets,
    or *halves* it in the end. It ends a stream that is ended, unless it *stays*.

    Where it answers *to_auth*, it goes on with the *third* stream and answers *to_ping*, in which ID is that of the
    ping. *said* is what it was told under TLS, stream headers apart.
    """

    context: ssl.SSLContext | None = None
    first: bytes = HEADER + STARTTLS
    proceed: bytes = PROCEED
    second: bytes = HEADER + DIALBACK
    direct: bool = False
    slow: bool = False
    closes: bool = False
    endless: bytes = b""
    alerts: bool = False
    unencrypted: bytes = b""
    junk: bytes = b""
    resets: bool = False
    halves: bool = False
    stays: bool = False
    to_auth: bytes = b""
    third: bytes = b""
    to_ping: bytes = b""
    said: list[str] = field(default_factory=list[str])
    heard: list[str] = field(default_factory=list[str])
    names: list[str | None] = field(default_factory=list[str | None])
    contacts: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    now: int = 0
    most: int = 0

    @asynccontextmanager
    async def listening(self, address: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[int, None]:
        """Serve at *port* of *address*, by default a free one; give the port."""
        if self.context and not self.alerts:
            self.context.sni_callback = lambda _, name, __: self.names.append(name)
        server = await asyncio.start_server(
            self._serve, address, port, ssl=self.context if self.direct and not self.alerts else None
        )
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()
            if self.tasks:
                await asyncio.wait(self.tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.contacts += 1
        if task := asyncio.current_task():
            self.tasks.append(task)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):  # whoever called has left
            pass
        finally:
            self.now -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.direct:
            await self._hear(reader)
            if self.resets:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            await self._say(writer, self.first)
        if self.unencrypted:
            await self._agree(reader, writer)
            await reader.read(1)
            await self._say(writer, self.unencrypted)
        elif self.context:
            await self._agree(reader, writer)
            await self._talk_tls(reader, writer, self.context)
        while self.endless:
            await self._say(writer, self.endless)
        if self.halves:
            writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        if not self.closes and (rest := await _until_end(reader)):
            self.said.append(rest.decode())
        if self.stays:
            await reader.read()

    async def _agree(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.direct:
            await reader.readuntil(b"xmpp-tls'/>")
            await self._say(writer, self.proceed)

    async def _talk_tls(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext
    ) -> None:
        if self.alerts:
            assert isinstance(writer.transport, asyncio.Transport)
            writer.transport.pause_reading()
            await asyncio.to_thread(_fail, context, writer)
            writer.transport.resume_reading()
            return
        if not self.direct:
            await writer.start_tls(context)
        await self._hear(reader)
        if self.junk:
            os.write(writer.get_extra_info("socket").fileno(), self.junk)
        await self._say(writer, self.second)
        if not self.to_auth:
            return
        self.said.append((await reader.readuntil(b"</auth>")).decode())
        await self._say(writer, self.to_auth)
        if not self.third:
            return
        await self._hear(reader)
        await self._say(writer, self.third)
        if not self.to_ping:
            return
        self.said.append((await reader.readuntil(b"</iq>")).decode())
        token = self.said[-1].partition(" id='")[2].partition("'")[0]
        await self._say(writer, self.to_ping.replace(b"ID", token.encode()))

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        self.heard.append((await reader.readuntil(b"version='1.0'>")).decode())

    async def _say(self, writer: asyncio.StreamWriter, octets: bytes) -> None:
        for part in [octets[i : i + 1] for i in range(len(octets))] if self.slow else [octets]:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)


async def _until_end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"</stream:stream>")
    except asyncio.IncompleteReadError as error:
        return error.partial


def _fail(context: ssl.SSLContext, writer: asyncio.StreamWriter) -> None:
    with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as plain:
        plain.settimeout(5)
        with suppress(ssl.SSLError), context.wrap_socket(plain, server_side=True) as tls:
            tls.recv(1)
