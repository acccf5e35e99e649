"""Proof inside `up`, at the servers that the zones of a stack name."""

import pytest
from tests.engine.rfc2136.lab import Lab, Run
from tools.lab.knot import ADDRESS, free_port


def configure(lab: Lab, port: int) -> None:
    """Have the name server on *port* asked."""
    servers = [f"{ADDRESS}:{port}"]
    lab.configure(
        zones=[lab.zone(name, nameservers=servers) for name in ("contoso.com", "fabrikam.com")],
        verify="fail",
        verifyTimeout=1,
    )


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    configure(lab, lab.knot.port)
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def elsewhere(published: Run, lab: Lab) -> Run:
    """Change a record set while the servers that are named do not answer."""
    assert published.status == 0
    configure(lab, free_port())
    lab.configure(addressTtl=600)
    return lab.run("up", "--yes", "--skip-preview", "--target", "**federation-xmpp.contoso.com-A")


def test_what_these_servers_have_is_proven(published: Run) -> None:
    assert (published.status, published.errors, published.resources) == (0, [], {"created": 8})


def test_where_these_servers_do_not_answer_the_update_ends_with_it(elsewhere: Run) -> None:
    port = elsewhere.output.partition("127.0.0.1 port ")[2].partition(":")[0]
    assert elsewhere.status == 1
    assert elsewhere.errors == [
        f"127.0.0.1 port {port}: connection refused: nothing listens there",
        "V1 contoso.com: none of its name servers answers; look for a firewall between here and them",
        'after hook "federation-verify" failed: published, and not proven:',
    ]
