"""The server that takes the dynamic updates of one zone (RFC 2136), and what it answers (RFC 8945)."""

import binascii
import socket
import time
from typing import Any, NamedTuple, cast

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import dns.update

from xmpp_federation_dns.backends.client import DeniedError, UnservedError, UpdateError
from xmpp_federation_dns.problems import one_line

TIMEOUT = 5.0
"""Seconds that one attempt may take."""
ATTEMPTS = 3
"""Attempts at each address of a server without an answer; what it answers is final."""

# Pulumi hands these the configuration that the last update left in the state.
_LAST_KEY = "(pulumi refresh, destroy and up --refresh begin with the key of the last up)"
_CAUSES = {
    dns.rcode.NOTAUTH: "the server is not authoritative for the zone",
    dns.rcode.REFUSED: "the server does not serve the zone, or its policy refuses this",
    dns.rcode.NOTIMP: "the server does not take dynamic updates",
    dns.rcode.NOTZONE: "the name lies outside the zone that the server knows",
    dns.rcode.SERVFAIL: "the server failed; its log says why",
}
# What an update, or a query, comes to where the server takes it.
_OUTCOMES = {dns.rcode.NOERROR, dns.rcode.YXRRSET, dns.rcode.NXRRSET, dns.rcode.NXDOMAIN}

# What a server may say of a zone that it does not serve.
_UNSERVED = {dns.rcode.NOTAUTH, dns.rcode.REFUSED}
_KINDS = dict.fromkeys(_UNSERVED, UnservedError) | {dns.rcode.NOTIMP: DeniedError}


class _UnsignedError(Exception):
    """An answer without signature to a signed message; all that it says is its *code*."""

    def __init__(self, code: dns.rcode.Rcode) -> None:
        super().__init__()
        self.code = code


def exchange(message: dns.message.Message, address: str, timeout: float, port: int) -> dns.message.Message:
    """Return what the server says over TCP, within *timeout* seconds; the answer to a signed message is signed.

    Raises what dnspython raises, and :class:`_UnsignedError`: :func:`dns.query.tcp` keeps nothing of such an answer,
    and waits by a clock that somebody may set.
    """
    until = time.monotonic() + timeout
    with socket.create_connection((address, port), timeout) as connection:
        connection.sendall(message.to_wire(prepend_length=True))
        wire = _received(connection, int.from_bytes(_received(connection, 2, until)), until)
    # What from_wire takes for "do not look at signatures".
    answer = dns.message.from_wire(wire, keyring=cast("Any", False))
    if message.had_tsig and answer.had_tsig:
        answer = dns.message.from_wire(wire, message.keyring, message.mac)
    if not message.is_response(answer):
        raise dns.query.BadResponse
    if message.had_tsig and not answer.had_tsig:
        raise _UnsignedError(answer.rcode())
    return answer


def _received(connection: socket.socket, octets: int, until: float) -> bytes:
    """Return so many octets, *until* the monotonic clock shows that."""
    found = b""
    while len(found) < octets:
        if (left := until - time.monotonic()) <= 0:
            raise TimeoutError
        connection.settimeout(left)
        if not (more := connection.recv(octets - len(found))):
            raise EOFError
        found += more
    return found


class Outcome(NamedTuple):
    """What became of an update: whether its prerequisites held, and whether an attempt got no answer before."""

    done: bool
    unanswered: bool


class Key(NamedTuple):
    """A TSIG key (RFC 8945), with its secret in base64."""

    name: str
    algorithm: str
    secret: str


_WAY_OUT = "an update takes it from tsigSecret, a command for live zones from the variable TSIG_SECRET"


class Primary:
    """The server that takes the updates of one zone; unsigned without a *key*."""

    def __init__(self, server: str, port: int, zone: str, key: Key | None = None) -> None:
        self.server = server
        self.port = port
        self.zone = zone
        self._address = ""
        self.key_name = key.name if key else None
        self.signed: dict[str, Any] = {}
        if key:
            if not key.secret:
                raise self.error(f"TSIG key '{self.key_name}' has no secret here; {_WAY_OUT}")
            try:
                keyring = dns.tsigkeyring.from_text({key.name: key.secret})
            except binascii.Error:
                raise self.error(f"the secret of TSIG key '{self.key_name}' is not base64") from None
            algorithm = dns.name.from_text(key.algorithm)
            self.signed = {"keyring": keyring, "keyalgorithm": algorithm}

    def __str__(self) -> str:
        """Name the server and the zone."""
        return f"DNS server {self.server} port {self.port}, zone {self.zone}"

    def error(self, cause: str, *, unanswered: bool = False) -> UpdateError:
        """Return an error that names the server and the zone."""
        return UpdateError(f"{self}: {cause}", unanswered=unanswered)

    def change(self) -> dns.update.UpdateMessage:
        """Return an empty message that changes the zone."""
        return dns.update.UpdateMessage(self.zone + ".", **self.signed)

    def is_at(self, server: str, port: int) -> bool:
        """Tell whether *server* is this one, by another of its names perhaps."""
        return port == self.port and not {*self._addresses(self.server)}.isdisjoint(self._addresses(server))

    def send(self, message: dns.message.Message, what: str) -> tuple[dns.message.Message, bool]:
        """Return the server's answer, and whether an attempt before it got none; raise :class:`UpdateError`."""
        addresses = self._addresses(self.server)
        if not addresses:
            raise self.error(f"{what}: the name of the server does not resolve")
        causes: dict[str, str] = {}
        unanswered = False
        for address in addresses * ATTEMPTS:
            try:
                answer = exchange(message, address, TIMEOUT, self.port)
            except (OSError, EOFError) as error:
                causes[address] = self._explain(error)
                unanswered |= not isinstance(error, ConnectionRefusedError)
            except _UnsignedError as error:
                # Only what says that nothing was done is believed without a signature (RFC 8945 §5.3).
                unanswered |= error.code in _OUTCOMES
                raise self.refusal(error.code, what, unanswered=unanswered, signed=False) from None
            except dns.exception.DNSException as error:
                # A server that complains of the signature has done nothing; other answers may be anybody's.
                denied = isinstance(error, dns.tsig.PeerError)
                unanswered |= not denied
                text = f"{self}: {what}: {self._explain(error)}"
                raise (DeniedError if denied else UpdateError)(text, unanswered=unanswered) from None
            else:
                self._address = address
                return answer, unanswered
        raise self.error(f"{what}: {'; '.join(dict.fromkeys(causes.values()))}", unanswered=unanswered)

    def connected(self) -> socket.socket:
        """Return a connection to the address that answered last; raise ``OSError`` where there is none any more."""
        return socket.create_connection((self._address, self.port), TIMEOUT)

    def _addresses(self, server: str) -> list[str]:
        try:
            found = socket.getaddrinfo(server, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _explain(self, error: Exception) -> str:
        match error:
            case TimeoutError():
                return f"no answer in {ATTEMPTS} attempts of {TIMEOUT:g} s"
            case ConnectionRefusedError():
                return "connection refused: nothing listens there"
            case dns.tsig.PeerBadKey():
                return (
                    f"TSIG key '{self.key_name}' is unknown there, is of another algorithm, "
                    f"or may not change this name and type {_LAST_KEY}"
                )
            case dns.tsig.PeerBadSignature() | dns.tsig.BadSignature():
                return f"the secret of TSIG key '{self.key_name}' is not the server's {_LAST_KEY}"
            case dns.tsig.PeerBadTime() | dns.tsig.BadTime():
                return "the clocks of server and client differ by more than 300 s; set the one that is wrong (NTP)"
            case EOFError():
                return "the server closed the connection without an answer"
            case OSError(strerror=str(reason)):
                return reason
            case _:
                return one_line(error)

    def update(self, message: dns.update.UpdateMessage, what: str) -> Outcome:
        """Send *message*, and return what became of it."""
        answer, unanswered = self.send(message, what)
        code = answer.rcode()
        if code in (dns.rcode.NOERROR, dns.rcode.YXRRSET, dns.rcode.NXRRSET):
            return Outcome(code == dns.rcode.NOERROR, unanswered)
        raise self.refusal(code, what, unanswered=unanswered)

    def refusal(
        self, code: dns.rcode.Rcode, what: str, *, unanswered: bool = False, signed: bool = True
    ) -> UpdateError:
        """Return what an answer with *code* means; *signed*: whether it was, where the message was."""
        key = f"TSIG key '{self.key_name}'"
        cause = _CAUSES.get(code, "refused")
        if code in _OUTCOMES:
            cause = "the answer is not signed, so it may be anybody's"
        elif code in _UNSERVED and not signed:
            cause += f", or it does not accept {key}: name, secret, algorithm or clock {_LAST_KEY}"
        elif code == dns.rcode.NOTAUTH and not self.signed:
            cause += ", or takes signed messages alone"
        elif code == dns.rcode.REFUSED:
            cause += f"; the message was {f'signed by {key}' if self.signed else 'not signed'}"
        kind = _KINDS.get(code, UpdateError)
        return kind(f"{self}: {what}: {cause} ({dns.rcode.to_text(code)})", unanswered=unanswered)
