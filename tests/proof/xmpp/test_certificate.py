"""Which SIP domains a certificate names."""

import pytest
from cryptography import x509
from tests.proof.xmpp.authority import SRV_NAME, XMPP_ADDRESS, issue

from xmpp_federation_dns.proof.xmpp import certificate


def srv(name: str) -> x509.OtherName:
    return x509.OtherName(SRV_NAME, bytes([0x16, len(name)]) + name.encode())


def jid(name: str) -> x509.OtherName:
    octets = name.encode()
    length = bytes([len(octets)]) if len(octets) < 128 else b"\x81" + bytes([len(octets)])
    return x509.OtherName(XMPP_ADDRESS, b"\x0c" + length + octets)


LONG = f"{'a' * 60}.{'b' * 60}.{'c' * 60}.example"


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("contoso.com", "contoso.com"),
        ("CONTOSO.com", "contoso.com"),
        ("*.contoso.com", "corp.contoso.com"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        (srv("_xmpp-server.contoso.com"), "contoso.com"),
        (srv("_XMPP-Server.Contoso.com"), "contoso.com"),
        (jid("contoso.com"), "contoso.com"),
        (jid("münchen.example"), "xn--mnchen-3ya.example"),
        (jid(LONG), LONG),
    ],
)
def test_name_covers_the_domain(name: str | x509.GeneralName, domain: str):
    assert certificate.read(issue("x", name).der).covers(domain)


@pytest.mark.parametrize(
    "name",
    [
        "*.contoso.com",
        "www.contoso.com",
        "*.com.",
        "c*.com",
        "*",
        x509.RFC822Name("contoso.com"),
        x509.UniformResourceIdentifier("xmpp:contoso.com"),
        srv("_xmpp-client.contoso.com"),
        srv("_sip.contoso.com"),
        jid("alice@contoso.com"),
        x509.OtherName(XMPP_ADDRESS, b"\x0c\x00"),
        x509.OtherName(XMPP_ADDRESS, b"\x05\x00"),
        x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x0c\x0bcontoso.com"),
    ],
    ids=repr,
)
def test_name_does_not_cover_the_domain(name: str | x509.GeneralName):
    assert not certificate.read(issue("contoso.com", name).der).covers("contoso.com")


def test_wildcard_covers_one_label_alone():
    found = certificate.read(issue("x", "*.contoso.com").der)
    assert not found.covers("a.b.contoso.com")


def test_wildcard_covers_no_domain_of_one_label():
    assert not certificate.read(issue("x", "*.contoso.com", "*.").der).covers("localhost")


def test_names_are_told_once():
    found = certificate.read(issue("x", "contoso.com", srv("_xmpp-server.contoso.com"), "b.example").der)
    assert found.names == ("contoso.com", "b.example")


def test_what_is_no_certificate_is_refused():
    with pytest.raises(ValueError, match="asn1"):
        certificate.read(b"")


def test_version_that_nobody_knows_is_refused():
    der = issue("x", "contoso.com").der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    with pytest.raises(ValueError, match="version"):
        certificate.read(der)


def test_extension_that_stands_twice_is_refused():
    other = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.18"), b"\x30\x00")
    twice = issue("x", "contoso.com", more=other).der.replace(
        b"\x06\x03\x55\x1d\x12", b"\x06\x03\x55\x1d\x11"
    )
    with pytest.raises(ValueError, match="Duplicate"):
        certificate.read(twice)


def test_the_authority_is_its_organisation_whatever_it_issues_with():
    issuers = [issue(name, ca=True, organisation="Let's Encrypt") for name in ("E5", "R10")]
    assert {certificate.read(issue("x", by=by).der).authority for by in issuers} == {"Let's Encrypt"}
