"""Two Prosody servers that find each other by the records of the stack, and by nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from tests.federation.lab import EDGES, LIMIT, PATIENCE, Lab, Proof
from tests.federation.rows import PONG, ROWS, Row

DOMAINS = sorted(EDGES)
PEER = {"contoso.com": "fabrikam.com", "fabrikam.com": "contoso.com"}


@dataclass(frozen=True)
class Said:
    """What contoso.com's Prosody says of a ping to fabrikam.com, and what the commands say."""

    ping: str
    verify: Proof
    probe: Proof


@pytest.fixture(scope="module")
def before(lab: Lab) -> dict[str, str]:
    """Return what each server says of a ping to the other while nothing is published."""
    with lab.prosody("contoso.com") as contoso, lab.prosody("fabrikam.com") as fabrikam:
        return {server.domain: server.ping(PEER[server.domain], LIMIT) for server in (contoso, fabrikam)}


@pytest.fixture(scope="module")
def published(before: dict[str, str], lab: Lab) -> Lab:
    assert sorted(before) == DOMAINS
    lab.publish()
    return lab


@pytest.mark.parametrize("domain", DOMAINS)
def test_before_anything_is_published_nobody_is_found(before: dict[str, str], domain: str) -> None:
    assert before[domain].startswith("Error: error<cancel:remote-server-not-found:")


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_ping_is_answered_in_both_directions_over_tls(published: Lab, domain: str) -> None:
    peer = PEER[domain]
    with published.prosody(domain) as server, published.prosody(peer):
        assert f"Result: pong from {peer} in " in server.ping(peer, PATIENCE)
        assert server.connections() == {(direction, "TLSv1.3", "Succeeded") for direction in ("-->", "<--")}


@pytest.mark.parametrize("command", ["verify", "probe"])
def test_what_pulumi_up_published_is_proven(published: Lab, command: str) -> None:
    with published.prosody("contoso.com"), published.prosody("fabrikam.com"):
        proof: Proof = getattr(published, command)(published.records)
    assert proof == Proof(0, dict.fromkeys(DOMAINS, "proven"), proof.findings)
    assert [proof.blamed(domain) for domain in DOMAINS] == [[], []]


@pytest.fixture(scope="module", params=ROWS, ids=lambda row: row.title)
def row(request: pytest.FixtureRequest) -> Row:
    return request.param


@pytest.fixture(scope="module")
def said(row: Row, published: Lab) -> Said:
    with published.set_up(row) as source, published.prosody("contoso.com") as contoso:
        ping = contoso.ping("fabrikam.com", LIMIT)
        with ThreadPoolExecutor() as pool:
            verified, probed = (pool.submit(prove, source) for prove in (published.verify, published.probe))
            return Said(ping, verified.result(), probed.result())


def test_prosody_reaches_the_peer_or_says_why_not(row: Row, said: Said) -> None:
    assert (row.prosody if row.prosody != PONG else "Result: pong from fabrikam.com") in said.ping


def test_verify_names_what_is_broken_in_the_dns_and_nothing_else(row: Row, said: Said) -> None:
    assert said.verify.blamed("fabrikam.com") == [*row.verify]
    assert said.verify.status == int(any(entry.endswith(" error") for entry in row.verify))


def test_probe_names_what_is_broken_at_the_server_and_nothing_else(row: Row, said: Said) -> None:
    assert said.probe.blamed("fabrikam.com") == [*row.probe]


def test_the_peer_is_not_blamed(said: Said) -> None:
    for proof in (said.verify, said.probe):
        assert (proof.verdicts["contoso.com"], proof.blamed("contoso.com")) == ("proven", [])
