"""Octets to and from one server, in the clear and then under TLS."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

LIMIT = 64 * 1024
"""Octets that a server may answer with in each phase: a stream header with features, or a TLS handshake."""
_CHUNK = 4096

_HANDSHAKE, _CERTIFICATE = b"\x16", 11
"""Types of a record and of a message in it (RFC 5246 §6.2.1, §7.4)."""
_CLIENT_CERTIFICATE = ("HANDSHAKE_FAILURE", "BAD_CERTIFICATE", "CERTIFICATE_REQUIRED", "CERTIFICATE_UNKNOWN")
_DER = 2
"""The form of a certificate in `_ssl`, where it is no octets."""
_T = TypeVar("_T")


class TooLongError(Exception):
    """A server that answers without end."""

    def __init__(self) -> None:
        super().__init__(f"it sends more than {LIMIT} octets")


class ClientCertificateError(Exception):
    """A server that talks only to who shows a certificate (RFC 8446 §4.4.2.4, RFC 5246 §7.4.6)."""


class Connection:
    """A connection; TLS runs over memory, so no octet that came in the clear can count as protected."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._received = bytearray()

    @classmethod
    @asynccontextmanager
    async def to(cls, address: str, port: int) -> AsyncGenerator[Self, None]:
        """Give a connection to *address*, which ends at once with the block."""
        reader, writer = await asyncio.open_connection(address, port)
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    @property
    def received(self) -> bytes:
        """What came off the network since the last octets were sent."""
        return bytes(self._received)

    @property
    def certificate(self) -> bytes:
        """The certificate that the server showed, as DER; empty where none came."""
        try:
            return (self._tls and self._tls.getpeercert(binary_form=True)) or b""
        except ValueError:  # the handshake failed
            return _certificate_in(self.received)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that the server sent, as DER, its own first; that alone where Python hides the others."""
        # Public since Python 3.13; before that, the same method one object further in.
        within = getattr(self._tls, "_sslobj", None)
        sent = getattr(self._tls, "get_unverified_chain", None) or getattr(
            within, "get_unverified_chain", None
        )
        # Nothing, where the handshake failed.
        found: list[Any] = (sent and sent()) or []
        own = self.certificate
        return tuple(_der(each) for each in found) or ((own,) if own else ())

    @property
    def protocol(self) -> str | None:
        """The protocol that the server chose (RFC 7301)."""
        return self._tls.selected_alpn_protocol() if self._tls else None

    async def send(self, octets: bytes) -> None:
        """Send *octets*, which begins a phase."""
        self._received.clear()
        if tls := self._tls:
            await self._run(lambda: tls.write(octets))
        else:
            self._writer.write(octets)
            await self._writer.drain()

    async def receive(self) -> bytes:
        """Return the next octets; none at the end."""
        if tls := self._tls:
            try:
                return await self._run(lambda: tls.read(_CHUNK))
            except ssl.SSLEOFError:  # an end without close_notify, as many servers do
                return b""
        return await self._read()

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        """Shake hands, asking for the server of *name*."""
        self._received.clear()
        self._tls = tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        await self._run(tls.do_handshake)

    async def _read(self) -> bytes:
        octets = await self._reader.read(_CHUNK)
        self._received += octets
        if len(self._received) > LIMIT:
            raise TooLongError
        return octets

    async def _run(self, step: Callable[[], _T]) -> _T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
                if octets := await self._read():
                    self._incoming.write(octets)
                else:
                    self._incoming.write_eof()
            except ssl.SSLError as error:
                # Until a cipher is chosen, a failed handshake is about versions and ciphers.
                if self._tls and self._tls.cipher() and (error.reason or "").endswith(_CLIENT_CERTIFICATE):
                    raise ClientCertificateError from None
                raise
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        self._writer.write(self._outgoing.read())
        await self._writer.drain()


def _der(found: Any) -> bytes:
    """Return a certificate of a chain as octets: from Python 3.13 on it is nothing else."""
    return found if isinstance(found, bytes) else bytes(found.public_bytes(_DER))


def _certificate_in(octets: bytes) -> bytes:
    """Return the first certificate in the clear part of a TLS 1.2 handshake (RFC 5246 §6.2.1, §7.4.2)."""
    messages = bytearray()
    while octets[:1] == _HANDSHAKE:
        end = 5 + int.from_bytes(octets[3:5])
        messages += octets[5:end]
        octets = octets[end:]
    while messages and messages[0] != _CERTIFICATE:
        del messages[: 4 + int.from_bytes(messages[1:4])]
    return bytes(messages[10 : 10 + int.from_bytes(messages[7:10])])
