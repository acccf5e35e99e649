"""Whatever octets come, nothing raises, and dnspython reads the same."""

import struct
from typing import cast

import dns.name
import dns.rdatatype
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proof.dns.cases import SRV_NAME, expected
from tests.proof.dns.messages import REAL, as_dnspython_reads, message, with_record

from xmpp_federation_dns.proof.dns import messages
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.leftover import leftover
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import (
    Answers,
    Question,
    foreign_targets,
    further,
    leftovers,
    questions,
)
from xmpp_federation_dns.proof.dns.service import service
from xmpp_federation_dns.proof.dns.target_checks import target


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_arbitrary_octets_raise_nothing(octets: bytes):
    assert isinstance(messages.read(octets), Answer)
    assert isinstance(messages.read(octets[:2] + b"\x84\0" + octets[4:]), Answer)


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
    found = messages.read(mutated)
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
        answer = messages.read(with_record(data, dns.rdatatype.from_text(kind), cast("bytes", owner)))
        found = Answers()
        found.add(asked, "ns1", answer)
        for each in (*further(wanted, (), found), Question(SRV_NAME, "A")):
            found.add(each, "ns1", answer)
            assert Query(*each).message
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
