"""Where a server is contacted, and what came of it."""

import ssl
from dataclasses import dataclass
from typing import Literal

from xmpp_federation_dns.proof.report import Finding
from xmpp_federation_dns.proof.xmpp.certificate import Certificate

ORIGIN = "probe.invalid"
"""Asks for federation where no other domain is named.

Servers refuse the SIP domain itself ("a host we serve", says Prosody); RFC 2606 keeps this name from being
anyone's.
"""

PROTOCOL = "xmpp-server"
"""What direct TLS asks for (XEP-0368 §3, RFC 7301)."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address of a target, and what is asked for there: the federation of *domain*, over *direct* TLS or not."""

    domain: str
    target: str
    address: str
    port: int
    direct: bool = False

    def __str__(self) -> str:
        return f"{self.address} port {self.port}{', direct TLS' if self.direct else ''} ({self.target})"


@dataclass(frozen=True, slots=True)
class Contact:
    """What came of a contact: whether the port is open, shut, or could not be tried from this machine."""

    place: Place
    port: Literal["open", "shut", "untried"]
    findings: tuple[Finding, ...]
    certificate: Certificate | None = None
    offers: tuple[str, ...] | None = None
    """How a peer may authenticate there; nothing where that was not seen."""
    chain: tuple[bytes, ...] = ()
    """The certificates that the server sent, as DER, its own first."""
    distrust: ssl.SSLCertVerificationError | None = None
    """Why its certificate is not trusted, if so."""
