"""What a server answers to a change that it does not make."""

import struct

import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from dns.rdtypes.ANY.TSIG import TSIG
from tests.unit.dynamic_update.lab import (
    GONE,
    NAME,
    OTHER_SECRET,
    SECRET,
    Answer,
    answering,
    at,
    in_turn,
    record_set,
    says,
    told,
)
from tools.lab.knot import KEY_NAME, Knot

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.keepers.keeper import Keeper

LAST_KEY = "(pulumi refresh, destroy and up --refresh begin with the key of the last up)"
NOT_TAKEN = (
    "the server is not authoritative for the zone, or it does not accept TSIG key 'demo': name, secret, algorithm "
    f"or clock {LAST_KEY} (NOTAUTH)"
)
UNSERVED = (
    "the server does not serve the zone, or its policy refuses this, or it does not accept TSIG key 'demo': name, "
    f"secret, algorithm or clock {LAST_KEY} (REFUSED)"
)
REFUSED = "the server does not serve the zone, or its policy refuses this; the message was"


def sent(port: int) -> tuple[str, bool]:
    """Return the error of an update, and whether it may have been carried out."""
    client = Keeper(SECRET).client(record_set(port))
    assert isinstance(client, PrimaryZone)
    primary = client.primary
    with pytest.raises(UpdateError) as error:
        primary.update(primary.change(), "not sent")
    return str(error.value), error.value.unanswered


def cut_short(wire: bytes) -> bytes:
    """Answer with less than a header."""
    return wire[:11]


def echo(wire: bytes) -> bytes:
    """Answer with the request."""
    return wire


def complain_of_the_key(wire: bytes) -> bytes:
    """Answer as NSD 4.6 does: BADKEY, without the question."""
    query = dns.message.from_wire(wire, keyring=False)
    answer = dns.message.make_response(query)
    answer.set_rcode(dns.rcode.NOTAUTH)
    answer.question.clear()
    name, algorithm = dns.name.from_text(KEY_NAME), dns.name.from_text("hmac-sha256")
    tsig = TSIG(
        dns.rdataclass.ANY, dns.rdatatype.TSIG, algorithm, 0, 300, b"", query.id, dns.rcode.BADKEY, b""
    )
    answer.tsig = dns.rrset.from_rdata(name, 0, tsig)
    return answer.to_wire()


def sign_in_the_wrong_place(_: bytes) -> bytes:
    """Answer with a TSIG record in the section of prerequisites."""
    header = bytes(2) + b"\xa8\x00" + struct.pack("!4H", 0, 1, 0, 0)
    return header + b"\x00" + struct.pack("!HHIH", dns.rdatatype.TSIG, dns.rdataclass.ANY, 0, 0)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (dns.rcode.NOTIMP, "the server does not take dynamic updates (NOTIMP)"),
        (dns.rcode.REFUSED, f"{REFUSED} signed by TSIG key 'demo' (REFUSED)"),
        (dns.rcode.SERVFAIL, "the server failed; its log says why (SERVFAIL)"),
        (dns.rcode.NOTZONE, "the name lies outside the zone that the server knows (NOTZONE)"),
        (dns.rcode.NOTAUTH, "the server is not authoritative for the zone (NOTAUTH)"),
        (dns.rcode.FORMERR, "refused (FORMERR)"),
    ],
)
def test_a_refusal_is_told_with_its_cause(provider: Keeper, code: dns.rcode.Rcode, cause: str) -> None:
    with answering(says(code)) as port:
        wanted = record_set(port, "131.107.155.10")
        assert told(provider.create, wanted) == f"{at(port)}: {NAME} A not created: {cause}"
        assert (
            told(provider.update, "", wanted, record_set(port, "131.107.155.11"))
            == f"{at(port)}: {NAME} A not changed: {cause}"
        )
        gone = GONE if code in (dns.rcode.NOTAUTH, dns.rcode.REFUSED) else ""
        assert told(provider.delete, "", wanted) == f"{at(port)}: {NAME} A not deleted: {cause}{gone}"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            says(dns.rcode.NOERROR, secret=None),
            "the answer is not signed, so it may be anybody's (NOERROR)",
        ),
        (
            says(dns.rcode.YXRRSET, secret=None),
            "the answer is not signed, so it may be anybody's (YXRRSET)",
        ),
        (
            says(dns.rcode.NOERROR, secret=OTHER_SECRET),
            f"the secret of TSIG key 'demo' is not the server's {LAST_KEY}",
        ),
        (cut_short, "The DNS packet passed to from_wire() is too short."),
    ],
    ids=["unsigned", "unsigned condition", "signed by somebody else", "cut short"],
)
def test_an_answer_that_proves_nothing_is_not_believed(answer: Answer, cause: str) -> None:
    with answering(answer) as port:
        assert sent(port) == (f"{at(port)}: not sent: {cause}", True)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (dns.rcode.NOTAUTH, NOT_TAKEN),
        (dns.rcode.NOTIMP, "the server does not take dynamic updates (NOTIMP)"),
        (dns.rcode.REFUSED, UNSERVED),
        (dns.rcode.SERVFAIL, "the server failed; its log says why (SERVFAIL)"),
    ],
)
def test_an_error_without_signature_is_an_answer(code: dns.rcode.Rcode, cause: str) -> None:
    with answering(says(code, secret=None)) as port:
        assert sent(port) == (f"{at(port)}: not sent: {cause}", False)


def test_an_error_without_signature_does_not_tell_what_became_of_an_attempt_before_it() -> None:
    with answering(in_turn(lambda _: b"", says(dns.rcode.NOTAUTH, secret=None))) as port:
        assert sent(port) == (f"{at(port)}: not sent: {NOT_TAKEN}", True)


def test_a_name_that_is_not_there_by_an_answer_without_signature_is_not_gone(
    provider: Keeper,
) -> None:
    with answering(says(dns.rcode.NXDOMAIN, secret=None, authoritative=True)) as port:
        assert told(provider.read, "", record_set(port, "131.107.155.10")) == (
            f"{at(port)}: {NAME} A not read: the answer is not signed, so it may be anybody's (NXDOMAIN)"
        )


def test_a_refusal_tells_where_the_message_was_not_signed() -> None:
    with answering(says(dns.rcode.REFUSED, secret=None)) as port:
        wanted = record_set(port, "131.107.155.10", tsigKeyName=None)
        assert told(Keeper().create, wanted) == (
            f"{at(port)}: {NAME} A not created: {REFUSED} not signed (REFUSED)"
        )


def test_an_answer_to_something_else_is_not_believed() -> None:
    with answering(echo) as port:
        wanted = record_set(port, "131.107.155.10", tsigKeyName=None)
        assert told(Keeper().create, wanted) == (
            f"{at(port)}: {NAME} A not created: A DNS query response does not respond to the question asked."
        )


def test_a_complaint_of_the_key_needs_no_question() -> None:
    cause = "TSIG key 'demo' is unknown there, is of another algorithm, or may not change this name and type"
    with answering(complain_of_the_key) as port:
        assert sent(port) == (f"{at(port)}: not sent: {cause} {LAST_KEY}", False)


def test_an_error_of_several_lines_is_told_in_one(provider: Keeper) -> None:
    with answering(sign_in_the_wrong_place) as port:
        message = told(provider.create, record_set(port, "131.107.155.10"))
    # How it goes on depends on the version of dnspython.
    assert message.startswith(
        f"{at(port)}: {NAME} A not created: A TSIG record occurred somewhere other than the end of the additional data "
    )
    assert "\n" not in message


def test_a_zone_that_is_not_served_is_told(knot: Knot, provider: Keeper) -> None:
    wanted = record_set(knot.port, "131.107.155.10", zone="fabrikam.com", name="xmpp.fabrikam.com")
    assert told(provider.create, wanted) == (
        f"DNS server 127.0.0.1 port {knot.port}, zone fabrikam.com: "
        f"xmpp.fabrikam.com A not created: {NOT_TAKEN}"
    )


def test_a_name_outside_the_zone_is_told(knot: Knot, provider: Keeper) -> None:
    wanted = record_set(knot.port, "131.107.155.10", name="xmpp.fabrikam.com")
    assert told(provider.create, wanted) == (
        f"{at(knot.port)}: xmpp.fabrikam.com A not created: "
        "the name lies outside the zone that the server knows (NOTZONE)"
    )
