"""Messages are written and read as dnspython does it."""

import struct

import dns.flags
import dns.message
import dns.rrset
import pytest
from tests.proof.dns.messages import REAL, as_dnspython_reads, message, with_record

from xmpp_federation_dns.proof.dns import messages
from xmpp_federation_dns.proof.dns.answers import Answer, Record

NONE = Answer(failure="an answer that is no DNS message")
LONG = (b"\x3f" + b"a" * 63) * 3
"""Three labels of a name, as long as they may be."""


@pytest.mark.parametrize("case", REAL, ids=lambda case: " ".join(case[:2]))
def test_a_message_is_read_as_dnspython_reads_it(case: tuple[str, ...]):
    octets = message(*case).to_wire()
    found = messages.read(octets)
    assert (found.status, found.authoritative, found.failure) == ("NOERROR", True, "")
    assert sorted(found.records) == sorted(as_dnspython_reads(octets))


@pytest.mark.parametrize(
    ("name", "recursive", "signed"), [("xmpp.contoso.com", False, True), ("", True, False)]
)
def test_a_query_is_one_that_dnspython_understands(name: str, recursive: bool, signed: bool):
    octets, section = messages.query(name, "NS", recursive=recursive, signed=signed)
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
    assert messages.read(octets).records == (Record("a\\046b\\027\\255", "A", 5, "0.0.0.0"),)


def test_the_status_of_an_answer_is_told_by_name_or_number():
    statuses = [
        messages.read(struct.pack("!HHHHHH", 1, 0x8000 | code, 0, 0, 0, 0)).status for code in range(16)
    ]
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
    assert messages.read(octets).records == (Record("a", "A", 0, "0.0.0.0"),)


def test_a_truncated_message_is_not_read_further():
    assert messages.read(struct.pack("!HHHHHH", 1, 0x8600, 9, 9, 9, 9)) == Answer(truncated=True)


def test_the_additional_section_of_a_referral_is_glue_and_of_nothing_else():
    query = dns.message.make_query("contoso.com.", "NS")
    found = dns.message.make_response(query)
    glue = dns.rrset.from_text("ns1.contoso.com.", 60, "IN", "A", "192.0.2.1")
    found.authority.append(dns.rrset.from_text("contoso.com.", 300, "IN", "NS", "ns1.contoso.com."))
    found.additional.append(glue)
    assert messages.read(found.to_wire()).glue == (Record("ns1.contoso.com", "A", 60, "192.0.2.1"),)
    found = message(*REAL[0])
    found.additional.append(glue)
    assert messages.read(found.to_wire()).glue == ()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 11, id="half a header"),
        pytest.param(struct.pack("!HHHHHH", 1, 0x8400, 0, 1, 0, 0), id="no record"),
        pytest.param(with_record(b"\1\2\3", 1), id="an address of three octets"),
        pytest.param(with_record(bytes(4), 1, length=5), id="a record beyond the message"),
        pytest.param(with_record(bytes(8), 33), id="an SRV record with a rest"),
        pytest.param(with_record(b"\x01a\x01b\x00", 5, length=3), id="a name beyond its record"),
        pytest.param(with_record(bytes(4), 1, owner=b"\xc0\x0c"), id="a name that points at itself"),
        pytest.param(with_record(bytes(4), 1, owner=b"\xc0\xff"), id="a name that points forward"),
        pytest.param(with_record(bytes(4), 1, owner=b"\x01a\xc0\x0c"), id="a name without end"),
        pytest.param(with_record(bytes(4), 1, owner=b"\x40" + b"a" * 64 + b"\0"), id="a label of 64 octets"),
        pytest.param(
            with_record(bytes(4), 1, owner=LONG + b"\x3e" + b"a" * 62 + b"\0"), id="a name of 256 octets"
        ),
        pytest.param(with_record(b"", 2, owner=b"\x3fa"), id="a label beyond the message"),
        pytest.param(with_record(b"\xff", 16), id="a text without end"),
    ],
)
def test_what_is_no_message_is_told(octets: bytes):
    assert messages.read(octets) == NONE


def test_a_name_has_255_octets_at_most():
    [record] = messages.read(with_record(bytes(4), 1, owner=LONG + b"\x3d" + b"a" * 61 + b"\0")).records
    assert record.name == ".".join(["a" * 63] * 3 + ["a" * 61])
