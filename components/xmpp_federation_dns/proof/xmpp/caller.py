"""Who contacts servers: once, and again where there is more to see."""

import ssl
from itertools import product
from pathlib import Path

from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate
from xmpp_federation_dns.proof.xmpp.contact import ORIGIN, PROTOCOL, Contact, Place
from xmpp_federation_dns.proof.xmpp.external import External
from xmpp_federation_dns.proof.xmpp.visit import Visit


class Caller:
    """Who contacts servers, and how.

    *timeout* is in seconds, for a whole contact apart from :data:`.visit.LAST_WORDS`; *origin* is the domain that asks
    for federation; *ca_file* has the trusted roots, otherwise the system's are. With a *client* certificate it goes to
    the end (C12), but not at servers of that domain itself. Raises ``OSError`` where *ca_file* cannot be used, and
    :class:`UnusableError`.
    """

    def __init__(
        self,
        timeout: float,
        origin: str,
        ca_file: Path | None = None,
        client: ClientCertificate | None = None,
    ) -> None:
        self.timeout, self.origin, self.client = timeout, origin, client
        shown = (None, client) if client else (None,)
        self._contexts = {
            (direct, trusting, each): _context(ca_file, each, direct=direct, trusting=trusting)
            for direct, trusting, each in product((False, True), (False, True), shown)
        }

    async def contact(self, place: Place) -> Contact:
        """Contact the server at *place*: once, and again where its certificate is not trusted, to read it."""
        client = self.client if self.client and self.client.domain != place.domain else None
        origin = self.origin if client or not self.client else ORIGIN
        visit = Visit(place, origin, self.timeout, External(client, place.domain) if client else None)
        await visit.make(self._contexts[place.direct, False, client])
        if visit.distrust:
            await visit.make(self._contexts[place.direct, True, client])
        if self.client and not client:
            visit.leave_out()
        return Contact(
            place,
            visit.port,
            tuple(visit.findings),
            visit.certificate,
            visit.offers,
            visit.chain,
            visit.distrust,
        )


def _context(
    ca_file: Path | None, client: ClientCertificate | None, *, direct: bool, trusting: bool
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trusting:
        context.verify_mode = ssl.CERT_NONE
    elif ca_file:
        context.load_verify_locations(ca_file)
    else:
        context.load_default_certs()
    if direct:
        context.set_alpn_protocols([PROTOCOL])
    if client:
        client.put_into(context)
    return context
