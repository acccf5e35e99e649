"""V16: TLSA records of targets, in zones that Knot signs, and from servers that send nonsense."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from tests.proof.dns.cases import ADDRESS, RECORDS, SRV, answer, expected, row, run
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import ZONE, Behaviour, authority, sent, serving
from tests.proof.dns.test_dnssec import now, presigned
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.authority import ZoneView, look
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.round import Round
from xmpp_federation_dns.proof.dns.server import Server, Servers
from xmpp_federation_dns.proof.dns.tlsa_checks import findings, questions
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.tlsa import Tlsa, tlsa
from xmpp_federation_dns.published import from_rows

OWNER = "_5269._tcp.xmpp.contoso.com"
SUBJECT = Subject(OWNER, "TLSA")
DIGEST = "ab" * 32
TEXT = ZONE + "ns1 A 192.0.2.53\n" + RECORDS
GOOD = f"_5269._tcp.xmpp 300 TLSA 3 1 1 {DIGEST}\n"


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (1e9,))


def proven(*servers: tuple[str, int], wanted: Any = None) -> list[Finding]:
    options = VerifyOptions(servers, timeout=20)
    [found] = run(verify([wanted or expected()], options, lambda _: None))
    return [*found.findings]


def found_in(directory: Path, text: str, *, signing: bool = True) -> list[Finding]:
    """Return what is found where Knot serves contoso.com with *text*."""
    port = free_port()
    with knot(directory / "k", {"contoso.com.": text}, port, signing=signing):
        return proven(("127.0.0.1", port))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="nothing published"),
        pytest.param(GOOD, id="3 1 1"),
        pytest.param(f"_5269._tcp.xmpp TLSA 2 0 2 {'cd' * 64}\n" + GOOD, id="CA and certificate"),
        pytest.param("_5269._tcp.xmpp TLSA 3 1 0 3059\n", id="a whole key"),
        pytest.param(f"_5269._tcp.xmpp CNAME _dane\n_dane TLSA 3 1 1 {DIGEST}\n", id="through a CNAME"),
        pytest.param(f"_5222._tcp.xmpp TLSA 3 1 1 {DIGEST[2:]}\n", id="of another port"),
    ],
)
def test_v16_usable_records_in_a_signed_zone_and_none_at_all_are_no_finding(tmp_path: Path, more: str):
    assert found_in(tmp_path, TEXT + more) == []


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (f"4 1 1 {DIGEST}", "usage 4 is none; 3 is that of a certificate of one's own"),
        (f"3 2 1 {DIGEST}", "selector 2 is none; 1 is the public key"),
        (f"3 1 3 {DIGEST}", "matching type 3 is none; 1 is SHA-256"),
        (f"3 1 1 {DIGEST[2:]}", "a digest of matching type 1 has 32 octets, and this 31"),
        (f"3 1 2 {DIGEST}", "a digest of matching type 2 has 64 octets, and this 32"),
    ],
)
def test_v16_a_record_that_rfc_6698_does_not_know_is_a_warning(tmp_path: Path, record: str, fault: str):
    assert found_in(tmp_path, f"{TEXT}_5269._tcp.xmpp TLSA {record}\n") == [
        Finding(
            "V16",
            "warning",
            SUBJECT,
            f"a TLSA record that peers pass over: {fault}",
            "publish `3 1 1` and the SHA-256 digest of the server's public key in its place",
            seen={"record": record},
        )
    ]


def test_a_record_without_data_is_unusable_and_a_long_one_is_cut_where_it_is_shown():
    assert tlsa("3 1 0").fault == "it has no data"
    long = Tlsa(3, 0, 0, b"\1" * 1000)
    assert (long.fault, str(long)) == ("", f"3 0 0 {'01' * 64}…")


def test_v16_usages_that_want_a_trusted_root_beside_dnssec_are_a_warning(tmp_path: Path):
    text = f"{TEXT}_5269._tcp.xmpp TLSA 0 1 1 {DIGEST}\n_5269._tcp.xmpp TLSA 1 1 1 {DIGEST}\n"
    assert found_in(tmp_path, text) == [
        Finding(
            "V16",
            "warning",
            SUBJECT,
            "TLSA records of usage 0 and 1 want a trusted root beside DNSSEC, which fails with peers that trust other "
            "roots (RFC 7671 §4.1)",
            "publish usage 3, or 2 for a CA of your own",
        )
    ]


def test_v16_in_an_unsigned_zone_nobody_is_asked():
    async def one() -> tuple[list[Finding], set[str]]:
        async with serving(authority("contoso.com.", RECORDS + GOOD)) as it:
            options = VerifyOptions(((it.address, it.port),), timeout=20)
            [found] = await verify([expected()], options, lambda _: None)
            return [*found.findings], {kind for _, kind, _ in it.asked}

    findings, kinds = run(one())
    assert (findings, "TLSA" in kinds) == ([], False)


def test_v16_where_the_srv_record_set_is_not_signed_peers_ignore_tlsa_records(tmp_path: Path):
    """The target lies in a signed zone, the SRV record set does not."""
    rows = [
        row("_xmpp-server._tcp.fabrikam.com", "SRV", SRV, ttl=3600, zone="fabrikam.com"),
        row("xmpp.contoso.com", "A", ADDRESS),
    ]
    [wanted] = from_rows(rows, "records")
    port, unsigned = free_port(), ZONE + "ns1 A 192.0.2.53\n"
    service = f"_xmpp-server._tcp 3600 SRV {SRV}\n"
    # Knot signs all zones of a server: the other one comes signed from a file, without keys.
    with knot(tmp_path / "a", {"contoso.com.": TEXT + GOOD}, port, signing=True), ExitStack() as stack:
        views = seen_views(stack, tmp_path, port, unsigned + service)
        assert questions(wanted, views) == [Question(OWNER, "TLSA")]
        found = findings_with(wanted, views, {Question(OWNER, "TLSA"): [f"3 1 1 {DIGEST}"]})
    assert found == [
        Finding(
            "V16",
            "info",
            SUBJECT,
            "peers ignore TLSA records here: DNSSEC does not secure the SRV record set _xmpp-server._tcp.fabrikam.com",
            "sign these zones and hand their DS records to the registrar, or delete the TLSA records",
        )
    ]


def seen_views(stack: ExitStack, directory: Path, port: int, unsigned: str) -> Mapping[str, ZoneView]:
    """Look at contoso.com, which is signed, and at fabrikam.com, which is not."""
    other = free_port()
    stack.enter_context(knot(directory / "b", {"fabrikam.com.": unsigned}, other))

    async def both() -> dict[str, ZoneView]:
        found: dict[str, ZoneView] = {}
        for zone, place in (("contoso.com", port), ("fabrikam.com", other)):
            async with Server(zone, "127.0.0.1", place, rate=1e6, patience=2) as server:
                found[zone] = await look(zone, [server], None)
        return found

    return run(both())


def findings_with(
    wanted: Any, views: Mapping[str, ZoneView], said: Mapping[Question, Sequence[str]]
) -> list[Finding]:
    """Return what is found where these zones were seen and one server said this."""
    asking = Round(set(), Servers(1e6, 1), {})
    asking.views.update(views)
    for question, values in said.items():
        asking.answers.add(question, "ns1", answer(*question, *values))
        asking._done.add(question)  # pyright: ignore[reportPrivateUsage]
    return list(findings(wanted, asking))


def test_v16_a_signed_zone_without_ds_record_is_one_that_peers_ignore():
    view = ZoneView((), (), signed=True)
    found = findings_with(expected(), {"contoso.com": view}, {Question(OWNER, "TLSA"): [f"3 1 1 {DIGEST}"]})
    assert [(each.check, each.severity, each.text) for each in found] == [
        (
            "V16",
            "info",
            "peers ignore TLSA records here: DNSSEC does not secure the SRV record set _xmpp-server._tcp.contoso.com "
            "and the target xmpp.contoso.com",
        )
    ]


def test_v16_two_services_at_one_port_of_a_target_are_asked_about_once():
    wanted = expected(direct_tls=(SRV,))
    views = {"contoso.com": ZoneView((), (), signed=True)}
    assert questions(wanted, views) == [Question(OWNER, "TLSA")]
    assert len(findings_with(wanted, views, {Question(OWNER, "TLSA"): [f"3 1 1 {DIGEST}"]})) == 1


def test_where_federation_is_disabled_or_nothing_was_seen_of_a_zone_nobody_is_asked():
    views = {"contoso.com": ZoneView((), (), signed=True)}
    assert questions(expected(srv=("0 0 0 .",), ipv4=()), views) == []
    assert questions(expected(), {"fabrikam.com": views["contoso.com"]}) == []


def test_a_target_too_long_for_tlsa_records_is_not_asked_about():
    target = ".".join(["a" * 60] * 3 + ["a" * 48, "contoso.com"])
    rows = [row("_xmpp-server._tcp.contoso.com", "SRV", f"0 0 5269 {target}.")]
    [wanted] = from_rows(rows, "records")
    assert questions(wanted, {"contoso.com": ZoneView((), (), signed=True)}) == []


def test_v12_name_servers_that_disagree_on_tlsa_records_are_told(tmp_path: Path):
    port, text = free_port(), TEXT + GOOD
    with (
        knot(tmp_path / "a", {"contoso.com.": text}, port, "127.0.0.31", signing=True),
        knot(
            tmp_path / "b",
            {"contoso.com.": text.replace(DIGEST, "cd" * 32)},
            port,
            "127.0.0.32",
            signing=True,
        ),
    ):
        found = proven(("127.0.0.31", port), ("127.0.0.32", port))
    # Each signs with a key of its own, which breaks the chain as well.
    [finding] = [each for each in found if each.check == "V12"]
    assert (finding.severity, finding.subject, finding.text) == (
        "error",
        SUBJECT,
        "the name servers of the zone do not agree",
    )
    assert sorted(finding.seen.values()) == [f"TLSA 3 1 1 {DIGEST}", f"TLSA 3 1 1 {'cd' * 32}"]


def test_v15_a_tlsa_record_whose_signature_is_not_valid_is_an_error(tmp_path: Path):
    port = free_port()
    text = presigned(now(), 10, more=GOOD, changed=("_5269._tcp.xmpp", f"TLSA 3 1 1 {'cd' * 32}"))
    with knot(tmp_path / "k", {"contoso.com.": text}, port):
        found = proven(("127.0.0.1", port))
    assert [(each.check, each.severity, each.subject, each.text) for each in found] == [
        ("V15", "error", SUBJECT, "resolvers that validate refuse it")
    ]


def test_v16_tlsa_records_in_a_zone_of_their_own_are_not_looked_at(tmp_path: Path):
    text = TEXT + "_tcp.xmpp NS ns.adatum.net.\n"
    [finding] = found_in(tmp_path, text)
    assert (finding.check, finding.severity, finding.subject, finding.text) == (
        "V16",
        "info",
        SUBJECT,
        "TLSA records would lie in a zone of its own, which is not looked at",
    )


def signed_stand_in(about_tlsa: Behaviour) -> Behaviour:
    """Return the behaviour of a server of a zone with a key that answers so to questions of TLSA records."""
    good = authority("contoso.com.", RECORDS + "@ DNSKEY 257 3 13 " + "A" * 86 + "==\n")

    def behave(query: bytes, tcp: bool) -> Any:
        kind = dns.message.from_wire(query).question[0].rdtype
        return (about_tlsa if kind == dns.rdatatype.TLSA else good)(query, tcp)

    return behave


def thousands(query: bytes, tcp: bool) -> Sequence[bytes]:
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.flags |= dns.flags.AA
    if not tcp:
        reply.flags |= dns.flags.TC
        return sent(reply.to_wire(), tcp)
    values = [f"9 9 9 {number:08x}" for number in range(3000)]
    reply.answer.append(dns.rrset.from_text(f"{OWNER}.", 300, "IN", "TLSA", *values))
    return sent(reply.to_wire(max_size=65535), tcp)


def garbage(rdata: bytes) -> Behaviour:
    """Answer with one TLSA record of these octets, of whatever length."""

    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        end = query.index(b"\0", 12) + 5
        head = query[:2] + b"\x84\0\0\1\0\1\0\0\0\0" + query[12:end]
        record = b"\xc0\x0c\0\x34\0\1\0\0\0\5" + len(rdata).to_bytes(2) + rdata
        return sent(head + record, tcp)

    return behave


def refusing(query: bytes, tcp: bool) -> Sequence[bytes]:
    return sent(query[:2] + b"\x80\x05" + query[4:], tcp)


NO_USAGE = (
    "warning a TLSA record that peers pass over: usage 9 is none; 3 is that of a certificate of one's own"
)


@pytest.mark.parametrize(
    ("behaviour", "findings"),
    [
        pytest.param(
            thousands,
            [
                *[NO_USAGE] * 4,
                "warning 2996 more TLSA records that peers pass over",
            ],
            id="thousands",
        ),
        pytest.param(garbage(b""), ["unknown a name server gives no answer"], id="no octets"),
        pytest.param(garbage(b"\3\1"), ["unknown a name server gives no answer"], id="two octets"),
        pytest.param(
            garbage(b"\3\1\1"),
            [
                "warning a TLSA record that peers pass over: a digest of matching type 1 has 32 octets, and this 0"
            ],
            id="three octets",
        ),
        pytest.param(refusing, ["error a name server has no answer for peers"], id="refusal"),
    ],
)
def test_v16_whatever_a_server_says_of_tlsa_records_ends_in_a_verdict(
    behaviour: Behaviour, findings: list[str]
):
    async def one() -> list[str]:
        async with serving(signed_stand_in(behaviour)) as it:
            options = VerifyOptions(((it.address, it.port),), timeout=20)
            [found] = await verify([expected()], options, lambda _: None)
            told = [each for each in found.findings if each.check == "V16"]
            assert all(each.subject == SUBJECT for each in told)
            return [f"{each.severity} {each.text}" for each in told if "peers ignore" not in each.text]

    assert run(one()) == findings
