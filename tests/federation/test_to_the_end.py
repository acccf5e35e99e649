"""A certificate of contoso.com against real servers of fabrikam.com, to the end; nothing is published for it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.federation import authority
from tests.federation.ends import ENDS, End, Said
from tests.federation.lab import EDGES, LIMIT, Lab, Proof
from tests.federation.rows import DEAD

TARGET = "xmpp.fabrikam.com"
ADDRESSES = [option for address in EDGES["fabrikam.com"] for option in ("--address", address)]


@pytest.fixture(scope="module")
def source(lab: Lab) -> Path:
    """Return what is to be published for fabrikam.com, with an address where nothing listens."""
    rows = [
        {"name": "_xmpp-server._tcp.fabrikam.com", "type": "SRV", "values": [f"0 0 5269 {TARGET}."]},
        {"name": TARGET, "type": "A", "values": [DEAD]},
    ]
    path = lab.directory / "to-come.json"
    path.write_text(json.dumps([{**row, "ttl": 300, "zone": "fabrikam.com"} for row in rows]))
    return path


@pytest.fixture(scope="module")
def strangers(lab: Lab) -> authority.Authority:
    """Return an authority that no server trusts."""
    (lab.directory / "strangers").mkdir()
    return authority.Authority.below(lab.directory / "strangers", "Authority of strangers")


def proof(lab: Lab, source: Path, certificate: authority.Certificate, seconds: float = LIMIT) -> Proof:
    """Return what `probe` finds at the servers of fabrikam.com with a *certificate* of contoso.com."""
    files = ("--certificate", f"{certificate.chain}", "--key", f"{certificate.key}")
    return lab.probe(source, *files, *ADDRESSES, seconds=seconds)


def assert_named(found: Proof, said: Said) -> None:
    """Assert that C12, and nothing else, says of both addresses what is to be *said*."""
    findings = [each for each in found.findings["fabrikam.com"] if each["check"] == "C12"]
    assert [each["severity"] for each in findings] == [said.severity] * 2
    for each in findings:
        assert said.words in " ".join([each["text"], *each["seen"].values()])
    blamed = [] if said.severity == "info" else [f"C12 {said.severity}"]
    assert found.blamed("fabrikam.com") == blamed
    assert found.status == int(said.severity == "error")


def shown(lab: Lab, strangers: authority.Authority, end: End) -> authority.Certificate:
    return (lab.authority if end.trusted else strangers).issue(["contoso.com"], **end.certificate)


@pytest.mark.parametrize("end", [end for end in ENDS if end.prosody], ids=lambda end: end.title)
def test_prosody_says_how_far_our_domain_gets(
    lab: Lab, source: Path, strangers: authority.Authority, end: End
) -> None:
    configured: dict[str, Any] = {"bidi": True, **end.configured}
    with lab.prosody("fabrikam.com", **configured):
        found = proof(lab, source, shown(lab, strangers, end))
    assert end.prosody
    assert_named(found, end.prosody)


@pytest.mark.parametrize("listed", [False, True], ids=["every partner", "a list of partners"])
def test_ejabberd_says_how_far_our_domain_gets(
    lab: Lab, source: Path, strangers: authority.Authority, listed: bool
) -> None:
    ends = [end for end in ENDS if end.ejabberd and bool(end.more) == listed]
    with lab.ejabberd("fabrikam.com", **ends[0].more):
        found = {end: proof(lab, source, shown(lab, strangers, end)) for end in ends}
    assert len(found) == (1 if listed else 4)
    for end, said in found.items():
        assert end.ejabberd
        assert_named(said, end.ejabberd)
    old = "it is older than the change of 2026, and wants clientAuth in certificates"
    texts = {end: {each["text"] for each in said.findings["fabrikam.com"]} for end, said in found.items()}
    assert [end.title for end, each in texts.items() if any(old in text for text in each)] == [
        end.title for end in ends if "usages" in end.certificate
    ]


def test_what_is_to_come_is_proven_before_dns_says_anything(lab: Lab, source: Path) -> None:
    with lab.prosody("fabrikam.com"):
        as_published, to_come = lab.probe(source), lab.probe(source, *ADDRESSES)
    assert (as_published.status, as_published.blamed("fabrikam.com")) == (1, ["C1 error"])
    assert (to_come.status, to_come.blamed("fabrikam.com")) == (0, [])
    with lab.prosody("fabrikam.com", names=[TARGET]):
        wrong = lab.probe(source, *ADDRESSES)
    assert (wrong.status, wrong.blamed("fabrikam.com")) == (1, ["C5 error"])


def test_answer_goes_to_our_own_server_where_that_is_connected(lab: Lab, source: Path) -> None:
    records = {
        domain: ["_xmpp-server._tcp 300 SRV 0 0 5269 xmpp", f"xmpp 300 A {EDGES[domain][0]}"]
        for domain in EDGES
    }
    certificate = lab.authority.issue(["contoso.com"])
    with (
        lab.name_server.edited("contoso.com", [], records["contoso.com"]),
        lab.name_server.edited("fabrikam.com", [], records["fabrikam.com"]),
        lab.prosody("contoso.com") as ours,
        lab.prosody("fabrikam.com", bidi=True),
    ):
        assert "Result: pong from fabrikam.com in " in ours.ping("fabrikam.com", LIMIT)
        found = proof(lab, source, certificate, seconds=10)
    assert_named(found, Said("warning", "its ping gets no answer within 10 s"))
