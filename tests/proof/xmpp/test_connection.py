"""What is heard of a server that breaks a connection."""

import asyncio
import select
import socket
import struct

import pytest

from xmpp_federation_dns.proof.xmpp.connection import Connection, connect


def reset(peer: socket.socket) -> None:
    """Close *peer* at once, which resets the connection."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def test_what_a_server_says_before_a_reset_is_heard_before_it():
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as sock:
            await connect(sock, *listener.getsockname())
            peer, _ = listener.accept()
            peer.sendall(b"why")
            reset(peer)
            poll = select.poll()
            poll.register(sock, select.POLLERR)
            assert poll.poll(5000)
            connection = Connection(sock)
            await connection.send(b"goes nowhere")
            assert await connection.receive() == b"why"
            with pytest.raises(ConnectionResetError):
                await connection.receive()

    asyncio.run(run())
