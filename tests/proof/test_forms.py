import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from xmpp_federation_dns.proof.forms import (
    as_junit,
    as_markdown,
    as_metrics,
    as_table,
    summary,
    unanswered,
)
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict, exit_status
from xmpp_federation_dns.proof.result import Result, compared

ASKED = datetime(2026, 11, 30, 17, tzinfo=UTC)

CLEAN = Verdict("contoso.com")
WRONG = Verdict(
    "xn--mnchen-3ya.example",
    (
        Finding(
            "V9",
            "error",
            Subject("xmpp.example", "A"),
            "other addresses are published",
            "run `pulumi up --refresh`",
            "131.107.155.10",
            {"ns1 (192.0.2.1)": "A 10.0.0.5", "ns2 (192.0.2.2)": "A 10.0.0.5"},
        ),
        Finding("V13", "warning", Subject("xmpp.example", "A"), "the TTL is | not as \x1b[31mconfigured"),
    ),
)
SILENT = Verdict(
    "fabrikam.com",
    (
        Finding(
            "V1",
            "unknown",
            Subject("fabrikam.com", of="zone"),
            "none answers",
            "wait",
            seen={"192.0.2.1": "no answer"},
        ),
    ),
)
INFO = Verdict("fourth.example", (Finding("V17", "info", Subject("*.fourth.example"), "a wildcard answers"),))


def of(*verdicts: Verdict, proof: str = "verify") -> Result:
    return Result(proof, ASKED, verdicts)


def since(before: Result, *verdicts: Verdict) -> Result:
    return replace(of(*verdicts), since=compared(before, verdicts))


def test_one_error_makes_a_domain_fail_and_a_warning_does_not():
    assert [verdict.state for verdict in (CLEAN, WRONG, SILENT, INFO)] == [
        "proven",
        "failed",
        "unknown",
        "proven",
    ]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [([], 0), ([CLEAN, INFO], 0), ([CLEAN, SILENT], 2), ([SILENT, WRONG], 1)],
)
def test_the_exit_status_tells_the_worst_of_it(verdicts: list[Verdict], status: int):
    assert exit_status(verdicts) == status


def test_the_table_has_a_row_for_each_domain_and_what_each_server_said_in_it():
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(as_table(of(CLEAN, WRONG)))
    lines = [line.strip("│ ") for line in console.export_text().splitlines()[3:-1]]
    assert [" ".join(line.replace("│", " ").split()) for line in lines] == [
        "contoso.com proven",
        "xn--mnchen-3ya.example (münchen.example) failed V9 error: xmpp.example A: other addresses are",
        "published; run `pulumi up --refresh`",
        "expected 131.107.155.10",
        "ns1 (192.0.2.1), ns2 (192.0.2.2): A 10.0.0.5",
        "V13 warning: xmpp.example A: the TTL is | not as",
        "�[31mconfigured",
    ]


def test_the_summary_counts_each_verdict():
    assert (
        summary(of(CLEAN, WRONG, SILENT, INFO))
        == "4 SIP domains: 2 proven, 1 not, 1 could not be asked about"
    )
    assert summary(of(WRONG)) == "1 SIP domain: 0 proven, 1 not"


def test_markdown_is_a_table_whose_cells_hold_anything():
    assert as_markdown(of(CLEAN, WRONG)) == (
        "2 SIP domains: 1 proven, 1 not\n"
        "\n"
        "| SIP domain | verdict | check | finding |\n"
        "|---|---|---|---|\n"
        "| xn--mnchen-3ya.example (münchen.example) | failed | V9 | error: xmpp.example A: other addresses are "
        "published; run `pulumi up --refresh`<br>expected 131.107.155.10<br>ns1 (192.0.2.1), ns2 (192.0.2.2): "
        "A 10.0.0.5 |\n"
        "| xn--mnchen-3ya.example (münchen.example) | failed | V13 | warning: xmpp.example A: the TTL is \\| not as "
        "\N{REPLACEMENT CHARACTER}[31mconfigured |\n"
        "| contoso.com | proven |  |  |"
    )


def test_markdown_of_3000_domains_fits_a_comment_and_what_failed_comes_first():
    text = as_markdown(of(*[CLEAN] * 3000, WRONG, SILENT))
    lines = text.splitlines()
    assert lines[0] == "3002 SIP domains: 3000 proven, 1 not, 1 could not be asked about"
    assert [line.split(" | ")[1] for line in lines[4:8]] == ["failed", "failed", "unknown", "proven"]
    kept = text.count("| contoso.com |")
    assert len(text) <= 65_536
    assert (
        lines[-1]
        == f"… and {3000 - kept:,} more rows, which do not fit here; `--format json` has all of them."
    )


def test_junit_has_a_case_for_each_domain_that_fails_or_errs():
    assert as_junit(of(CLEAN, WRONG, SILENT)) == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<testsuites tests="3" failures="1" errors="1">\n'
        '  <testsuite name="xmpp-federation-dns verify" tests="3" failures="1" errors="1">\n'
        '    <testcase classname="xmpp-federation-dns verify" name="contoso.com" />\n'
        '    <testcase classname="xmpp-federation-dns verify" name="xn--mnchen-3ya.example">\n'
        '      <failure message="V9 xmpp.example A: other addresses are published; run `pulumi up --refresh`" />\n'
        "      <system-out>V9 error: xmpp.example A: other addresses are published; run `pulumi up --refresh`\n"
        "expected 131.107.155.10\n"
        "ns1 (192.0.2.1), ns2 (192.0.2.2): A 10.0.0.5\n"
        "V13 warning: xmpp.example A: the TTL is | not as \N{REPLACEMENT CHARACTER}[31mconfigured</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="xmpp-federation-dns verify" name="fabrikam.com">\n'
        '      <error message="V1 fabrikam.com: none answers; wait" />\n'
        "      <system-out>V1 unknown: fabrikam.com: none answers; wait\n"
        "192.0.2.1: no answer</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>"
    )


def test_what_could_not_be_asked_is_one_line_for_each_cause():
    other = Verdict(
        "x.fabrikam.com",
        (
            Finding(
                "V1",
                "unknown",
                Subject("x.com", of="zone"),
                "none answers",
                "",
                seen={"192.0.2.1": "no answer"},
            ),
        ),
    )
    assert unanswered([CLEAN, WRONG, SILENT, other, SILENT]) == [
        "fabrikam.com and 1 more: none answers; 192.0.2.1: no answer"
    ]


def test_metrics_have_verdicts_findings_and_ends_of_certificates():
    end = datetime(2026, 12, 24, tzinfo=UTC)
    clean = replace(CLEAN, expiries={'192.0.2.1 port 5269 (a"b)': end})
    lines = as_metrics(of(clean, WRONG, SILENT, proof="probe")).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        'xmpp_federation_dns_proven{proof="probe",domain="contoso.com"} 1',
        'xmpp_federation_dns_proven{proof="probe",domain="xn--mnchen-3ya.example"} 0',
        'xmpp_federation_dns_findings{proof="probe",domain="xn--mnchen-3ya.example",check="V9",severity="error"} 1',
        'xmpp_federation_dns_findings{proof="probe",domain="xn--mnchen-3ya.example",check="V13",severity="warning"} 1',
        'xmpp_federation_dns_findings{proof="probe",domain="fabrikam.com",check="V1",severity="unknown"} 1',
        'xmpp_federation_dns_certificate_expiry_timestamp_seconds{domain="contoso.com",'
        f'server="192.0.2.1 port 5269 (a\\"b)"}} {end.timestamp():.0f}',
        'xmpp_federation_dns_proof_timestamp_seconds{proof="probe"} 1796058000',
    ]
    assert len([line for line in lines if line.startswith("# HELP")]) == 4


OTHER = Verdict(
    "contoso.com",
    (
        Finding("V9", "error", Subject("xmpp.contoso.com", "A"), "not published", "publish it"),
        Finding("V13", "warning", Subject("xmpp.contoso.com", "A"), "the TTL is not as configured"),
    ),
)
CHANGED = since(of(OTHER, INFO, SILENT), CLEAN, INFO, WRONG)
"""One is proven now, one is as before, one is not asked about any more, and one is new."""


def test_with_a_baseline_the_table_has_what_has_changed():
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(as_table(CHANGED))
    lines = [line.strip("│ ") for line in console.export_text().splitlines()[3:-1]]
    assert [" ".join(line.replace("│", " ").split()) for line in lines] == [
        "contoso.com failed → proven V9 gone error: xmpp.contoso.com A: not published; publish it",
        "V13 gone warning: xmpp.contoso.com A: the TTL is not as configured",
        "xn--mnchen-3ya.example (münchen.example) not asked → failed V9 new error: xmpp.example A: other addresses are "
        "published; run `pulumi up --refresh`",
        "expected 131.107.155.10",
        "ns1 (192.0.2.1), ns2 (192.0.2.2): A 10.0.0.5",
        "V13 new warning: xmpp.example A: the TTL is | not as �[31mconfigured",
        "fabrikam.com unknown → not asked",
    ]


def test_with_a_baseline_the_summary_counts_what_has_changed_and_what_has_not():
    told = "3 SIP domains: 2 proven, 1 not; since 2026-11-30 17:00 UTC 3 changed (2 new findings, 2 gone), 1 as before"
    assert summary(CHANGED) == told
    worse = Verdict("contoso.com", INFO.findings)
    assert summary(since(of(CLEAN), worse)).endswith(" 1 changed (1 new finding, 0 gone), 0 as before")


def test_with_a_baseline_markdown_is_what_has_changed_or_one_line():
    lines = as_markdown(CHANGED).splitlines()
    assert [line.split(" | ")[1:3] for line in lines[4:]] == [
        ["not asked → failed", "V9"],
        ["not asked → failed", "V13"],
        ["failed → proven", "V9"],
        ["failed → proven", "V13"],
        ["unknown → not asked", ""],
    ]
    same = as_markdown(since(of(CLEAN), CLEAN))
    assert same == (
        "1 SIP domain: 1 proven; since 2026-11-30 17:00 UTC 0 changed (0 new findings, 0 gone), 1 as before"
    )


def test_with_a_baseline_a_case_fails_for_what_is_new():
    worse = replace(OTHER, findings=(*OTHER.findings, INFO.findings[0]))
    text = as_junit(since(of(OTHER, WRONG), worse, SILENT))
    assert [line.strip() for line in text.splitlines()[1:]] == [
        '<testsuites tests="3" failures="0" errors="1">',
        '<testsuite name="xmpp-federation-dns verify" tests="3" failures="0" errors="1">',
        '<testcase classname="xmpp-federation-dns verify" name="contoso.com">',
        "<system-out>V17 new info: *.fourth.example: a wildcard answers</system-out>",
        "</testcase>",
        '<testcase classname="xmpp-federation-dns verify" name="fabrikam.com">',
        '<error message="V1 fabrikam.com: none answers; wait" />',
        "<system-out>V1 new unknown: fabrikam.com: none answers; wait",
        "192.0.2.1: no answer</system-out>",
        "</testcase>",
        '<testcase classname="xmpp-federation-dns verify" name="xn--mnchen-3ya.example" />',
        "</testsuite>",
        "</testsuites>",
    ]
