"""The emulation of the Azure Resource Manager refuses what the service refuses, and can be watched."""

import json
import urllib.error
from typing import Any

import pytest
from tests.standins.arm_sign_in import TOKEN
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.emulation import Change, Fault
from tests.standins.zones import ARM_VERSION, DnsZone, Published

HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
ADDRESS = "131.107.155.10"
VERSION = f"?api-version={ARM_VERSION}"


@pytest.fixture
def zone(azure: Azure) -> DnsZone:
    return azure.zone("contoso.com")


def send(zone: DnsZone, method: str, path: str, properties: Any = None, **headers: str) -> Any:
    body = None if properties is None else {"properties": properties}
    authorization = {"Authorization": f"Bearer {TOKEN}"}
    return zone.server.request(method, path, body, authorization | headers)


def refusal(zone: DnsZone, method: str, path: str, properties: Any = None, **headers: str) -> tuple[int, Any]:
    """Return status and body with which a request is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        send(zone, method, path, properties, **headers)
    with refused.value as error:
        return error.code, json.loads(error.read())


def fill(zone: DnsZone, count: int) -> None:
    for number in range(count):
        zone.put(f"d{number}.contoso.com", "A", 300, ADDRESS)


def test_a_record_set_is_shown_as_the_service_shows_it(zone: DnsZone) -> None:
    zone.put(*SERVICE, 3600, "0 0 5269 xmpp.contoso.com.")

    shown = send(zone, "GET", zone.import_id(*SERVICE) + VERSION)

    assert len(shown.pop("etag")) == 36
    assert shown == {
        "id": f"{zone.id}/SRV/_xmpp-server._tcp",
        "name": "_xmpp-server._tcp",
        "type": "Microsoft.Network/dnszones/SRV",
        "properties": {
            "fqdn": "_xmpp-server._tcp.contoso.com.",
            "TTL": 3600,
            "SRVRecords": [{"priority": 0, "weight": 0, "port": 5269, "target": "xmpp.contoso.com"}],
            "targetResource": {},
            "trafficManagementProfile": {},
            "provisioningState": "Succeeded",
        },
    }


def test_paths_know_no_case(zone: DnsZone) -> None:
    zone.put(*HOST, 300, ADDRESS)

    shown = send(zone, "GET", zone.import_id(*HOST).replace("dnsZones", "DNSZONES") + VERSION)
    in_capitals = zone.import_id(*HOST).replace(zone.group, zone.group.upper())

    assert shown["name"] == "xmpp"
    assert send(zone, "GET", in_capitals + VERSION)["id"] == shown["id"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "MissingApiVersionParameter"),
        ("?api-version=1999-01-01", "NoRegisteredProviderFound"),
    ],
)
def test_a_version_of_the_api_has_to_be_named(zone: DnsZone, query: str, code: str) -> None:
    status, body = refusal(zone, "GET", zone.path + query)

    assert (status, body["error"]["code"]) == (400, code)


def test_a_request_without_token_is_refused(zone: DnsZone) -> None:
    status, body = refusal(zone, "GET", zone.path + VERSION, Authorization="Bearer of another cloud")

    assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_what_is_not_there_is_named(zone: DnsZone) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/missing"
    subscription = "/subscriptions/00000000-0000-0000-0000-000000000099/resourceGroups/dns"
    other_zone = zone.path.replace("contoso.com", "fabrikam.com")
    texts = {
        path: refusal(zone, "GET", path + VERSION)
        for path in (subscription, group, other_zone, other_zone + "/A/xmpp", zone.path + "/A/xmpp")
    }

    assert {path: status for path, (status, _) in texts.items()} == dict.fromkeys(texts, 404)
    assert [body.get("error", body)["code"] for _, body in texts.values()] == [
        "SubscriptionNotFound",
        "ResourceGroupNotFound",
        "ResourceNotFound",
        "ParentResourceNotFound",
        "NotFound",
    ]


@pytest.mark.parametrize(
    ("type_", "properties", "message"),
    [
        ("A", {"TTL": 0}, "The TTL value '0' of the record set is not between 1 and 2147483647."),
        ("A", {}, "The TTL value 'None' of the record set is not between 1 and 2147483647."),
        (
            "A",
            {"TTL": 300, "ARecords": [{"ipv4Address": "999.1.1.1"}]},
            "The value '999.1.1.1' is not a valid IPv4 address.",
        ),
        (
            "AAAA",
            {"TTL": 300, "AAAARecords": [{"ipv6Address": ADDRESS}]},
            f"The value '{ADDRESS}' is not a valid IPv6 address.",
        ),
        (
            "SRV",
            {"TTL": 300, "SRVRecords": [{"priority": 0, "weight": 0, "port": 65536, "target": "a.b"}]},
            "The port '65536' of an SRV record is not between 0 and 65535.",
        ),
        (
            "SRV",
            {"TTL": 300, "SRVRecords": [{"priority": 0, "weight": 0, "port": 5269, "target": ""}]},
            "The target '' of an SRV record is not a domain name.",
        ),
        (
            "A",
            {"TTL": 300, "ARecords": [{"ipv4Address": ADDRESS}] * 2},
            "The record set has the same record twice.",
        ),
        (
            "A",
            {"TTL": 300, "ARecords": [{"ipv4Address": f"131.107.155.{n}"} for n in range(21)]},
            "The number of records 21 exceeds the limit of 20.",
        ),
        (
            "A",
            {"TTL": 300, "SRVRecords": []},
            "The record set of type 'A' has records of type 'SRV'.",
        ),
    ],
)
def test_a_malformed_record_set_is_refused(zone: DnsZone, type_: str, properties: Any, message: str) -> None:
    assert refusal(zone, "PUT", f"{zone.path}/{type_}/xmpp{VERSION}", properties) == (
        400,
        {"error": {"code": "BadRequest", "message": message}},
    )
    assert zone.record_sets() == {}


def test_a_put_can_be_for_something_new_only(zone: DnsZone) -> None:
    zone.put(*HOST, 300, ADDRESS)
    etag = send(zone, "GET", zone.import_id(*HOST) + VERSION)["etag"]

    assert refusal(
        zone, "PUT", zone.import_id(*HOST) + VERSION, {"TTL": 60, "ARecords": []}, **{"If-None-Match": "*"}
    ) == (
        412,
        {
            "error": {
                "code": "PreconditionFailed",
                "message": "The condition '*' in the If-None-Match header was not satisfied. The current value "
                f"is '{etag}'.",
            }
        },
    )
    assert zone.record_sets() == {HOST: Published(300, (ADDRESS,))}


@pytest.mark.parametrize(("method", "properties"), [("PUT", {"TTL": 60, "ARecords": []}), ("DELETE", None)])
def test_a_change_can_be_for_what_was_read_only(zone: DnsZone, method: str, properties: Any) -> None:
    zone.put(*HOST, 300, ADDRESS)
    path = zone.import_id(*HOST) + VERSION
    old = send(zone, "GET", path)["etag"]
    zone.put(*HOST, 300, ADDRESS)

    assert refusal(zone, method, path, properties, **{"If-Match": old})[0] == 412
    assert zone.record_sets() == {HOST: Published(300, (ADDRESS,))}
    send(zone, method, path, properties, **{"If-Match": send(zone, "GET", path)["etag"]})
    assert zone.record_sets() != {HOST: Published(300, (ADDRESS,))}


def test_nothing_that_is_missing_matches(zone: DnsZone) -> None:
    path = zone.import_id(*HOST) + VERSION

    assert refusal(zone, "PUT", path, {"TTL": 60, "ARecords": []}, **{"If-Match": "*"})[0] == 412


@pytest.mark.parametrize(("query", "sizes"), [("", [100, 52]), ("&$top=60", [60, 60, 32])])
def test_a_list_comes_in_pages(zone: DnsZone, query: str, sizes: list[int]) -> None:
    fill(zone, 150)
    pages = [send(zone, "GET", f"{zone.path}/recordsets{VERSION}{query}")]
    while link := pages[-1].get("nextLink"):
        pages.append(send(zone, "GET", link.removeprefix(zone.server.url)))

    assert [len(page["value"]) for page in pages] == sizes
    assert len({each["id"] for page in pages for each in page["value"]}) == 152


@pytest.mark.parametrize(
    ("speed", "header", "wait"), [(1, "Retry-After", "1"), (0.1, "x-ms-retry-after-ms", "10000.0")]
)
def test_a_zone_takes_so_much_and_asks_to_wait(zone: DnsZone, speed: float, header: str, wait: str) -> None:
    zone.server.request("POST", "/-/throttle", {"speed": speed})
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            fill(zone, 300)
        with refused.value as error:
            assert (error.code, error.headers[header]) == (429, wait)
            assert json.loads(error.read())["error"]["code"] == "TooManyRequests"
    finally:
        zone.server.request("POST", "/-/throttle", {"speed": 0})
    assert 200 <= len(zone.record_sets()) < 300


def test_a_zone_moves_to_another_resource_group_with_all_that_is_in_it(zone: DnsZone) -> None:
    zone.put(*HOST, 300, ADDRESS)
    old_path = zone.path
    before = send(zone, "GET", zone.import_id(*HOST) + VERSION)

    zone.move(f"{zone.group}-moved")

    assert send(zone, "GET", zone.import_id(*HOST) + VERSION) == {**before, "id": f"{zone.id}/A/xmpp"}
    assert refusal(zone, "GET", f"{old_path}/A/xmpp{VERSION}")[1]["error"]["code"] == "ParentResourceNotFound"
    assert zone.history() == []


def test_an_alias_stands_alone(zone: DnsZone) -> None:
    zone.put("xmpp.contoso.com", "CNAME", 300, "edge.example.net")

    status, body = refusal(zone, "PUT", zone.import_id(*HOST) + VERSION, {"TTL": 60, "ARecords": []})

    assert (status, body["error"]["code"]) == (409, "Conflict")


def test_the_history_tells_every_accepted_change_in_order(zone: DnsZone) -> None:
    zone.put(*HOST, 300, ADDRESS)
    zone.put(*HOST, 60, ADDRESS)
    zone.remove(*HOST)
    zone.remove(*HOST)

    assert zone.history() == [
        Change("create", zone.id, *HOST, 300, (ADDRESS,)),
        Change("update", zone.id, *HOST, 60, (ADDRESS,)),
        Change("delete", zone.id, *HOST),
    ]


def test_a_fault_refuses_the_calls_that_it_is_meant_for(azure: Azure, zone: DnsZone) -> None:
    other = azure.zone("contoso.com")
    fault = Fault("RecordSets_Get", match=zone.group, status=403, code="AuthorizationFailed", message="no")
    zone.put(*HOST, 300, ADDRESS)
    other.put(*HOST, 300, ADDRESS)

    with azure.server.faulty(fault):
        assert refusal(zone, "GET", zone.import_id(*HOST) + VERSION) == (
            403,
            {"error": {"code": "AuthorizationFailed", "message": "no"}},
        )
        assert send(other, "GET", other.import_id(*HOST) + VERSION)["name"] == "xmpp"
    assert send(zone, "GET", zone.import_id(*HOST) + VERSION)["name"] == "xmpp"
