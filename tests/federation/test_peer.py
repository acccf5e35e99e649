"""What `peer` says of a partner of which it has nothing but the name: the servers are real, and nobody published."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.federation.lab import EDGES, ELSEWHERE, Lab, Proof
from tests.federation.rows import ROWS, SRV, Row

PARTNER = "fabrikam.com"
SAID = {
    "no SRV record, addresses at the domain itself": ["V19 warning"],
    "no SRV record": ["V3 error"],
    "SRV record with port 5222": ["C1 error", "V4 warning"],
    "target `131.107.155.20.`": ["V8 error"],
    "target `xmpp.fabrikam.com.fabrikam.com.`, for want of a final dot": ["V8 error"],
    "two Edge pools, the first without an address": ["V8 error"],
    "another address than the Edge pool's": ["C1 warning"],
    "SRV record under the host name": ["V3 error"],
    "SRV record of direct TLS with the port of STARTTLS": ["C9 error", "V22 warning"],
}
"""What differs from what `verify` and `probe` say, which know what was to be published."""


@pytest.fixture(scope="module")
def published(lab: Lab) -> Iterator[Lab]:
    """Publish by hand what both domains need."""
    with ExitStack() as stack:
        for domain, (ipv4, ipv6) in EDGES.items():
            records = [SRV, f"xmpp 300 A {ipv4}", f"xmpp 300 AAAA {ipv6}"]
            stack.enter_context(lab.name_server.edited(domain, [], records))
        yield lab


def test_a_partner_is_proven_by_the_delegation_of_its_zone(published: Lab) -> None:
    with published.prosody(PARTNER):
        proof = published.peer(PARTNER)
    assert (proof.status, proof.verdicts, proof.blamed(PARTNER)) == (0, {PARTNER: "proven"}, [])
    [way] = [each["text"] for each in proof.findings[PARTNER] if each["check"] == "V3"]
    assert way == "peers are sent to xmpp.fabrikam.com port 5269 (131.107.155.20, 2620:1ec::20)"


def test_a_domain_without_anything_is_one_finding_for_its_administrator(published: Lab) -> None:
    proof = published.peer(ELSEWHERE)
    [finding] = proof.findings[ELSEWHERE]
    owner = f"_xmpp-server._tcp.{ELSEWHERE}"
    assert (proof.status, finding["check"], finding["severity"]) == (1, "V3", "error")
    assert finding["text"] == (
        "nothing is published: no SRV record, and no address of the domain itself to fall back to"
    )
    assert finding["wayOut"] == (
        f"ask the administrator of {ELSEWHERE} to publish {owner} SRV, and the addresses of its target"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_what_is_broken_is_named_and_nothing_else_is_blamed(published: Lab, row: Row) -> None:
    proof = said(published, row)
    expected = SAID.get(row.title, sorted({*row.verify, *row.probe}))
    assert proof.blamed(PARTNER) == expected
    assert proof.verdicts[PARTNER] == (
        "failed" if any(each.endswith(" error") for each in expected) else "proven"
    )


def said(lab: Lab, row: Row) -> Proof:
    """Return what `peer` says of fabrikam.com, changed by hand as *row* says."""
    with ExitStack() as stack:
        stack.enter_context(lab.name_server.edited(PARTNER, row.gone, row.new))
        stack.enter_context(lab.name_server.edited(ELSEWHERE, [], row.elsewhere))
        if row.server is not None:
            stack.enter_context(lab.prosody(PARTNER, **row.server))
        return lab.peer(PARTNER)


def test_with_a_certificate_of_ours_it_goes_on_to_an_answered_ping(published: Lab) -> None:
    shown = published.authority.issue(["contoso.com"])
    with published.prosody(PARTNER, bidi=True):
        proof = published.peer(PARTNER, "--certificate", str(shown.chain), "--key", str(shown.key))
    texts = [each["text"] for each in proof.findings[PARTNER] if each["check"] == "C12"]
    answered = f"contoso.com is authenticated by its certificate, and {PARTNER} answers its ping"
    assert (proof.status, set(texts)) == (0, {answered})


def test_the_matrix_names_the_check_that_decides(published: Lab) -> None:
    records = published.directory / "ours.json"
    ipv4, ipv6 = EDGES["contoso.com"]
    rows = [
        ("_xmpp-server._tcp.contoso.com", "SRV", 3600, "0 0 5269 xmpp.contoso.com."),
        ("xmpp.contoso.com", "A", 300, ipv4),
        ("xmpp.contoso.com", "AAAA", 300, ipv6),
    ]
    keys = ("name", "type", "ttl", "values", "zone")
    records.write_text(
        json.dumps([dict(zip(keys, (*row[:3], [row[3]], "contoso.com"), strict=True)) for row in rows])
    )
    with published.prosody("contoso.com"), published.prosody(PARTNER):
        found = published.pairs(records, PARTNER, ELSEWHERE)
    assert found == {
        ("contoso.com", PARTNER): "proven",
        ("contoso.com", ELSEWHERE): "failed V3 theirs",
    }
    with published.prosody("contoso.com", names=["a.example"]), published.prosody(PARTNER):
        assert published.pairs(records, PARTNER) == {("contoso.com", PARTNER): "failed C5 ours"}
