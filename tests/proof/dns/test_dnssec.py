"""V15: zones that are signed, served by Knot."""

import datetime
import io
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, cast

import dns.dnssec
import dns.message
import dns.query
import dns.rdata
import dns.rdatatype
import dns.rrset
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.proof.dns.cases import RECORDS, SRV_NAME, expected, run
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import ZONE, authority, sent, serving
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns import dnssec
from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.authority import Delegation, ZoneView, look
from xmpp_federation_dns.proof.dns.dnssec import signatures
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

TEXT = ZONE + "ns1 A 192.0.2.53\n" + RECORDS
WAY_OUT = (
    "sign the zone anew, or take the DS record out of its parent; until then, validating resolvers hide it"
)
BROKEN = "its chain of trust is broken"


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (1e9,))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    """Return the port of a Knot that signs contoso.com itself."""
    port = free_port()
    with knot(tmp_path_factory.mktemp("signed") / "k", {"contoso.com.": TEXT}, port, signing=True):
        yield port


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    port = free_port()
    with knot(tmp_path_factory.mktemp("unsigned") / "k", {"contoso.com.": TEXT}, port):
        yield port


def new_key(flags: int) -> tuple[Any, Any]:
    """Return a private key and its DNSKEY record."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private, cast("Any", dns.dnssec).make_dnskey(private.public_key(), "ECDSAP256SHA256", flags)


def presigned(
    start: datetime.datetime,
    days: int,
    *,
    more: str = "",
    changed: tuple[str, str] | None = None,
    keyless: bool = False,
) -> str:
    """Return the text of contoso.com and *more*, signed from *start* on; a record that *changed* got another value."""
    zone = dns.zone.from_text(TEXT + more, "contoso.com.", relativize=False)
    private, key = new_key(257)
    with zone.writer() as writer:
        dns.dnssec.sign_zone(
            zone, writer, keys=[(private, key)], inception=start, expiration=start + datetime.timedelta(days)
        )
    if changed:
        owner, record = changed
        kind, _, value = record.partition(" ")
        zone.find_rdataset(f"{owner}.contoso.com.", kind).add(dns.rdata.from_text("IN", kind, value))
    if keyless:
        zone.delete_rdataset("contoso.com.", "RRSIG", "DNSKEY")
    text = io.StringIO()
    cast("Any", zone).to_file(text, want_origin=False)
    return text.getvalue()


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def proven(port: int) -> Verdict:
    async def one() -> Verdict:
        [found] = await verify(
            [expected()], VerifyOptions((("127.0.0.1", port),), timeout=20), lambda _: None
        )
        return found

    return run(one())


def seen_by(port: int, *ds: str) -> ZoneView:
    """Look at the zone where its parent has these DS records."""

    async def one() -> ZoneView:
        async with Server("ns1.contoso.com", "127.0.0.1", port, rate=1e6, patience=2) as server:
            server.label = "ns1"
            delegation = Delegation((server,), frozenset({"ns1.contoso.com"}), ds)
            return await look("contoso.com", [server], delegation)

    return run(one())


def ds_of(port: int) -> list[str]:
    answer = dns.query.udp(dns.message.make_query("contoso.com.", "DNSKEY"), "127.0.0.1", 5, port)
    [keys] = answer.answer
    return [
        dns.dnssec.make_ds(keys.name, key, "SHA256").to_text()
        for key in cast("list[Any]", list(keys))
        if key.flags & 1
    ]


def bogus(ds: str, seen: str) -> tuple[Finding]:
    return (
        Finding(
            "V15",
            "error",
            Subject("contoso.com", "DNSKEY", "zone"),
            BROKEN,
            WAY_OUT,
            ds and f"DS {ds}",
            {"ns1": seen},
        ),
    )


def test_a_zone_that_knot_signs_is_proven(signed: int):
    assert proven(signed) == Verdict("contoso.com")


def test_a_zone_whose_ds_record_matches_has_keys(signed: int):
    view = seen_by(signed, *ds_of(signed))
    assert view.findings == ()
    assert view.keys is not None


def test_one_ds_record_of_several_has_to_match(signed: int):
    assert seen_by(signed, f"1 13 2 {'00' * 32}", *ds_of(signed)).findings == ()


def test_a_signed_zone_without_ds_record_is_to_resolvers_unsigned(signed: int):
    view = seen_by(signed)
    assert view.keys is None
    assert view.findings == (
        Finding(
            "V15",
            "info",
            Subject("contoso.com", "DS", "zone"),
            "the zone is signed, but its parent has no DS record: to resolvers it is unsigned",
            "hand the DS record to the registrar",
        ),
    )


@pytest.mark.parametrize("kind", [2, 99])
def test_a_ds_record_that_matches_no_key_is_an_error(signed: int, kind: int):
    ds = f"12345 13 {kind} {'00' * 32}"
    assert seen_by(signed, ds).findings == bogus(ds, "the DS records of the parent match no key of the zone")


def test_an_unsigned_zone_with_a_ds_record_is_an_error(unsigned: int):
    ds = f"12345 13 2 {'00' * 32}"
    assert seen_by(unsigned, ds).findings == bogus(ds, "the parent has a DS record, and the zone has no keys")


def test_an_unsigned_zone_without_ds_record_is_no_finding(unsigned: int):
    view = seen_by(unsigned)
    assert (view.findings, view.keys) == ((), None)


def test_signatures_that_have_expired_are_an_error(tmp_path: Path):
    port = free_port()
    text = presigned(datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC), 10)
    with knot(tmp_path / "k", {"contoso.com.": text}, port):
        found = proven(port)
    [finding] = found.findings
    assert (finding.check, finding.severity, finding.text) == ("V15", "error", BROKEN)
    assert list(finding.seen.values()) == ["its signature expired on 12 January 2026, 03:04 UTC"]


def test_a_record_that_was_changed_after_signing_is_an_error(tmp_path: Path):
    port = free_port()
    with knot(
        tmp_path / "k",
        {
            "contoso.com.": presigned(
                now(), 10, changed=("_xmpp-server._tcp", "SRV 1 0 5269 other.contoso.com.")
            )
        },
        port,
    ):
        found = proven(port)
    [first] = [each for each in found.findings if each.check == "V15"]
    assert str(first.subject) == f"{SRV_NAME} SRV"
    assert first.text == "resolvers that validate refuse it"
    assert list(first.seen.values()) == ["its signature is not valid"]


def test_keys_without_signature_are_an_error(tmp_path: Path):
    port = free_port()
    with knot(tmp_path / "k", {"contoso.com.": presigned(now(), 10, keyless=True)}, port):
        assert seen_by(port, *ds_of(port)).findings == bogus(ds_of(port)[0], "it has no signature")


def test_a_signed_answer_that_does_not_come_is_told(signed: int):
    keys = seen_by(signed, *ds_of(signed)).keys
    assert keys is not None

    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        return sent(query[:2] + b"\x80\x02" + query[4:], tcp)

    async def one() -> dict[Question, Finding]:
        async with serving(behave) as it, Server("a", it.address, it.port, rate=1e6, patience=2) as server:
            server.label = "ns1"
            return await signatures([Question(SRV_NAME, "SRV")], "contoso.com", server, keys)

    asked = Question(SRV_NAME, "SRV")
    text = "resolvers that validate refuse it"
    assert run(one()) == {
        asked: Finding("V15", "error", Subject(*asked), text, WAY_OUT, seen={"ns1": "SERVFAIL"})
    }


def test_nonsense_in_a_signed_answer_is_told():
    """A key that cannot be read, from a stand-in."""
    rdata = b"\x01\x01\x03\x0d\x00"

    def behave(query: bytes, tcp: bool) -> Any:
        message = dns.message.from_wire(query)
        if message.question[0].rdtype != dns.rdatatype.DNSKEY:
            return authority("contoso.com.", RECORDS)(query, tcp)
        end = query.index(b"\0", 12) + 5
        record = b"\xc0\x0c\0\x30\0\1\0\0\0\5\0\x05" + rdata
        signature = b"\xc0\x0c\0\x2e\0\1\0\0\0\5\0\x14\0\x30\x0d\x02" + b"\0" * 4 + b"\x7f" + b"\0" * 11
        return sent(query[:2] + b"\x84\0\0\1\0\2\0\0\0\0" + query[12:end] + record + signature, tcp)

    async def one() -> Verdict:
        async with serving(behave) as stand_in:
            options = VerifyOptions(((stand_in.address, stand_in.port),), timeout=20)
            [found] = await verify([expected()], options, lambda _: None)
            return found

    [finding] = run(one()).findings
    assert (finding.check, finding.severity, finding.text) == ("V15", "error", BROKEN)
    assert list(finding.seen.values()) == ["its signature is not valid"]


@pytest.mark.parametrize("digest", [f"200 {'00' * 32}", "2 00"])
def test_a_digest_that_cannot_be_compared_proves_nothing(digest: str):
    _, key = new_key(256)
    keys = dns.rrset.from_rdata("contoso.com.", 300, key)
    assert not cast("Any", dnssec)._matches(f"12345 13 {digest}", keys)


def test_a_question_for_signatures_asks_for_them():
    message = dns.message.from_wire(b"\0\0" + Query("contoso.com", "DNSKEY", signed=True).message)
    assert message.ednsflags & 0x8000
