"""What servers of RFC 2136 do with messages: the stand-in in memory, and Knot."""

from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.tsigkeyring
import dns.update
import pytest
from tests.standins.primary import Change, Primary
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

ZONE = "contoso.com"
SECRET = "eG1wcCBmZWRlcmF0aW9uIHhtcHAgZmVkZXJhdGlvbg=="
Send = Callable[[dns.message.Message], dns.message.Message]
Line = tuple[str, ...]

A = ("xmpp", "A", "131.107.155.10")
SRV = ("_xmpp-server._tcp", "SRV", "0 0 5269 xmpp.contoso.com.")
ADD_A = ("add", "xmpp", "300", "A", "131.107.155.10")
ADD_B = ("add", "xmpp", "300", "A", "131.107.155.11")
ADD_SRV = ("add", "_xmpp-server._tcp", "3600", "SRV", "0 0 5269 xmpp.contoso.com.")
ALIAS = ("add", "xmpp", "60", "CNAME", "other.example.")
BOTH = "300 A 131.107.155.10, 131.107.155.11"

CASES: dict[str, list[tuple[list[Line], str, str]]] = {
    "what is absent is created once": [
        ([("absent", "xmpp", "A"), ADD_A], "NOERROR", "300 A 131.107.155.10"),
        ([("absent", "xmpp", "A"), ADD_A], "YXRRSET", "300 A 131.107.155.10"),
    ],
    "a condition names all values": [
        ([ADD_A, ADD_B], "NOERROR", BOTH),
        ([("present", *A), ("delete", *A)], "NXRRSET", BOTH),
        (
            [("present", *A), ("present", "xmpp", "A", "131.107.155.11"), ("delete", "xmpp", "A")],
            "NOERROR",
            "",
        ),
    ],
    "a condition does not name the TTL": [
        ([("add", "xmpp", "60", *A[1:])], "NOERROR", "60 A 131.107.155.10"),
        ([("present", *A), ("delete", *A), ADD_A], "NOERROR", "300 A 131.107.155.10"),
    ],
    "a condition may name the type alone": [
        ([("present", "xmpp", "A"), ADD_A], "NXRRSET", ""),
        ([ADD_B], "NOERROR", "300 A 131.107.155.11"),
        ([("present", "xmpp", "A"), ADD_A], "NOERROR", BOTH),
    ],
    "one condition that fails keeps everything back": [
        ([ADD_SRV], "NOERROR", ""),
        ([ADD_A, ("absent", "xmpp", "A"), ("absent", *SRV[:2])], "YXRRSET", ""),
        ([("present", *SRV), ("delete", *SRV), ADD_A], "NOERROR", "300 A 131.107.155.10"),
        ([("present", *SRV), ("delete", "xmpp", "A")], "NXRRSET", "300 A 131.107.155.10"),
    ],
    "conditions look at the zone before the message": [
        ([("absent", "xmpp", "A"), ADD_A, ADD_B], "NOERROR", BOTH),
        ([("delete", "xmpp", "A"), ("absent", "xmpp", "A")], "YXRRSET", BOTH),
    ],
    "nothing is added beside a CNAME, without a word": [
        ([ALIAS], "NOERROR", "60 CNAME other.example."),
        ([("absent", "xmpp", "A"), ADD_A], "NOERROR", "60 CNAME other.example."),
        ([("absent", "xmpp", "CNAME"), ADD_A], "YXRRSET", "60 CNAME other.example."),
    ],
    "no CNAME is added beside anything, without a word": [
        ([ADD_A], "NOERROR", "300 A 131.107.155.10"),
        ([ALIAS], "NOERROR", "300 A 131.107.155.10"),
        ([("delete", *A), ALIAS], "NOERROR", "60 CNAME other.example."),
    ],
    "what is not there is deleted without a word": [
        ([("delete", *A), ("delete", *SRV[:2])], "NOERROR", ""),
    ],
}


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot.serving([ZONE], tmp_path_factory.mktemp("knot") / "server", SECRET) as knot:
        yield knot


@pytest.fixture(params=["stand-in", "Knot"])
def send(request: pytest.FixtureRequest) -> Send:
    """Return what sends a message to a server with nothing in its zone."""
    if request.param == "stand-in":
        primary = Primary({ZONE: ADDRESS}, lambda _: None)
        return lambda message: primary.tcp(message, ADDRESS, 5, 53)
    knot: Knot = request.getfixturevalue("knot")
    for name, rdtype in knot.names(ZONE):
        if name not in ("@", "ns1"):
            knot.change(ZONE, ("delete", name, rdtype))
    return lambda message: dns.query.tcp(message, ADDRESS, 5, knot.port)


def update(send: Send, lines: list[Line]) -> str:
    """Send a message of these lines and return the answer's code."""
    message = dns.update.UpdateMessage(ZONE, keyring=dns.tsigkeyring.from_text({KEY_NAME: SECRET}))
    for action, *rest in lines:
        getattr(message, action)(*rest)
    return dns.rcode.to_text(send(message).rcode())


def shown(send: Send) -> str:
    """Return TTL, type and values of what a query for the address gets."""
    answer = send(dns.message.make_query(f"xmpp.{ZONE}", "A", flags=0)).answer
    texts = [rrset.to_text().splitlines() for rrset in answer]
    return "".join(f"{lines[0].split()[1]} {lines[0].split()[3]} {_values(lines)}" for lines in texts)


def _values(lines: list[str]) -> str:
    return ", ".join(sorted(line.split(maxsplit=4)[4] for line in lines))


@pytest.mark.parametrize("case", CASES)
def test_an_update_is_answered_and_carried_out_as_the_rfc_says(send: Send, case: str):
    for lines, code, there in CASES[case]:
        assert (update(send, lines), shown(send)) == (code, there)


def test_a_name_without_records_is_told_from_one_that_is_not_there(send: Send):
    update(send, [ADD_SRV])
    names = (f"_xmpp-server._tcp.{ZONE}", f"_tcp.{ZONE}", f"xmpp.{ZONE}", ZONE)
    answers = [send(dns.message.make_query(name, "A", flags=0)) for name in names]
    assert [dns.rcode.to_text(answer.rcode()) for answer in answers] == [
        "NOERROR",
        "NOERROR",
        "NXDOMAIN",
        "NOERROR",
    ]
    assert all(answer.flags & dns.flags.AA for answer in answers)


@pytest.fixture
def primary() -> Primary:
    return Primary({ZONE: ADDRESS, "emea.contoso.com": "127.0.0.2"}, lambda _: None)


def test_another_server_of_the_stand_in_does_not_serve_the_zone(primary: Primary):
    at_the_other: Send = lambda message: primary.tcp(message, "127.0.0.2", 5, 53)  # noqa: E731
    assert update(at_the_other, [ADD_A]) == "NOTAUTH"
    assert at_the_other(dns.message.make_query(f"xmpp.{ZONE}", "A")).rcode() == dns.rcode.REFUSED


def test_queries_of_the_stand_in_may_be_behind_and_conditions_never_are(primary: Primary):
    send: Send = lambda message: primary.tcp(message, ADDRESS, 5, 53)  # noqa: E731
    update(send, [ADD_A])
    update(send, [ADD_B])
    primary.lag = 1
    assert shown(send) == "300 A 131.107.155.10"
    assert update(send, [("present", *A), ADD_SRV]) == "NXRRSET"


def test_the_stand_in_tells_every_change_and_who_made_it():
    changes: list[Change] = []
    primary = Primary({ZONE: ADDRESS}, changes.append)
    primary.by = "prod"
    update(lambda message: primary.tcp(message, ADDRESS, 5, 53), [ADD_A, ADD_B])
    primary.put((ZONE, f"xmpp.{ZONE}", "CNAME"), "60 other.example.")
    place = (ZONE, f"xmpp.{ZONE}", "A")
    text = "300 131.107.155.10, 131.107.155.11"
    assert changes == [
        Change("prod", place, None, text),
        Change("hand", place, text, None),
        Change("hand", (ZONE, f"xmpp.{ZONE}", "CNAME"), None, "60 other.example."),
    ]
