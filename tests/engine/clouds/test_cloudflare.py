"""Zones of Cloudflare on the real engine, one by one and in bulk: their life, what is foreign, and the token."""

from typing import Any

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.clouds import Cloudflare
from tests.standins.zones import Published

FOREIGN = ("www.contoso.com", "A")
HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
KEPT = {FOREIGN: Published(60, ("192.0.2.1",))}
OURS = {HOST: Published(300, ("131.107.155.10",)), SERVICE: Published(3600, ("0 0 5269 xmpp.contoso.com.",))}


@pytest.fixture(scope="module", params=[False, True], ids=["one by one", "bulk"])
def lab(
    request: pytest.FixtureRequest, cloudflare: Cloudflare, tmp_path_factory: pytest.TempPathFactory
) -> Lab:
    """Return a stack with one zone, whose token stands encrypted in its file alone."""
    lab = Lab.of(tmp_path_factory.mktemp("cloudflare"), cloudflare, CLOUDFLARE_API_TOKEN="")
    zone = lab.watch(cloudflare.zone("contoso.com"))
    zone.put(*FOREIGN, 60, "192.0.2.1")
    options: dict[str, Any] = {"bulk": True} if request.param else {}
    lab.configure(
        zones=[{**zone.configuration(), **options}],
        domains=["contoso.com"],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    lab.stack.pulumi("config", "set", "--secret", "--path", "xmpp-federation-dns:zones[0].apiToken", TOKEN)
    return lab


def zone_of(lab: Lab) -> CloudflareDnsZone:
    [zone] = lab.zones
    assert isinstance(zone, CloudflareDnsZone)
    return zone


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    return lab.up()


def test_what_is_published_is_not_proxied(lab: Lab, published: Run):
    zone = zone_of(lab)
    assert published.status == 0, published.output
    assert zone.record_sets() == {**KEPT, **OURS}
    assert {record["proxied"] for record in zone.records()} == {False}


@pytest.mark.usefixtures("published")
def test_publishing_again_changes_nothing(lab: Lab):
    again = lab.up()
    assert (again.status, again.steps, again.changes) == (0, {}, [])


@pytest.mark.usefixtures("published")
def test_the_token_is_in_no_state_and_no_output(lab: Lab, published: Run):
    state = lab.stack.pulumi("stack", "export").stdout
    assert "apiToken" in state
    assert TOKEN not in state + published.output


@pytest.mark.usefixtures("published")
def test_what_somebody_edited_is_put_right_by_a_refresh(lab: Lab):
    zone = zone_of(lab)
    zone.put(*HOST, 60, "192.0.2.9")
    run = lab.up("--refresh")
    assert run.status == 0, run.output
    assert zone.record_sets() == {**KEPT, **OURS}


@pytest.mark.usefixtures("published")
def test_a_record_that_somebody_proxied_is_refused_with_the_way_out(lab: Lab):
    zone = zone_of(lab)
    zone.edit(*HOST, proxied=True)
    run = lab.up("--refresh")
    zone.edit(*HOST, proxied=False, ttl=300)
    assert run.status != 0
    assert (
        "131.107.155.10 is proxied: peers would reach Cloudflare's web proxy, which does not speak XMPP; set the "
        "record to DNS only, or delete it"
    ) in run.output


@pytest.mark.usefixtures("published")
def test_what_is_there_is_adopted_where_that_is_wanted_and_goes_with_the_stack(lab: Lab):
    zone = zone_of(lab)
    lab.stack.pulumi("config", "set", "--path", "xmpp-federation-dns:zones[0].existing", "adopt")
    run = lab.up()
    assert run.status == 0, run.output
    assert zone.record_sets() == {**KEPT, **OURS}
    gone = lab.destroy()
    assert gone.status == 0, gone.output
    assert zone.record_sets() == KEPT


def test_a_zone_that_peers_do_not_ask_takes_nothing(lab: Lab):
    zone = zone_of(lab)
    zone.set(status="pending")
    run = lab.up()
    assert run.status != 0
    assert (
        f"zone contoso.com ({zone.id}): the zone is pending: nobody asks for it here; make ada.ns.cloudflare.com and "
        "bob.ns.cloudflare.com its name servers first"
    ) in run.output
    assert zone.record_sets() == KEPT
