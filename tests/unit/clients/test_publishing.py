"""What the client of every cloud owes: what it publishes, changes, deletes and reads."""

import pytest
from tests.engine.clouds.lab import dangling
from tests.standins.zones import Published
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed
from tests.unit.clients.lab import PROVIDER, At, update

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import DELEGATED

HOST = "xmpp.d1.contoso.com A"
FOREIGN = {("www.contoso.com", "A"): Published(300, ("192.0.2.1",))}


@pytest.mark.usefixtures("small")
def test_it_is_told_how_far_the_update_is(at: At, capsys: pytest.CaptureFixture[str]):
    at.create(domains(1, 2, 3, 4, 5))
    assert capsys.readouterr().out.splitlines() == [
        f"{at.told}: {done} of 10 record sets" for done in (4, 8, 10)
    ]


def test_an_update_sends_the_difference_alone(at: At):
    old = at.create(domains(1, 2, 3))
    before = len(at.zone.history())
    new = {**domain(1), **domain(2, OTHER_ADDRESS), **domain(4)}
    assert update(old, at.properties(new))["recordSets"] == new == at.published
    changed = {(change.name, change.type) for change in at.zone.history()[before:]}
    assert changed == {
        ("xmpp.d2.contoso.com", "A"),
        ("xmpp.d3.contoso.com", "A"),
        ("_xmpp-server._tcp.d3.contoso.com", "SRV"),
        ("xmpp.d4.contoso.com", "A"),
        ("_xmpp-server._tcp.d4.contoso.com", "SRV"),
    }


def test_an_update_without_difference_calls_nothing(at: At):
    old = at.create(domain(1))
    calls = at.calls()
    assert update(old, at.properties(domain(1), existing="adopt")) == at.outs(domain(1), existing="adopt")
    assert calls() == {}


def test_a_delete_takes_what_is_in_the_state_alone(at: At):
    at.zone.put("www.contoso.com", "A", 300, "192.0.2.1")
    state = at.create(domains(1, 2))
    PROVIDER.delete("", state)
    assert at.zone.record_sets() == FOREIGN


def test_a_delete_of_what_is_gone_is_done(at: At):
    state = at.create(domains(1, 2))
    at.zone.remove("_xmpp-server._tcp.d1.contoso.com", "SRV")
    PROVIDER.delete("", state)
    assert at.published == {}


def test_a_delete_in_a_zone_that_is_gone_is_done(at: At):
    state = at.create(domain(1))
    at.zone.delete()
    PROVIDER.delete("", state)


def test_a_single_record_set_below_a_delegation_is_refused_and_nothing_is_sent(at: At):
    at.zone.put("d1.contoso.com", "NS", 300, "ns9.example.net.")
    single = at.properties({HOST: f"300 {ADDRESS}"})
    del single["journal"]
    before, calls = at.zone.record_sets(), at.calls()
    assert str(failed(UpdateError, PROVIDER.create, single)) == (
        f"{at.told}: nothing was changed because of 1 conflict:\n  {HOST}: {DELEGATED.format('d1.contoso.com')}"
    )
    assert (at.zone.record_sets(), at.kind.send in calls()) == (before, False)


@pytest.mark.usefixtures("small")
def test_at_no_moment_a_service_points_to_a_name_without_addresses(at: At):
    old = at.create(domains(*range(9)))
    moved = update(old, at.properties(domains(*range(3, 12), host="edge")))
    PROVIDER.delete("", moved)
    # What one batch did is of one moment where batches are atomic, and told by name at Cloudflare.
    if at.cloud.key != "cloudflare":
        assert dangling(at.zone.history()) == []
    assert at.published == {}


def test_every_type_at_the_apex_and_below_is_read_as_it_was_written(at: At):
    wanted = {
        "contoso.com A": f"300 {ADDRESS}, {OTHER_ADDRESS}",
        "contoso.com AAAA": "300 2620:1ec::10",
        "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 contoso.com., 10 5 5269 xmpp.contoso.com.",
        "_xmpp-server._tcp.d1.contoso.com SRV": "3600 0 0 0 .",
    }
    assert PROVIDER.read("id", at.create(wanted)).outs == at.outs(wanted)


def test_a_refresh_shows_what_was_edited_and_what_is_gone(at: At):
    state = at.create(domains(*range(1, 30)))
    at.zone.put("xmpp.d1.contoso.com", "A", 60, OTHER_ADDRESS)
    at.zone.remove("xmpp.d2.contoso.com", "A")
    calls = at.calls()
    result = PROVIDER.read("id", state)
    live = {**domains(*range(1, 30)), HOST: f"60 {OTHER_ADDRESS}"}
    del live["xmpp.d2.contoso.com A"]
    assert calls()[at.kind.listing] == 1
    assert (result.id, result.outs, result.inputs) == (
        "id",
        {**state, "recordSets": live},
        at.properties(live),
    )


def test_a_zone_that_is_gone_is_gone_from_the_state(at: At):
    state = at.create(domain(1))
    at.zone.delete()
    result = PROVIDER.read("id", state)
    assert (result.id, result.outs) == (None, {})
