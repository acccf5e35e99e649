"""A gate in front of a DNS server that can be shut: a run that sends changes through it hangs there."""

import socket
import socketserver
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Self, cast

ADDRESS = "127.0.0.1"
UPDATE = 5
"""The opcode of a dynamic update (RFC 2136 §2.2)."""


class Gate(socketserver.ThreadingTCPServer):
    """Hands messages to the server behind it, and its answers back.

    Where it is shut, no message that would change a zone gets through; what only asks does.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__((ADDRESS, 0), _Connection)
        self.behind = behind
        self.reached = threading.Event()
        """Set once no more gets through, and what got through was carried out."""
        self._lock = threading.Lock()
        self._lets_through: int | None = None
        self._unanswered = 0

    @classmethod
    @contextmanager
    def before(cls, port: int) -> Generator[Self]:
        """Stand before the server at *port* until the block ends."""
        with cls(port) as gate:
            thread = threading.Thread(target=gate.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield gate
            finally:
                gate.shutdown()
                thread.join()

    @property
    def port(self) -> int:
        """The port of the gate."""
        return int(self.server_address[1])

    @contextmanager
    def shut(self, after: int, unanswered: int = 1) -> Generator[None]:
        """Let *after* changes through until the block ends, and so many more, whose answers stay out."""
        with self._lock:
            self._lets_through, self._unanswered = after, unanswered
        self.reached.clear()
        try:
            yield
        finally:
            with self._lock:
                self._lets_through = None

    def exchange(self, message: bytes) -> bytes | None:
        """Return the answer of the server behind; None where there is to be none."""
        flags, _, _, changes = struct.unpack("!H3H", message[2:10])
        with self._lock:
            if self._lets_through is None or flags >> 11 & 0xF != UPDATE or not changes:
                return self._ask(message)
            if self._lets_through:
                self._lets_through -= 1
                return self._ask(message)
            if self._unanswered:
                self._unanswered -= 1
                self._ask(message)
            if not self._unanswered:
                self.reached.set()
            return None

    def _ask(self, message: bytes) -> bytes:
        with socket.create_connection((ADDRESS, self.behind), 5) as server:
            server.sendall(struct.pack("!H", len(message)) + message)
            return _received(server)


class _Connection(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        gate = cast("Gate", self.server)
        while message := _received(self.request):
            if (answer := gate.exchange(message)) is not None:
                self.request.sendall(struct.pack("!H", len(answer)) + answer)


def _received(connection: socket.socket) -> bytes:
    """Return one message over TCP (RFC 1035 §4.2.2); an empty one where the connection ended."""
    with connection.makefile("rb") as stream:
        head = stream.read(2)
        return stream.read(struct.unpack("!H", head)[0]) if len(head) == 2 else b""
