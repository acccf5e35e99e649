"""A network of its own between a client and a server, both on loopback: it is slow, or cut for a while."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from tools.lab.namespace import Namespace

RATE = "64kbit"
"""As tc(8) has it: a message of a record set takes a twentieth of a second, and so does its answer."""
SLOW = f"ip link set lo mtu 1500 && tc qdisc add dev lo root tbf rate {RATE} burst 3000 latency 5s"
SOCKETS = """\
import socket
with socket.socket(fileno=0) as asked:
    while asked.recv(1):
        with socket.socket() as new:
            socket.send_fds(asked, [b"x"], [new.fileno()])
"""
"""Makes sockets of the network in which it runs, for those who are in another."""


class Link:
    """Takes connections at a *port*, and leads them through its network to the server at the port *behind*."""

    def __init__(self, namespace: Namespace, asking: socket.socket, behind: int) -> None:
        self._namespace = namespace
        self._asking = asking
        self._asked = threading.Lock()
        self._behind = behind
        self._near = socket.create_server(("127.0.0.1", 0))
        self._far = self._socket()
        self._far.bind(("127.0.0.1", 0))
        self._far.listen()
        self.port = int(self._near.getsockname()[1])

    @classmethod
    @contextmanager
    def before(cls, port: int, directory: Path) -> Generator[Self]:
        """Make the network until the block ends; raises :class:`.NoNamespaceError`."""
        with ExitStack() as stack:
            namespace = stack.enter_context(Namespace.with_addresses([], "127.0.0.1", directory))
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            with theirs:
                command = namespace.command(sys.executable, "-c", SOCKETS)
                stack.enter_context(subprocess.Popen(command, stdin=theirs.fileno()))
            stack.callback(ours.shutdown, socket.SHUT_RDWR)
            link = cls(namespace, ours, port)
            for listener, lead in ((link._near, link._in), (link._far, link._out)):
                threading.Thread(target=link._serve, args=(listener, lead), daemon=True).start()
            try:
                yield link
            finally:
                for listener in (link._near, link._far):
                    listener.shutdown(socket.SHUT_RDWR)
                    listener.close()

    def slow(self) -> None:
        """Let no more through than :data:`RATE` from now on."""
        self._run(SLOW)

    def cut(self) -> None:
        """Let nothing through from now on; whoever is connected is not told."""
        self._run("ip link set lo down")

    def mend(self) -> None:
        """Let everything through again."""
        self._run("ip link set lo up")

    def _run(self, script: str) -> None:
        subprocess.run(self._namespace.command("sh", "-ec", script), check=True)

    def _socket(self) -> socket.socket:
        """Return a socket of the network."""
        with self._asked:
            self._asking.sendall(b"x")
            [descriptor] = socket.recv_fds(self._asking, 1, 1)[1]
        return socket.socket(fileno=descriptor)

    def _in(self) -> socket.socket:
        way = self._socket()
        way.connect(self._far.getsockname())
        return way

    def _out(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._behind))

    def _serve(self, listener: socket.socket, lead: Callable[[], socket.socket]) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=_joined, args=(connection, lead), daemon=True).start()


def _joined(connection: socket.socket, lead: Callable[[], socket.socket]) -> None:
    """Hand on what either end says, until one of them ends."""
    with connection, suppress(OSError), lead() as other:
        back = threading.Thread(target=_pumped, args=(other, connection), daemon=True)
        back.start()
        _pumped(connection, other)
        back.join()


def _pumped(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while octets := source.recv(65536):
            target.sendall(octets)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
