"""What a server answers to a change that it does not make."""

import struct

import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest
from tests.unit.dynamic_update.lab import (
    NAME,
    OTHER_SECRET,
    Answer,
    answering,
    at,
    record_set,
    says,
    told,
)
from tools.lab.knot import Knot

from xmpp_federation_dns.backends.dynamic_update import DynamicUpdates

UNSIGNED = "the answer is not signed: the zone is probably not served there"


def cut_short(wire: bytes) -> bytes:
    """Answer with less than a header."""
    return wire[:11]


def echo(wire: bytes) -> bytes:
    """Answer with the request."""
    return wire


def sign_in_the_wrong_place(_: bytes) -> bytes:
    """Answer with a TSIG record in the section of prerequisites."""
    header = bytes(2) + b"\xa8\x00" + struct.pack("!4H", 0, 1, 0, 0)
    return header + b"\x00" + struct.pack("!HHIH", dns.rdatatype.TSIG, dns.rdataclass.ANY, 0, 0)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (dns.rcode.NOTIMP, "the server does not take dynamic updates (NOTIMP)"),
        (dns.rcode.REFUSED, "the server does not serve the zone, or its policy refuses this (REFUSED)"),
        (dns.rcode.SERVFAIL, "the server failed; its log says why (SERVFAIL)"),
        (dns.rcode.NOTZONE, "the name lies outside the zone that the server knows (NOTZONE)"),
        (dns.rcode.NOTAUTH, "the server is not authoritative for the zone (NOTAUTH)"),
        (dns.rcode.FORMERR, "refused (FORMERR)"),
    ],
)
def test_a_refusal_is_told_with_its_cause(
    provider: DynamicUpdates, code: dns.rcode.Rcode, cause: str
) -> None:
    with answering(says(code)) as port:
        wanted = record_set(port, "131.107.155.10")
        assert told(provider.create, wanted) == f"{at(port)}: {NAME} A not created: {cause}"
        assert (
            told(provider.update, "", wanted, record_set(port, "131.107.155.11"))
            == f"{at(port)}: {NAME} A not changed: {cause}"
        )
        assert told(provider.delete, "", wanted) == f"{at(port)}: {NAME} A not deleted: {cause}"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (says(dns.rcode.NOERROR, secret=None), UNSIGNED),
        (says(dns.rcode.REFUSED, secret=None), UNSIGNED),
        (
            says(dns.rcode.NOERROR, secret=OTHER_SECRET),
            (
                "the secret of TSIG key 'demo' is not the server's "
                "(a new key takes effect with pulumi up without --refresh)"
            ),
        ),
        (cut_short, "The DNS packet passed to from_wire() is too short."),
    ],
    ids=["unsigned", "unsigned refusal", "signed by somebody else", "cut short"],
)
def test_an_answer_that_proves_nothing_is_not_believed(
    provider: DynamicUpdates, answer: Answer, cause: str
) -> None:
    with answering(answer) as port:
        wanted = record_set(port, "131.107.155.10")
        assert told(provider.create, wanted) == f"{at(port)}: {NAME} A not created: {cause}"


def test_an_answer_to_something_else_is_not_believed() -> None:
    with answering(echo) as port:
        wanted = record_set(port, "131.107.155.10", tsigKeyName=None)
        assert told(DynamicUpdates().create, wanted) == (
            f"{at(port)}: {NAME} A not created: A DNS query response does not respond to the question asked."
        )


def test_an_error_of_several_lines_is_told_in_one(provider: DynamicUpdates) -> None:
    with answering(sign_in_the_wrong_place) as port:
        assert told(provider.create, record_set(port, "131.107.155.10")) == (
            f"{at(port)}: {NAME} A not created: A TSIG record occurred somewhere other than the end of "
            "the additional data section or the class is not ANY."
        )


def test_a_zone_that_is_not_served_is_told(knot: Knot, provider: DynamicUpdates) -> None:
    wanted = record_set(knot.port, "131.107.155.10", zone="fabrikam.com", name="xmpp.fabrikam.com")
    assert told(provider.create, wanted) == (
        f"DNS server 127.0.0.1 port {knot.port}, zone fabrikam.com: "
        f"xmpp.fabrikam.com A not created: {UNSIGNED}"
    )


def test_a_name_outside_the_zone_is_told(knot: Knot, provider: DynamicUpdates) -> None:
    wanted = record_set(knot.port, "131.107.155.10", name="xmpp.fabrikam.com")
    assert told(provider.create, wanted) == (
        f"{at(knot.port)}: xmpp.fabrikam.com A not created: "
        "the name lies outside the zone that the server knows (NOTZONE)"
    )
