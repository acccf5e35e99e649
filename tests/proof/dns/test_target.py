"""What the checks of targets find in what name servers said."""

import pytest
from tests.proof.dns.cases import (
    ADDRESS,
    AGAIN,
    NO_NAME,
    NOTHING,
    TARGET,
    a,
    aaaa,
    answer,
    expected,
    found_at,
    said,
)

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.target_checks import target
from xmpp_federation_dns.proof.report import Finding, Subject

DISAGREE = "the name servers of the zone do not agree"
TRANSFER = "wait for the zone transfer; if that takes longer than minutes, read its log"


ELSEWHERE = expected(ipv4=())


def about_target(check: str, text: str, way_out: str = AGAIN, **seen: str) -> Finding:
    return Finding(check, "error", Subject(TARGET), text, way_out, ADDRESS, seen)


@pytest.mark.parametrize(
    ("wanted", "answers", "findings"),
    [
        pytest.param(expected(), [(a(ADDRESS), NOTHING)], [], id="as expected"),
        pytest.param(expected(), [], [], id="nobody answers"),
        pytest.param(
            expected(),
            [(answer(TARGET, "CNAME", "edge.contoso.com."), answer(TARGET, "CNAME", "edge.contoso.com."))],
            [
                about_target(
                    "V7",
                    "a CNAME, which the target of an SRV record must not be (RFC 2782), though many servers follow it",
                    "delete it, then publish the addresses at the target itself",
                    ns1="CNAME edge.contoso.com.",
                )
            ],
            id="V7 alone",
        ),
        pytest.param(
            expected(),
            [
                (
                    Answer(
                        "NOERROR",
                        True,
                        (
                            Record("contoso.com", "DNAME", 300, "fabrikam.com."),
                            Record(TARGET, "CNAME", 300, "xmpp.fabrikam.com."),
                        ),
                    ),
                    NOTHING,
                )
            ],
            [
                about_target(
                    "V7",
                    "it lies below contoso.com, which a DNAME record leads elsewhere",
                    "delete that record, or publish where it leads",
                    ns1="DNAME fabrikam.com., CNAME xmpp.fabrikam.com.; no such record",
                )
            ],
            id="V7 below a DNAME record",
        ),
        pytest.param(
            expected(),
            [(NO_NAME, NO_NAME)],
            [about_target("V8", "the target has no address", ns1="no such name")],
            id="V8 nothing",
        ),
        pytest.param(
            ELSEWHERE,
            [(NO_NAME, NO_NAME), (a(ADDRESS), NOTHING)],
            [
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET),
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": "no such name", "ns2": f"A {ADDRESS}; no such record"},
                )
            ],
            id="V12 elsewhere, at one server",
        ),
        pytest.param(
            ELSEWHERE,
            [(answer(TARGET, "CNAME", "edge.contoso.com."), NOTHING), (a(ADDRESS), NOTHING)],
            [
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET),
                    DISAGREE,
                    TRANSFER,
                    seen={
                        "ns1": "CNAME edge.contoso.com.; no such record",
                        "ns2": f"A {ADDRESS}; no such record",
                    },
                )
            ],
            id="V12 elsewhere, a CNAME at one server",
        ),
        pytest.param(
            expected(),
            [
                (answer(TARGET, "CNAME", "edge.contoso.com."), answer(TARGET, "CNAME", "edge.contoso.com.")),
                (a(ADDRESS), NOTHING),
            ],
            [
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET, "A"),
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": "CNAME edge.contoso.com.", "ns2": f"A {ADDRESS}"},
                )
            ],
            id="V12 a CNAME at one server",
        ),
        pytest.param(
            expected(),
            [(a(ADDRESS), NOTHING), (a("10.0.0.5", ttl=60), aaaa("2620:1ec::10"))],
            [
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET, "A"),
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": f"A {ADDRESS}", "ns2": "A 10.0.0.5"},
                ),
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET, "AAAA"),
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": "no such record", "ns2": "AAAA 2620:1ec::10"},
                ),
            ],
            id="V12 other addresses, TTL and family at one server",
        ),
        pytest.param(ELSEWHERE, [(a(ADDRESS), NOTHING)], [], id="elsewhere"),
        pytest.param(
            expected(),
            [(a(ADDRESS), NOTHING), (NO_NAME, NO_NAME)],
            [
                Finding(
                    "V12",
                    "error",
                    Subject(TARGET, "A"),
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": f"A {ADDRESS}", "ns2": "no such name"},
                ),
            ],
            id="V12 a stale server",
        ),
    ],
)
def test_the_checks_of_targets(
    wanted: Federation, answers: list[tuple[Answer, Answer]], findings: list[Finding]
):
    assert found_at(wanted, *answers) == findings


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("gone.contoso.com", "point the SRV record to its own target"),
        ("gone.fabrikam.com", "make the SRV record name an existing target"),
    ],
)
def test_v8_the_way_out_depends_on_whose_target_leads_nowhere(name: str, way_out: str):
    found = said({(name, "A"): NO_NAME, (name, "AAAA"): NO_NAME})
    assert list(target(expected(), name, found)) == [
        Finding(
            "V8", "error", Subject(name), "the target has no address", way_out, seen={"ns1": "no such name"}
        )
    ]
