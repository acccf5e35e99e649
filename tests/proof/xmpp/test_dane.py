"""C7: TLSA records that Knot signs, against the certificates of stand-ins; C5 then judges as DANE does."""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.standin import serving
from tests.proof.dns.test_dane import garbage
from tests.proof.xmpp.authority import NOW, Authority, Issued, issue
from tests.proof.xmpp.proof import DOMAIN, TARGET
from tests.proof.xmpp.server import StandIn
from tests.proof.xmpp.signed import HOST, findings, key_digest, records, signed
from tests.proof.xmpp.test_addresses import shut_port

from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.proof.validator import Validated, Validator
from xmpp_federation_dns.proof.xmpp import caa, certificate, dane, probe
from xmpp_federation_dns.proof.xmpp.connection import Connection
from xmpp_federation_dns.proof.xmpp.contact import Contact, Place
from xmpp_federation_dns.published import UnreadableError

PLACE = Subject(f"{HOST} port 5269 ({TARGET})", of="server")
OWNER = Subject(f"_5269._tcp.{TARGET}", "TLSA")
OTHER = "ab" * 32


@pytest.fixture(autouse=True)
def real(empty_dns: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del empty_dns
    monkeypatch.setattr(probe, "Validator", Validator)


def found(
    directory: Path, authority: Authority, shown: Issued, *tlsa: str, chain: tuple[Issued, ...] = ()
) -> list[Finding]:
    """Return what a probe finds where a server shows a certificate and the zone has these TLSA records."""
    port = shut_port()
    server = StandIn(authority.context(shown, *chain))
    with signed(directory, records(port, *tlsa)) as zone:
        return findings(server, port, {"ca_file": authority.roots, **zone.options})


def good(authority: Authority) -> Issued:
    return issue("server", DOMAIN, by=authority.root)


def test_c7_a_key_that_its_tlsa_record_names_is_no_finding(tmp_path: Path, authority: Authority):
    leaf = good(authority)
    assert found(tmp_path, authority, leaf, f"3 1 1 {OTHER}", f"3 1 1 {key_digest(leaf)}") == []


def test_c7_where_no_tlsa_record_is_nothing_is_said(tmp_path: Path, authority: Authority):
    assert found(tmp_path, authority, good(authority)) == []


def test_c7_another_key_is_an_error_with_what_is_published_and_the_line_to_publish(
    tmp_path: Path, authority: Authority
):
    leaf = good(authority)
    seen = f"TLSA 3 1 1 {key_digest(leaf)}"
    assert found(tmp_path, authority, leaf, f"3 1 1 {OTHER}") == [
        Finding(
            "C7",
            "error",
            PLACE,
            "no TLSA record there vouches for its certificate: peers that use DANE refuse it",
            f"publish `_5269._tcp.{TARGET}. {seen}`, or let the server show the certificate that is published",
            f"TLSA 3 1 1 {OTHER}",
            {HOST: seen},
        )
    ]


FORMS: dict[str, Callable[[Issued], str]] = {
    "3 0 0": lambda leaf: leaf.der.hex(),
    "3 0 1": lambda leaf: hashlib.sha256(leaf.der).hexdigest(),
    "3 0 2": lambda leaf: hashlib.sha512(leaf.der).hexdigest(),
    "1 1 1": key_digest,
}


@pytest.mark.parametrize("form", FORMS)
def test_c7_every_form_of_record_of_the_certificate_is_known(tmp_path: Path, authority: Authority, form: str):
    leaf = good(authority)
    assert found(tmp_path, authority, leaf, f"{form} {FORMS[form](leaf)}") == []


def test_c5_does_not_blame_name_expiry_and_issuer_where_usage_3_vouches(tmp_path: Path, authority: Authority):
    leaf = issue("server", TARGET, ends=NOW - timedelta(days=1))
    assert found(tmp_path, authority, leaf, f"3 1 1 {key_digest(leaf)}") == [
        Finding(
            "C7",
            "info",
            PLACE,
            "DANE vouches for its certificate; peers without DANE, or stricter than it, see: its certificate is for "
            f"{TARGET} and not for the SIP domain {DOMAIN}; its certificate expired on "
            f"{NOW - timedelta(days=1):%Y-%m-%d}; its certificate is not trusted: it is self-signed; only peers that "
            "accept dialback federate",
            seen={HOST: f"TLSA 3 1 1 {key_digest(leaf)}"},
        )
    ]


def checks(found: list[Finding]) -> list[str]:
    return [f"{finding.check} {finding.severity}" for finding in found]


def test_c7_a_ca_of_ones_own_vouches_by_usage_2_for_the_target_as_well(tmp_path: Path, authority: Authority):
    root = issue("Own root", ca=True)
    leaf = issue("server", TARGET, by=root)
    told = found(tmp_path, authority, leaf, f"2 1 1 {key_digest(root)}", chain=(root,))
    assert checks(told) == ["C7 info"]
    assert "not trusted" in told[0].text


def test_c7_a_ca_through_an_intermediate_vouches_by_usage_2(tmp_path: Path, authority: Authority):
    root = issue("Own root", ca=True)
    between = issue("Between", ca=True, by=root)
    leaf = issue("server", DOMAIN, by=between)
    assert checks(found(tmp_path, authority, leaf, f"2 1 1 {key_digest(root)}", chain=(between, root))) == [
        "C7 info"
    ]


def test_c7_a_ca_that_is_whole_in_its_record_need_not_be_sent(tmp_path: Path, authority: Authority):
    root = issue("Own root", ca=True)
    leaf = issue("server", DOMAIN, by=root)
    assert checks(found(tmp_path, authority, leaf, f"2 0 0 {root.der.hex()}")) == ["C7 info"]


def test_c5_still_blames_the_expiry_where_usage_2_vouches(tmp_path: Path, authority: Authority):
    root = issue("Own root", ca=True)
    leaf = issue("server", DOMAIN, by=root, ends=NOW + timedelta(days=1))
    told = found(tmp_path, authority, leaf, f"2 1 1 {key_digest(root)}", chain=(root,))
    assert checks(told) == ["C5 warning", "C7 info"]
    assert "expires on" in told[0].text


def test_c5_still_blames_a_name_that_is_neither_the_sip_domain_nor_the_target(
    tmp_path: Path, authority: Authority
):
    root = issue("Own root", ca=True)
    leaf = issue("server", "fabrikam.com", by=root)
    told = found(tmp_path, authority, leaf, f"2 1 1 {key_digest(root)}", chain=(root,))
    assert checks(told) == ["C5 error", "C7 info"]


@pytest.mark.parametrize(
    "case", ["not sent", "another", "expired", "no CA", "not the issuer", "not a certificate"]
)
def test_c7_a_ca_that_did_not_issue_the_certificate_is_an_error(
    tmp_path: Path, authority: Authority, case: str
):
    ends = NOW - timedelta(days=1) if case == "expired" else NOW + timedelta(days=90)
    root = issue("Own root", ca=case != "no CA", ends=ends)
    leaf = issue("server", DOMAIN, by=issue("Own root", ca=True) if case == "not the issuer" else root)
    record = f"2 1 1 {OTHER if case == 'another' else key_digest(root)}"
    if case == "not a certificate":
        record = "2 0 0 3000"
    chain = () if case == "not sent" else (root,)
    assert "C7 error" in checks(found(tmp_path, authority, leaf, record, chain=chain))


def test_c7_usage_1_wants_trusted_roots_as_well(tmp_path: Path, authority: Authority):
    leaf = issue("server", DOMAIN)
    told = found(tmp_path, authority, leaf, f"1 1 1 {key_digest(leaf)}")
    assert checks(told) == ["C5 warning", "C7 error"]
    assert told[1].text.endswith("refuse it; usage 1 wants a trusted root beside DNSSEC")


def test_c7_a_ca_vouches_by_usage_0_where_it_is_sent_and_is_not_judged_where_it_is_not(
    tmp_path: Path, authority: Authority
):
    between = issue("Between", ca=True, by=authority.root)
    leaf = issue("server", DOMAIN, by=between)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert found(tmp_path / "a", authority, leaf, f"0 1 1 {key_digest(between)}", chain=(between,)) == []
    assert found(
        tmp_path / "b", authority, leaf, f"0 1 1 {key_digest(authority.root)}", chain=(between,)
    ) == [
        Finding(
            "C7",
            "info",
            PLACE,
            "a TLSA record of usage 0 may name a root that the server does not send: not compared",
            "publish usage 3, or 2 for a CA of your own",
        )
    ]


def test_c7_in_an_unsigned_zone_peers_ignore_tlsa_records_and_c5_blames(tmp_path: Path, authority: Authority):
    leaf, port = issue("server", TARGET, by=authority.root), shut_port()
    with signed(tmp_path, records(port, f"3 1 1 {key_digest(leaf)}"), signing=False) as zone:
        told = findings(StandIn(authority.context(leaf)), port, {"ca_file": authority.roots, **zone.options})
    assert checks(told) == ["C7 info", "C5 error"]
    assert told[0] == Finding(
        "C7",
        "info",
        OWNER,
        f"TLSA records are published, and peers ignore them: _5269._tcp.{TARGET} TLSA is not signed, or the resolver "
        "leaves signatures out",
        "sign the zones of SRV record, target and TLSA records, or delete the TLSA records",
    )


def test_c7_records_that_peers_pass_over_are_a_warning_and_c5_blames(tmp_path: Path, authority: Authority):
    leaf = issue("server", TARGET, by=authority.root)
    told = found(tmp_path, authority, leaf, *(f"9 1 1 {number:064x}" for number in range(6)))
    assert checks(told) == ["C7 warning", "C5 error"]
    assert (told[0].subject, told[0].text) == (
        OWNER,
        "of its TLSA records peers pass over every one: usage 9 is none; 3 is that of a certificate of one's own",
    )
    assert told[0].seen["records"].endswith(f"9 1 1 {3:064x} and 2 more")


class Answering:
    """Says what a test tells it to."""

    def __init__(self, **said: Validated | Exception) -> None:
        self.said = said

    async def look_up(self, name: str, kind: str) -> Validated:
        del name
        answer = self.said[kind]
        if isinstance(answer, Exception):
            raise answer
        return answer


def judged(contact: Contact, **said: Validated | Exception) -> tuple[Contact, list[Finding]]:
    validator = Answering(**said)
    [seen], findings = asyncio.run(dane.judged([contact], lambda: validator))  # pyright: ignore[reportArgumentType, reportReturnType] a stand-in
    return seen, findings


CONTACT = Contact(Place(DOMAIN, TARGET, "2620:1ec::10", 5269), "open", (), chain=(b"no certificate",))
SECURE = Validated((f"3 1 1 {OTHER}",))


def test_c7_a_resolver_that_does_not_answer_blames_nobody():
    seen, told = judged(CONTACT, TLSA=UnresolvedError("no answer\nat all"))
    assert seen == CONTACT
    text = "whether TLSA records are in force there cannot be asked: 'no answer\\nat all'"
    assert told == [Finding("C7", "info", OWNER, text, "name a resolver that answers, with --resolver")]


def test_c7_a_signature_that_is_not_valid_is_an_error():
    _, [finding] = judged(
        CONTACT, TLSA=SECURE, SRV=Validated(("x",), "the signature is not valid", bogus=True), AAAA=SECURE
    )
    assert (finding.check, finding.severity, finding.text) == (
        "C7",
        "error",
        "DANE fails there: the signature is not valid, and resolvers that validate refuse it",
    )


def test_c7_tlsa_records_of_a_target_without_address_are_not_in_force():
    _, [finding] = judged(CONTACT, TLSA=SECURE, SRV=SECURE, AAAA=Validated(()))
    assert finding.severity == "info"
    assert finding.text.endswith(f"ignore them: {TARGET} AAAA is not published")


def test_c7_a_certificate_that_cannot_be_read_is_left_to_c5():
    assert judged(CONTACT, TLSA=SECURE, SRV=SECURE, AAAA=SECURE) == (CONTACT, [])


def test_c7_nobody_is_asked_where_no_certificate_was_seen():
    contact = replace(CONTACT, chain=())
    assert judged(contact) == (contact, [])


def test_c7_direct_tls_needs_a_secure_srv_record_set_of_its_own():
    asked: list[tuple[str, str]] = []

    class Noting(Answering):
        async def look_up(self, name: str, kind: str) -> Validated:
            asked.append((name, kind))
            return SECURE

    contact = replace(CONTACT, place=replace(CONTACT.place, direct=True, port=5270))
    validator = Noting()
    asyncio.run(dane.judged([contact], lambda: validator))  # pyright: ignore[reportArgumentType, reportReturnType] a stand-in
    assert asked == [
        (f"_5270._tcp.{TARGET}", "TLSA"),
        (f"_xmpps-server._tcp.{DOMAIN}", "SRV"),
        (TARGET, "AAAA"),
    ]


def test_a_key_that_is_of_no_known_kind_stands_for_nothing_and_the_certificate_is_to_be_published():
    """A certificate that OpenSSL takes, with a key that cryptography does not know."""
    unread = b"no certificate"
    found = certificate.read(issue("server", DOMAIN).der)
    contact = replace(CONTACT, chain=(unread,), certificate=found)
    empty = hashlib.sha256(b"").hexdigest()
    answer = Validated((f"3 1 1 {empty}",))
    seen, _ = judged(contact, TLSA=answer, SRV=answer, AAAA=answer)
    [finding] = seen.findings
    assert finding.seen == {"2620:1ec::10": f"TLSA 3 0 1 {hashlib.sha256(unread).hexdigest()}"}


def test_c7_of_thousands_of_tlsa_records_four_are_shown():
    answer = Validated(tuple(f"{number % 4} 1 1 {number:064x}" for number in range(1, 3001)))
    found = certificate.read(issue("server", DOMAIN).der)
    distrust = ssl.SSLCertVerificationError()
    chain = tuple(issue("CA", ca=True).der for _ in range(3))
    contact = replace(CONTACT, chain=chain, certificate=found, distrust=distrust)
    seen, _ = judged(contact, TLSA=answer, SRV=answer, AAAA=answer)
    [finding] = seen.findings
    assert (finding.severity, finding.expected) == (
        "error",
        ", ".join(f"{'TLSA ' if number == 1 else ''}{number % 4} 1 1 {number:064x}" for number in range(1, 5))
        + " and 2996 more",
    )


@pytest.mark.parametrize(
    "rdata", [b"", b"\3\1", b"\3\1\1" + b"x" * 31], ids=["none", "two", "a short digest"]
)
def test_c7_a_tlsa_record_of_any_length_ends_in_a_verdict_that_blames_nobody(rdata: bytes):
    async def one() -> list[Finding]:
        async with serving(garbage(rdata)) as it:
            validator = Validator(((it.address, it.port),), 2, {})
            seen, told = await dane.judged([CONTACT], lambda: validator)
            assert seen == [CONTACT]
            assert await caa.refused([CONTACT], lambda: validator) == []
            return told

    [finding] = run(one())
    assert (finding.check, finding.severity, finding.subject) == ("C7", "info", OWNER)
    assert finding.text.startswith("whether TLSA records are in force there cannot be asked: ")


def test_c7_a_target_too_long_for_tlsa_records_has_none():
    target = ".".join(["a" * 60] * 4)
    contact = replace(CONTACT, place=replace(CONTACT.place, target=target))
    assert judged(contact) == (contact, [])


def test_c7_certificates_that_cannot_be_read_lead_nowhere():
    root = issue("Own root", ca=True)
    assert not certificate.leads_to(issue("server", by=root).der, [b"no certificate"], root.der)


def test_c7_a_ca_does_not_vouch_through_itself_without_end():
    """Two CAs that issued each other, and neither is the anchor."""
    one, other = issue("One", ca=True), issue("Other", ca=True)
    leaf = issue("server", by=one)
    assert not certificate.leads_to(leaf.der, [one.der], other.der)


def own(*, binary_form: bool) -> bytes:
    return b"own" if binary_form else b""


class Hidden:
    """A certificate as `_ssl` has it before Python 3.13."""

    def public_bytes(self, form: int) -> bytes:
        return b"form %d" % form


CHAINS: dict[str, tuple[dict[str, Any], tuple[bytes, ...]]] = {
    "Python 3.13": ({"get_unverified_chain": lambda: [b"own", b"issuer"]}, (b"own", b"issuer")),
    "before": (
        {"_sslobj": SimpleNamespace(get_unverified_chain=lambda: [Hidden(), Hidden()])},
        (b"form 2", b"form 2"),
    ),
    "without": ({}, (b"own",)),
    "before the handshake": ({"get_unverified_chain": lambda: None}, (b"own",)),
}


@pytest.mark.parametrize("python", CHAINS)
def test_the_chain_comes_from_where_this_python_has_it(python: str):
    connection: Any = object.__new__(Connection)  # nothing is sent
    attributes, chain = CHAINS[python]
    connection._tls = SimpleNamespace(getpeercert=own, **attributes)
    assert connection.chain == chain


def test_no_certificate_is_no_chain():
    connection: Any = object.__new__(Connection)  # nothing is sent
    connection._tls = None
    assert connection.chain == ()


def test_trust_anchors_that_cannot_be_read_end_the_probe(tmp_path: Path):
    port = shut_port()
    for file, why in ((tmp_path, "Is a directory"), (Path("/dev/null"), "no DS or DNSKEY record in it")):
        text = f"{file}: cannot be read as DS or DNSKEY records in zone-file form: {why}"
        with pytest.raises(UnreadableError, match=re.escape(text)):
            findings(StandIn(), port, {"trust_anchors": file})
