"""A question knows its answers, and reads the same octets once."""

from collections.abc import Callable

import pytest
from tests.proof.dns.messages import OWNER, REAL, message

from xmpp_federation_dns.proof.dns.query import Query

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
    assert Query(OWNER.removesuffix("."), "SRV").is_answered_by(octets) is answers


def test_the_same_octets_are_read_once():
    question = Query("contoso.com", "SOA")
    octets = message(*REAL[4]).to_wire()
    first = question.read(octets)
    assert question.read(b"\x99\x99" + octets[2:]) is first
    assert question.reply == octets[2:]
