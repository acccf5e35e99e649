"""What is there already, what the service refuses, and what a run leaves that ends early."""

from dataclasses import replace
from typing import Any

import pytest
from tests.standins.clouds import Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.clients.lab import PROVIDER, Calls, published, update
from tests.unit.gcp.lab import (
    DENIED,
    FORBIDDEN,
    LIST,
    SEND,
    client,
    create,
    learnt,
    properties,
    refused,
    told,
)
from tests.unit.keepers.memory import update as process

from xmpp_federation_dns.backends import attempts, gcp_cloud_dns
from xmpp_federation_dns.backends.client import DeniedError, UpdateError
from xmpp_federation_dns.changes import Foreign
from xmpp_federation_dns.keepers.keeper import Keeper, UnfinishedError

FOREIGN = "is not of this resource (renamed: give the component aliases; else delete it there, or take the SIP domain"
HOST = "xmpp.d1.contoso.com"
LEFT = "0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, _xmpp-server._tcp.d1.contoso.com SRV"


GEO: Any = {"geo": {"items": [{"location": "europe-west1", "rrdatas": ["131.107.155.10"]}]}}
BACKUP: Any = {"primaryBackup": {"backupGeoTargets": {"items": []}}, "healthCheck": "x"}


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        ({"type": "CNAME", "rrdatas": ["edge.example.net."]}, "CNAME 60 edge.example.net."),
        ({"type": "CNAME", "routingPolicy": GEO}, "CNAME with routing policy geo"),
        ({"type": "A", "routingPolicy": GEO}, "A with routing policy geo"),
        ({"type": "A", "routingPolicy": BACKUP}, "A with routing policy primaryBackup"),
    ],
)
@pytest.mark.parametrize("count", [1, 20], ids=["asked for", "listed"])
def test_what_this_component_never_publishes_is_a_conflict(
    zone: ManagedZone, there: dict[str, Any], shown: str, count: int
):
    zone.put_rrset({"name": f"{HOST}.", "ttl": 60, **there})
    assert refused(zone, recordSets=domains(*range(1, 1 + count))).startswith(
        f"{told(zone)}: nothing was changed because of 1 conflict:\n  {HOST} A: '{shown}' {FOREIGN}"
    )


def test_an_alias_at_the_apex_is_in_the_place_of_addresses_alone(zone: ManagedZone):
    zone.put("contoso.com", "ALIAS", 300, "lb.example.net.")
    alias = Foreign("ALIAS 300 lb.example.net.")
    looked = client(zone).read(dict.fromkeys(["contoso.com A", "contoso.com AAAA", "contoso.com SRV"]))
    assert looked == {"contoso.com A": alias, "contoso.com AAAA": alias}


@pytest.mark.usefixtures("small")
def test_a_create_that_is_denied_midway_leaves_what_is_done_in_the_state(zone: ManagedZone, account: Google):
    wanted = domains(*range(1, 6))
    with account.server.faulty(replace(DENIED, match="_tcp.d3")):
        error = failed(UnfinishedError, PROVIDER.create, properties(zone, wanted))
    assert str(error).startswith(
        f"{told(zone)}: {FORBIDDEN}; 4 of 10 record sets are done, left for the next run: "
    )
    assert error.outs == {**properties(zone, published(zone)), **learnt(zone)}
    assert update(dict(error.outs), properties(zone, wanted))["recordSets"] == published(zone) == wanted


def test_a_change_that_is_denied_is_told_with_the_way_out(zone: ManagedZone):
    held = ("dns.managedZones.get", "dns.resourceRecordSets.list", "dns.changes.create")
    with zone.allowed(*held, "dns.resourceRecordSets.delete"):
        assert refused(zone) == f"{told(zone)}: {FORBIDDEN}; {LEFT}"
    assert published(zone) == {}


def test_who_may_not_even_see_the_zone_is_denied(zone: ManagedZone):
    with zone.allowed("dns.managedZones.list"):
        error = failed(DeniedError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: forbidden: Forbidden (managedZones.get); on the zone, roles/dns.reader lets one read, "
        "and roles/dns.admin change (docs/pipelines.md)"
    )


def test_what_was_created_without_an_answer_is_recognised_in_the_same_run(zone: ManagedZone, account: Google):
    with account.server.faulty(Fault(SEND, times=1, match=zone.managed_zone, effect="lose")):
        state = create(zone, domains(1, 2))
    assert published(zone) == state["recordSets"] == domains(1, 2)


@pytest.mark.usefixtures("small")
def test_what_was_done_before_the_connection_broke_for_good_is_ours_in_the_next_run(
    zone: ManagedZone, account: Google
):
    place = {"provider": "gcp", "project": zone.project, "managedZone": zone.managed_zone}
    state: dict[str, Any] = {}
    lost = Fault(SEND, times=1, match="xmpp.d3", effect="lose")
    broken = Fault(SEND, match="xmpp.d3", status=503, code="backendError", message="Later.")
    with process(PROVIDER, "first") as run, account.server.faulty(lost, broken):
        error = failed(UnfinishedError, run.publish, state, domains(1, 2, 3), **place)
    assert published(zone) == domains(1, 2, 3)
    assert error.outs["recordSets"] == domains(1, 2)
    state["resource"] = {**error.outs, "id": error.id}
    with process(PROVIDER, "next") as run:
        state = run.publish(state, domains(1, 2, 3), **place)
    assert published(zone) == state["resource"]["recordSets"] == domains(1, 2, 3)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (408, "requestTimeout"),
        (500, "internalError"),
        (502, "badGateway"),
        (503, "backendError"),
        (429, "rateLimitExceeded"),
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
    ],
)
def test_what_passes_is_waited_for(zone: ManagedZone, account: Google, status: int, code: str):
    with account.server.faulty(Fault(SEND, times=5, match=zone.managed_zone, status=status, code=code)):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_a_failure_of_the_service_that_does_not_end_is_told_after_the_last_attempt(
    zone: ManagedZone, account: Google
):
    calls = Calls(account)
    fault = Fault(SEND, match=zone.managed_zone, status=500, code="internalError", message="Sorry.")
    with account.server.faulty(fault):
        text = refused(zone)
    assert (calls()[SEND], text) == (8, f"{told(zone)}: internalError: Sorry. (changes.create); {LEFT}")


def test_too_many_requests_are_waited_for_as_long_as_quotas_last(
    zone: ManagedZone, account: Google, monkeypatch: pytest.MonkeyPatch
):
    text = (
        "Quota exceeded for quota metric 'Write requests' and limit 'Write limit for a minute for a region'."
    )
    fault = Fault(SEND, match=zone.managed_zone, status=429, code="rateLimitExceeded", message=text)
    monkeypatch.setattr(gcp_cloud_dns, "PATIENCE", 0.3)
    calls = Calls(account)
    with account.server.faulty(fault):
        assert refused(zone) == f"{told(zone)}: rateLimitExceeded: {text} (changes.create); {LEFT}"
    assert calls()[SEND] > 8


def test_between_two_attempts_it_waits_twice_as_long_each_time(
    zone: ManagedZone, account: Google, monkeypatch: pytest.MonkeyPatch
):
    waits: list[float] = []
    lines: list[str] = []
    keeper = Keeper(tell=lambda line, *, passing=False: lines.append(f"{passing} {line}"))
    monkeypatch.setattr(attempts, "LONGEST", 20.0)
    monkeypatch.setattr("random.uniform", max)
    monkeypatch.setattr("time.sleep", waits.append)
    with account.server.faulty(
        Fault(SEND, times=6, match=zone.managed_zone, status=503, code="backendError", message="Sorry."),
        Fault(SEND, times=1, match=zone.managed_zone, status=429, code="rateLimitExceeded"),
    ):
        keeper.create(properties(zone, domain(1)))
    found = [wait for wait in waits if wait]
    assert found == [1, 2, 4, 8, 16, 20, 20]
    why = [f"True {told(zone)}: backendError: Sorry. (changes.create)"] * 6
    why.append(f"True {told(zone)}: more calls than the service takes")
    assert lines == [f"{each}; waiting {wait:.0f} s" for each, wait in zip(why, found, strict=True)]


@pytest.mark.parametrize(
    ("status", "code", "message", "way_out"),
    [
        (
            403,
            "quotaExceeded",
            "The change would exceed quota for record sets per managed zone.",
            "; have the quota raised (IAM & Admin, Quotas), or take record sets out of the zone",
        ),
        (
            403,
            "accessNotConfigured",
            "Cloud DNS API has not been used in project 1 before or it is disabled.",
            "; enable the API: gcloud services enable dns.googleapis.com",
        ),
        (
            403,
            "inactiveBillingState",
            "Project dns-production cannot accept requests in an inactive billing state.",
            "; enable billing for the project",
        ),
        # The reference of error messages has the reason, and says of the text alone that it names the condition.
        (
            412,
            "preconditionFailed",
            "DNSSEC of the managed zone is in transition.",
            "; the zone takes no such change now, as while DNSSEC is turned on or off: pulumi up again once that is "
            "done (gcloud dns operations list)",
        ),
        (404, "notFound", "The 'parameters.project' resource named 'p' does not exist.", ""),
    ],
)
def test_what_the_operator_can_mend_is_told_with_the_way_out(
    zone: ManagedZone, status: int, code: str, message: str, way_out: str
):
    fault = Fault(SEND, match=zone.managed_zone, status=status, code=code, message=message)
    with zone.server.faulty(fault):
        assert refused(zone) == f"{told(zone)}: {code}: {message} (changes.create){way_out}; {LEFT}"


@pytest.mark.parametrize("code", ["conditionNotMet", "preconditionFailed"])
def test_what_is_not_as_it_was_is_told_by_a_look_whichever_reason_the_service_has(
    zone: ManagedZone, account: Google, code: str
):
    state = create(zone, domain(1))
    zone.put(HOST, "A", 60, "192.0.2.1")
    refusal = Fault(SEND, match=zone.managed_zone, status=412, code=code, message="Precondition not met.")
    wanted = properties(zone, domain(1, "131.107.155.11"))
    with account.server.faulty(refusal):
        error = failed(UpdateError, PROVIDER.update, "", state, wanted)
    assert str(error).startswith(
        f"{told(zone)}: nothing was changed because of 1 conflict:\n  {HOST} A: '60 192.0.2.1' "
    )


def test_a_record_set_that_the_service_refuses_is_told_in_its_words(zone: ManagedZone):
    assert refused(zone, recordSets={f"{HOST} A": "300 131.107.155.256"}) == (
        f"{told(zone)}: invalid: Invalid value for 'entity.change.additions[0].rrdata[0]': '131.107.155.256' "
        "(changes.create)"
    )


def test_a_project_that_is_not_there_is_no_zone_that_is_gone(zone: ManagedZone, account: Google):
    state = create(zone, domain(1))
    text = "The 'parameters.project' resource named 'dns-production' does not exist."
    fault = Fault(LIST, match=zone.managed_zone, status=404, code="notFound", message=text)
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.read, "id", state)
    assert str(error) == f"{told(zone)}: notFound: {text} (resourceRecordSets.list)"
