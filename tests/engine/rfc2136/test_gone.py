"""Zones that the server does not serve any more, and the ways to the end of their record sets in the state."""

from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import SECRET, Lab, Run, serving
from tools.lab.knot import ADDRESS, Knot

NO_KEY = (
    "or it does not accept TSIG key 'demo': name, secret, algorithm or clock (pulumi refresh, destroy and up --refresh "
    "begin with the key of the last up)"
)
GONE = f"the server is not authoritative for the zone, {NO_KEY} (NOTAUTH)"
WAY_OUT = (
    "; where the zone is gone for good: retainOnDelete: true on it for one pulumi up without --refresh, or "
    "pulumi state delete"
)
DOMAINS = ["contoso.com", "fabrikam.com", "northwind.example"]


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with serving(tmp_path_factory.mktemp("knot"), *DOMAINS, "served.example") as knot:
        yield knot


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack with two zones one by one, and one in bulk."""
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    configure(lab)
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}], domains=DOMAINS)
    lab.stack.set_secret("tsigSecret", SECRET)
    return lab


def configure(lab: Lab, **options: bool) -> None:
    """Set the zones with *options* of all of them."""
    bulk = {"northwind.example": {"bulk": True}}
    lab.configure(zones=[lab.zone(name, **bulk.get(name, {}), **options) for name in DOMAINS])


@pytest.fixture(scope="module")
def refused(lab: Lab, knot: Knot) -> Run:
    assert lab.run("up", "--yes", "--skip-preview").status == 0
    knot.stop()
    knot.zones = ("served.example",)
    knot.start()
    return lab.run("destroy", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture(scope="module")
def refreshed(refused: Run, lab: Lab) -> Run:
    assert refused.status == 1
    return lab.run("refresh", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def forgotten(refreshed: Run, lab: Lab) -> Run:
    """Take the record sets of one SIP domain out of the state, and keep the others where they are."""
    assert refreshed.status == 1
    shown = lab.stack.pulumi("stack", "--show-urns").stdout
    urn = next(word for word in shown.split() if word.endswith("::federation-xmpp.contoso.com-A"))
    done = lab.run("state", "delete", "--yes", "--target-dependents", urn)
    lab.configure(domains=DOMAINS[1:])
    return done


@pytest.fixture(scope="module")
def kept(forgotten: Run, lab: Lab) -> Run:
    assert forgotten.status == 0
    configure(lab, retainOnDelete=True)
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def destroyed(kept: Run, lab: Lab) -> Run:
    assert kept.status == 0
    return lab.run("destroy", "--yes", "--skip-preview")


def told(knot: Knot, zone: str, what: str, cause: str = GONE) -> str:
    """Return the line about a zone that is gone."""
    return f"DNS server {ADDRESS} port {knot.port}, zone {zone}: {what}: {cause}{WAY_OUT}"


def test_destroy_tells_the_ways_out(refused: Run, knot: Knot) -> None:
    left = "; 0 of 2 record sets are done, left for the next run: "
    left += "_xmpp-server._tcp.northwind.example SRV, xmpp.northwind.example A"
    assert refused.errors == [
        told(knot, "contoso.com", "_xmpp-server._tcp.contoso.com SRV not deleted"),
        told(knot, "fabrikam.com", "_xmpp-server._tcp.fabrikam.com SRV not deleted"),
        told(knot, "northwind.example", "2 record sets not sent", GONE + left),
    ]


def test_refresh_tells_the_ways_out(refreshed: Run, knot: Knot) -> None:
    cause = f"the server does not serve the zone, or its policy refuses this, {NO_KEY} (REFUSED)"
    *one_by_one, in_bulk = refreshed.errors
    assert one_by_one == [
        told(knot, "contoso.com", "_xmpp-server._tcp.contoso.com SRV not read", cause),
        told(knot, "contoso.com", "xmpp.contoso.com A not read", cause),
        told(knot, "fabrikam.com", "_xmpp-server._tcp.fabrikam.com SRV not read", cause),
        told(knot, "fabrikam.com", "xmpp.fabrikam.com A not read", cause),
    ]
    # The engine hands over the record sets of a zone in no order; the first one ends the read.
    assert in_bulk in {
        told(knot, "northwind.example", f"{key} not read", cause)
        for key in ("_xmpp-server._tcp.northwind.example SRV", "xmpp.northwind.example A")
    }


def test_after_state_delete_up_goes_on_without_the_sip_domain(forgotten: Run, kept: Run) -> None:
    assert (forgotten.status, kept.status, kept.errors) == (0, 0, [])
    assert kept.resources == {"updated": 2, "unchanged": 4}


def test_after_one_up_with_retain_on_delete_destroy_comes_to_its_end(destroyed: Run) -> None:
    assert (destroyed.status, destroyed.errors, destroyed.resources) == (0, [], {"deleted": 6})
