"""Where the name servers of a zone differ, and what they say of TTLs: V12 and V13 of SRV records."""

import pytest
from tests.proof.dns.cases import AGAIN, NO_NAME, SRV, SRV_NAME, about_srv, answer, expected, services, srv

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.report import Finding

DISAGREE = "the name servers of the zone do not agree"
TRANSFER = "wait for the zone transfer; if that takes longer than minutes, read its log"


@pytest.mark.parametrize(
    ("wanted", "answers", "findings"),
    [
        pytest.param(
            expected(),
            [srv(SRV), srv("0 0 5269 old.contoso.com.")],
            [
                about_srv(
                    "V12",
                    "error",
                    DISAGREE,
                    TRANSFER,
                    f"SRV {SRV}",
                    "SRV 0 0 5269 old.contoso.com.",
                    wanted="",
                ),
            ],
            id="V12 a stale server",
        ),
        pytest.param(
            expected(),
            [srv(SRV), NO_NAME],
            [about_srv("V12", "error", DISAGREE, TRANSFER, f"SRV {SRV}", "no such name", wanted="")],
            id="V12 a server without",
        ),
        pytest.param(
            expected(),
            [srv(SRV), answer(SRV_NAME, "CNAME", "srv.fabrikam.com.")],
            [
                about_srv(
                    "V12", "error", DISAGREE, TRANSFER, f"SRV {SRV}", "CNAME srv.fabrikam.com.", wanted=""
                )
            ],
            id="V12 a server with a CNAME",
        ),
        pytest.param(
            expected(),
            [srv(SRV), srv("0 0 5222 xmpp.contoso.com.", ttl=60), srv("0 0 0 .")],
            [
                about_srv(
                    "V12",
                    "error",
                    DISAGREE,
                    TRANSFER,
                    f"SRV {SRV}",
                    "SRV 0 0 5222 xmpp.contoso.com.",
                    "SRV 0 0 0 .",
                    wanted="",
                )
            ],
            id="V12 servers with another port and TTL, and disabled",
        ),
        pytest.param(
            expected(),
            [srv("0 0 5269 old.contoso.com."), NO_NAME],
            [
                about_srv(
                    "V3",
                    "error",
                    "other values are published",
                    AGAIN,
                    "SRV 0 0 5269 old.contoso.com.",
                    "no such name",
                ),
                about_srv(
                    "V12",
                    "error",
                    DISAGREE,
                    TRANSFER,
                    "SRV 0 0 5269 old.contoso.com.",
                    "no such name",
                    wanted="",
                ),
            ],
            id="V3 and V12 nowhere as expected",
        ),
        pytest.param(
            expected(),
            [srv(SRV), srv(SRV, ttl=60)],
            [
                about_srv(
                    "V13",
                    "warning",
                    "its TTL differs between the name servers",
                    TRANSFER,
                    "3600",
                    "60",
                    wanted="3600",
                )
            ],
            id="V13 a stale server",
        ),
        pytest.param(
            expected(),
            [srv(SRV, ttl=7200)],
            [about_srv("V13", "warning", "the TTL is not as configured", AGAIN, "7200", wanted="3600")],
            id="V13 another TTL",
        ),
        pytest.param(
            expected(srv=(SRV, "1 0 5269 xmpp.contoso.com.")),
            [Answer("NOERROR", True, srv(SRV).records + srv("1 0 5269 xmpp.contoso.com.", ttl=5).records)],
            [
                about_srv(
                    "V13",
                    "warning",
                    "its records have several TTLs, which no record set may have (RFC 2181 §5.2)",
                    AGAIN,
                    "5, 3600",
                    wanted="3600",
                )
            ],
            id="V13 several TTLs",
        ),
        *(
            pytest.param(
                expected(ttl=ttl),
                [srv(SRV, ttl=ttl)],
                [
                    about_srv(
                        "V13",
                        "warning",
                        f"a TTL of {ttl} s; 60 to 86400 s are sensible",
                        "change srvTtl or addressTtl",
                        wanted="",
                    )
                ],
                id=f"V13 {ttl} s",
            )
            for ttl in (59, 86_401)
        ),
        pytest.param(expected(ttl=60), [srv(SRV, ttl=60)], [], id="a TTL of 60 s"),
    ],
)
def test_what_servers_differ_in_and_ttls(wanted: Federation, answers: list[Answer], findings: list[Finding]):
    assert services(wanted, *answers) == findings
