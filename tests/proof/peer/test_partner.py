"""Findings as sentences for the administrator of a partner."""

import pytest

from xmpp_federation_dns.proof.dns.agreement import AGAIN, DISAGREE
from xmpp_federation_dns.proof.partner import for_partner
from xmpp_federation_dns.proof.report import Finding, Severity, Subject

ASK = "ask the administrator of bücher.example to "
TRANSFER = f"{ASK}see why the zone transfer fails, if it takes longer than minutes"
CA = "use a certificate of a public CA and send its whole chain"


@pytest.mark.parametrize(
    ("check", "severity", "way_out", "told"),
    [
        ("C5", "warning", "renew it", f"{ASK}renew it"),
        ("C2", "error", "add it to the server's XMPP domains", f"{ASK}add it to the server's XMPP domains"),
        ("V15", "info", "hand the DS record to the registrar", f"{ASK}hand the DS record to the registrar"),
        ("C10", "info", "", ""),
        (
            "C7",
            "info",
            "name a resolver that answers, with --resolver",
            "name a resolver that answers, with --resolver",
        ),
        (
            "C7",
            "error",
            "sign the zone anew; `verify` tells more (V15)",
            f"{ASK}sign the zone anew (V15 tells more)",
        ),
        (
            "C12",
            "error",
            "renew our certificate: it expired on 2026-01-01",
            "renew our certificate: it expired on 2026-01-01",
        ),
        (
            "V2",
            "error",
            "have it delegated at the registrar, correct its name, or give a private one nameservers",
            f"{ASK}have it delegated at the registrar",
        ),
        ("V5", "error", AGAIN, f"{ASK}delete one or the other"),
        ("V6", "error", f"delete it, then {AGAIN}", f"{ASK}publish the SRV records themselves in its place"),
        ("V12", "error", DISAGREE[1], TRANSFER),
        ("V12", "warning", "wait for the zone transfer", TRANSFER),
        ("V13", "warning", AGAIN, f"{ASK}give all of them one TTL"),
        ("V13", "warning", DISAGREE[1], TRANSFER),
        ("V13", "warning", "change srvTtl or addressTtl", f"{ASK}publish a sensible one"),
        (
            "C5",
            "warning",
            f"{CA}; a CA of your own goes into --ca-file",
            f"{ASK}{CA} (where you trust their CA, name it with --ca-file)",
        ),
        ("V1", "warning", "ask again where IPv6 works", "ask again where IPv6 works"),
        (
            "V1",
            "error",
            "repair it, or take it out of those to ask",
            "repair it, or take it out of those to ask",
        ),
        (
            "V8",
            "info",
            "its own delegation is followed without --nameserver or nameservers",
            "its own delegation is followed without --nameserver",
        ),
        (
            "V1",
            "unknown",
            "ask again, or name the servers to ask, with --nameserver or nameservers of the zone",
            "ask again, or name the servers to ask with --nameserver",
        ),
        (
            "C1",
            "info",
            "run the probe from a machine that reaches the internet over IPv6",
            "run the probe from a machine that reaches the internet over IPv6",
        ),
    ],
)
def test_a_way_out_says_who_is_to_go_it(check: str, severity: Severity, way_out: str, told: str):
    finding = for_partner(Finding(check, severity, Subject("x"), "", way_out), "xn--bcher-kva.example")
    assert finding.way_out == told


def test_what_was_seen_is_not_expected_where_nobody_published_it():
    findings = [
        Finding(check, "error", Subject("x"), "", expected="a") for check in ("V1", "V4", "V12", "V15")
    ]
    assert [for_partner(each, "fabrikam.com").expected for each in findings] == ["a", "", "", "a"]
