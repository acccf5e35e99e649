"""What the checks of SRV records find in what name servers said."""

import pytest
from tests.proof.dns.cases import (
    AGAIN,
    NO_NAME,
    NOTHING,
    SRV,
    SRV_NAME,
    about_srv,
    answer,
    expected,
    said,
    services,
    srv,
)

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.answers import Answer, Record
from xmpp_federation_dns.proof.dns.service import service
from xmpp_federation_dns.proof.report import Finding, Subject

NOT_PUBLISHED = (
    "run `pulumi up --refresh`; if it has run, it published into another zone than the one that peers ask"
)
DISABLED = ("0 0 0 .",)


@pytest.mark.parametrize(
    ("wanted", "answers", "findings"),
    [
        pytest.param(expected(), [srv(SRV), srv(SRV)], [], id="as expected"),
        pytest.param(
            expected(),
            [NO_NAME],
            [about_srv("V3", "error", "not published", NOT_PUBLISHED, "no such name")],
            id="V3 nothing",
        ),
        pytest.param(
            expected(),
            [srv("0 0 5269 edge.contoso.com.")],
            [about_srv("V3", "error", "other values are published", AGAIN, "SRV 0 0 5269 edge.contoso.com.")],
            id="V3 another target",
        ),
        pytest.param(
            expected(),
            [srv("0 0 5269 xmpp.com.com.")],
            [about_srv("V3", "error", "other values are published", AGAIN, "SRV 0 0 5269 xmpp.com.com.")],
            id="V3 one label twice is no doubled suffix",
        ),
        pytest.param(
            expected(),
            [srv("0 0 5269 xmpp.contoso.com.contoso.com.")],
            [
                about_srv(
                    "V3",
                    "error",
                    "other values are published",
                    "the zone was appended to a complete name: write xmpp.contoso.com. with a final dot",
                    "SRV 0 0 5269 xmpp.contoso.com.contoso.com.",
                )
            ],
            id="V3 doubled suffix",
        ),
        pytest.param(
            expected(),
            [srv(SRV, "5 0 5269 old.contoso.com.")],
            [
                about_srv(
                    "V3",
                    "warning",
                    "more than expected is published: 5 0 5269 old.contoso.com.",
                    "delete what is not yours",
                    f"SRV {SRV}, SRV 5 0 5269 old.contoso.com.",
                )
            ],
            id="V3 more",
        ),
        pytest.param(
            expected(),
            [srv("1 0 5222 xmpp.contoso.com.")],
            [
                about_srv(
                    "V3", "error", "other values are published", AGAIN, "SRV 1 0 5222 xmpp.contoso.com."
                ),
                about_srv(
                    "V4", "error", "port 5222 instead of 5269", AGAIN, "SRV 1 0 5222 xmpp.contoso.com."
                ),
            ],
            id="V3 and V4",
        ),
        pytest.param(
            expected(srv=("0 0 15269 xmpp.contoso.com.",)),
            [srv("0 0 15269 xmpp.contoso.com.")],
            [
                about_srv(
                    "V4",
                    "warning",
                    "port 15269; Lync and Skype for Business dial no other than 5269",
                    "listen on port 5269",
                    "SRV 0 0 15269 xmpp.contoso.com.",
                    wanted="0 0 15269 xmpp.contoso.com.",
                )
            ],
            id="V4 as configured",
        ),
        pytest.param(
            expected(),
            [srv("0 0 0 .")],
            [about_srv("V5", "error", "the target is '.': no XMPP here", AGAIN, "SRV 0 0 0 .")],
            id="V5 disabled",
        ),
        pytest.param(
            expected(),
            [srv(SRV, "0 0 0 .")],
            [about_srv("V5", "error", "a target '.' stands beside others", AGAIN, f"SRV {SRV}, SRV 0 0 0 .")],
            id="V5 beside others",
        ),
        pytest.param(expected(srv=DISABLED), [srv("0 0 0 .")], [], id="disabled as expected"),
        pytest.param(
            expected(srv=DISABLED),
            [srv(SRV)],
            [
                about_srv(
                    "V5",
                    "error",
                    "federation is disabled, and servers are published",
                    AGAIN,
                    f"SRV {SRV}",
                    wanted="0 0 0 .",
                )
            ],
            id="V5 not disabled",
        ),
        pytest.param(
            expected(srv=DISABLED),
            [srv("0 0 5269 .")],
            [
                about_srv(
                    "V3", "error", "other values are published", AGAIN, "SRV 0 0 5269 .", wanted="0 0 0 ."
                )
            ],
            id="V3 disabled otherwise",
        ),
        pytest.param(
            expected(),
            [answer(SRV_NAME, "CNAME", "srv.fabrikam.com.")],
            [
                about_srv(
                    "V6",
                    "error",
                    "a CNAME stands where the SRV records belong; not every server follows it",
                    "delete it, then run `pulumi up --refresh`",
                    "CNAME srv.fabrikam.com.",
                )
            ],
            id="V6 alone",
        ),
        pytest.param(
            expected(),
            [
                Answer(
                    "NOERROR",
                    True,
                    (
                        Record("_tcp.contoso.com", "DNAME", 300, "_tcp.fabrikam.com."),
                        Record(SRV_NAME, "CNAME", 300, "_xmpp-server._tcp.fabrikam.com."),
                    ),
                )
            ],
            [
                about_srv(
                    "V6",
                    "error",
                    "it lies below _tcp.contoso.com, which a DNAME record leads elsewhere",
                    "delete that record, or publish where it leads",
                    "DNAME _tcp.fabrikam.com., CNAME _xmpp-server._tcp.fabrikam.com.",
                )
            ],
            id="V6 below a DNAME record",
        ),
        pytest.param(
            expected(),
            [
                Answer(
                    "NOERROR",
                    True,
                    (
                        Record(SRV_NAME, "CNAME", 300, "_xmpp-server._tcp.emea.contoso.com."),
                        Record("emea.contoso.com", "DNAME", 300, "fabrikam.com."),
                    ),
                )
            ],
            [
                about_srv(
                    "V6",
                    "error",
                    "a CNAME stands where the SRV records belong; not every server follows it",
                    "delete it, then run `pulumi up --refresh`",
                    "CNAME _xmpp-server._tcp.emea.contoso.com., DNAME fabrikam.com.",
                )
            ],
            id="V6 a CNAME that leads below a DNAME record",
        ),
        pytest.param(expected(), [], [], id="nobody answers"),
    ],
)
def test_the_checks_of_srv_records(wanted: Federation, answers: list[Answer], findings: list[Finding]):
    assert services(wanted, *answers) == findings


def test_v4_is_about_the_port_of_starttls_alone():
    wanted = expected(direct_tls=("0 0 5270 xmpp.contoso.com.",))
    assert wanted.direct_tls
    name = wanted.direct_tls.name
    found = said({(name, "SRV"): answer(name, "SRV", "0 0 5270 xmpp.contoso.com.", ttl=3600)})
    assert list(service(wanted, wanted.direct_tls, found)) == []


def test_v19_peers_without_an_srv_record_go_to_the_domain_itself():
    wanted = expected()
    found = said(
        {
            (SRV_NAME, "SRV"): NO_NAME,
            ("contoso.com", "A"): answer("contoso.com", "A", "131.107.1.1"),
            ("contoso.com", "AAAA"): NOTHING,
        }
    )
    assert list(service(wanted, wanted.service, found))[1:] == [
        Finding(
            "V19",
            "error",
            Subject(SRV_NAME, "SRV"),
            "peers that see no SRV record go to the addresses of the SIP domain itself, port 5269",
            "publish the SRV record",
            seen={"ns1": "131.107.1.1"},
        )
    ]
