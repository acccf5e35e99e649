"""What became of each record set: by what a stack wants, its provider has and its name servers say."""

from dataclasses import replace

import pytest
from tests.unit.table import BASE

from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.changes import Content, Foreign, Live
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.live.drift import State, as_metrics, compared
from xmpp_federation_dns.live.readings import Reading
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

KEY = "xmpp.contoso.com A"
WANTED = Content(300, ("131.107.155.10",))
OTHER = Content(300, ("192.0.2.1",))
READING = Reading(Rfc2136Zone(name="contoso.com", server="192.0.2.53"), {KEY: WANTED}, {KEY: WANTED})


def wrong(severity: str = "error") -> Verdict:
    subject = Subject("xmpp.contoso.com", "A")
    finding = Finding("V7", severity, subject, "ns1 says something else")  # pyright: ignore[reportArgumentType]
    return Verdict("contoso.com", (finding,))


def about(subject: Subject, severity: str = "error") -> Verdict:
    return Verdict("contoso.com", (Finding("V1", severity, subject, "no answer"),))  # pyright: ignore[reportArgumentType]


PROVEN = Verdict("contoso.com")
EXPECTED = read(
    BASE | {"zones": [{"provider": "aws", "name": "contoso.com"}], "domains": ["contoso.com"]}
).federations


@pytest.mark.parametrize(
    ("found", "verdict", "state"),
    [
        (WANTED, None, "in order"),
        (WANTED, PROVEN, "in order"),
        (WANTED, wrong(), "not served"),
        (WANTED, wrong("unknown"), "unknown"),
        (WANTED, wrong("warning"), "in order"),
        (None, None, "missing"),
        (None, wrong(), "missing"),
        (None, PROVEN, "served, not published"),
        (OTHER, None, "changed"),
        (OTHER, wrong(), "changed"),
        (OTHER, PROVEN, "served, not published"),
        (None, about(Subject("contoso.com", of="zone")), "missing"),
        (Foreign("CNAME edge.contoso.com."), None, "in the way"),
        (Foreign("CNAME edge.contoso.com."), wrong(), "in the way"),
        (Foreign("alias of lb.example.net."), PROVEN, "in the way"),
        (WANTED, about(Subject("contoso.com", of="zone")), "not served"),
        (WANTED, about(Subject("contoso.com", "NS", of="zone")), "not served"),
        (WANTED, about(Subject("fabrikam.com", of="zone")), "not served"),
        (WANTED, about(Subject("xmpp.contoso.com")), "not served"),
        (WANTED, about(Subject("_xmpp-server._tcp.contoso.com")), "in order"),
        (WANTED, about(Subject("192.0.2.53 port 53", of="server"), "unknown"), "unknown"),
    ],
)
def test_a_record_set_is_judged_by_its_provider_and_its_name_servers(
    found: Live | None, verdict: Verdict | None, state: State
):
    reading = replace(READING, live={} if found is None else {KEY: found})
    [drift] = compared([reading], EXPECTED, [] if verdict is None else [verdict])
    assert (drift.zone, drift.provider, drift.key, drift.state, drift.wanted, drift.found) == (
        "contoso.com", "rfc2136", KEY, state, WANTED, found
    )  # fmt: skip


def test_a_record_set_whose_target_is_at_fault_is_served_and_not_reached():
    verdict = about(Subject("edge.example.net"), "error")
    [drift] = compared([replace(READING, live={KEY: WANTED})], EXPECTED, [verdict])
    assert (drift.state, drift.said) == ("served, not reached", tuple(verdict.findings[0].lines))


def test_nothing_is_said_of_a_zone_that_could_not_be_read():
    [drift] = compared([replace(READING, live={}, fault="no answer")], EXPECTED, [PROVEN])
    assert drift.state == "unknown"


def test_what_two_sip_domains_are_told_of_one_target_is_said_once():
    both = [*EXPECTED, replace(EXPECTED[0], domain="fabrikam.com")]
    [drift] = compared([READING], both, [wrong(), replace(wrong(), domain="fabrikam.com")])
    assert drift.said == ("xmpp.contoso.com A: ns1 says something else",)


def test_metrics_count_record_sets_by_zone_and_state():
    readings = [replace(READING, live={KEY: OTHER})]
    assert as_metrics(compared(readings, EXPECTED, []), readings, 1_796_000_000.4).splitlines() == [
        "# HELP xmpp_federation_dns_record_sets Record sets of the stack, by what became of them.",
        "# TYPE xmpp_federation_dns_record_sets gauge",
        *(
            f'xmpp_federation_dns_record_sets{{zone="contoso.com",provider="rfc2136",state="{state}"}} {count}'
            for state, count in {
                "in order": 0,
                "changed": 1,
                "missing": 0,
                "in the way": 0,
                "not served": 0,
                "served, not reached": 0,
                "served, not published": 0,
                "unknown": 0,
            }.items()
        ),
        "# HELP xmpp_federation_dns_zone_read Whether the zone could be read at its provider.",
        "# TYPE xmpp_federation_dns_zone_read gauge",
        'xmpp_federation_dns_zone_read{zone="contoso.com",provider="rfc2136"} 1',
        "# HELP xmpp_federation_dns_drift_timestamp_seconds When this was looked at.",
        "# TYPE xmpp_federation_dns_drift_timestamp_seconds gauge",
        "xmpp_federation_dns_drift_timestamp_seconds 1796000000",
    ]
