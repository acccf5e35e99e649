"""What the tests of dynamic updates share: record sets as the engine has them, and servers that misbehave."""

import socket
import socketserver
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain, repeat
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.tsigkeyring
import pytest
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import Keeper

NAME = "xmpp.contoso.com"
ZONE = "contoso.com"
SECRET = "eG1wcCBmZWRlcmF0aW9uIHhtcHAgZmVkZXJhdGlvbg=="
OTHER_SECRET = "b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldCBvdGhlciE="

GONE = (
    "; where the zone is gone for good: retainOnDelete: true on it for one pulumi up without --refresh, or "
    "pulumi state delete"
)
"""The way out for what was published in a zone that the server does not serve any more."""

Answer = Callable[[bytes], bytes | None]
Conversation = list[str]


def record_set(
    port: int, *values: str, name: str = NAME, rdtype: str = "A", ttl: float = 300, **others: Any
) -> dict[str, Any]:
    """Return the properties of a record set; the engine delivers whole numbers as floats."""
    return {
        "server": ADDRESS,
        "port": float(port),
        "zone": ZONE,
        "provider": "rfc2136",
        "tsigKeyName": KEY_NAME,
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": {f"{name} {rdtype}": f"{ttl:.0f} {', '.join(values)}"},
        **others,
    }


def emptied(server: Knot) -> Knot:
    """Return *server* with nothing in its zone but what the zone itself needs."""
    there = [(name, rdtype) for name, rdtype in server.names(ZONE) if name not in ("@", "ns1")]
    server.change(ZONE, *(("delete", *each) for each in there))
    return server


def at(port: int, server: str = ADDRESS) -> str:
    """Return how every message begins."""
    return f"DNS server {server} port {port}, zone {ZONE}"


def told(operation: Callable[..., object], *arguments: Any) -> str:
    """Return the message of an operation that fails."""
    with pytest.raises(UpdateError) as raised:
        operation(*arguments)
    return str(raised.value)


def refused(knot: Knot, *lines: str) -> str:
    """Return the message of a change that one record set keeps from happening."""
    return "\n  ".join([f"{at(knot.port)}: nothing was changed because of 1 conflict:", *lines])


def refreshed(provider: Keeper, properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that a refresh puts into the state."""
    outs = provider.read("", properties).outs
    assert outs is not None
    return outs


def serial(knot: Knot) -> int:
    """Return the serial of the zone, which every change raises."""
    return int(knot.ask(f"{ZONE}.", "SOA")[0].split()[6])


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Generator[int]:
    """Run a server on loopback that does *talk* with each connection, and yield its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            talk(self.request)

    with socketserver.ThreadingTCPServer((ADDRESS, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def messages(connection: socket.socket) -> Generator[bytes]:
    """Yield the messages that arrive, until the other side has no more."""
    with connection.makefile("rb") as stream:
        while message := stream.read(int.from_bytes(stream.read(2))):
            yield message


def framed(message: bytes) -> bytes:
    """Return *message* as TCP carries it."""
    return len(message).to_bytes(2) + message


def answering(answer: Answer) -> AbstractContextManager[int]:
    """Run a server on loopback that sends what *answer* returns for a message, and yield its port.

    It closes the connection where that is empty, and stays silent until the client gives up where it is None.
    """

    def talk(connection: socket.socket) -> None:
        arriving = messages(connection)
        reply = answer(next(arriving, b""))
        if reply is None:
            next(arriving, None)
        elif reply:
            connection.sendall(framed(reply))

    return talking(talk)


def says(
    code: dns.rcode.Rcode,
    *records: str,
    secret: str | None = SECRET,
    authoritative: bool = False,
    question: str = "",
) -> Answer:
    """Return an answer with *code* and *records* (name, TTL, type, value), signed where there is a secret.

    It is one to another *question* where that name is given.
    """

    def answer(wire: bytes) -> bytes:
        query = dns.message.from_wire(wire, keyring=False)
        response = dns.message.make_response(query)
        response.set_rcode(code)
        if question:
            response.question = [dns.rrset.from_text_list(question, 0, "IN", "A", [])]
        response.flags |= dns.flags.AA if authoritative else 0
        for record in records:
            name, ttl, rdtype, value = record.split(maxsplit=3)
            response.answer.append(dns.rrset.from_text(name, int(ttl), "IN", rdtype, value))
        if secret is not None:
            keyring = dns.tsigkeyring.from_text({KEY_NAME: secret})
            response.use_tsig(keyring, dns.name.from_text(KEY_NAME))
            response.request_mac = query.mac or b""
        return response.to_wire()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Return an answer that takes one of *answers* for each message, and the last for all that follow."""
    remaining = chain(answers, repeat(answers[-1]))

    def answer(wire: bytes) -> bytes | None:
        return next(remaining)(wire)

    return answer


def as_it_is(message: bytes) -> bytes:
    return message


@contextmanager
def before(
    knot: Knot, spoil: Callable[[bytes], bytes] = as_it_is
) -> Generator[tuple[int, list[Conversation]]]:
    """Run a server that passes everything on to *knot*; yield its port, and what is asked in each connection.

    The answers to a transfer arrive as *spoil* leaves them; where nothing is left, the connection ends.
    """
    conversations: list[Conversation] = []

    def back(server: socket.socket, client: socket.socket, asked: Conversation) -> None:
        # Either side may leave when it has what it needs.
        with suppress(OSError):
            for answer in messages(server):
                spoilt = spoil(answer) if asked == ["AXFR"] else answer
                if not spoilt:
                    break
                client.sendall(framed(spoilt))
            client.shutdown(socket.SHUT_WR)

    def talk(client: socket.socket) -> None:
        asked: Conversation = []
        conversations.append(asked)
        with socket.create_connection((ADDRESS, knot.port)) as server:
            thread = threading.Thread(target=back, args=(server, client, asked))
            thread.start()
            with suppress(OSError):
                for message in messages(client):
                    question = dns.message.from_wire(message, keyring=False)
                    asked.append(dns.rdatatype.to_text(question.question[0].rdtype))
                    server.sendall(framed(message))
                server.shutdown(socket.SHUT_WR)
            thread.join()

    with talking(talk) as port:
        yield port, conversations


def kinds(conversations: list[Conversation]) -> list[str]:
    """Return what was asked, for each connection: a condition, a transfer, one question, or several."""
    names = {"SOA": "condition", "AXFR": "transfer"}
    return [names.get(asked[0], "question") if len(asked) == 1 else "questions" for asked in conversations]
