"""What a proof that goes on waits for, in words."""

from dataclasses import replace

import pytest
from tests.proof.dns.cases import SRV, SRV_NAME, expected

from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.missing import missing
from xmpp_federation_dns.proof.dns.questions import Answers, Question
from xmpp_federation_dns.proof.report import Finding, Severity, Subject, Verdict

QUESTION = Question("xmpp.contoso.com", "A")
OPEN = Verdict("contoso.com", (Finding("V9", "error", Subject(*QUESTION), "other addresses are published"),))


def a(*addresses: str) -> Answer:
    return Answer("NOERROR", True, tuple(Record(*QUESTION, 300, address) for address in addresses))


SERVICE = Answer("NOERROR", True, (Record(SRV_NAME, "SRV", 3600, SRV),))
NEW, OLD, GONE, SILENT = (
    a("131.107.155.10"),
    a("131.107.155.99"),
    Answer("NXDOMAIN", True),
    Answer(failure="no answer"),
)


def answered(*answers: Answer) -> Answers:
    found = Answers()
    for position, answer in enumerate(answers):
        found.add(Question(SRV_NAME, "SRV"), f"ns{position}", SERVICE)
        found.add(QUESTION, f"ns{position}", answer)
    return found


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (
            (NEW, OLD, OLD, NEW),
            "2 of 4 servers of contoso.com still say A 131.107.155.99 for xmpp.contoso.com A",
        ),
        ((NEW, OLD), "1 of 2 servers of contoso.com still says A 131.107.155.99 for xmpp.contoso.com A"),
        ((GONE, OLD, GONE), "3 of 3 servers of contoso.com still say no such name for xmpp.contoso.com A"),
        ((NEW, SILENT), "1 of 2 servers of contoso.com does not answer for xmpp.contoso.com A"),
        ((SILENT, SILENT), "2 of 2 servers of contoso.com do not answer for xmpp.contoso.com A"),
        ((SILENT, OLD), "2 of 2 servers of contoso.com still say A 131.107.155.99 for xmpp.contoso.com A"),
    ],
)
def test_the_servers_are_counted_that_do_not_say_what_is_expected(answers: tuple[Answer, ...], text: str):
    assert missing([expected()], {"contoso.com": OPEN}, answered(*answers)) == text


def test_the_first_domain_is_told_and_the_others_are_counted():
    first, *others = (
        replace(expected(), domain=domain) for domain in ("contoso.com", "a.example", "b.example")
    )
    told = "1 of 1 servers of contoso.com still says A 131.107.155.99 for xmpp.contoso.com A"
    found = {"contoso.com": OPEN}
    assert missing([first, *others], found, answered(OLD)) == f"{told}, and 2 more SIP domains"
    assert missing([first, others[0]], found, answered(OLD)) == f"{told}, and 1 more SIP domain"
    assert missing([], found, answered(OLD)) == ""


@pytest.mark.parametrize(("check", "severity"), [("V1", "error"), ("V1", "unknown"), ("V14", "warning")])
def test_where_the_servers_say_what_is_expected_it_is_what_was_found(check: str, severity: Severity):
    warning = Finding("V13", "warning", Subject(*QUESTION), "the TTL is not as configured")
    found = Finding(check, severity, Subject("contoso.com", of="zone"), "a name server does not answer")
    verdicts = {"contoso.com": Verdict("contoso.com", (warning, found))}
    assert missing([expected()], verdicts, answered(NEW)) == "contoso.com: a name server does not answer"
    assert missing([expected()], verdicts, Answers()) == "contoso.com: a name server does not answer"
