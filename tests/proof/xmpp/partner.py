"""A stand-in for the server of a partner, and what a probe says of it with a certificate of ours."""

from typing import Any

from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.proof import findings, told
from tests.proof.xmpp.server import PLAIN_HEADER, StandIn

PLACE = "127.0.0.1 port 5269 (xmpp.contoso.com)"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
MECHANISMS = f"<mechanisms xmlns='{SASL}'><mechanism>EXTERNAL</mechanism></mechanisms>"
BIDI = "<bidi xmlns='urn:xmpp:features:bidi'/>"
SUCCESS = f"<success xmlns='{SASL}'/>".encode()
DONE = "info C12 {}: fabrikam.com is authenticated by its certificate, and contoso.com answers its ping"
LISTED = (
    "have fabrikam.com put on its list of allowed partners (`New-CsXmppAllowedPartner` in Lync and Skype for "
    "Business)"
)
TRUSTED = "show a certificate that it trusts, with its whole chain"
LOG = "look for this contact in the server's log"
PONG = b"<iq type='result' id='ID' from='contoso.com' to='fabrikam.com'/>"


def features(*offered: str) -> bytes:
    return PLAIN_HEADER + f"<stream:features>{''.join(offered)}</stream:features>".encode()


def refusal(condition: str, text: str = "") -> bytes:
    more = f"<text>{text}</text>" if text else ""
    return f"<failure xmlns='{SASL}'><{condition}/>{more}</failure>".encode()


def iq_error(condition: str) -> bytes:
    error = f"<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    return f"<iq type='error' id='ID' from='contoso.com' to='fabrikam.com'>{error}</iq>".encode()


def partner(authority: Authority, **more: Any) -> StandIn:
    """Return a server that federates to the end, over one connection, if *more* does not say otherwise."""
    words: dict[str, Any] = {
        "second": features(MECHANISMS, BIDI),
        "to_auth": SUCCESS,
        "third": features(),
        "to_ping": PONG,
    }
    return StandIn(authority.server("contoso.com"), **{**words, **more})


def lines(authority: Authority, stand_in: StandIn, **client: Any) -> list[str]:
    """Return what is found of *stand_in* with a certificate of fabrikam.com."""
    shown = authority.client(**client)
    return told(findings(stand_in, ca_file=authority.roots, client=shown, from_domain=shown.domain))
