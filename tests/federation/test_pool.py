"""A pool of which one member was renewed, and the other forgotten: two Prosody servers at the addresses of a target."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from tests.federation.lab import EDGES, Lab
from tests.federation.prosody import Prosody

RENEWED, FORGOTTEN = 90, 20
"""Days that the certificates are valid for."""


@pytest.fixture(scope="module")
def published(lab: Lab) -> Lab:
    lab.publish()
    return lab


def blamed(lab: Lab, *days: int) -> list[str]:
    """Return what `probe` says of fabrikam.com where each address shows a certificate of so many days."""
    with ExitStack() as stack:
        for address, each in zip(EDGES["fabrikam.com"], days, strict=True):
            stack.enter_context(
                Prosody.serving(
                    "fabrikam.com",
                    lab.directory / f"member-{address}",
                    lab.namespace,
                    addresses=[address],
                    ports=[5269],
                    certificate=lab.authority.issue(["fabrikam.com"], days=each),
                    tls=True,
                )
            )
        stack.enter_context(lab.prosody("contoso.com"))
        proof = lab.probe(lab.records)
    assert proof.blamed("contoso.com") == []
    assert proof.verdicts["fabrikam.com"] == "proven"
    return [
        f"{finding['check']} {finding['severity']} {finding['seen']}"
        for finding in proof.findings["fabrikam.com"]
        if finding["severity"] != "info"
    ]


def test_a_pool_that_is_half_renewed_is_told_and_the_peer_is_not_blamed(published: Lab) -> None:
    ends = [datetime.now(UTC) + timedelta(days=days) for days in (RENEWED, FORGOTTEN)]
    seen = {
        address: f"certificate of fabrikam.com, until {end:%Y-%m-%d}, by 'CN=Authority of a test run'"
        for address, end in zip(EDGES["fabrikam.com"], ends, strict=True)
    }
    assert blamed(published, RENEWED, FORGOTTEN) == [f"C13 warning {seen}"]


def test_a_pool_of_which_every_member_is_renewed_is_not_blamed(published: Lab) -> None:
    assert blamed(published, RENEWED, RENEWED) == []
