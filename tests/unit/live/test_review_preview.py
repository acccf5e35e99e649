import json
from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN
from tests.unit.live.plans import (
    AZURE,
    ONE,
    STACK,
    TYPE,
    aws,
    domain,
    exported,
    kept,
    plan,
    previewed,
    same,
    srv,
    state,
    step,
)

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, content
from xmpp_federation_dns.live import preview
from xmpp_federation_dns.live.preview import PlanError, Preview, read


def azure(type_: str, token: str = AZURE, name: str = "xmpp", **inputs: Any) -> dict[str, Any]:
    given = {"resourceGroupName": "DNS", "zoneName": "contoso.com", "relativeRecordSetName": name, "ttl": 300}
    return state(token, f"{name}-{type_}", {**given, "recordType": type_, **inputs})


def held(found: Preview) -> dict[str, Content]:
    return {key: each.content for key, holders in found.after.items() for each in holders.values()}


@pytest.mark.parametrize(
    ("resource", "key", "expected"),
    [
        (
            aws("XMPP.contoso.com.", "A", "131.107.155.10"),
            "xmpp.contoso.com A",
            content(300, ["131.107.155.10"]),
        ),
        (
            azure("A", aRecords=[{"ipv4Address": "131.107.155.10"}]),
            "xmpp.contoso.com A",
            content(300, ["131.107.155.10"]),
        ),
        (
            azure(
                "AAAA",
                "azure-native:dns/v20180501:RecordSet",
                "@",
                aaaaRecords=[{"ipv6Address": "2620:1ec::10"}],
            ),
            "contoso.com AAAA",
            content(300, ["2620:1ec::10"]),
        ),
        (
            azure(
                "Microsoft.Network/dnszones/SRV",
                "azure-native_dns_v20180501:dns:RecordSet",
                "_xmpp-server._tcp",
                srvRecords=[{"priority": 0, "weight": 0, "port": 5269, "target": "xmpp.contoso.com"}],
            ),
            "_xmpp-server._tcp.contoso.com SRV",
            content(300, ["0 0 5269 xmpp.contoso.com."]),
        ),
        (azure("A", aRecords=UNKNOWN), "xmpp.contoso.com A", content(300, [UNKNOWN])),
        (azure("A", aRecords=[UNKNOWN]), "xmpp.contoso.com A", content(300, [UNKNOWN])),
        (azure("TXT"), "xmpp.contoso.com TXT", content(300, [])),
        (
            kept(ONE, {"a.contoso.com A": "300 131.107.155.10"}),
            "a.contoso.com A",
            content(300, ["131.107.155.10"]),
        ),
        (kept(ONE, {"a.contoso.com A": "[secret]"}), "a.contoso.com A", content(0, ["[secret]"])),
        (kept(ONE, {"a.contoso.com A": UNKNOWN}, provider="other"), "a.contoso.com A", content(0, [UNKNOWN])),
    ],
)
def test_a_resource_holds_what_its_inputs_say(resource: dict[str, Any], key: str, expected: Content):
    assert held(previewed(step("create", new=resource))) == {key: expected}


def test_a_zone_without_a_provider_of_its_own_reads_nothing_back():
    with pytest.raises(NotImplementedError, match=r"^Zone has no record\(\)$"):
        Zone.held({})


def test_other_resources_and_steps_of_no_concern_are_passed_over():
    found = previewed(
        step("create", new=state("aws:s3/bucket:Bucket", "b", {})),
        step("read", new=aws("xmpp.contoso.com", "A", "131.107.155.10")),
    )
    assert held(found) == {}


def test_what_a_refresh_shows_before_it_is_deleted_is_not_there_after():
    old = aws("xmpp.contoso.com", "A", "131.107.155.10")
    found = previewed(step("refresh", old, old), step("delete", old))
    assert (held(found), list(found.before), found.deleted) == ({}, ["xmpp.contoso.com A"], {old["urn"]})


def test_unknown_fields_are_passed_over():
    new = {**step("create", new=aws("xmpp.contoso.com", "A", "131.107.155.10")), "invented": {"a": 1}}
    assert len(held(previewed(new, later=[1, 2]))) == 1


def test_what_stays_is_known_by_the_last_export_where_the_plan_leaves_it_out():
    found = previewed(
        exported(srv("contoso.com"), srv("eu.contoso.com")),
        step("delete", domain("eu.contoso.com")[0]),
        changeSummary={"same": 5},
    )
    keys = ["_xmpp-server._tcp.contoso.com SRV", "_xmpp-server._tcp.eu.contoso.com SRV"]
    assert (sorted(found.before), sorted(held(found)), found.unseen) == (keys, keys[:1], 0)
    [holder] = found.before[keys[1]].values()
    assert holder.zone == "contoso.com"


def test_what_stays_is_counted_where_no_export_tells_of_it():
    found = previewed(step("delete", domain("contoso.com")[0]), changeSummary={"same": 5, "delete": 1})
    assert found.unseen == 5


def test_a_zone_keeps_its_own_name_where_this_package_publishes_it():
    texts = {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com."}
    resource = kept(ONE, texts, zone="com")
    found = previewed(exported(srv("contoso.com")), *same(resource))
    assert [each.zone for each in found.before["_xmpp-server._tcp.contoso.com SRV"].values()] == ["com"]


ONE_STEP = step("create", new=domain("contoso.com")[0])
MAKE = "; pipe in the output of `pulumi preview --json`"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b" \n", f"it is empty{MAKE}"),
        (b"Previewing update", f"no JSON, or cut off (Expecting value in line 1){MAKE}"),
        (
            plan(ONE_STEP)[:-9],
            f"no JSON, or cut off (Unterminated string starting at in line 1){MAKE}",
        ),
        (b"\xff", f"no JSON{MAKE}"),
        (
            b'{"sequence": 1}\n{"sequence": 2}',
            "no plan: events one by one; unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW",
        ),
        (b"[]", f"not a plan of the engine{MAKE}"),
        (b'{"steps": ["create"], "changeSummary": {}}', f"not a plan of the engine{MAKE}"),
        (b'{"steps": [{}], "changeSummary": {}}', f"a step of the plan has no 'op'{MAKE}"),
        (b'{"nameTable": {}, "resources": []}', f"not a plan of the engine, but an import file{MAKE}"),
        (b'{"version": 3, "deployment": {}}', f"not a plan of the engine, but the state of a stack{MAKE}"),
        (
            plan(step("teleport")),
            "the plan has a step 'teleport', which this version of xmpp-federation-dns does not know: upgrade it, or "
            "review the plan by eye",
        ),
        (plan(step("create", new=STACK)), "no XmppFederationDns in this plan"),
        (
            plan(step("same", STACK, STACK), changeSummary={"same": 2}),
            "no XmppFederationDns in this plan; with --show-sames, `pulumi preview --json` shows what stays as it is",
        ),
        (
            json.dumps(
                {"diagnostics": [{"severity": "error", "message": "error: 1 problem:\n  zones: none\n"}]}
            ).encode(),
            "the preview failed, so there is no plan to review: 1 problem: zones: none",
        ),
    ],
)
def test_what_is_no_plan_is_told_in_one_line(text: bytes, told: str):
    with pytest.raises(PlanError) as raised:
        read(text, "plan.json")
    assert str(raised.value) == f"plan.json: {told}"


def test_a_long_error_of_the_preview_is_cut():
    with pytest.raises(PlanError) as raised:
        previewed(diagnostics=[{"severity": "error", "message": "x" * 400}])
    assert str(raised.value).endswith("x" * 299 + "…")


def test_a_plan_beyond_all_measure_is_not_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(preview, "MAX_SIZE", 3)
    with pytest.raises(PlanError, match=r"^plan\.json: more than 3 octets$"):
        read(b"    ", "plan.json")


def test_a_component_alone_is_a_plan():
    component = {"urn": f"urn:pulumi:demo::p::{TYPE}::federation", "type": TYPE}
    assert held(previewed(step("create", new=component))) == {}
