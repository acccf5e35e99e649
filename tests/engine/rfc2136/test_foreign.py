"""Record sets that were there before the stack: somebody else's, and exactly ours."""

import pytest
from tests.engine.rfc2136.lab import BARE, Lab, Run

FOREIGN = "xmpp 60 IN A 131.107.155.99"
SERVICE = "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp"


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    lab.knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.99"))
    lab.knot.change("fabrikam.com", ("add", "xmpp", "300", "A", "131.107.155.10"))
    return lab.run("up", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture(scope="module")
def destroyed(published: Run, lab: Lab) -> Run:
    assert published.status == 1
    return lab.run("destroy", "--yes", "--skip-preview")


def test_what_somebody_else_published_is_refused_and_shown(published: Run, lab: Lab) -> None:
    [error] = published.errors
    assert error == (
        f"DNS server 127.0.0.1 port {lab.knot.port}, zone contoso.com: xmpp.contoso.com A not created: "
        "the server has '60 IN A 131.107.155.99' there, which this stack did not publish; "
        "it was left as it is (delete it there, or take the SIP domain out of the configuration)"
    )


def test_what_somebody_else_published_is_left_and_no_srv_record_points_to_it(published: Run) -> None:
    assert published.zones["contoso.com"] == sorted([*BARE, FOREIGN, "xmpp 300 IN AAAA 2620:1ec::10"])


def test_the_other_domains_are_published(published: Run) -> None:
    assert published.zones["fabrikam.com"] == sorted(
        [*BARE, SERVICE, "xmpp 300 IN A 131.107.155.10", "xmpp 300 IN AAAA 2620:1ec::10"]
    )


def test_what_is_exactly_ours_is_taken_over_without_a_change(published: Run) -> None:
    assert published.resources == {"created": 6, "errored": 2}
    assert sorted(published.changes["fabrikam.com"]) == [
        f"+ {SERVICE}",
        "+ xmpp 300 IN AAAA 2620:1ec::10",
    ]


def test_destroy_leaves_what_somebody_else_published(destroyed: Run) -> None:
    assert destroyed.status == 0
    assert destroyed.zones["contoso.com"] == sorted([*BARE, FOREIGN])


def test_destroy_removes_what_was_taken_over(destroyed: Run) -> None:
    assert destroyed.zones["fabrikam.com"] == BARE


@pytest.mark.usefixtures("destroyed")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 2
