"""The server that takes the dynamic updates of one zone (RFC 2136), and what it answers (RFC 8945)."""

import binascii
import socket
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

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

from xmpp_federation_dns.keepers.batches import Foreign, Live, content
from xmpp_federation_dns.keepers.errors import UpdateError

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


class Outcome(NamedTuple):
    """What became of an update: whether its prerequisites held, and whether an attempt got no answer before."""

    done: bool
    unanswered: bool


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
                return dns.query.tcp(message, address, TIMEOUT, self.port), unanswered
            except (dns.exception.Timeout, OSError, EOFError) as error:
                causes[address] = self._explain(error)
                unanswered |= not isinstance(error, ConnectionRefusedError)
            except dns.exception.DNSException as error:
                # A server that complains of the signature has done nothing; other answers may be anybody's.
                unanswered |= not isinstance(error, dns.tsig.PeerError)
                raise self.error(f"{what}: {self._explain(error)}", unanswered=unanswered) from None
        raise self.error(f"{what}: {'; '.join(dict.fromkeys(causes.values()))}", unanswered=unanswered)

    def _addresses(self, server: str) -> list[str]:
        try:
            found = socket.getaddrinfo(server, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

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

    def update(self, message: dns.update.UpdateMessage, what: str) -> Outcome:
        """Send *message*, and return what became of it."""
        answer, unanswered = self.send(message, what)
        code = answer.rcode()
        if code in (dns.rcode.NOERROR, dns.rcode.YXRRSET, dns.rcode.NXRRSET):
            return Outcome(code == dns.rcode.NOERROR, unanswered)
        raise self._refusal(code, what, unanswered=unanswered)

    def _refusal(self, code: dns.rcode.Rcode, what: str, *, unanswered: bool = False) -> UpdateError:
        cause = _CAUSES.get(code, "refused")
        if code == dns.rcode.NOTAUTH and not self.signed:
            cause += ", or takes signed messages alone"
        return self.error(f"{what}: {cause} ({dns.rcode.to_text(code)})", unanswered=unanswered)

    def look_up(self, name: str, rdtype: str) -> Live | None:
        """Return what the server shows there: the record set, or a CNAME record in its place."""
        what = f"{name} {rdtype} not read"
        owner = dns.name.from_text(name)
        query = dns.message.make_query(owner, rdtype, flags=0)
        if self.signed:
            query.use_tsig(self.signed["keyring"], algorithm=self.signed["keyalgorithm"])
        answer, _ = self.send(query, what)
        code = answer.rcode()
        if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise self._refusal(code, what)
        if not answer.flags & dns.flags.AA and not self._refers(answer):
            raise self.error(f"{what}: the server is not authoritative for the zone")
        for rrset in answer.answer:
            if rrset.name == owner:
                rdatas = cast("Iterable[dns.rdata.Rdata]", rrset)
                there = content(rrset.ttl, [rdata.to_text().lower() for rdata in rdatas])
                if rrset.rdtype == query.question[0].rdtype:
                    return there
                return Foreign(f"CNAME {there}", alias=there.values[0])
        return None

    def _refers(self, answer: dns.message.Message) -> bool:
        """Tell whether *answer* is a referral to the name servers of a name in the zone."""
        zone = dns.name.from_text(self.zone)
        owners = [rrset.name for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NS]
        return any(owner != zone and owner.is_subdomain(zone) for owner in owners)
