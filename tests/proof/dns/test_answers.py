"""What an answer is, in a line and in seconds."""

import pytest

from xmpp_federation_dns.proof.dns.answers import Answer, Record


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
