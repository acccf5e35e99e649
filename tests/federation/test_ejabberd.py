"""ejabberd in the place of one Prosody: another resolver, and another opinion of broken records."""

from collections.abc import Iterator

import pytest
from tests.federation.ejabberd import Ejabberd
from tests.federation.lab import LIMIT, PATIENCE, Lab
from tests.federation.rows import PONG, ROWS, Row


@pytest.fixture(scope="module")
def before(lab: Lab) -> str:
    """Return what Prosody says of a ping to ejabberd while nothing is published."""
    with lab.ejabberd("contoso.com"), lab.prosody("fabrikam.com") as prosody:
        return prosody.ping("contoso.com", LIMIT)


@pytest.fixture(scope="module")
def published(before: str, lab: Lab) -> Lab:
    assert "pong" not in before
    lab.publish()
    return lab


def test_before_anything_is_published_nobody_is_found(before: str) -> None:
    assert before.startswith("Error: error<cancel:remote-server-not-found:")


def test_a_ping_is_answered_through_a_connection_of_either_server_over_tls(published: Lab) -> None:
    with published.ejabberd("contoso.com"), published.prosody("fabrikam.com") as prosody:
        assert "Result: pong from contoso.com in " in prosody.ping("contoso.com", PATIENCE)
        assert prosody.connections() == {(direction, "TLSv1.3", "Succeeded") for direction in ("-->", "<--")}


def test_probe_finds_ejabberd_as_good_as_prosody(published: Lab) -> None:
    with published.ejabberd("contoso.com"), published.prosody("fabrikam.com"):
        proof = published.probe(published.records)
    assert (proof.status, proof.verdicts["contoso.com"], proof.blamed("contoso.com")) == (0, "proven", [])


@pytest.fixture(scope="module")
def server(published: Lab) -> Iterator[Ejabberd]:
    with published.ejabberd("contoso.com") as server:
        yield server


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_ejabberd_reaches_the_peer_or_says_why_not(published: Lab, server: Ejabberd, row: Row) -> None:
    with published.set_up(row):
        assert (row.ejabberd if row.ejabberd != PONG else "authentication") in server.dial(
            "fabrikam.com", LIMIT
        )
