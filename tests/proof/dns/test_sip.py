"""V20: in the profile `lync`, XMPP goes to the addresses of the Access Edge."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.proof.dns.cases import ADDRESS, RECORDS, SRV, SRV_NAME, TARGET, answer, expected, run, said
from tests.proof.dns.standin import authority, serving

from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.sip import further, question, sip
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

SIP = "_sipfederationtls._tcp.contoso.com"
EDGE = "sip.contoso.com"
OTHER = "131.107.155.99"
LYNC = replace(expected(), profile="lync")
WARNING = Finding(
    "V20",
    "warning",
    Subject(TARGET),
    f"the Access Edge that {SIP} leads to has other addresses, and XMPP federation runs there",
    "publish the same addresses for both; the last step is `Test-CsXmppIM`, end to end through the gateway",
    f"{OTHER} of {EDGE}",
    {TARGET: ADDRESS},
)


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (1e9,))


def found(
    more: Mapping[tuple[str, str], Answer], *srv: str, wanted: Any = LYNC, ipv4: str = ADDRESS
) -> list[Finding]:
    """Return what is found where SIP federation goes as *srv* says."""
    there = {(SIP, "SRV"): answer(SIP, "SRV", *srv), (TARGET, "A"): answer(TARGET, "A", ipv4)}
    return list(sip(wanted, said({**there, **more})))


def edge(*values: str, name: str = EDGE, kind: str = "A") -> dict[tuple[str, str], Answer]:
    return {(name, kind): answer(name, kind, *values)}


def test_v20_an_access_edge_elsewhere_is_a_warning_with_both_addresses():
    assert found(edge(OTHER), "0 0 5061 sip.contoso.com.") == [WARNING]


@pytest.mark.parametrize(
    ("more", "srv"),
    [
        pytest.param(edge(ADDRESS), ["0 0 5061 sip.contoso.com."], id="the same address"),
        pytest.param({}, [f"0 0 5061 {TARGET}."], id="the same target"),
        pytest.param({}, [], id="no such record"),
        pytest.param({}, ["0 0 0 ."], id="no SIP federation"),
        pytest.param({}, ["0 0 5061 sip.contoso.com."], id="no address known"),
        pytest.param(edge(OTHER), ["0 0 443 sip.contoso.com."], id="another port"),
        pytest.param({}, ["0 0 5061 \\000.contoso.com."], id="a name that cannot be asked for"),
        pytest.param(
            {**edge(OTHER), **edge(ADDRESS, name="sip2.contoso.com")},
            ["0 0 5061 sip.contoso.com.", "10 0 5061 sip2.contoso.com."],
            id="one of two Edge pools",
        ),
        pytest.param(
            {**edge(ADDRESS), **edge("2620:1ec::10", kind="AAAA")},
            ["0 0 5061 sip.contoso.com."],
            id="a family that XMPP has not",
        ),
    ],
)
def test_v20_an_access_edge_at_the_same_address_or_none_is_no_finding(
    more: Mapping[tuple[str, str], Answer], srv: list[str]
):
    assert found(more, *srv) == []


def test_v20_no_family_in_common_is_a_warning():
    [finding] = found(edge("2620:1ec::10", kind="AAAA"), "0 0 5061 sip.contoso.com.")
    assert (finding.check, finding.expected) == ("V20", f"2620:1ec::10 of {EDGE}")


@pytest.mark.parametrize("profile", ["standard", ""])
def test_v20_other_servers_are_not_asked_about(profile: Any):
    assert question(replace(expected(), profile=profile)) == []


def test_v20_of_thousands_of_targets_four_are_looked_at_and_none_is_asked_twice():
    values = [f"0 0 5061 t{number:04}.contoso.com." for number in range(1000)]
    answers = said({(SIP, "SRV"): answer(SIP, "SRV", *values), ("t0000.contoso.com", "A"): answer("x", "A")})
    assert further(LYNC, answers) == [
        Question("t0000.contoso.com", "AAAA"),
        *(Question(f"t000{number}.contoso.com", kind) for number in (1, 2, 3) for kind in ("A", "AAAA")),
    ]


def test_v20_verify_finds_it_with_one_question_more_a_sip_domain():
    async def one(text: str) -> tuple[Verdict, list[tuple[str, str]]]:
        async with serving(authority("contoso.com.", RECORDS + text)) as it:
            options = VerifyOptions(((it.address, it.port),), timeout=20)
            [verdict] = await verify([LYNC], options, lambda _: None)
            return verdict, [(name, kind) for name, kind, _ in it.asked if name != "contoso.com"]

    found, _ = run(one(f"_sipfederationtls._tcp SRV 0 0 5061 sip.contoso.com.\nsip A {OTHER}\n"))
    assert found.findings == (WARNING,)
    found, asked = run(one(""))
    assert found.findings == ()
    assert sorted(asked) == sorted(
        [
            (SRV_NAME, "SRV"),
            (TARGET, "A"),
            (TARGET, "AAAA"),
            ("_jabber._tcp.contoso.com", "SRV"),
            ("xmpp-server.tcp.contoso.com", "SRV"),
            ("_xmpps-server._tcp.contoso.com", "SRV"),
            ("_xmpp-server._tcp.xmpp.contoso.com", "SRV"),
            (SIP, "SRV"),
        ]
    )
    assert SRV.endswith(f"{TARGET}.")
