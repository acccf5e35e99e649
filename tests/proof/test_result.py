"""What has changed since a baseline, and what that means for a pipeline."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from xmpp_federation_dns.proof.report import Finding, Subject, Verdict
from xmpp_federation_dns.proof.result import Change, Result, compared

ASKED = datetime(2026, 11, 30, 17, tzinfo=UTC)
ERROR = Finding(
    "V9", "error", Subject("xmpp.contoso.com", "A"), "not published", seen={"ns1": "no such name"}
)
WARNING = Finding("V13", "warning", Subject("xmpp.contoso.com", "A"), "the TTL is not as configured")
SILENCE = Finding("V1", "unknown", Subject("contoso.com", of="zone"), "none answers")


def verdict(*findings: Finding, domain: str = "contoso.com") -> Verdict:
    return Verdict(domain, findings)


def before(*verdicts: Verdict) -> Result:
    return Result("verify", ASKED, verdicts)


def changes(old: Verdict, new: Verdict) -> tuple[Change, ...]:
    return compared(before(old), [new]).changes


def test_nothing_has_changed_where_servers_say_the_same_in_other_words():
    again = replace(ERROR, seen={"ns2": "no such record"}, way_out="publish it", expected="192.0.2.1")
    since = compared(before(verdict(ERROR)), [verdict(again)])
    assert (since.asked, since.changes, since.as_before) == (ASKED, (), 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(ERROR, check="V8"),
        replace(ERROR, severity="warning"),
        replace(ERROR, subject=Subject("xmpp.contoso.com", "AAAA")),
        replace(ERROR, text="other addresses are published"),
    ],
)
def test_a_finding_is_another_one_by_check_severity_subject_and_text(other: Finding):
    [change] = changes(verdict(ERROR), verdict(other))
    assert (change.new, change.gone) == ((other,), (ERROR,))


def test_what_is_new_and_what_is_gone_is_told_apart_from_what_is_as_before():
    assert changes(verdict(ERROR, WARNING), verdict(WARNING)) == (
        Change("contoso.com", "failed", "proven", (), (ERROR,)),
    )
    assert changes(verdict(WARNING), verdict(WARNING, ERROR)) == (
        Change("contoso.com", "proven", "failed", (ERROR,), ()),
    )


def test_nothing_is_gone_where_nobody_could_be_asked():
    assert changes(verdict(ERROR), verdict(SILENCE)) == (
        Change("contoso.com", "failed", "unknown", (SILENCE,), ()),
    )


def test_a_domain_that_one_of_both_does_not_have_has_changed():
    since = compared(before(verdict(ERROR)), [verdict(domain="fabrikam.com")])
    assert since.changes == (
        Change("fabrikam.com", None, "proven"),
        Change("contoso.com", "failed", None),
    )
    assert [change.state for change in since.changes] == ["not asked → proven", "failed → not asked"]


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ([verdict(ERROR)], [verdict(ERROR)], 0),
        ([verdict(ERROR)], [verdict()], 0),
        ([verdict()], [verdict(WARNING)], 0),
        ([verdict()], [verdict(ERROR)], 1),
        ([], [verdict(ERROR)], 1),
        ([verdict(ERROR)], [], 0),
        (
            [verdict(), verdict(SILENCE, domain="x.example")],
            [verdict(), verdict(SILENCE, domain="x.example")],
            0,
        ),
        ([verdict(), verdict(domain="x.example")], [verdict(), verdict(SILENCE, domain="x.example")], 2),
        ([verdict(SILENCE)], [verdict(SILENCE)], 2),
    ],
    ids=[
        "an error as before",
        "an error less",
        "a new warning",
        "a new error",
        "a new SIP domain with an error",
        "a SIP domain less",
        "one could not be asked about, as before",
        "one can no longer be asked about",
        "nothing could be asked, as before",
    ],
)
def test_the_exit_status_is_that_of_what_is_new(old: list[Verdict], new: list[Verdict], status: int):
    assert Result("verify", ASKED, new, compared(before(*old), new)).exit_status == status
