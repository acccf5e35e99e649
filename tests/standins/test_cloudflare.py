"""The emulation of Cloudflare refuses what the service refuses, and can be watched."""

import json
import urllib.error
from typing import Any

import pytest
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.clouds import Cloudflare
from tests.standins.emulation import Fault
from tests.standins.zones import Published

HOST = ("xmpp.contoso.com", "A")
SERVICE = ("_xmpp-server._tcp.contoso.com", "SRV")
ADDRESS = "131.107.155.10"
A = {"name": "xmpp.contoso.com", "type": "A", "content": ADDRESS, "ttl": 300}


@pytest.fixture
def zone(cloudflare: Cloudflare) -> CloudflareDnsZone:
    return cloudflare.zone("contoso.com")


def call(zone: CloudflareDnsZone, method: str, path: str = "", body: Any = None, token: str = TOKEN) -> Any:
    """Return the answer to a call below the records of a zone."""
    signed = {"Authorization": f"Bearer {token}"}
    return zone.server.request(method, f"/client/v4/zones/{zone.id}/dns_records{path}", body, signed)


def refusal(
    zone: CloudflareDnsZone, method: str, path: str = "", body: Any = None, token: str = TOKEN
) -> Any:
    """Return the status and the error with which a call is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(zone, method, path, body, token)
    with refused.value as error:
        answer = json.loads(error.read())
        assert (answer["success"], answer["result"]) == (False, None)
        return error.code, answer["errors"]


def batch(zone: CloudflareDnsZone, **body: Any) -> Any:
    return refusal(zone, "POST", "/batch", body)


def test_an_srv_record_is_shown_as_the_service_shows_it(zone: CloudflareDnsZone):
    zone.put(*SERVICE, 3600, "10 5 5269 xmpp.contoso.com.")
    [shown] = zone.records()
    assert len(shown.pop("id")) == 32
    assert shown == {
        "name": SERVICE[0],
        "type": "SRV",
        "content": "5 5269 xmpp.contoso.com",
        "priority": 10,
        "data": {"priority": 10, "weight": 5, "port": 5269, "target": "xmpp.contoso.com"},
        "proxiable": False,
        "proxied": False,
        "ttl": 3600,
        "settings": {},
        "meta": {},
        "comment": None,
        "tags": [],
        "created_on": "2026-11-30T00:00:00.000000Z",
        "modified_on": "2026-11-30T00:00:00.000000Z",
    }


def test_a_batch_happens_in_the_order_of_the_documentation(zone: CloudflareDnsZone):
    zone.put(*HOST, 300, ADDRESS, "131.107.155.11")
    first, second = zone.records()
    # Only where what goes is gone before, each of these is allowed.
    result = call(
        zone,
        "POST",
        "/batch",
        {
            "posts": [{**A, "content": "131.107.155.11"}],
            "puts": [{**A, "id": second["id"]}],
            "patches": [{"id": second["id"], "content": "131.107.155.12"}],
            "deletes": [{"id": first["id"]}],
        },
    )["result"]
    assert [len(result[kind]) for kind in ("deletes", "patches", "puts", "posts")] == [1, 1, 1, 1]
    assert zone.record_sets() == {HOST: Published(300, (ADDRESS, "131.107.155.11"))}


def test_a_batch_that_is_refused_changes_nothing(zone: CloudflareDnsZone):
    zone.put(*HOST, 300, ADDRESS)
    [there] = zone.records()
    posts = [{**A, "name": "new.contoso.com"}, {**A, "content": "no address"}]
    assert batch(zone, deletes=[{"id": there["id"]}], posts=posts)[0] == 400
    assert zone.records() == [there]
    assert [change.action for change in zone.history()] == ["create"]


def test_a_patch_leaves_what_somebody_noted_and_a_put_does_not(zone: CloudflareDnsZone):
    zone.add(**A, comment="ops")
    [there] = zone.records()
    assert call(zone, "PATCH", f"/{there['id']}", {"ttl": 60})["result"]["comment"] == "ops"
    assert call(zone, "PUT", f"/{there['id']}", A)["result"]["comment"] is None


@pytest.mark.parametrize(
    ("record", "code", "message"),
    [
        (A, 81058, "An identical record already exists."),
        (
            {**A, "type": "CNAME", "content": "x.example"},
            81053,
            "An A, AAAA, or CNAME record with that host already exists.",
        ),
    ],
)
def test_what_is_there_already_is_refused(zone: CloudflareDnsZone, record: Any, code: int, message: str):
    zone.add(**A)
    assert refusal(zone, "POST", "", record) == (400, [{"code": code, "message": message}])


def test_an_address_beside_a_cname_record_is_refused(zone: CloudflareDnsZone):
    zone.add(name=HOST[0], type="CNAME", content="x.example", ttl=1)
    assert refusal(zone, "POST", "", A)[1][0]["code"] == 81053


def test_a_record_that_is_gone_is_refused(zone: CloudflareDnsZone):
    gone = [{"code": 81044, "message": "Record does not exist."}]
    assert refusal(zone, "DELETE", f"/{'0' * 32}") == (404, gone)
    assert batch(zone, patches=[{"id": "0" * 32}]) == (404, gone)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content": "131.107.155.256"}, 9005),
        ({"type": "AAAA"}, 9006),
        ({"ttl": 29}, 9021),
        ({"ttl": 86_401}, 9021),
        ({"type": "SPF"}, 9020),
        ({"type": "TXT", "proxied": True}, 9004),
        ({"type": "SRV"}, 9101),
        ({"type": "SRV", "data": {"priority": 0, "weight": 0, "port": 5269, "target": ""}}, 9101),
    ],
)
def test_a_record_of_another_form_is_refused(zone: CloudflareDnsZone, change: Any, code: int):
    status, [error] = refusal(zone, "POST", "", {**A, **change})
    assert (status, error["code"], error["error_chain"][0]["code"]) == (400, 1004, code)


def test_what_is_proxied_has_an_automatic_ttl(zone: CloudflareDnsZone):
    assert call(zone, "POST", "", {**A, "proxied": True})["result"]["ttl"] == 1


def test_names_are_relative_or_absolute_and_know_no_case(zone: CloudflareDnsZone):
    names = [
        call(zone, "POST", "", {**A, "name": name})["result"]["name"] for name in ("@", "A", "B.contoso.com.")
    ]
    assert names == ["contoso.com", "a.contoso.com", "b.contoso.com"]


def test_a_plan_has_so_many_records_and_so_many_in_a_batch(zone: CloudflareDnsZone):
    zone.set(plan="free")
    posts = [{**A, "name": f"d{number}"} for number in range(201)]
    assert batch(zone, posts=posts)[1][0]["code"] == 1004
    call(zone, "POST", "/batch", {"posts": posts[:200]})
    assert batch(zone, posts=posts[200:]) == (400, [{"code": 81045, "message": "Record quota exceeded."}])


def test_records_are_listed_page_by_page_and_by_name_and_type(zone: CloudflareDnsZone):
    call(zone, "POST", "/batch", {"posts": [{**A, "name": f"d{number}"} for number in range(5)]})
    last = call(zone, "GET", "?per_page=2&page=3")
    assert len(last["result"]) == 1
    assert last["result_info"] == {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}
    assert len(call(zone, "GET", "?name.exact=d1.contoso.com&type=A")["result"]) == 1
    assert call(zone, "GET", "?name=d1.contoso.com&type=SRV")["result"] == []


def test_a_token_that_is_none_is_refused_in_two_ways(zone: CloudflareDnsZone):
    status, [error] = refusal(zone, "GET", token="short")
    assert (status, error["code"], error["error_chain"][0]["code"]) == (400, 6003, 6111)
    assert refusal(zone, "GET", token="unknown-token-of-nobody") == (
        401,
        [{"code": 1000, "message": "Invalid API Token"}],
    )


def test_a_token_without_the_right_is_refused(zone: CloudflareDnsZone, cloudflare: Cloudflare):
    cloudflare.token("token-that-reads-alone", permissions=["Zone Read", "DNS Read"])
    denied = refusal(zone, "POST", "", A, "token-that-reads-alone")
    assert denied == (403, [{"code": 10000, "message": "Authentication error"}])


def test_too_many_calls_are_refused_with_the_seconds_to_wait(zone: CloudflareDnsZone, cloudflare: Cloudflare):
    with cloudflare.limited(1, 60):
        call(zone, "GET")
        with pytest.raises(urllib.error.HTTPError) as refused:
            call(zone, "GET")
    with refused.value as error:
        assert (error.code, error.headers["Retry-After"]) == (429, "60")


def test_a_path_that_there_is_not_is_told(zone: CloudflareDnsZone):
    assert refusal(zone, "PUT")[1][0]["code"] == 7000


def test_a_fault_is_what_a_test_makes_it(zone: CloudflareDnsZone, cloudflare: Cloudflare):
    with cloudflare.server.faulty(
        Fault("ListRecords", match=zone.id, status=429, code="10429", message="Slow.")
    ):
        assert refusal(zone, "GET") == (429, [{"code": 10429, "message": "Slow."}])


def test_a_zone_that_is_gone_is_not_routed_to(zone: CloudflareDnsZone):
    zone.delete()
    status, [error] = refusal(zone, "GET")
    assert (status, error["code"]) == (404, 7003)
