"""Record sets that were there before the stack, equal to what is wanted or not."""

import pytest
from tests.engine.rfc2136.lab import BARE, Lab, Run

from xmpp_federation_dns.keepers.ownership import WAYS_OUT

FOREIGN = "xmpp 60 IN A 131.107.155.99"
SERVICE = "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp"


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    lab.knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.99"))
    lab.knot.change("fabrikam.com", ("add", "xmpp", "300", "A", "131.107.155.10"))
    return lab.run("up", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture(scope="module")
def adopted(published: Run, lab: Lab) -> Run:
    """Take over what is equal."""
    assert published.status == 1
    lab.configure(zones=[lab.zone(zone, existing="adopt") for zone in lab.knot.zones])
    return lab.run("up", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture(scope="module")
def destroyed(adopted: Run, lab: Lab) -> Run:
    assert adopted.status == 1
    return lab.run("destroy", "--yes", "--skip-preview")


def test_what_somebody_else_published_is_refused_and_shown(published: Run, lab: Lab) -> None:
    server = f"DNS server 127.0.0.1 port {lab.knot.port}"
    assert published.errors == sorted(
        [
            f"{server}, zone contoso.com: nothing was changed because of 1 conflict:",
            "xmpp.contoso.com A: '60 131.107.155.99' is not of this resource (renamed: give the component "
            "aliases; else delete it there, or take the SIP domain out of the configuration)",
            f"{server}, zone fabrikam.com: nothing was changed because of 1 conflict:",
            "xmpp.fabrikam.com A: what is there is equal, but not of this resource",
            WAYS_OUT.strip(),
        ]
    )


def test_what_somebody_else_published_is_left_and_no_srv_record_points_to_it(published: Run) -> None:
    assert published.zones["contoso.com"] == sorted([*BARE, FOREIGN, "xmpp 300 IN AAAA 2620:1ec::10"])


def test_what_is_equal_is_refused_too(published: Run) -> None:
    assert published.resources == {"created": 4, "errored": 3}
    assert published.changes["fabrikam.com"] == ["+ xmpp 300 IN AAAA 2620:1ec::10"]


def test_what_is_equal_is_adopted_without_a_change_where_that_is_wanted(adopted: Run) -> None:
    assert adopted.changes["fabrikam.com"] == [f"+ {SERVICE}"]
    assert "zone fabrikam.com: adopted xmpp.fabrikam.com A" in adopted.output


def test_the_other_domains_are_published(adopted: Run) -> None:
    assert adopted.zones["fabrikam.com"] == sorted(
        [*BARE, SERVICE, "xmpp 300 IN A 131.107.155.10", "xmpp 300 IN AAAA 2620:1ec::10"]
    )


def test_destroy_leaves_what_somebody_else_published(destroyed: Run) -> None:
    assert destroyed.status == 0
    assert destroyed.zones["contoso.com"] == sorted([*BARE, FOREIGN])


def test_destroy_removes_what_was_adopted(destroyed: Run) -> None:
    assert destroyed.zones["fabrikam.com"] == BARE


@pytest.mark.usefixtures("destroyed")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 3
