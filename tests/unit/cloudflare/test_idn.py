"""A zone of Cloudflare with an internationalised name: shown by U-labels, published by A-labels."""

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, failed
from tests.unit.clients.lab import PROVIDER, published, put, update
from tests.unit.cloudflare.lab import create

from xmpp_federation_dns import CloudflareZone
from xmpp_federation_dns.backends.client import UpdateError

ACE, SHOWN = "xn--bcher-kva.example", "bücher.example"
WANTED = {
    f"xmpp.{ACE} A": f"300 {ADDRESS}",
    f"_xmpp-server._tcp.{ACE} SRV": f"3600 0 0 5269 xmpp.{ACE}.",
}


@pytest.fixture(params=[False, True], ids=["records by A-labels", "records by U-labels"])
def zone(account: Cloudflare, request: pytest.FixtureRequest) -> Watched:
    """Return a zone of that name, of which records are shown by either form."""
    return account.zone(SHOWN, records_by_u_labels=request.param)


def test_it_is_published_changed_and_deleted(zone: Watched):
    state = create(zone, WANTED, zone=ACE)
    zone.set(records_by_u_labels=False)
    assert published(zone) == WANTED
    moved = {**WANTED, f"xmpp.{ACE} A": f"300 {OTHER_ADDRESS}"}
    state = update(state, {**state, "recordSets": moved})
    assert published(zone) == moved
    PROVIDER.delete("", state)
    assert published(zone) == {}


def test_what_is_there_is_refused_and_adopted_where_that_is_wanted(zone: Watched):
    put(zone, WANTED)
    error = str(failed(UpdateError, create, zone, WANTED, zone=ACE))
    assert error.startswith(f"zone {ACE} ({zone.id}): nothing was changed because of 2 conflicts:\n")
    assert create(zone, WANTED, zone=ACE, existing="adopt")["recordSets"] == WANTED
    assert [change.action for change in zone.history()] == ["create", "create"]


def test_a_delegation_is_seen(zone: Watched):
    zone.put(f"eu.{SHOWN}", "NS", 300, "ns1.example.net")
    error = failed(UpdateError, create, zone, {f"xmpp.eu.{ACE} A": f"300 {ADDRESS}"}, zone=ACE)
    assert f"(publish it in the zone eu.{ACE})" in str(error)


@pytest.mark.parametrize("found", [False, True], ids=["by its U-labels alone", "by its A-labels, too"])
def test_it_is_looked_up_by_either_form_of_its_name(account: Cloudflare, found: bool):
    name = f"bücher-{str(found).lower()}.example"
    zone = account.zone(name, found_by_a_labels=found)
    ace = ".".join(label.encode("idna").decode() for label in name.split("."))
    state = create(zone, {f"xmpp.{ace} A": f"300 {ADDRESS}"}, zone=ace, zoneId=None)
    assert (state["zoneTag"], published(zone)) == (zone.id, state["recordSets"])


def test_it_is_discovered_by_its_a_labels(account: Cloudflare):
    zone = account.zone("bücher-seen.example")
    found = [each for each in CloudflareZone.zones_of_account({}) if each.zone_id == zone.id]
    assert [each.name for each in found] == ["xn--bcher-seen-9db.example"]


def test_a_zone_that_no_stack_can_name_is_left_out(account: Cloudflare):
    zone = account.zone("xn--138h.example")
    assert zone.id not in [each.zone_id for each in CloudflareZone.zones_of_account({})]
