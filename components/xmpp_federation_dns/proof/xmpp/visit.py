"""One contact with one address: what a peer that federates would meet there."""

import asyncio
import errno
import ssl
from contextlib import suppress
from typing import Literal

from xmpp_federation_dns import names
from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.report import Finding, Severity, Subject
from xmpp_federation_dns.proof.xmpp import certificate, certificate_checks
from xmpp_federation_dns.proof.xmpp.certificate import Certificate
from xmpp_federation_dns.proof.xmpp.connection import (
    ClientCertificateError,
    Connection,
    TooLongError,
    system_reason,
    tls_reason,
)
from xmpp_federation_dns.proof.xmpp.contact import PROTOCOL, Place
from xmpp_federation_dns.proof.xmpp.external import REFUSALS, External
from xmpp_federation_dns.proof.xmpp.stream import (
    ConditionError,
    Features,
    NoStreamError,
    NoTlsError,
    RefusedError,
    Stream,
)

LAST_WORDS = 2
"""Seconds that a server may take to end a stream that we ended."""

_SHUT = (errno.ECONNRESET, errno.ECONNABORTED, errno.EHOSTUNREACH, errno.EHOSTDOWN)

_FAILS = {
    "C2": "no XMPP stream opens",
    "C4": "TLS fails",
    "C6": "no XMPP stream opens under TLS",
}
_WAYS_OUT = {
    "C2": "let the XMPP server of the SIP domain listen there, or correct the SRV record",
    "C4": "give the server TLS 1.2 or later, with a certificate for the SIP domain",
    "C6": "look for this contact in the server's log",
}


class Visit:
    """What is known of a place after one contact, or two."""

    def __init__(self, place: Place, origin: str, timeout: float, external: External | None) -> None:
        self.place, self.origin, self.external = place, origin, external
        self._timeout = timeout
        self.port: Literal["open", "shut", "untried"] = "untried"
        self.findings: list[Finding] = []
        self.distrust: ssl.SSLCertVerificationError | None = None
        self.certificate: Certificate | None = None
        self.offers: tuple[str, ...] | None = None
        self.chain: tuple[bytes, ...] = ()
        self._check = "C1"
        self._deadline: asyncio.Timeout

    async def make(self, context: ssl.SSLContext) -> None:
        """Contact the place; whatever happens there is a finding."""
        self._check = "C1"
        try:
            async with (
                asyncio.timeout(self._timeout) as self._deadline,
                Connection.to(self.place.address, self.place.port) as connection,
            ):
                self.port = "open"
                await self._talk(connection, context)
        except ssl.SSLCertVerificationError as error:
            self.distrust = error
        except ssl.SSLError as error:
            self._add_failure(tls_reason(error))
        except ConditionError as error:
            self._add_refusal(error)
        except NoTlsError as error:
            self._add("C4", "error", f"{_FAILS['C4']}: {error}", error.way_out)
        except (NoStreamError, TooLongError) as error:
            self._add_failure(str(error))
        except OSError as error:
            self._add_system_error(error)

    def leave_out(self) -> None:
        """Say why the domain that asks was not presented."""
        if self.port == "open":
            text = f"not tried as {names.unicode_form(self.place.domain)}: no server federates with itself"
            self._add("C12", "info", text)

    async def _talk(self, connection: Connection, context: ssl.SSLContext) -> None:
        stream = Stream(connection, names.unicode_form(self.place.domain), names.unicode_form(self.origin))
        try:
            if features := await self._features(stream, connection, context):
                await self._authenticate(stream, features)
        except ClientCertificateError as error:
            if self._check == "C4":
                self._check_certificate(connection)
            if self.external:
                self._add(*self.external.alert(str(error)))
                return
            text = "it asks for a client certificate, and a probe has none: what it offers is not seen"
            self._add("C6", "info", text)

    async def _features(
        self, stream: Stream, connection: Connection, context: ssl.SSLContext
    ) -> Features | None:
        """Return what is offered under TLS; nothing where that is not reached."""
        domain = self.place.domain
        if self.place.direct:
            self._check = "C4"
            await connection.start_tls(context, domain)
        else:
            self._check = "C2"
            if not (await stream.open()).starttls:
                text = "no STARTTLS is offered: nothing can be encrypted"
                self._add(
                    "C3", "error", text, "give the server a certificate and turn TLS on between servers"
                )
                return None
            self._check = "C4"
            await stream.start_tls(context, domain)
        self._check = "C5"
        self._check_certificate(connection)
        if self.place.direct and connection.protocol != PROTOCOL:
            text = f"TLS opens, but without the protocol {PROTOCOL} (ALPN)"
            self._add("C9", "info", text, "name the protocol in the server's configuration, for strict peers")
        self._check = "C6"
        return await stream.open()

    async def _authenticate(self, stream: Stream, features: Features) -> None:
        offered = {"dialback": features.dialback, "SASL EXTERNAL": features.external}
        self.offers = tuple(name for name, given in offered.items() if given)
        if not self.offers:
            text = "neither dialback nor SASL EXTERNAL is offered: no peer can authenticate"
            self._add("C6", "error", text, "enable dialback on the server, or authentication by certificate")
        elif self.external:
            self._check = "C12"
            try:
                self._add(*await self.external.prove(stream, features))
                if features.bidi:
                    await self._end(stream)
            finally:
                for outcome in self.external.lost(stream.strays):
                    self._add(*outcome)

    async def _end(self, stream: Stream) -> None:
        """Have the server end its side too: until then it may send us what is for our own servers."""
        self._deadline.reschedule(None)
        # What was proven stays so, whatever comes now.
        with suppress(ConditionError, NoStreamError, TooLongError, ClientCertificateError, OSError):
            async with asyncio.timeout(LAST_WORDS):
                await stream.end()

    def _check_certificate(self, connection: Connection) -> None:
        self.chain = connection.chain
        try:
            self.certificate = found = certificate.read(connection.certificate)
        except ValueError as error:
            text = f"its certificate cannot be read: {described(str(error))}"
            self._add("C5", "error", text, "have it issued anew")
            return
        for fault in certificate_checks.faults(found, self.place.domain, self.distrust):
            self._add(*fault, certificate_checks.shown(found))

    def _add_refusal(self, error: ConditionError) -> None:
        domain = names.unicode_form(self.place.domain)
        if self.external and (isinstance(error, RefusedError) or error.condition in REFUSALS):
            self._add(*self.external.refusal(error), str(error))
            return
        match error.condition:
            case "host-unknown" | "host-gone":
                text = f"the server does not serve {domain} ({error.condition})"
                self._add("C2", "error", text, f"add {domain} to the server's XMPP domains", str(error))
            case "not-authorized" if self._check == "C6":
                text = (
                    "it wants to know its peers by their certificates, and a probe has none (not-authorized)"
                )
                self._add("C6", "info", text, seen=str(error))
            case "not-authorized" | "policy-violation":
                text = f"the server refuses {self.origin} ({error.condition})"
                way_out = "where it federates with allowed partners only, name one of them with --from"
                self._add(self._check, "unknown", text, way_out, str(error))
            case _:
                self._add_failure(f"it ends the stream with {error}")

    def _add_system_error(self, error: OSError) -> None:
        waited = f"no answer within {self._timeout:g} s"
        if self._check != "C1":
            silent = isinstance(error, TimeoutError)
            self._add_failure(waited if silent else system_reason(error), silent=silent)
        elif isinstance(error, ConnectionRefusedError):
            self._add_shut_port(
                "the connection is refused: nothing listens", "let the server listen on this address and port"
            )
        elif isinstance(error, TimeoutError) or error.errno in _SHUT:
            silent = isinstance(error, TimeoutError)
            why = f"{waited}: filtered, or no machine there" if silent else system_reason(error)
            way_out = f"open TCP port {self.place.port} to it in every firewall, or correct the address"
            self._add_shut_port(why, way_out)
        else:
            text = f"this machine cannot try it: {system_reason(error)}"
            family = "IPv6" if ":" in self.place.address else "IPv4"
            self._add(
                "C1", "unknown", text, f"run the probe from a machine that reaches the internet over {family}"
            )

    def _add_shut_port(self, text: str, way_out: str) -> None:
        if self.port == "untried":
            self.port = "shut"
        self._add("C1", "unknown", text, way_out)

    def _add_failure(self, why: str, *, silent: bool = False) -> None:
        if self.external and self._check == "C12":
            self._add(*self.external.failure(why, silent=silent))
            return
        self._add(self._check, "error", f"{_FAILS[self._check]}: {why}", _WAYS_OUT[self._check])

    def _add(self, check: str, severity: Severity, text: str, way_out: str = "", seen: str = "") -> None:
        if self.place.direct and check in ("C1", "C4"):
            check = "C9"
        subject, by_address = (
            Subject(str(self.place), of="server"),
            {self.place.address: seen} if seen else {},
        )
        self.findings.append(Finding(check, severity, subject, text, way_out, seen=by_address))
