"""What is there already, and what a run leaves that ends early, in a zone of Azure DNS in bulk."""

from dataclasses import replace
from typing import Any

import pytest
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import DELETE, DENIED, PUT, create, learnt, properties, told
from tests.unit.bulk.lab import OTHER_ADDRESS, domain, domains, failed
from tests.unit.clients.lab import PROVIDER, Calls, published, put, update
from tests.unit.keepers.memory import update as process

from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.client import DeniedError, UpdateError
from xmpp_federation_dns.keepers.keeper import UnfinishedError

FOREIGN = "is not of this resource (renamed: give the component aliases; else delete it there, or take the SIP domain"
HOST = ("xmpp.d1.contoso.com", "A")


@pytest.mark.parametrize(
    ("type_", "there", "shown"),
    [
        ("CNAME", {"CNAMERecord": {"cname": "edge.example.net"}}, "CNAME 60 edge.example.net"),
        ("CNAME", {}, "CNAME 60 "),
        ("A", {"targetResource": {"id": "/subscriptions/s/x/ip"}}, "alias of /subscriptions/s/x/ip"),
        ("A", {"trafficManagementProfile": {"id": "/subscriptions/s/tm"}}, "alias of /subscriptions/s/tm"),
        ("A", {"targetResource": None, "ARecords": []}, "a record set without records"),
    ],
)
def test_what_this_component_never_publishes_is_a_conflict(
    zone: DnsZone, type_: str, there: dict[str, Any], shown: str
):
    path = zone.import_id(HOST[0], type_)
    zone._send("PUT", path, {"properties": {"TTL": 60, **there}})  # pyright: ignore[reportPrivateUsage]
    error = failed(UpdateError, PROVIDER.create, properties(zone, domains(*range(1, 20))))
    assert str(error).startswith(
        f"{told(zone)}: nothing was changed because of 1 conflict:\n  xmpp.d1.contoso.com A: '{shown}' {FOREIGN}"
    )


def test_a_cname_that_comes_between_is_told_as_what_is_in_the_place(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch
):
    read = AzureDnsZone.read

    def and_then_somebody_else(self: AzureDnsZone, expected: Any) -> Any:
        live = read(self, expected)
        monkeypatch.setattr(AzureDnsZone, "read", read)
        zone.put(HOST[0], "CNAME", 60, "edge.example.net")
        return live

    monkeypatch.setattr(AzureDnsZone, "read", and_then_somebody_else)
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: nothing was changed because of 1 conflict:\n"
        f"  xmpp.d1.contoso.com A: 'CNAME 60 edge.example.net' {FOREIGN} out of the configuration)"
    )


@pytest.mark.usefixtures("small")
def test_a_create_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: DnsZone, account: Azure):
    wanted = domains(*range(1, 6))
    with account.server.faulty(replace(DENIED, match="_tcp.d3")):
        error = failed(UnfinishedError, PROVIDER.create, properties(zone, wanted))
    assert str(error) == (
        f"{told(zone)}: AuthorizationFailed: The client 'b' may not. (PUT _xmpp-server._tcp.d3.contoso.com SRV); "
        "on the zone, Reader lets one read, and DNS Zone Contributor change (docs/pipelines.md); "
        "6 of 10 record sets are done, left for the next run: _xmpp-server._tcp.d3.contoso.com SRV, "
        "_xmpp-server._tcp.d4.contoso.com SRV, "
        "xmpp.d5.contoso.com A, _xmpp-server._tcp.d5.contoso.com SRV (the state holds what is done)"
    )
    assert error.outs == {**properties(zone, published(zone)), **learnt(zone)}
    assert update(dict(error.outs), properties(zone, wanted))["recordSets"] == published(zone) == wanted


def test_an_update_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: DnsZone, account: Azure):
    old = create(zone, domains(*range(1, 10)))
    new = properties(zone, domains(*range(3, 12), address=OTHER_ADDRESS))
    with account.server.faulty(replace(DENIED, match="d7.contoso.com"), replace(DENIED, match="/xmpp.d7")):
        error = failed(UnfinishedError, PROVIDER.update, "", old, new)
    assert error.outs["recordSets"] == published(zone)
    assert update(dict(error.outs), new)["recordSets"] == published(zone) == new["recordSets"]


@pytest.mark.parametrize("operation", [PUT, DELETE])
def test_what_was_done_without_an_answer_is_done(zone: DnsZone, account: Azure, operation: str):
    old = create(zone, domains(1, 2))
    new = properties(zone, {**domain(1, OTHER_ADDRESS), **domain(3)})
    with account.server.faulty(Fault(operation, times=3, match=zone.group, effect="lose")):
        state = update(old, new)
    assert published(zone) == state["recordSets"] == new["recordSets"]


@pytest.mark.usefixtures("small")
def test_what_was_done_before_the_connection_broke_for_good_is_ours_in_the_next_run(
    zone: DnsZone, account: Azure
):
    place = {"provider": "azure", "resourceGroup": zone.group}
    state: dict[str, Any] = {}
    lost = Fault(PUT, times=1, match="xmpp.d2", effect="lose")
    broken = Fault(PUT, match="xmpp.d2", status=503, code="ServerTimeout", message="Later.")
    with process(PROVIDER, "first") as run, account.server.faulty(lost, broken):
        error = failed(UnfinishedError, run.publish, state, domains(1, 2), **place)
    assert len(published(zone)) == 2
    state["resource"] = {**error.outs, "id": error.id}
    with process(PROVIDER, "next") as run:
        state = run.publish(state, domains(1, 2), **place)
    assert published(zone) == state["resource"]["recordSets"] == domains(1, 2)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (408, "RequestTimeout"),
        (409, "AnotherOperationInProgress"),
        (500, "InternalServerError"),
        (503, "ServerTimeout"),
    ],
)
def test_a_failure_of_the_service_is_tried_again(zone: DnsZone, account: Azure, status: int, code: str):
    with account.server.faulty(Fault(PUT, times=3, match=zone.group, status=status, code=code)):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_a_failure_of_the_service_that_does_not_end_is_told_after_the_last_attempt(
    zone: DnsZone, account: Azure
):
    calls = Calls(account, "RecordSets_")
    fault = Fault(PUT, match="xmpp.d1", status=500, code="InternalServerError", message="Sorry.")
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert calls()[PUT] == 8
    assert str(error) == (
        f"{told(zone)}: InternalServerError: Sorry. (PUT xmpp.d1.contoso.com A); 0 of 2 record sets are done, left "
        "for the next run: xmpp.d1.contoso.com A, _xmpp-server._tcp.d1.contoso.com SRV"
    )


@pytest.mark.parametrize(
    ("code", "status", "way_out"),
    [
        (
            "ScopeLocked",
            409,
            "take the lock off for this update; one on the SOA record set alone keeps the zone as well",
        ),
        (
            "InvalidAuthenticationToken",
            401,
            "ARM_TENANT_ID is the tenant of the subscription, and ARM_ENVIRONMENT its cloud",
        ),
        ("SubscriptionNotFound", 404, "set subscriptionId on the zone, or ARM_SUBSCRIPTION_ID"),
    ],
)
def test_what_the_operator_can_mend_is_told_with_the_way_out(
    zone: DnsZone, account: Azure, code: str, status: int, way_out: str
):
    fault = Fault(PUT, match="xmpp.d1", status=status, code=code, message="locked: 'keep'")
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: {code}: locked: 'keep' (PUT xmpp.d1.contoso.com A); {way_out}; 0 of 2 record sets are done, "
        "left for the next run: xmpp.d1.contoso.com A, _xmpp-server._tcp.d1.contoso.com SRV"
    )


def test_a_record_set_that_the_service_refuses_is_told_in_its_words(zone: DnsZone):
    bad = {"xmpp.d1.contoso.com A": "300 131.107.155.256"}
    error = failed(UpdateError, PROVIDER.create, properties(zone, bad))
    assert str(error) == (
        f"{told(zone)}: BadRequest: The value '131.107.155.256' is not a valid IPv4 address. "
        "(PUT xmpp.d1.contoso.com A)"
    )


@pytest.mark.parametrize(("operation", "names"), [("RecordSets_Get", 1), ("RecordSets_ListByDnsZone", 20)])
def test_what_may_not_be_read_is_told(zone: DnsZone, account: Azure, operation: str, names: int):
    fault = replace(DENIED, operation=operation)
    with account.server.faulty(fault):
        error = failed(DeniedError, PROVIDER.create, properties(zone, domains(*range(names))))
    assert str(error).startswith(f"{told(zone)}: AuthorizationFailed: The client 'b' may not. (")


@pytest.mark.parametrize("count", range(4))
def test_a_create_that_was_killed_after_any_record_set_goes_on(zone: DnsZone, count: int):
    wanted, place = domains(1, 2), {"provider": "azure", "resourceGroup": zone.group}
    with process(PROVIDER, "killed") as run:
        state: dict[str, Any] = {"journal": run.write(None, wanted, **place)}
    put(zone, dict(list(wanted.items())[:count]))
    with process(PROVIDER, "next") as run:
        state = run.publish(state, wanted, **place)
    assert state["resource"]["recordSets"] == published(zone) == wanted
