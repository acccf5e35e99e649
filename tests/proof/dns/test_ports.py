"""V22: each port of a target speaks one protocol."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.proof.dns.cases import NOTHING, RECORDS, SRV, SRV_NAME, answer, expected, said
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import ZONE
from tests.proof.dns.test_dane import proven
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.ports import further, ports, question
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.report import Finding, Subject

DIRECT = "_xmpps-server._tcp.contoso.com"
CLIENT, DIRECT_CLIENT = "_xmpp-client._tcp.contoso.com", "_xmpps-client._tcp.contoso.com"
TARGET = "xmpp.contoso.com"
UNUSED = "x7f3k9-xmpp-federation-dns._tcp.contoso.com"
STARTTLS = "5269 is the port for STARTTLS already; direct TLS needs one of its own"
SERVERS = "5269 is the port for servers already; clients need one of their own"


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (1e9,))


def found(services: Mapping[str, str]) -> list[Finding]:
    """Return what is found where the services have these SRV records."""
    return list(
        ports(expected(), said({(name, "SRV"): answer(name, "SRV", srv) for name, srv in services.items()}))
    )


def warning(name: str, text: str) -> Finding:
    way_out = f"let {TARGET} listen on another port for {name}"
    if name != DIRECT:
        way_out += ", unless what listens there tells them apart"
    return Finding("V22", "warning", Subject(name, "SRV"), text, way_out)


@pytest.mark.parametrize(
    ("services", "name", "text"),
    [
        ({SRV_NAME: SRV, DIRECT: f"5 5 5269 {TARGET}."}, DIRECT, STARTTLS),
        ({SRV_NAME: SRV, CLIENT: SRV}, CLIENT, SERVERS),
        ({SRV_NAME: SRV, DIRECT_CLIENT: SRV}, DIRECT_CLIENT, SERVERS),
        (
            {DIRECT: SRV, CLIENT: SRV},
            CLIENT,
            "5269 is the port for direct TLS already; clients need one of their own",
        ),
    ],
)
def test_v22_a_port_of_two_services_is_a_warning(services: Mapping[str, str], name: str, text: str):
    assert found(services) == [warning(name, text)]


@pytest.mark.parametrize(
    "services",
    [
        pytest.param({SRV_NAME: SRV, DIRECT: f"0 0 5270 {TARGET}."}, id="a port for each"),
        pytest.param({SRV_NAME: SRV, DIRECT: "0 0 5269 tls.contoso.com."}, id="a target for each"),
        pytest.param({SRV_NAME: SRV, CLIENT: "0 0 0 ."}, id="no clients"),
        pytest.param({SRV_NAME: "0 0 0 .", DIRECT: "0 0 0 ."}, id="disabled"),
        # ALPN tells servers and clients apart (XEP-0368).
        pytest.param(
            {DIRECT: f"0 0 443 {TARGET}.", DIRECT_CLIENT: f"0 0 443 {TARGET}."}, id="direct TLS for both"
        ),
        pytest.param({SRV_NAME: SRV, CLIENT: SRV, UNUSED: SRV}, id="a wildcard"),
    ],
)
def test_v22_ports_that_services_can_share_are_no_finding(services: Mapping[str, str]):
    assert found(services) == []


def test_v22_a_wildcard_does_not_excuse_direct_tls_that_is_configured():
    wanted = expected(direct_tls=(SRV,))
    answers = {name: answer(name, "SRV", SRV) for name in (SRV_NAME, DIRECT, UNUSED)}
    there = said({(name, "SRV"): each for name, each in answers.items()})
    assert list(ports(wanted, there)) == [warning(DIRECT, STARTTLS)]


def test_v22_of_thousands_of_ports_and_targets_four_are_told():
    values = [f"0 0 {port} t{number}.contoso.com." for port in range(1, 101) for number in range(10)]
    there = said({(name, "SRV"): answer(name, "SRV", *values) for name in (SRV_NAME, CLIENT)})
    told = list(ports(expected(), there))
    assert [each.text.split()[0] for each in told] == ["1", "2", "3", "4"]
    assert told[0].way_out == (
        "let t0.contoso.com and t1.contoso.com and t2.contoso.com and t3.contoso.com listen on another port for "
        f"{CLIENT}, unless what listens there tells them apart"
    )


def test_v22_clients_are_asked_about_unless_the_profile_is_lync():
    assert question(expected()) == [Question(CLIENT, "SRV")]
    assert question(replace(expected(), profile="standard")) == question(expected())
    assert question(replace(expected(), profile="lync")) == []


def test_v22_direct_tls_of_clients_is_asked_about_where_there_are_clients():
    assert further(expected(), said({(CLIENT, "SRV"): answer(CLIENT, "SRV", SRV)})) == [
        Question(DIRECT_CLIENT, "SRV")
    ]
    assert further(expected(), said({(CLIENT, "SRV"): NOTHING})) == []
    assert further(expected(), said()) == []


def test_v22_verify_finds_it_at_a_name_server(tmp_path: Path):
    port = free_port()
    text = f"{ZONE}ns1 A 192.0.2.53\n{RECORDS}_xmpp-client._tcp SRV {SRV}\n_xmpps-client._tcp SRV {SRV}\n"
    with knot(tmp_path / "k", {"contoso.com.": text}, port):
        assert proven(("127.0.0.1", port)) == [warning(CLIENT, SERVERS), warning(DIRECT_CLIENT, SERVERS)]
