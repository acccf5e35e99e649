"""Octets to and from one server, in the clear and then under TLS."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

LIMIT = 64 * 1024
"""Octets that a server may answer with in each phase: a stream header with features, or a TLS handshake."""
_CHUNK = 4096

_HANDSHAKE, _CERTIFICATE = b"\x16", 11
"""Types of a record and of a message in it (RFC 5246 §6.2.1, §7.4)."""
_CLIENT_CERTIFICATE = re.compile(
    r"(?:SSLV3|TLSV1|TLSV13)_ALERT_((?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN|REQUIRED)"
    r"|HANDSHAKE_FAILURE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)"
)
"""Alerts of a server about the certificate of who calls, as OpenSSL names them (RFC 8446 §6.2, RFC 5246 §7.2.2)."""
_DER = 2
"""The form of a certificate in `_ssl`, where it is no octets."""
_T = TypeVar("_T")


class TooLongError(Exception):
    """A server that answers without end."""

    def __init__(self) -> None:
        super().__init__(f"it sends more than {LIMIT} octets")


class ClientCertificateError(Exception):
    """A server that talks only to who shows a certificate that it takes (RFC 8446 §4.4.2.4, RFC 5246 §7.4.6).

    Says its alert.
    """


async def connect(sock: socket.socket, address: str, port: int) -> None:
    """Connect *sock*; raise ``OSError`` where the server cannot be reached."""
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.get_running_loop().sock_connect(sock, (address, port))


class Connection:
    """A connection; TLS runs over memory, so no octet that came in the clear can count as protected.

    It is a socket, since streams of asyncio lose what a server said, an alert for one, where it resets the connection.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._loop = sock, asyncio.get_running_loop()
        self._broken: ConnectionError | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._received = bytearray()

    @classmethod
    @asynccontextmanager
    async def to(cls, address: str, port: int) -> AsyncGenerator[Self, None]:
        """Give a connection to *address*, which ends at once with the block."""
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
            await connect(sock, address, port)
            yield cls(sock)

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
            await self._write(octets)

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
        octets = await self._loop.sock_recv(self._socket, _CHUNK)
        if self._broken and not octets:
            raise self._broken
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
                alert = _CLIENT_CERTIFICATE.fullmatch(error.reason or "")
                if alert and self._tls and self._tls.cipher():
                    raise ClientCertificateError(alert[1].replace("_", " ").lower()) from None
                raise
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        await self._write(self._outgoing.read())

    async def _write(self, octets: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._socket, octets)
        except ConnectionError as error:  # told after what the server said before
            self._broken = error


def tls_reason(error: ssl.SSLError) -> str:
    """Return why TLS fails, of "it"."""
    match error.reason:
        case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "RECORD_LAYER_FAILURE":
            return "what it answers is no TLS"
        case "TLSV1_UNRECOGNIZED_NAME":
            return "it has no certificate for that name"
        case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION":
            return "it knows no TLS of version 1.2 or later"
        case str() if not isinstance(error, ssl.SSLEOFError):
            return error.reason.replace("_", " ").lower()
        case _:
            return "it closes the connection"


def system_reason(error: OSError) -> str:
    """Return what the system says of a connection, in small letters."""
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


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
