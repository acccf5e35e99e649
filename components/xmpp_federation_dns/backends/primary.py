"""The server that takes the dynamic updates of one zone (RFC 2136), and what it answers (RFC 8945)."""

import binascii
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update

from xmpp_federation_dns.backends.errors import UpdateError

TIMEOUT = 5.0
"""Seconds that one attempt may take."""
ATTEMPTS = 3
"""Attempts at each address of a server without an answer; what it answers is final."""

# Refresh and destroy run with the configuration that the last update left in the state.
_NEW_KEY = "(a new key takes effect with pulumi up without --refresh)"
_CAUSES = {
    dns.rcode.NOTAUTH: "the server is not authoritative for the zone",
    dns.rcode.REFUSED: "the server does not serve the zone, or its policy refuses this",
    dns.rcode.NOTIMP: "the server does not take dynamic updates",
    dns.rcode.NOTZONE: "the name lies outside the zone that the server knows",
    dns.rcode.SERVFAIL: "the server failed; its log says why",
}


@dataclass(frozen=True)
class Rrset:
    """A record set as the wire carries it: the TTL in seconds, the values in zone-file form, sorted."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]

    @classmethod
    def of(cls, properties: dict[str, Any]) -> Self:
        """Return the record set of the properties of a resource."""
        # The engine delivers whole numbers as floats.
        values = tuple(sorted(properties["values"]))
        return cls(properties["name"], properties["type"], int(properties["ttl"]), values)

    @property
    def owner(self) -> str:
        """The name with its final dot."""
        return self.name + "."

    def __str__(self) -> str:
        """Return the records in zone-file form."""
        return "; ".join(f"{self.ttl} IN {self.type} {value}" for value in self.values)


class Primary:
    """The server that takes the updates of one zone."""

    def __init__(self, properties: dict[str, Any], stack_secret: str | None) -> None:
        self.server = str(properties["server"])
        self.port = int(properties["port"])
        self.zone = str(properties["zone"])
        self.key_name: str | None = properties.get("tsigKeyName")
        self.signed: dict[str, Any] = {}
        if self.key_name:
            secret = properties.get("tsigSecret") or stack_secret
            if not secret:
                raise self.error(f"TSIG key '{self.key_name}' has no secret; set tsigSecret")
            try:
                keyring = dns.tsigkeyring.from_text({self.key_name: secret})
            except binascii.Error:
                raise self.error(f"the secret of TSIG key '{self.key_name}' is not base64") from None
            algorithm = dns.name.from_text(properties["tsigAlgorithm"])
            self.signed = {"keyring": keyring, "keyalgorithm": algorithm}

    def __str__(self) -> str:
        """Name the server and the zone."""
        return f"DNS server {self.server} port {self.port}, zone {self.zone}"

    def error(self, cause: str) -> UpdateError:
        """Return an error that names the server and the zone."""
        return UpdateError(f"{self}: {cause}")

    def change(self) -> dns.update.UpdateMessage:
        """Return an empty message that changes the zone."""
        return dns.update.UpdateMessage(self.zone + ".", **self.signed)

    def send(self, message: dns.message.Message, what: str) -> dns.message.Message:
        """Return the server's answer; raise :class:`UpdateError` where there is none."""
        try:
            found = socket.getaddrinfo(self.server, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise self.error(f"{what}: the name of the server does not resolve") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        causes: dict[str, str] = {}
        for address in addresses * ATTEMPTS:
            try:
                return dns.query.tcp(message, address, TIMEOUT, self.port)
            except (dns.exception.Timeout, OSError, EOFError) as error:
                causes[address] = self._explain(error)
            except dns.exception.DNSException as error:
                raise self.error(f"{what}: {self._explain(error)}") from None
        raise self.error(f"{what}: {'; '.join(dict.fromkeys(causes.values()))}")

    def _explain(self, error: Exception) -> str:
        match error:
            case dns.exception.Timeout() | TimeoutError():
                return f"no answer in {ATTEMPTS} attempts of {TIMEOUT:g} s"
            case ConnectionRefusedError():
                return "connection refused: nothing listens there"
            case dns.tsig.PeerBadKey():
                return (
                    f"TSIG key '{self.key_name}' is unknown there, is of another algorithm, "
                    f"or may not change this name and type {_NEW_KEY}"
                )
            case dns.tsig.PeerBadSignature() | dns.tsig.BadSignature():
                return f"the secret of TSIG key '{self.key_name}' is not the server's {_NEW_KEY}"
            case dns.tsig.PeerBadTime() | dns.tsig.BadTime():
                return "the clocks of server and client differ by more than 300 s"
            case dns.exception.FormError() if "requires a TSIG" in str(error):
                return "the answer is not signed: the zone is probably not served there"
            case EOFError():
                return "the server closed the connection without an answer"
            case OSError(strerror=str(reason)):
                return reason
            case _:
                return " ".join(str(error).split())

    def update(self, message: dns.update.UpdateMessage, what: str) -> bool:
        """Send *message*; tell whether its prerequisites held."""
        code = self.send(message, what).rcode()
        if code == dns.rcode.NOERROR:
            return True
        if code in (dns.rcode.YXRRSET, dns.rcode.NXRRSET):
            return False
        raise self._refusal(code, what)

    def _refusal(self, code: dns.rcode.Rcode, what: str) -> UpdateError:
        cause = _CAUSES.get(code, "refused")
        if code == dns.rcode.NOTAUTH and not self.signed:
            cause += ", or takes signed messages alone"
        return self.error(f"{what}: {cause} ({dns.rcode.to_text(code)})")

    def look_up(self, wanted: Rrset) -> Rrset | None:
        """Return what the server has at the name: the record set of that type, or a CNAME in its place."""
        what = f"{wanted.name} {wanted.type} not read"
        query = dns.message.make_query(wanted.owner, wanted.type, flags=0)
        if self.signed:
            query.use_tsig(self.signed["keyring"], algorithm=self.signed["keyalgorithm"])
        answer = self.send(query, what)
        code = answer.rcode()
        if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise self._refusal(code, what)
        if not answer.flags & dns.flags.AA:
            raise self.error(f"{what}: the server is not authoritative for the zone")
        owner = dns.name.from_text(wanted.owner)
        for rrset in answer.answer:
            if rrset.name == owner:
                rdatas = cast("Iterable[dns.rdata.Rdata]", rrset)
                values = tuple(sorted(rdata.to_text().lower() for rdata in rdatas))
                return Rrset(wanted.name, dns.rdatatype.to_text(rrset.rdtype), rrset.ttl, values)
        return None


def add(message: dns.update.UpdateMessage, rrset: Rrset) -> None:
    """Add the records of *rrset* to *message*."""
    for value in rrset.values:
        message.add(rrset.owner, rrset.ttl, rrset.type, value)
