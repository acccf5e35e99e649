"""Messages are written and read as dnspython does it, and arbitrary octets do no harm."""

import struct
from collections.abc import Callable, Iterable
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proof.dns.cases import SRV_NAME, expected

from xmpp_federation_dns.proof.dns import wire
from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.leftover import leftover
from xmpp_federation_dns.proof.dns.question import Question
from xmpp_federation_dns.proof.dns.questions import (
    Asked,
    Said,
    foreign_targets,
    further,
    leftovers,
    questions,
)
from xmpp_federation_dns.proof.dns.service import service
from xmpp_federation_dns.proof.dns.target import target

NONE = Answer(failure="an answer that is no DNS message")
OWNER = "_xmpp-server._tcp.contoso.com."
REAL = [
    (OWNER, "SRV", "0 0 5269 xmpp.contoso.com.", "10 5 5269 XMPP2.contoso.com."),
    (OWNER, "SRV", "0 0 0 ."),
    ("xmpp.contoso.com.", "A", "131.107.155.10", "131.107.155.11"),
    ("xmpp.contoso.com.", "AAAA", "2620:1ec::10"),
    ("contoso.com.", "SOA", "ns1.contoso.com. hostmaster.contoso.com. 7 3600 600 86400 300"),
    ("contoso.com.", "NS", "ns1.contoso.com.", "ns2.contoso.com."),
    ("xmpp.contoso.com.", "CNAME", "edge.fabrikam.com."),
    ("contoso.com.", "TXT", '"Some \\"text\\" \\007"'),
    ("contoso.com.", "DS", "12345 13 2 " + "ab" * 32),
    ("contoso.com.", "TYPE65280", "\\# 3 010203"),
]


def message(name: str, kind: str, *values: str) -> dns.message.Message:
    asked = kind if kind in ("SRV", "A", "AAAA", "SOA", "NS", "DS") else "A"
    found = dns.message.make_response(dns.message.make_query(name, asked))
    found.flags |= dns.flags.AA
    found.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *values))
    return found


def as_dnspython_reads(octets: bytes) -> list[Record]:
    return [
        Record(
            rrset.name.to_text(omit_final_dot=True).lower(),
            dns.rdatatype.to_text(rrset.rdtype),
            rrset.ttl,
            rdata.to_text().lower(),
        )
        for rrset in dns.message.from_wire(octets).answer
        if rrset.rdclass == dns.rdataclass.IN
        for rdata in cast("Iterable[dns.rdata.Rdata]", rrset)
    ]


@pytest.mark.parametrize("case", REAL, ids=lambda case: " ".join(case[:2]))
def test_a_message_is_read_as_dnspython_reads_it(case: tuple[str, ...]):
    octets = message(*case).to_wire()
    found = wire.read(octets)
    assert (found.status, found.authoritative, found.failure) == ("NOERROR", True, "")
    assert sorted(found.records) == sorted(as_dnspython_reads(octets))


@pytest.mark.parametrize(
    ("name", "recursive", "signed"), [("xmpp.contoso.com", False, True), ("", True, False)]
)
def test_a_query_is_one_that_dnspython_understands(name: str, recursive: bool, signed: bool):
    octets, section = wire.query(name, "NS", recursive=recursive, signed=signed)
    found = dns.message.from_wire(b"\x12\x34" + octets)
    assert found.id == 0x1234
    assert [rrset.to_text() for rrset in found.question] == [f"{name}. IN NS"]
    assert bool(found.flags & dns.flags.RD) is recursive
    assert (found.edns, found.payload, bool(found.ednsflags & dns.flags.DO)) == (0, 1232, signed)
    assert octets[10 : 10 + len(section)] == section


def test_what_is_no_name_of_hosts_is_escaped():
    name = b"\x05a.b\x1b\xff\x00"
    octets = (
        struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0) + name + struct.pack("!HHIH", 1, 1, 5, 4) + bytes(4)
    )
    assert wire.read(octets).records == (Record("a\\046b\\027\\255", "A", 5, "0.0.0.0"),)


def test_the_status_of_an_answer_is_told_by_name_or_number():
    statuses = [wire.read(struct.pack("!HHHHHH", 1, 0x8000 | code, 0, 0, 0, 0)).status for code in range(16)]
    assert statuses == [
        "NOERROR",
        "FORMERR",
        "SERVFAIL",
        "NXDOMAIN",
        "NOTIMP",
        "REFUSED",
        "YXDOMAIN",
        "YXRRSET",
        "NXRRSET",
        "NOTAUTH",
        "NOTZONE",
        "DSOTYPENI",
        "12",
        "13",
        "14",
        "15",
    ]


def test_records_of_other_classes_are_passed_over_and_a_negative_ttl_is_none():
    def record(rdclass: int, ttl: int) -> bytes:
        return b"\x01a\x00" + struct.pack("!HHIH", 1, rdclass, ttl, 4) + bytes(4)

    octets = struct.pack("!HHHHHH", 1, 0x8400, 0, 2, 0, 0) + record(3, 5) + record(1, 2**31)
    assert wire.read(octets).records == (Record("a", "A", 0, "0.0.0.0"),)


def test_a_truncated_message_is_not_read_further():
    assert wire.read(struct.pack("!HHHHHH", 1, 0x8600, 9, 9, 9, 9)) == Answer(truncated=True)


def test_the_additional_section_of_a_referral_is_glue_and_of_nothing_else():
    query = dns.message.make_query("contoso.com.", "NS")
    found = dns.message.make_response(query)
    glue = dns.rrset.from_text("ns1.contoso.com.", 60, "IN", "A", "192.0.2.1")
    found.authority.append(dns.rrset.from_text("contoso.com.", 300, "IN", "NS", "ns1.contoso.com."))
    found.additional.append(glue)
    assert wire.read(found.to_wire()).glue == (Record("ns1.contoso.com", "A", 60, "192.0.2.1"),)
    found = message(*REAL[0])
    found.additional.append(glue)
    assert wire.read(found.to_wire()).glue == ()


def _with(rdata: bytes, kind: int, owner: bytes = b"\x01a\x00", length: int | None = None) -> bytes:
    fixed = struct.pack("!HHIH", kind, 1, 5, len(rdata) if length is None else length)
    return struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0) + owner + fixed + rdata


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 11, id="half a header"),
        pytest.param(struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0), id="no record"),
        pytest.param(_with(b"\1\2\3", 1), id="an address of three octets"),
        pytest.param(_with(bytes(4), 1, length=5), id="a record beyond the message"),
        pytest.param(_with(bytes(8), 33), id="an SRV record with a rest"),
        pytest.param(_with(b"\x01a\x01b\x00", 5, length=3), id="a name beyond its record"),
        pytest.param(_with(bytes(4), 1, owner=b"\xc0\x0c"), id="a name that points at itself"),
        pytest.param(_with(bytes(4), 1, owner=b"\xc0\xff"), id="a name that points forward"),
        pytest.param(_with(bytes(4), 1, owner=b"\x01a\xc0\x0c"), id="a name without end"),
        pytest.param(_with(bytes(4), 1, owner=b"\x40" + b"a" * 64 + b"\0"), id="a label of 64 octets"),
        pytest.param(_with(bytes(4), 1, owner=(b"\x3f" + b"a" * 63) * 4 + b"\0"), id="a name of 257 octets"),
        pytest.param(_with(b"", 2, owner=b"\x3fa"), id="a label beyond the message"),
        pytest.param(_with(b"\xff", 16), id="a text without end"),
    ],
)
def test_what_is_no_message_is_told(octets: bytes):
    assert wire.read(octets) == NONE


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_arbitrary_octets_raise_nothing(octets: bytes):
    assert isinstance(wire.read(octets), Answer)
    assert isinstance(wire.read(octets[:2] + b"\x84\0" + octets[4:]), Answer)


@settings(deadline=None)
@given(
    st.sampled_from([message(*case).to_wire() for case in REAL]),
    st.lists(st.tuples(st.integers(2, 200), st.integers(0, 255)), max_size=4),
    st.integers(0, 40),
)
def test_where_a_mutated_message_can_be_read_dnspython_reads_the_same(
    octets: bytes, changes: list[tuple[int, int]], missing: int
):
    changed = bytearray(octets)
    for place, value in changes:
        changed[place % len(changed)] = value
    mutated = bytes(changed[: max(len(changed) - missing, 0)])
    found = wire.read(mutated)
    assert str(found).isprintable()
    try:
        wanted = as_dnspython_reads(mutated)
    except Exception:  # noqa: BLE001 what dnspython makes of it is not under test
        return
    # Of unusual octets in names, each has its own way to write them.
    if not (found.failure or found.truncated or "\\" in f"{found.records}{wanted}"):
        assert {(r.name, r.type, r.value) for r in found.records} == {
            (r.name, r.type, r.value) for r in wanted
        }


@settings(deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=63), max_size=3),
    st.sampled_from(["SRV", "CNAME", "A", "AAAA", "TXT"]),
    st.integers(0, 65535),
    st.booleans(),
)
def test_no_answer_raises_an_exception_in_the_checks(labels: list[bytes], kind: str, number: int, own: bool):
    """A record of the questioned type, or of another one, with any octets in its name."""
    name = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    data = {
        "SRV": struct.pack("!HHH", number, number, number) + name,
        "CNAME": name,
        "A": struct.pack("!I", number * 65536),
        "AAAA": struct.pack("!QQ", number << 48, number),
        "TXT": b"\x05" + struct.pack("!HHB", number, number, 27),
    }[kind]
    wanted = expected()
    for asked in (*questions(wanted), *leftovers(wanted, ())):
        owner = dns.name.from_text(asked.name).to_wire() if own else name
        answer = wire.read(_with(data, dns.rdatatype.from_text(kind), cast("bytes", owner)))
        found = Said()
        found.add(asked, "ns1", answer)
        for each in (*further(wanted, (), found), Asked(SRV_NAME, "A")):
            found.add(each, "ns1", answer)
            assert Question(*each).message
        findings = [
            *service(wanted, wanted.service, found),
            *(
                one
                for target_name in foreign_targets(wanted, found)
                for one in target(wanted, target_name, found)
            ),
            *target(wanted, "xmpp.contoso.com", found),
            *leftover(wanted, (), found),
        ]
        assert all(text.isprintable() for each in findings for text in (str(each), *each.seen.values()))


CHANGES: dict[str, tuple[Callable[[bytes], bytes], bool]] = {
    "an answer": (lambda octets: octets, True),
    "in upper case": (lambda octets: octets.replace(b"contoso", b"CONTOSO"), True),
    "to another question": (lambda octets: octets.replace(b"contoso", b"fabrika"), False),
    "a query": (lambda octets: octets[:2] + b"\0" + octets[3:], False),
    "an update": (lambda octets: octets[:2] + b"\xa8" + octets[3:], False),
    "half a header": (lambda octets: octets[:11], False),
    "a refusal without question": (lambda _: b"\0\0\x80\x01" + bytes(8), True),
    "nothing without question": (lambda _: b"\0\0\x80\x00" + bytes(8), False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_question_knows_its_answers(name: str):
    change, answers = CHANGES[name]
    octets = change(message(*REAL[0]).to_wire())
    assert Question(OWNER.removesuffix("."), "SRV").is_answered_by(octets) is answers


def test_the_same_octets_are_read_once():
    question = Question("contoso.com", "SOA")
    octets = message(*REAL[4]).to_wire()
    first = question.read(octets)
    assert question.read(b"\x99\x99" + octets[2:]) is first
    assert question.reply == octets[2:]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer("NOERROR", True), "no such record"),
        (Answer("NXDOMAIN", True), "no such name"),
        (Answer("REFUSED"), "REFUSED"),
        (Answer(failure="no answer"), "no answer"),
        (
            Answer("NOERROR", authority=(Record("contoso.com", "NS", 5, "ns1."),)),
            "a referral to the name servers of contoso.com",
        ),
        (Answer("NOERROR", True, (Record("a", "A", 5, "1.2.3.4"),) * 2), "A 1.2.3.4, A 1.2.3.4"),
        (
            Answer("NOERROR", True, (Record("a", "A", 5, "1.2.3.4"),) * 1000),
            ", ".join(["A 1.2.3.4"] * 20) + " and 980 more",
        ),
    ],
)
def test_an_answer_says_in_a_line_what_it_is(answer: Answer, text: str):
    assert str(answer) == text


def test_the_negative_ttl_is_the_lesser_one_of_the_soa_record():
    soa = "ns1. hostmaster. 1 3600 600 86400 "
    assert (
        Answer(authority=(Record("a", "NSEC", 9, "b."), Record("a", "SOA", 60, soa + "300"))).negative_ttl
        == 60
    )
    assert Answer(authority=(Record("a", "SOA", 600, soa + "300"),)).negative_ttl == 300
    assert Answer().negative_ttl == 0
