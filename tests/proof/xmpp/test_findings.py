"""What a probe says of streams, TLS and authentication, by the way in which a server fails its peers."""

import ssl
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.proof.xmpp import server
from tests.proof.xmpp.authority import NOW, Authority, issue
from tests.proof.xmpp.proof import findings, told
from tests.proof.xmpp.server import (
    DIALBACK,
    EXTERNAL,
    HEADER,
    NOTHING,
    PLAIN_HEADER,
    PROCEED,
    STARTTLS,
    StandIn,
)

PLACE = "127.0.0.1 port 5269 (xmpp.contoso.com)"
LATER = NOW + timedelta(days=90)
REISSUE = "have it issued anew with the DNS name contoso.com among its subject alternative names"
PUBLIC_CA = "use a certificate of a public CA and send its whole chain; a CA of your own goes into --ca-file"
LISTEN = "let the XMPP server of the SIP domain listen there, or correct the SRV record"
LOG = "look for this contact in the server's log"
TLS = "give the server TLS 1.2 or later, with a certificate for the SIP domain"


def seen(names: str, ends: str = f"{LATER:%Y-%m-%d}", by: str = "Stand-in root") -> str:
    return f"[127.0.0.1: certificate of {names}, until {ends}, by 'CN={by}']"


def good(authority: Authority) -> ssl.SSLContext:
    return authority.server("contoso.com")


def old_tls(authority: Authority) -> StandIn:
    context = good(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1 is"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return StandIn(context, alerts=True)


def client_certificate(
    authority: Authority, version: ssl.TLSVersion, name: str, roots: bool = True
) -> StandIn:
    by = authority.root if roots else None
    context = authority.context(issue("server", name, by=by))
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    return StandIn(context, alerts=True)


def no_common_cipher(authority: Authority) -> StandIn:
    context = good(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    return StandIn(context, alerts=True)


CASES: dict[str, tuple[Callable[[Authority], StandIn], list[str]]] = {
    "a server that federates": (lambda a: StandIn(good(a)), []),
    "features octet by octet": (lambda a: StandIn(good(a), slow=True), []),
    "dialback declared in the stream header alone": (lambda a: StandIn(good(a), second=HEADER + NOTHING), []),
    "dialback among the features alone": (lambda a: StandIn(good(a), second=PLAIN_HEADER + DIALBACK), []),
    "EXTERNAL alone": (lambda a: StandIn(good(a), second=PLAIN_HEADER + EXTERNAL), []),
    "consent to TLS with an end tag": (lambda a: StandIn(good(a), proceed=PROCEED[:-2] + b"></proceed>"), []),
    "C2 host-unknown": (
        lambda _: StandIn(first=HEADER + server.error("host-unknown", "not here")),
        [
            f"error C2 {PLACE}: the server does not serve contoso.com (host-unknown); "
            "add contoso.com to the server's XMPP domains [127.0.0.1: host-unknown 'not here']"
        ],
    ),
    "C2 host-gone": (
        lambda _: StandIn(first=HEADER + server.error("host-gone")),
        [
            f"error C2 {PLACE}: the server does not serve contoso.com (host-gone); "
            "add contoso.com to the server's XMPP domains [127.0.0.1: host-gone]"
        ],
    ),
    "C2 host-unknown under TLS": (
        lambda a: StandIn(good(a), second=HEADER + server.error("host-unknown")),
        [
            f"error C2 {PLACE}: the server does not serve contoso.com (host-unknown); "
            "add contoso.com to the server's XMPP domains [127.0.0.1: host-unknown]"
        ],
    ),
    "C2 policy-violation": (
        lambda _: StandIn(first=HEADER + server.error("policy-violation", "no partner")),
        [
            f"unknown C2 {PLACE}: the server refuses probe.invalid (policy-violation); where it federates with "
            "allowed partners only, name one of them with --from [127.0.0.1: policy-violation 'no partner']"
        ],
    ),
    "C2 not-authorized in the clear": (
        lambda _: StandIn(first=HEADER + server.error("not-authorized")),
        [
            f"unknown C2 {PLACE}: the server refuses probe.invalid (not-authorized); where it federates with "
            "allowed partners only, name one of them with --from [127.0.0.1: not-authorized]"
        ],
    ),
    "C2 another stream error": (
        lambda _: StandIn(first=HEADER + server.error("system-shutdown", "bye\n")),
        [
            f"error C2 {PLACE}: no XMPP stream opens: it ends the stream with system-shutdown 'bye\\n'; {LISTEN}"
        ],
    ),
    "C2 a stream error with a condition of a hundred letters": (
        lambda _: StandIn(first=HEADER + server.error("x" * 100)),
        [f"error C2 {PLACE}: no XMPP stream opens: it ends the stream with {'x' * 40}; {LISTEN}"],
    ),
    "C2 a stream error without condition": (
        lambda _: StandIn(first=HEADER + b"<stream:error><other xmlns='urn:other'/></stream:error>"),
        [f"error C2 {PLACE}: no XMPP stream opens: it ends the stream with undefined-condition; {LISTEN}"],
    ),
    "C3 no STARTTLS": (
        lambda _: StandIn(first=HEADER + DIALBACK),
        [
            f"error C3 {PLACE}: no STARTTLS is offered: nothing can be encrypted; "
            "give the server a certificate and turn TLS on between servers"
        ],
    ),
    "C3 a server from before XMPP 1.0": (
        lambda _: StandIn(first=HEADER.replace(b" version='1.0'>", b">")),
        [
            f"error C3 {PLACE}: no STARTTLS is offered: nothing can be encrypted; "
            "give the server a certificate and turn TLS on between servers"
        ],
    ),
    "C4 STARTTLS offered and refused": (
        lambda _: StandIn(first=HEADER + STARTTLS + b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        [
            f"error C4 {PLACE}: TLS fails: it offers STARTTLS and answers 'failure' to it; "
            "give the server a certificate and a key that it can read"
        ],
    ),
    "C4 an element in the clear after the consent to TLS": (
        lambda a: StandIn(good(a), proceed=PROCEED + b"<iq/>"),
        [
            f"error C4 {PLACE}: TLS fails: it says more in the clear than its consent to TLS: "
            "\"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><iq/>\"; "
            "update the server, and look for who else writes into the connection"
        ],
    ),
    "C4 octets in the clear after the consent to TLS": (
        lambda a: StandIn(good(a), proceed=b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\x16"),
        [
            f"error C4 {PLACE}: TLS fails: it says more in the clear than its consent to TLS: "
            "\"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\\x16\"; "
            "update the server, and look for who else writes into the connection"
        ],
    ),
    "C4 consent to TLS before it was asked for": (
        lambda _: StandIn(first=HEADER + STARTTLS + PROCEED),
        [
            f"error C4 {PLACE}: TLS fails: it says more in the clear than its consent to TLS: ''; "
            "update the server, and look for who else writes into the connection"
        ],
    ),
    "C4 no TLS after the consent": (
        lambda a: StandIn(good(a), unencrypted=HEADER + DIALBACK),
        [f"error C4 {PLACE}: TLS fails: what it answers is no TLS; {TLS}"],
    ),
    "C4 a connection that ends in the handshake": (
        lambda a: StandIn(good(a), unencrypted=b"\x16", closes=True),
        [f"error C4 {PLACE}: TLS fails: it closes the connection; {TLS}"],
    ),
    "C4 TLS below 1.2": (
        old_tls,
        [f"error C4 {PLACE}: TLS fails: it knows no TLS of version 1.2 or later; {TLS}"],
    ),
    "C4 no cipher in common": (
        no_common_cipher,
        [f"error C4 {PLACE}: TLS fails: sslv3 alert handshake failure; {TLS}"],
    ),
    "C6 neither dialback nor EXTERNAL": (
        lambda a: StandIn(good(a), second=PLAIN_HEADER + EXTERNAL.replace(b"EXTERNAL", b"PLAIN")),
        [
            f"error C6 {PLACE}: neither dialback nor SASL EXTERNAL is offered: no peer can authenticate; "
            "enable dialback on the server, or authentication by certificate"
        ],
    ),
    "C6 not-authorized under TLS": (
        lambda a: StandIn(good(a), second=HEADER + server.error("not-authorized", "not validated")),
        [
            f"info C6 {PLACE}: it wants to know its peers by their certificates, and a probe has none "
            "(not-authorized) [127.0.0.1: not-authorized 'not validated']"
        ],
    ),
    "C6 policy-violation under TLS": (
        lambda a: StandIn(good(a), second=HEADER + server.error("policy-violation")),
        [
            f"unknown C6 {PLACE}: the server refuses probe.invalid (policy-violation); where it federates with "
            "allowed partners only, name one of them with --from [127.0.0.1: policy-violation]"
        ],
    ),
    "C6 a connection that ends after TLS": (
        lambda a: StandIn(good(a), second=b"", closes=True),
        [f"error C6 {PLACE}: no XMPP stream opens under TLS: it closes the connection; {LOG}"],
    ),
    "C6 a client certificate demanded in TLS 1.3": (
        lambda a: client_certificate(a, ssl.TLSVersion.TLSv1_3, "contoso.com"),
        [
            f"info C6 {PLACE}: it asks for a client certificate, and a probe has none: what it offers is not seen"
        ],
    ),
    "C6 a client certificate demanded in TLS 1.2": (
        lambda a: client_certificate(a, ssl.TLSVersion.TLSv1_2, "contoso.com"),
        [
            f"info C6 {PLACE}: it asks for a client certificate, and a probe has none: what it offers is not seen"
        ],
    ),
    "C6 a client certificate demanded in TLS 1.2, and the wrong name": (
        lambda a: client_certificate(a, ssl.TLSVersion.TLSv1_2, "fabrikam.com", roots=False),
        [
            f"error C5 {PLACE}: its certificate is for fabrikam.com and not for the SIP domain contoso.com; {REISSUE} "
            + seen("fabrikam.com", by="server"),
            f"warning C5 {PLACE}: its certificate is not trusted: it is self-signed; only peers that accept dialback "
            f"federate; {PUBLIC_CA} {seen('fabrikam.com', by='server')}",
            f"info C6 {PLACE}: it asks for a client certificate, and a probe has none: what it offers is not seen",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_server_is_told_as_what_it_is(authority: Authority, case: str):
    stand_in, expected = CASES[case]
    assert told(findings(stand_in(authority), ca_file=authority.roots)) == expected
