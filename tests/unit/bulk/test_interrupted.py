"""What is there already, and what a run leaves that ends early."""

import itertools
from typing import Any

import pytest
from tests.standins.clouds import Aws
from tests.standins.emulation import Fault
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, domain, domains, failed
from tests.unit.bulk.test_route53 import PROVIDER, create, properties, published, update

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import UnfinishedError
from xmpp_federation_dns.keepers.ownership import WAYS_OUT

KEYS = list(itertools.chain.from_iterable(reversed(domain(n)) for n in range(1, 10)))
"""The keys of some SIP domains in the order of their publication."""


def put(zone: HostedZone, record_sets: dict[str, str]) -> None:
    """Publish by hand."""
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        zone.put(name, type_, int(ttl), *values.split(", "))


def change(zone: HostedZone, record_set: dict[str, Any]) -> None:
    """Publish by hand what the component never publishes."""
    changes: Any = [{"Action": "CREATE", "ResourceRecordSet": record_set}]
    zone.client.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch={"Changes": changes})


def test_all_conflicts_are_listed_and_nothing_is_changed(zone: HostedZone):
    put(zone, {**domain(1, OTHER_ADDRESS), "xmpp.d3.contoso.com A": "60 192.0.2.1"})
    before = published(zone)
    error = failed(UpdateError, PROVIDER.create, properties(zone, domains(1, 2, 3)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): nothing was changed because of 3 conflicts:\n"
        "  xmpp.d1.contoso.com A: '300 131.107.155.11' is not of this resource (renamed: give the component "
        "aliases; else delete it there, or take the SIP domain out of the configuration)\n"
        "  _xmpp-server._tcp.d1.contoso.com SRV: what is there is equal, but not of "
        "this resource\n"
        "  xmpp.d3.contoso.com A: '60 192.0.2.1' is not of this resource (renamed: give the component aliases; else "
        "delete it there, or take the SIP "
        f"domain out of the configuration){WAYS_OUT}"
    )
    assert published(zone) == before


@pytest.mark.usefixtures("small")
def test_a_conflict_in_a_later_batch_keeps_the_first_back_too(zone: HostedZone):
    put(zone, {"xmpp.d9.contoso.com A": "60 192.0.2.1"})
    failed(UpdateError, PROVIDER.create, properties(zone, domains(*range(1, 10))))
    assert published(zone) == {"xmpp.d9.contoso.com A": "60 192.0.2.1"}


def test_what_is_equal_is_adopted_where_that_is_wanted(zone: HostedZone):
    put(zone, domain(2))
    state = create(zone, domains(1, 2), existing="adopt")
    assert state["recordSets"] == published(zone) == domains(1, 2)
    PROVIDER.delete("", state)
    assert published(zone) == {}


def test_one_conflict_is_told_as_one(zone: HostedZone):
    old = create(zone, domain(1))
    zone.put("xmpp.d1.contoso.com", "A", 60, "192.0.2.1")
    error = failed(UpdateError, PROVIDER.update, "", old, properties(zone, domain(1, OTHER_ADDRESS)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): nothing was changed because of 1 conflict:\n"
        "  xmpp.d1.contoso.com A: '60 192.0.2.1' is not what this stack published (pulumi up --refresh "
        "replaces it)"
    )


def test_what_was_changed_by_hand_is_not_deleted(zone: HostedZone):
    state = create(zone, domain(1))
    zone.put("xmpp.d1.contoso.com", "A", 60, "192.0.2.1")
    error = failed(UpdateError, PROVIDER.delete, "", state)
    assert str(error) == (
        f"zone contoso.com ({zone.id}): nothing was changed because of 1 conflict:\n"
        "  xmpp.d1.contoso.com A: '60 192.0.2.1' is not what this stack published (with --refresh it is "
        "deleted all the same)"
    )


@pytest.mark.parametrize(
    ("record_set", "shown"),
    [
        (
            {
                "Name": "xmpp.d1.contoso.com",
                "Type": "CNAME",
                "TTL": 60,
                "ResourceRecords": [{"Value": "a.example."}],
            },
            "CNAME 60 a.example.",
        ),
        (
            {
                "Name": "xmpp.d1.contoso.com",
                "Type": "A",
                "AliasTarget": {
                    "HostedZoneId": "Z2FDTNDATAQYW2",
                    "DNSName": "d1.cloudfront.net.",
                    "EvaluateTargetHealth": False,
                },
            },
            "alias of d1.cloudfront.net.",
        ),
        (
            {
                "Name": "xmpp.d1.contoso.com",
                "Type": "A",
                "SetIdentifier": "eu",
                "Weight": 1,
                "TTL": 300,
                "ResourceRecords": [{"Value": ADDRESS}],
            },
            "routing policy eu",
        ),
    ],
    ids=["CNAME", "alias", "routing policy"],
)
@pytest.mark.usefixtures("small")
def test_what_this_component_never_publishes_is_a_conflict(
    zone: HostedZone, record_set: dict[str, Any], shown: str
):
    change(zone, record_set)
    error = failed(UpdateError, PROVIDER.create, properties(zone, domains(1, 2, 3)))
    assert f"  xmpp.d1.contoso.com A: '{shown}' is not of this resource" in str(error)


@pytest.mark.usefixtures("small")
def test_a_create_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: HostedZone, account: Aws):
    wanted = domains(*range(1, 10))
    fault = Fault(
        "ChangeResourceRecordSets", match="d5.contoso.com", status=403, code="AccessDenied", message="no"
    )
    with account.server.faulty(fault):
        error = failed(UnfinishedError, PROVIDER.create, properties(zone, wanted))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): AccessDenied: no (ChangeResourceRecordSets); 8 of 18 record sets are "
        f"done, left for the next run: {', '.join(KEYS[8:16])} and 2 more (the state holds what is done)"
    )
    done = {**properties(zone, domains(1, 2, 3, 4)), "hostedZone": zone.id}
    assert (error.outs, published(zone)) == (done, domains(1, 2, 3, 4))
    assert update(dict(error.outs), properties(zone, wanted))["recordSets"] == published(zone) == wanted


@pytest.mark.usefixtures("small")
def test_an_update_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: HostedZone, account: Aws):
    old = create(zone, domains(*range(1, 10)))
    new = properties(zone, domains(*range(3, 12), address=OTHER_ADDRESS))
    fault = Fault(
        "ChangeResourceRecordSets", match="d7.contoso.com", status=403, code="AccessDenied", message="no"
    )
    with account.server.faulty(fault):
        error = failed(UnfinishedError, PROVIDER.update, "", old, new)
    assert error.outs["recordSets"] == published(zone)
    assert update(dict(error.outs), new)["recordSets"] == published(zone) == new["recordSets"]


@pytest.mark.usefixtures("small")
def test_somebody_who_comes_between_two_batches_is_told_and_what_is_done_stays(
    zone: HostedZone, monkeypatch: pytest.MonkeyPatch
):
    wanted = domains(1, 2, 3)
    client = type(PROVIDER.client(properties(zone, wanted)))
    send = client.send

    def and_then_somebody_else(self: Any, batch: Any) -> None:
        send(self, batch)
        zone.put("xmpp.d3.contoso.com", "A", 60, "192.0.2.1")

    monkeypatch.setattr(client, "send", and_then_somebody_else)
    error = failed(UnfinishedError, PROVIDER.create, properties(zone, wanted))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): no more was changed because of 1 conflict:\n"
        "  xmpp.d3.contoso.com A: '60 192.0.2.1' is not of this resource (renamed: give the component aliases; else "
        "delete it there, or take the SIP domain "
        "out of the configuration) (the state holds what is done)"
    )
    assert error.outs["recordSets"] == domains(1, 2)


def test_a_wait_that_fails_leaves_everything_in_the_state(zone: HostedZone, account: Aws):
    fault = Fault("GetChange", status=403, code="AccessDenied", message="no")
    with account.server.faulty(fault):
        error = failed(UnfinishedError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): Waiter ResourceRecordSetsChanged failed: An error occurred "
        "(AccessDenied): no (the state holds what is done)"
    )
    assert error.outs["recordSets"] == domain(1)


def test_a_full_zone_is_told_in_the_words_of_the_service(zone: HostedZone, account: Aws):
    fault = Fault(
        "ChangeResourceRecordSets",
        match=zone.id,
        code="InvalidChangeBatch",
        message="[Number of records limit of 10000 exceeded.]",
    )
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): InvalidChangeBatch: [Number of records limit of 10000 exceeded.] "
        "(ChangeResourceRecordSets); 0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )
