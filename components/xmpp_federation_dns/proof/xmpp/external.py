"""Federation to the end (C12): a domain of ours authenticates by its certificate, and pings the SIP domain."""

from collections.abc import Iterator

from xmpp_federation_dns import names
from xmpp_federation_dns.proof.report import Severity
from xmpp_federation_dns.proof.xmpp.certificate import CLIENT
from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate
from xmpp_federation_dns.proof.xmpp.stream import ConditionError, Features, RefusedError, Stream

Outcome = tuple[str, Severity, str, str]
"""The check C12, how much it weighs what came of it, what that is, and the way out."""

REFUSALS = ("not-authorized", "policy-violation", "invalid-from")
"""Conditions of stream errors that are about who calls (RFC 6120 §4.9.3)."""
_ANSWERS = ("service-unavailable", "feature-not-implemented")
"""Conditions of a server that knows no ping: they are answers to it (RFC 6120 §8.4)."""
_PURPOSE = "certificate purpose"
"""Stands in what OpenSSL says where it wants another usage of a certificate: `unsupported certificate purpose`."""
_UNSUPPORTED = "unsupported certificate"
"""The TLS alert that OpenSSL sends then."""


class External:
    """How far the domain of *client* gets with one server of *domain*, as A-labels."""

    def __init__(self, client: ClientCertificate, domain: str) -> None:
        self._client = client
        self._ours, self._theirs = names.unicode_form(client.domain), names.unicode_form(domain)
        self._authenticated = self._dialback = False

    async def prove(self, stream: Stream, features: Features) -> Outcome:
        """Authenticate, and ping; the answer comes back here where the server offers bidi.

        Raises what :meth:`Stream.authenticate` and :meth:`Stream.ping` do, for :meth:`refusal` and :meth:`failure`.
        """
        self._dialback = features.dialback
        if not features.external:
            return self._not_offered()
        await stream.authenticate(bidi=features.bidi)
        await stream.open()
        self._authenticated = True
        done = f"{self._ours} is authenticated by its certificate"
        try:
            answered = await stream.ping(bidi=features.bidi)
        except RefusedError as error:
            if error.condition not in _ANSWERS:
                raise
            text = f"{done}, and {self._theirs} answers its ping with {error.condition}"
        else:
            text = f"{done}, and {self._theirs} answers its ping"
            if not answered:
                text = (
                    f"{done}, and its ping is not refused; the proof ends here, since without bidi (XEP-0288) "
                    "the answer goes to our own servers"
                )
        return "C12", "info", text, ""

    def refusal(self, error: ConditionError) -> Outcome:
        """Return what it means that the server refuses our domain."""
        if self._authenticated:
            text = f"the server authenticates {self._ours} and refuses it then ({error.condition})"
            return "C12", "error", text, f"{self._listed()}; or look for this contact in the server's log"
        text = f"the server refuses {self._ours} ({error.condition})"
        return self._refused(text, old=_PURPOSE in str(error), policy=error.condition == "policy-violation")

    def alert(self, said: str) -> Outcome:
        """Return what it means that the server answers our certificate with a TLS alert."""
        text = f"the server refuses the certificate of {self._ours} in TLS (alert: {said})"
        return self._refused(text, old=said == _UNSUPPORTED)

    def failure(self, why: str, *, silent: bool = False) -> Outcome:
        """Return what it means that the server did not go on as servers do, which is *why*, or said nothing."""
        if self._authenticated and silent:
            text = (
                f"{self._ours} is authenticated by its certificate, and its ping gets {why}; a server that has a "
                "connection to our own servers answers over that"
            )
            return "C12", "warning", text, "ping it from our own server, or look for this contact in its log"
        what = f"the ping of {self._ours}" if self._authenticated else f"authentication of {self._ours}"
        return "C12", "error", f"{what} fails: {why}", "look for this contact in the server's log"

    def lost(self, strays: int) -> Iterator[Outcome]:
        """Yield what it means that so many stanzas came which nobody here takes."""
        if strays:
            stanzas, them = ("1 stanza", "it") if strays == 1 else (f"{strays} stanzas", "them")
            text = f"{stanzas} for {self._ours} came over this connection in place of our server's"
            way_out = "probe while our own server is connected to it"
            yield "C12", "warning", f"{text}, and nobody has {them}", way_out

    def _not_offered(self) -> Outcome:
        text = (
            f"SASL EXTERNAL is not offered to the certificate of {self._ours}; dialback is, which needs a listener of "
            "ours and was not tried"
        )
        if outdated := self._client.outdated():
            return "C12", "info", text, f"renew our certificate: {outdated}"
        return "C12", "info", text, "if it offers EXTERNAL to others, show a certificate that it trusts"

    def _refused(self, text: str, *, old: bool, policy: bool = False) -> Outcome:
        more = "; dialback, which it offers too, was not tried" if self._dialback else ""
        without = not self._client.certificate.is_for(CLIENT)
        trusted = "show a certificate that it trusts, with its whole chain"
        if outdated := self._client.outdated():
            way_out = f"renew our certificate: {outdated}"
        elif old and without:
            text += ": it is older than the change of 2026, and wants clientAuth in certificates"
            way_out = (
                "have it updated (ejabberd to 25.08 or later), or have our certificate issued with clientAuth"
            )
        elif policy:
            way_out = self._listed()
        elif without:
            old_server = "and with clientAuth where the server is older than the change of 2026"
            way_out = f"{trusted}, {old_server}, or {self._listed()}"
        else:
            way_out = f"{trusted}, or {self._listed()}"
        return "C12", "error", text, way_out + more

    def _listed(self) -> str:
        return (
            f"have {self._ours} put on its list of allowed partners "
            "(`New-CsXmppAllowedPartner` in Lync and Skype for Business)"
        )
