"""What the checks of targets find in what name servers said."""

import pytest
from tests.proof.dns.cases import (
    ADDRESS,
    NO_NAME,
    NOTHING,
    answer,
    expected,
    said,
)

from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.target import target
from xmpp_federation_dns.proof.expected import Expected
from xmpp_federation_dns.proof.report import Finding

TARGET = "xmpp.contoso.com"
AGAIN = "run `pulumi up --refresh`"


DISAGREE = "the name servers of the zone do not agree"
TRANSFER = "wait for the zone transfer; if that takes longer than minutes, read its log"


def a(*values: str, ttl: int = 300) -> Answer:
    return answer(TARGET, "A", *values, ttl=ttl)


def aaaa(*values: str) -> Answer:
    return answer(TARGET, "AAAA", *values)


WRONG = "other addresses are published"
UNKNOWN_FAMILY = "configure them, or delete them; peers try them as well"
ELSEWHERE = expected(ipv4=())


def about_target(check: str, text: str, way_out: str = AGAIN, **seen: str) -> Finding:
    return Finding(check, "error", TARGET, text, way_out, ADDRESS, seen)


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
                    TARGET,
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
                    TARGET,
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
                    f"{TARGET} A",
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
                    f"{TARGET} A",
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": f"A {ADDRESS}", "ns2": "A 10.0.0.5"},
                ),
                Finding(
                    "V12",
                    "error",
                    f"{TARGET} AAAA",
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
                    f"{TARGET} A",
                    DISAGREE,
                    TRANSFER,
                    seen={"ns1": f"A {ADDRESS}", "ns2": "no such name"},
                ),
            ],
            id="V12 a stale server",
        ),
        pytest.param(
            expected(ipv6=("2620:1ec::10",)),
            [(a(ADDRESS), NOTHING)],
            [
                Finding(
                    "V9",
                    "error",
                    f"{TARGET} AAAA",
                    "not published",
                    AGAIN,
                    "2620:1ec::10",
                    {"ns1": "no such record"},
                )
            ],
            id="V9 one family missing",
        ),
        pytest.param(
            expected(),
            [(a(ADDRESS), aaaa("2620:1ec::10"))],
            [
                Finding(
                    "V9", "error", f"{TARGET} AAAA", WRONG, UNKNOWN_FAMILY, "", {"ns1": "AAAA 2620:1ec::10"}
                )
            ],
            id="V9 one family more",
        ),
        pytest.param(
            expected(),
            [(a(ADDRESS, "10.0.0.5"), NOTHING)],
            [
                Finding(
                    "V9", "error", f"{TARGET} A", WRONG, AGAIN, ADDRESS, {"ns1": f"A {ADDRESS}, A 10.0.0.5"}
                ),
                Finding(
                    "V10",
                    "error",
                    f"{TARGET} A",
                    "'10.0.0.5' is a private address; peers on the internet cannot reach it",
                    "publish the public address",
                ),
            ],
            id="V10 a private address of somebody",
        ),
        pytest.param(
            expected(ipv4=("10.0.0.5",)),
            [(a("10.0.0.5"), NOTHING)],
            [
                Finding(
                    "V10",
                    "warning",
                    f"{TARGET} A",
                    "'10.0.0.5' is a private address; peers on the internet cannot reach it",
                    "publish the public address",
                )
            ],
            id="V10 in a lab",
        ),
        pytest.param(
            expected(ipv4=(), ipv6=("2620:1ec::10",)),
            [(NOTHING, aaaa("2620:1ec::10"))],
            [
                Finding(
                    "V11",
                    "warning",
                    TARGET,
                    "IPv6 addresses alone; peers without IPv6 cannot reach it",
                    "add IPv4",
                    "2620:1ec::10",
                    {"ns1": "no such record; AAAA 2620:1ec::10"},
                )
            ],
            id="V11",
        ),
        pytest.param(
            expected(ipv4=(), ipv6=("2620:1ec::10",)),
            [(Answer(failure="no answer"), aaaa("2620:1ec::10"))],
            [],
            id="V11 not where no server says whether there is IPv4",
        ),
        pytest.param(
            expected(ipv6=("2620:1ec::10",)),
            [(NOTHING, aaaa("2620:1ec::10"))],
            [
                Finding(
                    "V9", "error", f"{TARGET} A", "not published", AGAIN, ADDRESS, {"ns1": "no such record"}
                )
            ],
            id="V11 not where IPv4 is expected and missing",
        ),
        pytest.param(
            expected(ipv4=(), ipv6=("2620:1ec::10",)),
            [(a(ADDRESS), aaaa("2620:1ec::10"))],
            [Finding("V9", "error", f"{TARGET} A", WRONG, UNKNOWN_FAMILY, "", {"ns1": f"A {ADDRESS}"})],
            id="V11 not where there is IPv4 that nobody expects",
        ),
        pytest.param(
            expected(ipv4=(), ipv6=()),
            [(NOTHING, aaaa("2620:1ec::10")), (a(ADDRESS), aaaa("2620:1ec::10"))],
            [],
            id="V11 not where one server has IPv4",
        ),
        pytest.param(
            expected(),
            [(a(ADDRESS, ttl=5), NOTHING)],
            [
                Finding(
                    "V13",
                    "warning",
                    f"{TARGET} A",
                    "the TTL is not as configured",
                    AGAIN,
                    "300",
                    {"ns1": "5"},
                )
            ],
            id="V13",
        ),
    ],
)
def test_the_checks_of_targets(
    wanted: Expected, answers: list[tuple[Answer, Answer]], findings: list[Finding]
):
    found = said(*({(TARGET, "A"): ipv4, (TARGET, "AAAA"): ipv6} for ipv4, ipv6 in answers))
    assert list(target(wanted, TARGET, found)) == findings


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
        Finding("V8", "error", name, "the target has no address", way_out, seen={"ns1": "no such name"})
    ]
