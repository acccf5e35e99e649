"""What the checks of targets find in their addresses, family by family."""

import pytest
from tests.proof.dns.cases import ADDRESS, AGAIN, NOTHING, TARGET, a, aaaa, expected, found_at

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.report import Finding, Subject

WRONG = "other addresses are published"
UNKNOWN_FAMILY = "configure them, or delete them; peers try them as well"


@pytest.mark.parametrize(
    ("wanted", "answers", "findings"),
    [
        pytest.param(
            expected(ipv6=("2620:1ec::10",)),
            [(a(ADDRESS), NOTHING)],
            [
                Finding(
                    "V9",
                    "error",
                    Subject(TARGET, "AAAA"),
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
                    "V9",
                    "error",
                    Subject(TARGET, "AAAA"),
                    WRONG,
                    UNKNOWN_FAMILY,
                    "",
                    {"ns1": "AAAA 2620:1ec::10"},
                )
            ],
            id="V9 one family more",
        ),
        pytest.param(
            expected(),
            [(a(ADDRESS, "10.0.0.5"), NOTHING)],
            [
                Finding(
                    "V9",
                    "error",
                    Subject(TARGET, "A"),
                    WRONG,
                    AGAIN,
                    ADDRESS,
                    {"ns1": f"A {ADDRESS}, A 10.0.0.5"},
                ),
                Finding(
                    "V10",
                    "error",
                    Subject(TARGET, "A"),
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
                    Subject(TARGET, "A"),
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
                    Subject(TARGET),
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
                    "V9",
                    "error",
                    Subject(TARGET, "A"),
                    "not published",
                    AGAIN,
                    ADDRESS,
                    {"ns1": "no such record"},
                )
            ],
            id="V11 not where IPv4 is expected and missing",
        ),
        pytest.param(
            expected(ipv4=(), ipv6=("2620:1ec::10",)),
            [(a(ADDRESS), aaaa("2620:1ec::10"))],
            [
                Finding(
                    "V9", "error", Subject(TARGET, "A"), WRONG, UNKNOWN_FAMILY, "", {"ns1": f"A {ADDRESS}"}
                )
            ],
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
                    Subject(TARGET, "A"),
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
def test_the_checks_of_addresses(
    wanted: Federation, answers: list[tuple[Answer, Answer]], findings: list[Finding]
):
    assert found_at(wanted, *answers) == findings
