"""Dynamic updates of one record set (RFC 2136, RFC 8945), as a Pulumi dynamic provider.

The module and class names are part of every stack's state: Pulumi stores the provider by reference.
Every operation is one message, so it happens whole or not at all; prerequisites keep it off record sets
that somebody else made or changed.
"""

import binascii
import socket
import sys
import traceback
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
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

TIMEOUT = 5.0
"""Seconds that one attempt may take."""
ATTEMPTS = 3
"""Attempts at each address of a server without an answer; what it answers is final."""

_IDENTITY = ("zone", "name", "type")
# Refresh and destroy run with the configuration that the last update left in the state.
_NEW_KEY = "(a new key takes effect with pulumi up without --refresh)"
_CAUSES = {
    dns.rcode.NOTAUTH: "the server is not authoritative for the zone",
    dns.rcode.REFUSED: "the server does not serve the zone, or its policy refuses this",
    dns.rcode.NOTIMP: "the server does not take dynamic updates",
    dns.rcode.NOTZONE: "the name lies outside the zone that the server knows",
    dns.rcode.SERVFAIL: "the server failed; its log says why",
}


class UpdateError(Exception):
    """An operation that did not happen, told in one line."""


@dataclass(frozen=True)
class _Rrset:
    """A record set as the wire carries it: the TTL in seconds, the values in zone-file form, sorted."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]

    @classmethod
    def of(cls, properties: dict[str, Any]) -> Self:
        # The engine delivers whole numbers as floats.
        values = tuple(sorted(properties["values"]))
        return cls(properties["name"], properties["type"], int(properties["ttl"]), values)

    @property
    def owner(self) -> str:
        return self.name + "."

    def __str__(self) -> str:
        return "; ".join(f"{self.ttl} IN {self.type} {value}" for value in self.values)


class _Primary:
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

    def error(self, cause: str) -> UpdateError:
        return UpdateError(f"DNS server {self.server} port {self.port}, zone {self.zone}: {cause}")

    def change(self) -> dns.update.UpdateMessage:
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
                causes[address] = self.explain(error)
            except dns.exception.DNSException as error:
                raise self.error(f"{what}: {self.explain(error)}") from None
        raise self.error(f"{what}: {'; '.join(dict.fromkeys(causes.values()))}")

    def explain(self, error: Exception) -> str:
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
        raise self.refusal(code, what)

    def refusal(self, code: dns.rcode.Rcode, what: str) -> UpdateError:
        cause = _CAUSES.get(code, "refused")
        if code == dns.rcode.NOTAUTH and not self.signed:
            cause += ", or takes signed messages alone"
        return self.error(f"{what}: {cause} ({dns.rcode.to_text(code)})")

    def look_up(self, wanted: _Rrset) -> _Rrset | None:
        """Return what the server has at the name: the record set of that type, or a CNAME in its place."""
        what = f"{wanted.name} {wanted.type} not read"
        query = dns.message.make_query(wanted.owner, wanted.type, flags=0)
        if self.signed:
            query.use_tsig(self.signed["keyring"], algorithm=self.signed["keyalgorithm"])
        answer = self.send(query, what)
        code = answer.rcode()
        if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise self.refusal(code, what)
        if not answer.flags & dns.flags.AA:
            raise self.error(f"{what}: the server is not authoritative for the zone")
        owner = dns.name.from_text(wanted.owner)
        for rrset in answer.answer:
            if rrset.name == owner:
                rdatas = cast("Iterable[dns.rdata.Rdata]", rrset)
                values = tuple(sorted(rdata.to_text().lower() for rdata in rdatas))
                return _Rrset(wanted.name, dns.rdatatype.to_text(rrset.rdtype), rrset.ttl, values)
        return None

    def create(self, new: _Rrset) -> None:
        self.publish(new, "created", "delete it there, or take the SIP domain out of the configuration")

    def replace(self, old: _Rrset, new: _Rrset) -> None:
        message = self.removal(old)
        _add(message, new)
        if not self.update(message, f"{new.name} {new.type} not changed"):
            # Gone, already as wanted, or somebody else's by now: publish() tells these apart.
            self.publish(new, "changed", "pulumi up --refresh replaces it")

    def delete(self, old: _Rrset) -> None:
        what = f"{old.name} {old.type} not deleted"
        if self.update(self.removal(old), what):
            return
        # Prerequisites alone see through wildcards (RFC 2136 §3.2); a query gets the wildcard's records.
        gone = self.change()
        gone.absent(old.owner, old.type)
        if not self.update(gone, what):
            raise self.error(
                f"{what}: it was changed on the server to {_shown(self.look_up(old))} and left as it is "
                "(with --refresh it is deleted all the same)"
            )

    def publish(self, new: _Rrset, done: str, way_out: str) -> None:
        what = f"{new.name} {new.type} not {done}"
        message = self.change()
        message.absent(new.owner, new.type)
        # Servers ignore an addition beside a CNAME and answer NOERROR (RFC 2136 §3.4.2.2).
        message.absent(new.owner, "CNAME")
        _add(message, new)
        if self.update(message, what):
            return
        found = self.look_up(new)
        # Exactly ours: the answer to an earlier attempt was lost.
        if found != new:
            raise self.error(
                f"{what}: the server has {_shown(found)} there, which this stack did not publish; "
                f"it was left as it is ({way_out})"
            )

    def removal(self, old: _Rrset) -> dns.update.UpdateMessage:
        """Return a message that deletes *old* where it is still as it was published."""
        message = self.change()
        message.present(old.owner, old.type, *old.values)
        for value in old.values:
            message.delete(old.owner, old.type, value)
        return message


def _shown(found: _Rrset | None) -> str:
    return f"'{found}'" if found else "something that it does not show"


def _add(message: dns.update.UpdateMessage, rrset: _Rrset) -> None:
    for value in rrset.values:
        message.add(rrset.owner, rrset.ttl, rrset.type, value)


class RecordSetProvider(ResourceProvider):
    """Keeps one record set on a primary server."""

    # By reference there is nothing secret in it.
    serialize_as_secret_always = False
    stack_secret: str | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Take the TSIG secret of the stack from its configuration, so that none is stored in state."""
        self.stack_secret = req.config.get("tsigSecret")
        _tell_update_errors_in_one_line()

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace on another zone, name or type; everything else is an update."""
        changed = [key for key in {*_olds, *_news} - {"__provider"} if _olds.get(key) != _news.get(key)]
        return DiffResult(changes=bool(changed), replaces=[key for key in _IDENTITY if key in changed])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Publish a record set that does not exist yet."""
        rrset = _Rrset.of(props)
        self._primary(props).create(rrset)
        return CreateResult(f"{rrset.name}/{rrset.type}", props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask the server what it has."""
        wanted = _Rrset.of(props)
        found = self._primary(props).look_up(wanted)
        if found is None or found.type != wanted.type:
            return ReadResult(None, {})
        # Equal values keep the order of the program, which is no drift.
        values = props["values"] if found.values == wanted.values else list(found.values)
        properties = {**props, "ttl": found.ttl, "values": values}
        return ReadResult(id_, properties, properties)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change values and TTL in one message, and publish them on a new server; a new key needs none."""
        old, new = _Rrset.of(_olds), _Rrset.of(_news)
        moved = (_olds["server"], _olds["port"]) != (_news["server"], _news["port"])
        if moved or old != new:
            self._primary(_news).replace(old, new)
        return UpdateResult(_news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the values that were published, unless somebody changed them."""
        self._primary(_props).delete(_Rrset.of(_props))

    def _primary(self, properties: dict[str, Any]) -> _Primary:
        return _Primary(properties, self.stack_secret)


def _tell_update_errors_in_one_line() -> None:
    """Keep tracebacks of :class:`UpdateError` from the user.

    pulumi.dynamic answers every exception with ``traceback.format_exc()`` and offers no other way
    (pulumi 3.272, dynamic/__main__.py); this runs in its process only.
    """
    format_exc = traceback.format_exc

    def one_line(limit: int | None = None, chain: bool = True) -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, UpdateError) else format_exc(limit, chain)

    traceback.format_exc = one_line
