from typing import Any

import pytest
from tests.unit.live.plans import ALL, ONE, aws, domain, kept, previewed, same, step

from xmpp_federation_dns.changes import content
from xmpp_federation_dns.live import dangers
from xmpp_federation_dns.live.dangers import Danger
from xmpp_federation_dns.live.review import is_refused, review
from xmpp_federation_dns.live.wording import cells, servers, summary

KEY = "_xmpp-server._tcp.contoso.com SRV"
TEXTS = {KEY: "3600 0 0 5269 xmpp.contoso.com."}


def record(component: str = "federation", **others: Any) -> dict[str, Any]:
    return domain("contoso.com", component=component, **others)[0]


RETAINED: dict[str, Any] = {"retainOnDelete": True}
ADOPTS: dict[str, Any] = {"existing": "adopt"}


def moved(giver: dict[str, Any], taker: dict[str, Any], op: str = "create") -> list[dict[str, Any]]:
    return [step(op, new=taker), step("delete", giver)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (moved(record(), record("other")), [dangers.REFUSED]),
        (moved(record(**RETAINED), record("other")), [dangers.LEFT]),
        (moved(record(), record("other"), "import"), [dangers.LOST]),
        (moved(record(**RETAINED), record("other"), "import"), []),
        (moved(record(), record("other", zone="Z2")), []),
        (moved(kept(ONE, TEXTS), kept(ONE, TEXTS, "other")), [dangers.REFUSED]),
        (moved(kept(ONE, TEXTS), kept(ONE, TEXTS, "other", **ADOPTS)), []),
        (moved(kept(ONE, TEXTS, outer=RETAINED), kept(ONE, TEXTS, "other")), [dangers.LEFT]),
        (moved(record(), kept(ALL, TEXTS, provider="aws")), [dangers.REFUSED]),
        (moved(record(), kept(ALL, TEXTS, provider="aws", **ADOPTS)), [dangers.LOST]),
        (moved(record(**RETAINED), kept(ALL, TEXTS, provider="aws", **ADOPTS)), []),
        (moved(record(component=""), record()), [dangers.REFUSED]),
        (
            [step("update", kept(ALL, TEXTS), kept(ALL, {})), step("create", new=kept(ONE, TEXTS, "b"))],
            [dangers.MOMENT],
        ),
        (
            [
                step("update", kept(ALL, TEXTS), kept(ALL, {}, retainOnDelete=True)),
                step("create", new=kept(ONE, TEXTS, "b", **ADOPTS)),
            ],
            [],
        ),
        ([step("replace", record(), record())], [dangers.REPLACED]),
        ([step("replace", record(), record(zone="Z2"))], []),
        ([step("replace", kept(ALL, TEXTS), kept(ALL, TEXTS))], []),
        ([step("replace", kept(ONE, TEXTS), kept(ONE, TEXTS, **ADOPTS))], []),
        ([step("import-replacement", record(), record())], []),
        ([step("create", new=record()), step("create", new=record("other"))], [dangers.TWICE]),
        (
            [step("create-replacement", new=record()), step("delete-replaced", record())],
            [],
        ),
    ],
)
def test_a_dangerous_plan_is_named(steps: list[dict[str, Any]], expected: list[Danger]):
    assert list(dangers.found(previewed(*steps), KEY)) == expected


def fates(*steps: dict[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.domain: (each.change, each.what) for each in review(previewed(*steps)).fates}


def steps(op: str, *states: dict[str, Any]) -> list[dict[str, Any]]:
    return [step(op, each) if op == "delete" else step(op, new=each) for each in states]


SRV = "_xmpp-server._tcp.contoso.com"


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (steps("create", *domain("contoso.com")), ("added", ())),
        (steps("delete", *domain("contoso.com")), ("loses federation", ())),
        (steps("delete", *domain("contoso.com", **RETAINED)), ("left in the zone", ())),
        (same(*domain("contoso.com")), ("unchanged", ())),
        (
            [
                step("update", record(), aws(SRV, "SRV", "0 0 5269 edge.contoso.com.", ttl=3600)),
                *steps("delete", domain("contoso.com")[1]),
                *steps("create", aws("edge.contoso.com", "A", "131.107.155.10")),
            ],
            ("changed", ("servers", "addresses")),
        ),
        ([step("update", record(), aws(SRV, "SRV", "0 0 5269 xmpp.contoso.com."))], ("changed", ("TTL",))),
        ([step("update", record(), aws(SRV, "SRV", "0 0 0 ."))], ("loses federation", ())),
        ([step("update", aws(SRV, "SRV", "0 0 0 ."), record())], ("added", ())),
        ([step("replace", record(), record(zone="Z2"))], ("moved", ("to zone Z2",))),
        (moved(record(), record("other")), ("moved", ("to component other",))),
    ],
)
def test_the_fate_of_a_sip_domain(plan: list[dict[str, Any]], expected: tuple[str, tuple[str, ...]]):
    assert fates(*plan)["contoso.com"] == expected


def test_addresses_are_told_of_the_sip_domain_that_points_to_them_or_of_their_own_name():
    old, new = (aws("xmpp.contoso.com", "A", ip) for ip in ("131.107.155.10", "131.107.155.11"))
    assert fates(*same(record()), step("update", old, new)) == {"contoso.com": ("changed", ("addresses",))}
    assert fates(step("update", old, new)) == {"xmpp.contoso.com": ("changed", ("addresses",))}


def many(number: int, gone: int) -> list[dict[str, Any]]:
    names = [f"d{position:04}.contoso.com" for position in range(number)]
    return [
        *(each for name in names[gone:] for each in same(*domain(name))),
        *(each for name in names[:gone] for each in steps("delete", *domain(name))),
    ]


def test_12_of_100_are_refused_and_let_through_by_that_number_alone():
    found = review(previewed(*many(100, 12)))
    assert [is_refused(found, allowed) for allowed in (None, 11, 12)] == [True, True, False]
    first = "12 SIP domains lose federation, 88 stay as they are."
    reason = "12 of 100 SIP domains lose federation"
    assert summary(found, None) == [
        f"Refused. {first}",
        f"- Refused: {reason}. If that is meant, --allow 12 lets this plan through.",
    ]
    assert summary(found, 12) == [first, f"- Let through by --allow 12: {reason}."]
    assert {severity for severity, _ in cells(found)} == {"error"}


def test_2_of_100_are_no_word_of_the_guard():
    found = review(previewed(*many(100, 2)))
    assert (is_refused(found, None), summary(found, None)) == (
        False,
        ["2 SIP domains lose federation, 98 stay as they are."],
    )


def hosts(*names: str) -> list[dict[str, Any]]:
    """Return the steps that delete the addresses of these SIP domains, and leave their SRV record sets."""
    found = [domain(name) for name in names]
    return [*same(*(service for service, _ in found)), *steps("delete", *(host for _, host in found))]


def test_a_sip_domain_whose_target_loses_all_addresses_loses_federation():
    names = [f"d{position}.contoso.com" for position in range(5)]
    found = review(previewed(*hosts(*names[:4]), *same(*domain(names[4]))))
    assert [each.change for each in found.fates] == ["loses federation"] * 4 + ["unchanged"]
    assert found.judgement.reasons == ("4 of 5 SIP domains lose federation",)


def test_addresses_that_stay_in_the_zone_are_not_lost():
    name = "d1.contoso.com"
    service, host = domain(name, **RETAINED)
    found = review(previewed(*same(service), *steps("delete", host)))
    assert [each.change for each in found.fates] == ["changed"]


def test_what_a_refresh_found_is_what_there_was_before():
    service, host = domain("contoso.com")
    edited = {**host, "inputs": {**host["inputs"], "records": ["192.0.2.1"]}}
    found = review(
        previewed(
            *(step("refresh", each, each) for each in (service, host)),
            step("create", new=service),
            step("update", edited, host),
        )
    )
    [fate] = found.fates
    assert (fate.change, list(fate.before.record_sets.values())) == ("added", [content(300, ["192.0.2.1"])])
    assert list(found.created) == ["_xmpp-server._tcp.contoso.com SRV"]


def test_what_moves_to_another_component_or_is_left_in_the_zone_is_not_lost():
    names = [f"d{position}.contoso.com" for position in range(5)]
    left = [each for name in names for each in steps("delete", *domain(name, **RETAINED))]
    given = [each for name in names for each in steps("delete", *domain(name))]
    taken = [each for name in names for each in steps("create", *domain(name, component="other"))]
    assert review(previewed(*left)).judgement.reasons == ()
    assert review(previewed(*taken, *given)).judgement.reasons == ()


def test_a_danger_is_told_with_its_sip_domains_and_way_out():
    found = review(previewed(*moved(record(), record("other")), *steps("create", *domain("eu.contoso.com"))))
    assert summary(found, None) == [
        "Refused. 1 SIP domain is added, 1 moves.",
        f"- 1 SIP domain {dangers.REFUSED.text} (contoso.com). {dangers.REFUSED.way_out}.",
    ]
    assert is_refused(found, None)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (same(record()), "Nothing changes for peers: 1 SIP domain as before."),
        (
            [*same(record()), *steps("create", *domain("eu.contoso.com"))],
            "1 SIP domain is added, 1 stays as it is.",
        ),
        ([step("create", new=aws("www.contoso.com", "TXT", "x"))], "Nothing changes for peers."),
    ],
)
def test_the_summary_begins_with_what_becomes_of_sip_domains(plan: list[dict[str, Any]], expected: str):
    assert summary(review(previewed(*plan)), None)[0] == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            {KEY: "3600 0 0 5269 xmpp.contoso.com.", "xmpp.contoso.com A": "300 131.107.155.10"},
            "xmpp.contoso.com:5269 (TTL 3600); 131.107.155.10 (TTL 300)",
        ),
        ({KEY: "3600 10 5 5269 x.example."}, "x.example:5269 (priority 10, weight 5) (TTL 3600)"),
        ({KEY: "3600 0 0 0 ."}, "no service (TTL 3600)"),
        ({KEY: "[secret]"}, "[secret]"),
        ({"xmpp.contoso.com A": "[secret]"}, "xmpp.contoso.com A; [secret]"),
    ],
)
def test_servers_are_told_with_addresses_and_ttls(texts: dict[str, str], expected: str):
    [fate] = review(previewed(step("create", new=kept(ALL, texts)))).fates
    assert servers(fate.after.record_sets) == expected


def test_40_of_100_that_lose_a_target_are_refused():
    names = [f"d{position}.contoso.com" for position in range(100)]
    stay = [each for name in names[40:] for each in same(*domain(name))]
    change = [step("update", domain(name)[0], domain(name, "edge")[0]) for name in names[:40]]
    judgement = review(previewed(*stay, *change)).judgement
    assert (judgement.number, judgement.reasons) == (
        40,
        ("40 of 100 SIP domains lose a target that they had",),
    )
