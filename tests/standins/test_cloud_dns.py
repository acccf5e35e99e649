"""The emulation of Google Cloud DNS refuses what the service refuses, and can be watched."""

import json
import urllib.error
from typing import Any

import pytest
from tests.standins.cloud_dns import SCOPES
from tests.standins.clouds import Google
from tests.standins.emulation import Change, Fault
from tests.standins.managed_zones import ManagedZone, Published

HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
ADDRESS = "131.107.155.10"
DNS, PLATFORM = SCOPES.values()


@pytest.fixture
def zone(gcp: Google) -> ManagedZone:
    return gcp.zone("contoso.com")


def send(zone: ManagedZone, method: str, path: str, body: Any = None, token: str = DNS) -> Any:
    return zone.server.request(method, path, body, {"Authorization": f"Bearer {token}"})


def refusal(zone: ManagedZone, method: str, path: str, body: Any = None, token: str = DNS) -> tuple[int, Any]:
    """Return status and error with which a request is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        send(zone, method, path, body, token)
    with refused.value as error:
        return error.code, json.loads(error.read())["error"]


def record_set(name: str, type_: str, *rrdatas: str, ttl: int = 300) -> dict[str, Any]:
    return {"name": f"{name}.", "type": type_, "ttl": ttl, "rrdatas": list(rrdatas)}


def refused(zone: ManagedZone, **change: Any) -> tuple[int, list[tuple[str, str]]]:
    """Return status, reasons and texts with which a change is refused."""
    status, error = refusal(zone, "POST", f"{zone.path}/changes", change)
    return status, [(each["reason"], each["message"]) for each in error["errors"]]


A = record_set(*HOST, ADDRESS)


def test_a_record_set_is_shown_as_the_service_shows_it(zone: ManagedZone):
    zone.put(*SERVICE, 3600, "0 0 5269 xmpp.contoso.com.")
    [shown] = send(zone, "GET", f"{zone.path}/rrsets?name={SERVICE[0]}.&type=SRV")["rrsets"]
    assert shown == {
        "kind": "dns#resourceRecordSet",
        "name": "_xmpp-server._tcp.contoso.com.",
        "type": "SRV",
        "ttl": 3600,
        "rrdatas": ["0 0 5269 xmpp.contoso.com."],
        "signatureRrdatas": [],
    }


def test_a_new_zone_has_its_name_servers_and_its_authority(zone: ManagedZone):
    assert [each["type"] for each in zone.rrsets()] == ["NS", "SOA"]


def test_a_name_of_a_zone_is_taken_once_in_a_project(zone: ManagedZone):
    body = {"name": zone.managed_zone, "dnsName": "fabrikam.com."}
    status, error = refusal(zone, "POST", zone.path.rpartition("/")[0], body)
    assert (status, error["errors"][0]["reason"]) == (409, "alreadyExists")


def test_what_is_there_is_not_added(zone: ManagedZone):
    zone.put(*HOST, 300, ADDRESS)
    assert refused(zone, additions=[A]) == (
        409,
        [
            (
                "alreadyExists",
                "The resource 'entity.change.additions[0]' named 'xmpp.contoso.com. (A)' already exists",
            )
        ],
    )


@pytest.mark.parametrize(
    "deletion",
    [
        record_set(*HOST, ADDRESS, ttl=60),
        record_set(*HOST, "131.107.155.11"),
        record_set(*HOST, ADDRESS, "192.0.2.1"),
    ],
    ids=["TTL", "value", "values"],
)
def test_what_is_not_exactly_there_is_not_deleted(zone: ManagedZone, deletion: Any):
    zone.put(*HOST, 300, ADDRESS)
    assert refused(zone, deletions=[deletion]) == (
        412,
        [("conditionNotMet", "Precondition not met for 'entity.change.deletions[0]'")],
    )


def test_values_are_kept_in_the_order_in_which_they_came_and_that_is_a_part_of_them(zone: ManagedZone):
    both = ("131.107.155.11", ADDRESS)
    zone.put(*HOST, 300, *both)
    assert refused(zone, deletions=[record_set(*HOST, *sorted(both))])[0] == 412
    assert zone.record_sets() == {HOST: Published(300, both)}


def test_what_is_not_there_is_not_deleted(zone: ManagedZone):
    text = "The 'entity.change.deletions[0]' resource named 'xmpp.contoso.com. (A)' does not exist."
    assert refused(zone, deletions=[A]) == (404, [("notFound", text)])


def test_a_change_happens_as_a_whole_or_not_at_all(zone: ManagedZone):
    zone.put(*HOST, 300, ADDRESS)
    refused(
        zone,
        deletions=[A],
        additions=[record_set("b.contoso.com", "A", ADDRESS), record_set("c.contoso.com", "A", "c")],
    )
    assert zone.record_sets() == {HOST: Published(300, (ADDRESS,))}


def test_a_change_of_nothing_is_refused(zone: ManagedZone):
    assert refused(zone) == (
        400,
        [("required", "The 'entity.change' parameter is required but was missing.")],
    )


@pytest.mark.parametrize(
    ("addition", "text"),
    [
        (record_set("xmpp.fabrikam.com", "A", ADDRESS), "name': 'xmpp.fabrikam.com.'"),
        ({**A, "name": "xmpp.contoso.com"}, "name': 'xmpp.contoso.com'"),
        ({**A, "ttl": -1}, "ttl': '-1'"),
        (record_set(*HOST, "2620:1ec::10"), "rrdata[0]': '2620:1ec::10'"),
        (record_set(HOST[0], "AAAA", ADDRESS), f"rrdata[0]': '{ADDRESS}'"),
        (record_set(*SERVICE, "0 0 5269 xmpp.contoso.com"), "rrdata[0]': '0 0 5269 xmpp.contoso.com'"),
        (record_set(*SERVICE, "0 0 65536 ."), "rrdata[0]': '0 0 65536 .'"),
        (record_set("www.contoso.com", "CNAME", "contoso.com"), "rrdata[0]': 'contoso.com'"),
    ],
)
def test_what_is_no_record_set_is_refused(zone: ManagedZone, addition: Any, text: str):
    error = ("invalid", f"Invalid value for 'entity.change.additions[0].{text}")
    assert refused(zone, additions=[addition]) == (400, [error])


def test_a_cname_stands_alone(zone: ManagedZone):
    zone.put("xmpp.contoso.com", "CNAME", 300, "edge.example.net.")
    status, [(reason, text)] = refused(zone, additions=[A])
    assert (status, reason) == (400, "cnameResourceRecordSetConflict")
    assert "'xmpp.contoso.com.' may have either one CNAME resource record set" in text


def many(count: int, *rrdatas: str) -> list[Any]:
    return [record_set(f"d{number}.contoso.com", "A", *rrdatas) for number in range(count)]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"additions": many(1_001, ADDRESS)}, "additions per change"),
        ({"deletions": many(1_001, ADDRESS)}, "deletions per change"),
        ({"additions": many(100, *(f"131.107.155.{n}" for n in range(100)))}, "total rrdata size per change"),
        (
            {"additions": many(1, *(f"131.107.155.{n}" for n in range(101)))},
            "resource records per record set",
        ),
    ],
    ids=["additions", "deletions", "octets", "records"],
)
def test_a_change_has_its_quotas(zone: ManagedZone, change: Any, what: str):
    assert refused(zone, **change) == (403, [("quotaExceeded", f"The change would exceed quota for {what}.")])


def test_a_zone_has_its_quota(zone: ManagedZone):
    for start in range(0, 10_000, 1_000):
        additions = [
            record_set(f"d{start + n}.contoso.com", "A", ADDRESS) for n in range(999 if start else 1_000)
        ]
        send(zone, "POST", f"{zone.path}/changes", {"additions": additions})
    text = "The change would exceed quota for record sets per managed zone."
    assert refused(zone, additions=[record_set(f"e{n}.contoso.com", "A", ADDRESS) for n in range(8)]) == (
        403,
        [("quotaExceeded", text)],
    )


def test_pages_are_as_long_as_asked_for(zone: ManagedZone):
    zone.put(*HOST, 300, ADDRESS)
    first = send(zone, "GET", f"{zone.path}/rrsets?maxResults=2")
    second = send(zone, "GET", f"{zone.path}/rrsets?maxResults=2&pageToken={first['nextPageToken']}")
    assert [len(first["rrsets"]), len(second["rrsets"]), "nextPageToken" in second] == [2, 1, False]


def test_a_list_without_entries_has_no_key_for_them(zone: ManagedZone):
    assert send(zone, "GET", f"{zone.path}/rrsets?name=www.contoso.com.") == {
        "kind": "dns#rrsetsListResponse"
    }


def test_zones_are_found_by_their_dns_name(gcp: Google):
    zone = gcp.zone("contoso.com", "found-project")
    gcp.zone("fabrikam.com", "found-project")
    [found] = send(zone, "GET", "/dns/v1/projects/found-project/managedZones?dnsName=contoso.com.")[
        "managedZones"
    ]
    assert (found["name"], found["dnsName"], found["visibility"]) == (
        zone.managed_zone,
        "contoso.com.",
        "public",
    )


def test_a_change_is_pending_before_it_is_done(zone: ManagedZone):
    change = send(zone, "POST", f"{zone.path}/changes", {"additions": [A]})
    looks = [send(zone, "GET", f"{zone.path}/changes/{change['id']}")["status"] for _ in range(3)]
    assert [change["status"], *looks] == ["pending", "pending", "done", "done"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "The 'parameters.managedZone' resource named 'gone' does not exist."),
        ("/rrsets", "The 'parameters.managedZone' resource named 'gone' does not exist."),
    ],
)
def test_a_zone_that_is_not_there_is_told(zone: ManagedZone, path: str, text: str):
    status, error = refusal(zone, "GET", f"{zone.path.rpartition('/')[0]}/gone{path}")
    assert (status, error["message"], error["errors"][0]["reason"]) == (404, text, "notFound")


def test_a_change_that_is_not_there_is_told(zone: ManagedZone):
    status, error = refusal(zone, "GET", f"{zone.path}/changes/7")
    assert (status, error["message"]) == (404, "The 'parameters.changeId' resource named '7' does not exist.")


def test_a_path_that_is_not_known_is_told(zone: ManagedZone):
    assert refusal(zone, "GET", "/dns/v2/x")[0] == 404


def test_nobody_without_a_token_is_let_in(zone: ManagedZone):
    status, error = refusal(zone, "GET", zone.path, token="mine")
    assert (status, error["errors"][0]["reason"]) == (401, "authError")
    assert send(zone, "GET", zone.path, token=PLATFORM)["name"] == zone.managed_zone


@pytest.mark.parametrize(
    ("missing", "change"),
    [
        ("dns.changes.create", {"additions": [A]}),
        ("dns.resourceRecordSets.create", {"additions": [A]}),
        ("dns.resourceRecordSets.delete", {"deletions": [A]}),
        ("dns.resourceRecordSets.update", {"deletions": [A], "additions": [A]}),
    ],
)
def test_each_kind_of_change_has_its_permission(zone: ManagedZone, missing: str, change: Any):
    kinds = ("create", "update", "delete")
    others = {"dns.changes.create", *(f"dns.resourceRecordSets.{kind}" for kind in kinds)} - {missing}
    with zone.allowed(*others):
        assert refused(zone, **change) == (403, [("forbidden", "Forbidden")])


def test_permissions_of_a_zone_that_is_not_there_are_none(zone: ManagedZone):
    asked = {"permissions": ["dns.changes.create", "dns.managedZones.update"]}
    ask = f"{zone.path}:testIamPermissions"
    assert send(zone, "POST", ask, asked) == {"permissions": ["dns.changes.create"]}
    zone.delete()
    assert send(zone, "POST", ask, asked) == {}


def test_every_change_is_noted_in_an_order_in_which_nothing_dangles(zone: ManagedZone):
    service = record_set(*SERVICE, "0 0 5269 xmpp.contoso.com.")
    for change in ({"additions": [service, A]}, {"deletions": [A, service], "additions": [{**A, "ttl": 60}]}):
        send(zone, "POST", f"{zone.path}/changes", change)
    assert zone.history() == [
        Change("create", zone.id, *HOST, 300, (ADDRESS,)),
        Change("create", zone.id, *SERVICE, 300, ("0 0 5269 xmpp.contoso.com.",)),
        Change("update", zone.id, *HOST, 60, (ADDRESS,)),
        Change("delete", zone.id, *SERVICE),
    ]


def test_a_fault_is_told_in_the_form_of_the_service(zone: ManagedZone):
    with zone.server.faulty(Fault("changes.create", status=503, code="backendError", message="Later.")):
        assert refused(zone, additions=[A]) == (503, [("backendError", "Later.")])
