"""What goes wrong between a plugin and the DNS server that takes its changes."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self, cast

from tests.standins.gate import UPDATE, Gate

LATE = 0.4
"""Seconds by which an answer is late."""

Exchange = Callable[[bytes], bytes]
"""Hands a message to the server, and returns its answer."""
Trouble = Callable[[int, bytes, Exchange], bytes]
"""Answers a message, which is the one of so many since trouble began; nothing ends the connection."""


class CutError(Exception):
    """The connection ends, after these *octets* of an answer."""

    def __init__(self, octets: bytes = b"") -> None:
        super().__init__()
        self.octets = octets


class Network(Gate):
    """Hands messages to the server behind it, unless there is trouble."""

    def __init__(self, behind: int) -> None:
        super().__init__(behind)
        self._trouble: Trouble | None = None
        self._count = 0
        self._counting = threading.Lock()

    @contextmanager
    def troubled(self, trouble: Trouble) -> Generator[Self]:
        """Let each message meet with *trouble* until the block ends."""
        self._trouble, self._count = trouble, 0
        try:
            yield self
        finally:
            self._trouble = None

    def exchange(self, message: bytes) -> bytes | None:
        """Return the answer of the server behind, or what trouble makes of it."""
        trouble = self._trouble
        if trouble is None:
            return super().exchange(message)
        with self._counting:
            self._count += 1
            number = self._count
        return trouble(number, message, cast("Exchange", super().exchange))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Send the octets before a cut; what else breaks a connection is told as ever."""
        error = sys.exc_info()[1]
        if isinstance(error, CutError):
            cast("socket.socket", request).sendall(error.octets)
        elif not isinstance(error, OSError):
            super().handle_error(request, client_address)


def is_change(message: bytes) -> bool:
    """Tell whether a message is an update that changes something."""
    flags, _, _, changes = struct.unpack("!H3H", message[2:10])
    return flags >> 11 & 0xF == UPDATE and changes > 0


def busy(_number: int, message: bytes, _exchange: Exchange) -> bytes:
    """Answer SERVFAIL to everything, without a signature, as a server that has no time for them."""
    flags = int.from_bytes(message[2:4]) & 0x7800
    return message[:2] + struct.pack("!H4H", 0x8002 | flags, 0, 0, 0, 0)


def dropping(number: int, message: bytes, exchange: Exchange) -> bytes:
    """Lose every third message."""
    if number % 3 == 0:
        raise CutError
    return exchange(message)


def cutting(number: int, message: bytes, exchange: Exchange) -> bytes:
    """Cut every third answer in the middle, after it did what it was told."""
    answer = exchange(message)
    if number % 3 == 0:
        raise CutError(struct.pack("!H", len(answer)) + answer[: len(answer) // 2])
    return answer


def losing(_number: int, message: bytes, exchange: Exchange) -> bytes:
    """Lose the answer to every change, the first time that it is sent, after it was carried out."""
    answer = exchange(message)
    # What is sent again has a condition that does not hold any more (RFC 2136 §2.4), and is told.
    if is_change(message) and not answer[3] & 0x0F:
        raise CutError
    return answer


def slow(_number: int, message: bytes, exchange: Exchange) -> bytes:
    """Answer late."""
    time.sleep(LATE)
    return exchange(message)


def lasting_until(change: int, end: Callable[[], None]) -> Trouble:
    """Return the trouble that a server ends before it takes the *change* of this number."""
    left = iter(range(change))

    def trouble(_number: int, message: bytes, exchange: Exchange) -> bytes:
        if is_change(message) and next(left, None) is None:
            end()
        try:
            return exchange(message)
        except OSError:
            raise CutError from None

    return trouble


def at_the_first_change(act: Callable[[], None]) -> Trouble:
    """Return that something happens once the first change is carried out, and before its answer is on its way."""
    first = iter([act])

    def trouble(_number: int, message: bytes, exchange: Exchange) -> bytes:
        answer = exchange(message)
        if is_change(message) and (act := next(first, None)):
            act()
        return answer

    return trouble
