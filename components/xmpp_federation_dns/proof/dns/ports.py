"""The check of ports: V22, each port of a target speaks one protocol."""

from collections.abc import Iterator

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.questions import Answers, Question, sibling
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER

XMPP_CLIENT, XMPPS_CLIENT = "_xmpp-client._tcp", "_xmpps-client._tcp"
"""Service labels of XMPP for clients (RFC 6120 §3.2.1, XEP-0368)."""
MOST_SHOWN = 4
"""Ports, and targets of each, that are told of; a server may send thousands."""
_MIXED = (
    (XMPPS_SERVER, XMPP_SERVER, "{} is the port for STARTTLS already; direct TLS needs one of its own"),
    (XMPP_CLIENT, XMPP_SERVER, "{} is the port for servers already; clients need one of their own"),
    (XMPPS_CLIENT, XMPP_SERVER, "{} is the port for servers already; clients need one of their own"),
    (XMPP_CLIENT, XMPPS_SERVER, "{} is the port for direct TLS already; clients need one of their own"),
)
"""Two services that cannot share a port.

Direct TLS of servers and of clients can: the protocol that is asked for tells them apart (XEP-0368 §3, RFC 7301).
"""


def question(expected: Federation) -> list[Question]:
    """Return what one server is asked: where clients go. Lync and Skype for Business have none of XMPP."""
    return [] if expected.profile == "lync" else [Question(f"{XMPP_CLIENT}.{expected.domain}", "SRV")]


def further(expected: Federation, answers: Answers) -> list[Question]:
    """Return what one server is asked in addition, where clients are served at all: their direct TLS."""
    clients = answers.values(Question(f"{XMPP_CLIENT}.{expected.domain}", "SRV"))
    return [Question(f"{XMPPS_CLIENT}.{expected.domain}", "SRV")] if any(clients.values()) else []


def ports(expected: Federation, answers: Answers) -> Iterator[Finding]:
    """Yield the ports that two services of a SIP domain share which cannot."""
    configured = {record_set.name for record_set in expected.services}
    for service, other, text in _MIXED:
        question = Question(f"{service}.{expected.domain}", "SRV")
        places = _places(question, answers)
        if not places:
            continue
        shared = places & _places(Question(f"{other}.{expected.domain}", "SRV"), answers)
        if question.name not in configured:
            # What a wildcard says of every name is V17.
            shared -= _places(Question(sibling(question.name), "SRV"), answers)
        for port in sorted({port for _, port in shared})[:MOST_SHOWN]:
            names = sorted(target for target, each in shared if each == port)
            way_out = f"let {' and '.join(names[:MOST_SHOWN])} listen on another port for {question.name}"
            if service != XMPPS_SERVER:
                way_out += ", unless what listens there tells them apart"
            yield Finding("V22", "warning", Subject(*question), text.format(port), way_out)


def _places(question: Question, answers: Answers) -> set[tuple[str, int]]:
    """Return the targets and ports of a service."""
    values = (value.split() for found in answers.values(question).values() for value in found)
    return {(target.removesuffix("."), int(port)) for _, _, port, target in values if target != "."}
