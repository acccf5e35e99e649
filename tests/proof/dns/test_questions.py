"""What is asked, and what the checks of misleading names find in the answers."""

import pytest
from tests.proof.dns.cases import (
    ADDRESS,
    NO_NAME,
    NOTHING,
    SRV,
    SRV_NAME,
    answer,
    expected,
    said,
)

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.leftover import leftover
from xmpp_federation_dns.proof.dns.questions import (
    Answers,
    Question,
    foreign_targets,
    further,
    leftovers,
    questions,
)
from xmpp_federation_dns.proof.report import Finding, Subject

TARGET = "xmpp.contoso.com"


def srv(*values: str, ttl: int = 3600) -> Answer:
    return answer(SRV_NAME, "SRV", *values, ttl=ttl)


JABBER, BARE = "_jabber._tcp.contoso.com", "xmpp-server.tcp.contoso.com"
DIRECT, BELOW = "_xmpps-server._tcp.contoso.com", "_xmpp-server._tcp.xmpp.contoso.com"
OTHERS = {SRV_NAME}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (JABBER, "a name from before RFC 3920, which old servers alone still ask for"),
        (BARE, f"its labels lack the underscores; peers ask at {SRV_NAME}"),
        (DIRECT, "peers try it first, and this configuration knows of no direct TLS"),
        (BELOW, f"it stands below a target; peers ask at {SRV_NAME}"),
    ],
)
def test_v18_a_leftover_is_named(name: str, text: str):
    found = said({(name, "SRV"): answer(name, "SRV", SRV)})
    assert list(leftover(expected(), OTHERS, found)) == [
        Finding("V18", "warning", Subject(name, "SRV"), text, "delete it", seen={"ns1": SRV})
    ]


def test_v18_what_another_sip_domain_or_direct_tls_needs_is_no_leftover():
    asked = [each.name for each in leftovers(expected(), {SRV_NAME, BELOW, DIRECT})]
    assert asked == [JABBER, BARE]


@pytest.mark.parametrize(
    ("name", "unused", "kind", "subject"),
    [
        (BARE, "x7f3k9-xmpp-federation-dns.contoso.com", "A", "*.contoso.com"),
        (JABBER, "x7f3k9-xmpp-federation-dns._tcp.contoso.com", "SRV", "*._tcp.contoso.com"),
    ],
)
def test_v17_a_wildcard_is_told_once_and_what_it_answers_is_no_leftover(
    name: str, unused: str, kind: str, subject: str
):
    values = ["0 0 5269 a.example."] if kind == "SRV" else [ADDRESS]
    found = said({(unused, kind): answer(unused, kind, *values)})
    if kind == "SRV":
        for each in (JABBER, DIRECT):
            found.add(Question(each, "SRV"), "ns1", answer(each, "SRV", *values))
    else:
        found.add(Question(name, "SRV"), "ns1", NOTHING)
    assert list(leftover(expected(), OTHERS, found)) == [
        Finding(
            "V17",
            "info",
            Subject(subject),
            "a wildcard answers for names that nobody published: that a name exists proves nothing",
        )
    ]


def test_every_server_is_asked_for_services_and_both_families_of_targets():
    wanted = expected(direct_tls=("0 0 5270 xmpp.contoso.com.",))
    assert questions(wanted) == [
        Question(SRV_NAME, "SRV"),
        Question(DIRECT, "SRV"),
        Question(TARGET, "A"),
        Question(TARGET, "AAAA"),
    ]


def test_the_answers_lead_to_further_questions():
    found = said(
        {
            (SRV_NAME, "SRV"): srv("0 0 5269 old.contoso.com."),
            (JABBER, "SRV"): NOTHING,
            (BARE, "SRV"): NO_NAME,
        }
    )
    assert further(expected(), OTHERS, found) == [
        Question("old.contoso.com", "A"),
        Question("old.contoso.com", "AAAA"),
        Question("x7f3k9-xmpp-federation-dns._tcp.contoso.com", "SRV"),
        Question("x7f3k9-xmpp-federation-dns._tcp.contoso.com", "A"),
    ]


def test_where_no_server_has_the_srv_record_the_addresses_of_the_domain_are_asked_for():
    domain = [Question("contoso.com", "A"), Question("contoso.com", "AAAA")]
    nowhere = {(SRV_NAME, "SRV"): NOTHING}
    assert further(expected(), OTHERS, said(nowhere, nowhere)) == domain
    assert further(expected(), OTHERS, said(nowhere, {(SRV_NAME, "SRV"): srv(SRV)})) == []
    assert further(expected(), OTHERS, said()) == []


def test_a_target_that_only_servers_behind_the_others_have_is_not_looked_at():
    found = said({(SRV_NAME, "SRV"): srv("0 0 5269 old.contoso.com.")}, {(SRV_NAME, "SRV"): srv(SRV)})
    assert foreign_targets(expected(), found) == []


def test_nothing_is_asked_twice():
    found = said({(SRV_NAME, "SRV"): srv("0 0 5269 old.contoso.com."), ("old.contoso.com", "A"): NOTHING})
    assert further(expected(), OTHERS, found) == [Question("old.contoso.com", "AAAA")]


def test_of_thousands_of_published_targets_sixteen_are_looked_at_and_only_names_that_can_be_asked_for():
    values = [f"0 0 5269 t{number:04}.contoso.com." for number in range(1000)]
    found = said({(SRV_NAME, "SRV"): srv("0 0 0 .", SRV, "0 0 5269 \\000.contoso.com.", *values)})
    assert foreign_targets(expected(), found) == [f"t{number:04}.contoso.com" for number in range(16)]


def test_a_question_that_nobody_was_asked_has_no_answers():
    assert Answers().all(Question("contoso.com", "A")) == {}
