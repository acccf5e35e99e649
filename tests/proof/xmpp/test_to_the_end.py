"""What a probe with a certificate of ours says: how far the domain gets with each server (C12)."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.proof.xmpp import server
from tests.proof.xmpp.authority import Authority, issue
from tests.proof.xmpp.partner import (
    BIDI,
    DONE,
    LISTED,
    LOG,
    MECHANISMS,
    PLACE,
    PONG,
    SASL,
    SUCCESS,
    TRUSTED,
    features,
    iq_error,
    lines,
    partner,
    refusal,
)
from tests.proof.xmpp.proof import DOMAIN, at, expected, findings, proven, told
from tests.proof.xmpp.server import DIALBACK, HEADER, PLAIN_HEADER, StandIn
from tests.proof.xmpp.test_addresses import shut_port

from xmpp_federation_dns.proof.xmpp import visit


def test_server_that_federates_answers_the_ping_and_nothing_else_is_sent(authority: Authority):
    stand_in = partner(authority)
    assert lines(authority, stand_in) == [DONE.format(PLACE)]
    auth, ping, end = stand_in.said
    assert auth == (
        f"<bidi xmlns='urn:xmpp:bidi'/><auth xmlns='{SASL}' mechanism='EXTERNAL'>ZmFicmlrYW0uY29t</auth>"
    )
    token = ping.partition(" id='")[2][:16]
    assert ping == (
        f"<iq type='get' id='{token}' to=\"contoso.com\" from=\"fabrikam.com\"><ping xmlns='urn:xmpp:ping'/></iq>"
    )
    assert end == "</stream:stream>"
    assert [' from="fabrikam.com" ' in header for header in stand_in.heard] == [True, True, True]


def test_words_octet_by_octet_are_the_same_words(authority: Authority):
    assert lines(authority, partner(authority, slow=True)) == [DONE.format(PLACE)]


def test_domain_in_unicode_authenticates_in_the_form_of_streams(authority: Authority):
    stand_in = partner(authority)
    [finding] = lines(authority, stand_in, domain="xn--mnchen-3ya.example")
    assert finding == DONE.format(PLACE).replace("fabrikam.com", "münchen.example")
    assert ">bcO8bmNoZW4uZXhhbXBsZQ==</auth>" in stand_in.said[0]


def test_direct_tls_goes_to_the_end_too(authority: Authority):
    stand_in = partner(authority, direct=True)
    assert stand_in.context
    stand_in.context.set_alpn_protocols(["xmpp-server"])
    assert lines(authority, stand_in) == [
        DONE.format("127.0.0.1 port 5269, direct TLS (xmpp.contoso.com)"),
    ]


CASES: dict[str, tuple[Callable[[Authority], StandIn], str]] = {
    "a server that knows no ping": (
        lambda a: partner(a, to_ping=iq_error("service-unavailable")),
        f"info C12 {PLACE}: fabrikam.com is authenticated by its certificate, and contoso.com answers its ping with "
        "service-unavailable",
    ),
    "a server that implements no ping": (
        lambda a: partner(a, to_ping=iq_error("feature-not-implemented")),
        f"info C12 {PLACE}: fabrikam.com is authenticated by its certificate, and contoso.com answers its ping with "
        "feature-not-implemented",
    ),
    "a server that forbids the ping": (
        lambda a: partner(a, to_ping=iq_error("forbidden")),
        f"error C12 {PLACE}: the server authenticates fabrikam.com and refuses it then (forbidden); {LISTED}; or {LOG} "
        "[127.0.0.1: forbidden]",
    ),
    "an error without a condition": (
        lambda a: partner(a, to_ping=PONG.replace(b"result", b"error")),
        f"error C12 {PLACE}: the server authenticates fabrikam.com and refuses it then (undefined-condition); "
        f"{LISTED}; or {LOG} [127.0.0.1: undefined-condition]",
    ),
    "an answer to another than the ping first": (
        lambda a: partner(a, to_ping=PONG.replace(b"'ID'", b"'other'") + PONG),
        f"{DONE.format(PLACE)}\nwarning C12 {PLACE}: 1 stanza for fabrikam.com came over this connection in place of "
        "our server's, and nobody has it; probe while our own server is connected to it",
    ),
    "an answer from another domain first": (
        lambda a: partner(a, to_ping=PONG.replace(b"contoso", b"adatum") + b"<message/>" + PONG),
        f"{DONE.format(PLACE)}\nwarning C12 {PLACE}: 2 stanzas for fabrikam.com came over this connection in place of "
        "our server's, and nobody has them; probe while our own server is connected to it",
    ),
    "a server without bidi": (
        lambda a: partner(a, second=features(MECHANISMS), to_ping=b"</stream:stream>"),
        f"info C12 {PLACE}: fabrikam.com is authenticated by its certificate, and its ping is not refused; the proof "
        "ends here, since without bidi (XEP-0288) the answer goes to our own servers",
    ),
    "a server without bidi that closes the connection": (
        lambda a: partner(a, second=features(MECHANISMS), to_ping=b" ", closes=True),
        f"info C12 {PLACE}: fabrikam.com is authenticated by its certificate, and its ping is not refused; the proof "
        "ends here, since without bidi (XEP-0288) the answer goes to our own servers",
    ),
    "a server without bidi that refuses the ping": (
        lambda a: partner(a, second=features(MECHANISMS), to_ping=server.error("invalid-from")),
        f"error C12 {PLACE}: the server authenticates fabrikam.com and refuses it then (invalid-from); {LISTED}; "
        f"or {LOG} [127.0.0.1: invalid-from]",
    ),
    "a server that federates by dialback alone": (
        lambda a: partner(a, second=HEADER + DIALBACK),
        f"info C12 {PLACE}: SASL EXTERNAL is not offered to the certificate of fabrikam.com; dialback is, which needs "
        "a listener of ours and was not tried; if it offers EXTERNAL to others, show a certificate that it trusts",
    ),
    "SASL not-authorized": (
        lambda a: partner(a, to_auth=refusal("not-authorized", "no\x7f")),
        f"error C12 {PLACE}: the server refuses fabrikam.com (not-authorized); {TRUSTED}, or {LISTED} "
        "[127.0.0.1: not-authorized 'no\\x7f']",
    ),
    "SASL not-authorized beside dialback": (
        lambda a: partner(
            a, second=HEADER + features(MECHANISMS)[len(PLAIN_HEADER) :], to_auth=refusal("not-authorized")
        ),
        f"error C12 {PLACE}: the server refuses fabrikam.com (not-authorized); {TRUSTED}, or {LISTED}; dialback, "
        "which it offers too, was not tried [127.0.0.1: not-authorized]",
    ),
    "policy-violation in the clear": (
        lambda _: StandIn(first=HEADER + server.error("policy-violation", "no partner")),
        f"error C12 {PLACE}: the server refuses fabrikam.com (policy-violation); {LISTED} "
        "[127.0.0.1: policy-violation 'no partner']",
    ),
    "policy-violation instead of success": (
        lambda a: partner(a, to_auth=server.error("policy-violation")),
        f"error C12 {PLACE}: the server refuses fabrikam.com (policy-violation); {LISTED} "
        "[127.0.0.1: policy-violation]",
    ),
    "policy-violation after success": (
        lambda a: partner(a, third=PLAIN_HEADER + server.error("policy-violation")),
        f"error C12 {PLACE}: the server refuses fabrikam.com (policy-violation); {LISTED} "
        "[127.0.0.1: policy-violation]",
    ),
    "host-unknown after success": (
        lambda a: partner(a, third=PLAIN_HEADER + server.error("host-unknown")),
        f"error C2 {PLACE}: the server does not serve contoso.com (host-unknown); "
        "add contoso.com to the server's XMPP domains [127.0.0.1: host-unknown]",
    ),
    "another stream error instead of success": (
        lambda a: partner(a, to_auth=server.error("system-shutdown")),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it ends the stream with system-shutdown; {LOG}",
    ),
    "a challenge": (
        lambda a: partner(a, to_auth=f"<challenge xmlns='{SASL}'>{'A' * 900}</challenge>".encode()),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it answers 'challenge' where success or failure "
        f"belongs; {LOG}",
    ),
    "success in no namespace": (
        lambda a: partner(a, to_auth=b"<success xmlns='urn:other'/>"),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it answers 'success' where success or failure "
        f"belongs; {LOG}",
    ),
    "a connection that ends instead of success": (
        lambda a: partner(a, to_auth=b" ", third=b"", closes=True),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it closes the connection; {LOG}",
    ),
    "a stream that ends instead of success": (
        lambda a: partner(a, to_auth=b"</stream:stream>", third=b""),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it closes the connection; {LOG}",
    ),
    "a challenge without end": (
        lambda a: partner(a, to_auth=f"<challenge xmlns='{SASL}'>".encode(), third=b"", endless=b"A" * 4096),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it sends more than 65536 octets; {LOG}",
    ),
    "success that goes on without end": (
        lambda a: partner(a, to_auth=SUCCESS, third=PLAIN_HEADER, to_ping=b"", endless=b"<a/>" * 1024),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it sends 'a' where stream features belong; {LOG}",
    ),
    "no XML instead of success": (
        lambda a: partner(a, to_auth=b"<<<", third=b""),
        f"error C12 {PLACE}: authentication of fabrikam.com fails: it speaks no XMPP: '<<<'; {LOG}",
    ),
    "a document type instead of an answer": (
        lambda a: partner(a, to_ping=b"<!DOCTYPE a>"),
        f"error C12 {PLACE}: the ping of fabrikam.com fails: it speaks no XMPP: '<!DOCTYPE a>'; {LOG}",
    ),
    "an answer without end": (
        lambda a: partner(a, to_ping=b"<iq id='ID' a='", endless=b">" * 4096),
        f"error C12 {PLACE}: the ping of fabrikam.com fails: it sends more than 65536 octets; {LOG}",
    ),
    "a connection that ends instead of an answer": (
        lambda a: partner(a, to_ping=b" ", closes=True),
        f"error C12 {PLACE}: the ping of fabrikam.com fails: it closes the connection; {LOG}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_server_is_told_as_how_far_our_domain_gets(authority: Authority, case: str):
    stand_in, found = CASES[case]
    assert lines(authority, stand_in(authority)) == found.split("\n")


def test_stanzas_without_end_over_both_directions_are_told_with_their_number(authority: Authority):
    first, second = lines(authority, partner(authority, to_ping=b" ", endless=b"<message/>" * 100))
    number = first.partition("): ")[2].partition(" ")[0]
    assert 6000 < int(number) < 6554  # what is left of 65,536 octets without those of TLS
    assert first == (
        f"warning C12 {PLACE}: {number} stanzas for fabrikam.com came over this connection in place of our server's, "
        "and nobody has them; probe while our own server is connected to it"
    )
    assert second == (
        f"error C12 {PLACE}: the ping of fabrikam.com fails: it sends more than 65536 octets; {LOG}"
    )


@pytest.mark.parametrize("bidi", [True, False])
def test_ping_without_an_answer_is_a_warning(authority: Authority, bidi: bool):
    offered = [MECHANISMS, BIDI] if bidi else [MECHANISMS]
    stand_in = partner(authority, second=features(*offered), to_ping=b" ", stays=True)
    shown = authority.client()
    found = findings(stand_in, ca_file=authority.roots, client=shown, from_domain=shown.domain, timeout=1)
    assert told(found) == [
        f"warning C12 {PLACE}: fabrikam.com is authenticated by its certificate, and its ping gets no answer within "
        "1 s; a server that has a connection to our own servers answers over that; ping it from our own server, or "
        "look for this contact in its log"
    ]


def test_stanzas_before_the_end_of_the_stream_are_told(authority: Authority):
    assert lines(authority, partner(authority, to_ping=PONG + b"<message/>")) == [
        DONE.format(PLACE),
        f"warning C12 {PLACE}: 1 stanza for fabrikam.com came over this connection in place of our server's, and "
        "nobody has it; probe while our own server is connected to it",
    ]


@pytest.mark.parametrize(
    "end",
    [b"", b"<<<", server.error("system-shutdown"), b" " * 70_000],
    ids=["none", "junk", "error", "long"],
)
def test_what_is_proven_stays_so_however_the_server_ends_the_stream(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, end: bytes
):
    monkeypatch.setattr(visit, "LAST_WORDS", 0.2)
    assert lines(authority, partner(authority, to_ping=PONG + end, stays=True)) == [DONE.format(PLACE)]


def test_servers_are_gone_to_the_end_with_one_after_another(authority: Authority):
    stand_in = partner(authority)

    async def run() -> list[str]:
        async with stand_in.listening() as port, stand_in.listening("127.0.0.2", port):
            shown = authority.client()
            entry = expected(DOMAIN, at(port), addresses=["127.0.0.1", "127.0.0.2"])
            options = {"client": shown, "from_domain": shown.domain}
            [found] = await proven([entry], ca_file=authority.roots, **options)
        return [f"{finding.severity} {finding.check}" for finding in found.findings]

    assert asyncio.run(run()) == ["info C12", "info C12"]
    assert (stand_in.contacts, stand_in.most) == (2, 1)


def test_silence_instead_of_success_is_an_error(authority: Authority):
    shown = authority.client()
    stand_in = partner(authority, to_auth=b" ", third=b"")
    found = findings(stand_in, ca_file=authority.roots, client=shown, from_domain=shown.domain, timeout=1)
    assert told(found) == [
        f"error C12 {PLACE}: authentication of fabrikam.com fails: no answer within 1 s; {LOG}"
    ]


def test_server_that_nobody_trusts_is_gone_to_the_end_with_all_the_same(authority: Authority):
    context = authority.context(issue("server", "contoso.com"))
    found = lines(authority, replace(partner(authority), context=context))
    assert [line.partition(" 127.")[0] for line in found] == ["warning C5", "info C12"]


def test_other_failures_of_tls_stay_what_they_are(authority: Authority):
    context = authority.server("contoso.com")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    assert lines(authority, StandIn(context, alerts=True)) == [
        f"error C4 {PLACE}: TLS fails: sslv3 alert handshake failure; give the server TLS 1.2 or later, with a "
        "certificate for the SIP domain"
    ]


def test_other_errors_of_streams_stay_what_they_are(authority: Authority):
    assert lines(authority, StandIn(first=HEADER + server.error("host-unknown"))) == [
        f"error C2 {PLACE}: the server does not serve contoso.com (host-unknown); "
        "add contoso.com to the server's XMPP domains [127.0.0.1: host-unknown]"
    ]


def test_domain_is_not_presented_to_its_own_servers(authority: Authority):
    stand_in = partner(authority)
    assert lines(authority, stand_in, domain="contoso.com") == [
        f"info C12 {PLACE}: not tried as contoso.com: no server federates with itself"
    ]
    assert all(' from="probe.invalid" ' in header for header in stand_in.heard)
    assert stand_in.said == []
    strict = StandIn(authority.server("contoso.com"), second=HEADER + server.error("not-authorized"))
    assert [line.partition(" 127.")[0] for line in lines(authority, strict, domain="contoso.com")] == [
        "info C6",
        "info C12",
    ]


def test_domain_whose_own_servers_are_not_reached_is_told_that_alone(authority: Authority):
    shown = authority.client("contoso.com")
    entry = expected(DOMAIN, at(shut_port()), addresses=["127.0.0.1"])
    [found] = asyncio.run(proven([entry], client=shown, from_domain=shown.domain))
    assert [f"{finding.severity} {finding.check}" for finding in found.findings] == ["error C1"]


def test_from_inside_a_refusal_is_a_warning(authority: Authority):
    async def run() -> list[str]:
        async with partner(authority, to_auth=refusal("not-authorized")).listening() as port:
            shown = authority.client()
            entry = expected(DOMAIN, at(port), addresses=["127.0.0.1"])
            options = {"client": shown, "from_domain": shown.domain, "from_inside": True}
            [found] = await proven([entry], ca_file=authority.roots, **options)
        return [f"{finding.severity} {finding.check}" for finding in found.findings]

    assert asyncio.run(run()) == ["warning C12"]
