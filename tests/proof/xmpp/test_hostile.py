"""A probe of whatever else may answer at a port ends in a verdict."""

from collections.abc import Callable

import pytest
from cryptography import x509
from tests.proof.xmpp.authority import Authority, issue
from tests.proof.xmpp.proof import findings, told
from tests.proof.xmpp.server import HEADER, PLAIN_HEADER, STARTTLS, StandIn

PLACE = "127.0.0.1 port 5269 (xmpp.contoso.com)"
LISTEN = "let the XMPP server of the SIP domain listen there, or correct the SRV record"
LOG = "look for this contact in the server's log"
TLS = "give the server TLS 1.2 or later, with a certificate for the SIP domain"


def huge_certificate(authority: Authority) -> StandIn:
    names = [f"{number}.contoso.com" for number in range(5000)]
    return StandIn(authority.context(issue("server", *names, by=authority.root)), alerts=True)


CASES: dict[str, tuple[Callable[[Authority], StandIn], str]] = {
    "silence": (
        lambda _: StandIn(first=b""),
        f"C2 {PLACE}: no XMPP stream opens: no answer within 0.3 s; {LISTEN}",
    ),
    "a header and silence": (
        lambda _: StandIn(first=HEADER),
        f"C2 {PLACE}: no XMPP stream opens: no answer within 0.3 s; {LISTEN}",
    ),
    "a connection that ends at once": (
        lambda _: StandIn(first=b"", closes=True),
        f"C2 {PLACE}: no XMPP stream opens: it closes the connection; {LISTEN}",
    ),
    "a connection that ends after some octets": (
        lambda _: StandIn(first=b"<stream", closes=True),
        f"C2 {PLACE}: no XMPP stream opens: it closes the connection after '<stream'; {LISTEN}",
    ),
    "a reset": (
        lambda _: StandIn(resets=True),
        f"C2 {PLACE}: no XMPP stream opens: connection reset by peer; {LISTEN}",
    ),
    "another protocol": (
        lambda _: StandIn(first=b"SSH-2.0-OpenSSH_9.2\r\n"),
        f"C2 {PLACE}: no XMPP stream opens: it speaks no XMPP: 'SSH-2.0-OpenSSH_9.2\\r\\n'; {LISTEN}",
    ),
    "octets that are no text": (
        lambda _: StandIn(first=b"\x15\x03\x01\x00\x02\x02\xff\x1b]0;"),
        f"C2 {PLACE}: no XMPP stream opens: it speaks no XMPP: '\\x15\\x03\\x01\\x00\\x02\\x02\N{REPLACEMENT CHARACTER}"
        f"\\x1b]0;'; {LISTEN}",
    ),
    "another document": (
        lambda _: StandIn(first=b"<html><body/></html>"),
        f"C2 {PLACE}: no XMPP stream opens: it speaks no XMPP: '<html><body/></html>'; {LISTEN}",
    ),
    "another element than features": (
        lambda _: StandIn(first=HEADER + b"<message><body>a &lt; b</body></message>"),
        f"C2 {PLACE}: no XMPP stream opens: it sends 'message' where stream features belong; {LISTEN}",
    ),
    "a stream that ends": (
        lambda _: StandIn(first=PLAIN_HEADER[21:] + b"</stream:stream>", closes=True),
        f"C2 {PLACE}: no XMPP stream opens: it closes the connection after "
        f"\"<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/…'; {LISTEN}",
    ),
    "an entity that grows": (
        lambda _: StandIn(first=b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>"),
        f"C2 {PLACE}: no XMPP stream opens: it sends a document type, which XMPP forbids; {LISTEN}",
    ),
    "an entity that nobody declared": (
        lambda _: StandIn(first=b"<?xml version='1.0'?>&lol;"),
        f"C2 {PLACE}: no XMPP stream opens: it speaks no XMPP: \"<?xml version='1.0'?>&lol;\"; {LISTEN}",
    ),
    "endless space": (
        lambda _: StandIn(first=HEADER, endless=b" " * 4096),
        f"C2 {PLACE}: no XMPP stream opens: it sends more than 65536 octets; {LISTEN}",
    ),
    "endless depth": (
        lambda _: StandIn(first=HEADER, endless=b"<a>" * 1024),
        f"C2 {PLACE}: no XMPP stream opens: it sends more than 65536 octets; {LISTEN}",
    ),
    "an attribute without end": (
        lambda _: StandIn(first=HEADER + b"<stream:features a='", endless=b">" * 4096),
        f"C2 {PLACE}: no XMPP stream opens: it sends more than 65536 octets; {LISTEN}",
    ),
    "silence after STARTTLS": (
        lambda _: StandIn(first=HEADER + STARTTLS),
        f"C4 {PLACE}: TLS fails: no answer within 1 s; {TLS}",
    ),
    "a huge certificate": (
        huge_certificate,
        f"C4 {PLACE}: TLS fails: it sends more than 65536 octets; {TLS}",
    ),
    "endless data under TLS": (
        lambda a: StandIn(a.server("contoso.com"), second=HEADER, endless=b" " * 4096),
        f"C6 {PLACE}: no XMPP stream opens under TLS: it sends more than 65536 octets; {LOG}",
    ),
    "silence under TLS": (
        lambda a: StandIn(a.server("contoso.com"), second=b""),
        f"C6 {PLACE}: no XMPP stream opens under TLS: no answer within 1 s; {LOG}",
    ),
    "half a connection": (
        lambda _: StandIn(first=b"", halves=True),
        f"C2 {PLACE}: no XMPP stream opens: it closes the connection; {LISTEN}",
    ),
    "half a connection under TLS": (
        lambda a: StandIn(a.server("contoso.com"), second=b"", halves=True),
        f"C6 {PLACE}: no XMPP stream opens under TLS: it closes the connection; {LOG}",
    ),
    "junk under TLS": (
        lambda a: StandIn(a.server("contoso.com"), second=b"\x00\x01"),
        f"C6 {PLACE}: no XMPP stream opens under TLS: it speaks no XMPP: '\\x00\\x01'; {LOG}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_answers_is_told_in_one_line(authority: Authority, case: str):
    stand_in, expected = CASES[case]
    waits = 1 if "TLS" in case else 0.3
    found = findings(stand_in(authority), ca_file=authority.roots, timeout=waits if "silence" in case else 5)
    assert told(found) == [f"error {expected}"]


def test_records_that_are_no_tls_end_the_contact_under_tls(authority: Authority):
    stand_in = StandIn(authority.server("contoso.com"), junk=b"\x17\x03\x03\x00\x10" + b"x" * 16)
    [finding] = findings(stand_in, ca_file=authority.roots)
    assert (finding.check, finding.severity) == ("C6", "error")
    assert finding.text == ("no XMPP stream opens under TLS: decryption failed or bad record mac")


def test_handshake_that_fails_before_a_certificate_is_no_demand_for_one():
    hello = b"\x02\x00\x00\x2d\x03\x03" + bytes(32) + b"\x00\xc0\x2b\x00\x00\x05\xff\x01\x00\x01\x00"
    failure = b"\x15\x03\x03\x00\x02\x02\x28"
    stand_in = StandIn(unencrypted=b"\x16\x03\x03\x00" + bytes([len(hello)]) + hello + failure)
    assert told(findings(stand_in)) == [f"error C4 {PLACE}: TLS fails: sslv3 alert handshake failure; {TLS}"]


def test_certificate_that_cannot_be_read_is_an_error(authority: Authority):
    # A dNSName with an octet that is not ASCII.
    sans = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x03\x82\x01\xfc")
    leaf = issue("server", by=authority.root, more=sans)
    [finding] = findings(StandIn(authority.context(leaf)), ca_file=authority.roots)
    assert (finding.check, finding.severity, finding.way_out) == ("C5", "error", "have it issued anew")
    assert finding.text.startswith("its certificate cannot be read: ")
