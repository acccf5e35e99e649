from typing import Any

import pulumi
import pytest
import yaml
from tests.unit.table import ACCEPTED, BASE, REFUSED, findings_of

from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.configuration.rules import RULES
from xmpp_federation_dns.configuration.rules.reachability import address_faults
from xmpp_federation_dns.problems import ConfigurationError, StackSecret


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case['rule']} {case['given']}"[:120])
def test_a_broken_configuration_is_refused_with_every_mistake_in_it(case: dict[str, Any]):
    with pytest.raises(ConfigurationError) as raised:
        read(BASE | case["given"])
    assert [str(problem) for problem in raised.value.problems] == case["errors"]
    assert case["rule"] in {problem.rule for problem in raised.value.problems} | {"all"}


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: str(case["given"])[:120])
def test_a_correct_configuration_publishes_its_record_sets(case: dict[str, Any]):
    plan = read(BASE | case["given"])
    lines = [f"{s.name}. {s.ttl} IN {s.type} {value}" for s in plan.homes for value in s.values]
    assert lines == case["publishes"]
    assert [str(warning) for warning in plan.warnings] == case["warnings"]


def test_the_tables_are_as_long_as_promised():
    assert len(REFUSED) >= 80
    assert len(ACCEPTED) >= 25


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_of_a_rule_breaks_it(rule: Any):
    found = findings_of(BASE | yaml.safe_load(rule.example))
    assert rule.id in {problem.rule for problem in found}


def test_every_rule_with_errors_has_a_broken_configuration_that_names_it():
    named = {case["rule"] for case in REFUSED}
    warn_only = {"P12", "P18", "P19", "P26"}
    assert {rule.id for rule in RULES} - warn_only <= named


def test_every_rule_has_a_demand_and_a_source():
    assert [rule.id for rule in RULES if not (rule.check.__doc__ and rule.source)] == []


def test_addresses_are_checked_though_an_output_stands_before_them():
    values = [pulumi.Output.from_input("131.107.155.10"), "here"]
    assert list(address_faults(values, 4, allow_private=False)) == [(1, "'here' is not an IPv4 address")]


@pytest.mark.parametrize("domains", [[], ["contoso_com"], ["fabrikam.com", "contoso_com"]])
def test_no_zone_is_called_unused_before_all_names_are_known(domains: list[str]):
    assert "P18" not in {problem.rule for problem in findings_of(BASE | {"domains": domains})}


def test_every_rule_id_occurs_once():
    ids = [rule.id for rule in RULES]
    assert sorted(ids, key=lambda text: int(text[1:])) == ids
    assert len(set(ids)) == len(ids)


def test_a_problem_of_shape_names_its_rule():
    found = findings_of(BASE | {"colour": 1, "srvTtl": "x", "profile": "y", "domains": [{}]})
    assert {problem.rule for problem in found if problem.rule.startswith("S")} == {"S1", "S2", "S3", "S4"}


def test_a_secret_in_plain_text_is_a_warning_that_shows_how_to_encrypt_it():
    zone = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}
    plan = read(BASE | {"zones": [zone], "tsigSecret": StackSecret("c2VjcmV0", encrypted=False)})
    assert [str(warning) for warning in plan.warnings] == [
        "tsigSecret: the secret stands in plain text in the stack file: "
        "pulumi config set --secret xmpp-federation-dns:tsigSecret"
    ]


def test_an_encrypted_secret_of_the_stack_is_no_warning():
    zone = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}
    assert (
        read(BASE | {"zones": [zone], "tsigSecret": StackSecret("c2VjcmV0", encrypted=True)}).warnings == ()
    )


AZURE = {"provider": "azure", "name": "contoso.com", "resourceGroup": "dns"}
ROUTE_53 = {"provider": "aws", "name": "contoso.com"}


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        ([AZURE], ["domains[0].edgePools", "domains[0].edgePools[0].ipv4", "edgePools[0].ipv6"]),
        ([ROUTE_53], []),
        ([ROUTE_53, {**AZURE, "name": "us.contoso.com"}], ["edgePools[0].ipv6"]),
    ],
    ids=["azure", "aws", "both"],
)
def test_more_than_twenty_records_in_a_record_set_of_azure_dns_are_a_warning(
    zones: list[dict[str, Any]], told: list[str]
):
    pools = [{"host": f"x{n}", "ipv4": ["131.107.155.10"], "priority": n} for n in range(21)]
    pools[0]["ipv4"] = [f"131.107.155.{n}" for n in range(21)]
    domains = [{"name": "contoso.com", "edgePools": pools}, "eu.contoso.com", "us.contoso.com"]
    shared = [{"ipv6": [f"2620:1ec::{n}" for n in range(1, 22)]}]
    found = findings_of(BASE | {"zones": zones, "domains": domains, "edgePools": shared})
    assert [str(problem) for problem in found if problem.rule == "P26"] == [
        f"{place}: 21 records in one record set; azure takes 20 unless that limit was raised"
        for place in told
    ]


def test_many_shared_edge_pools_are_a_warning_once():
    pools = [{"host": f"x{n}", "ipv4": ["131.107.155.10"], "priority": n} for n in range(21)]
    found = findings_of(
        BASE | {"zones": [AZURE], "domains": ["contoso.com", "eu.contoso.com"], "edgePools": pools}
    )
    assert [str(problem) for problem in found if problem.rule == "P26"] == [
        "edgePools: 21 records in one record set; azure takes 20 unless that limit was raised"
    ]


@pytest.mark.parametrize("item", [None, 53, {"a": "b"}], ids=["nothing", "a number", "a mapping"])
@pytest.mark.parametrize(
    ("given", "place"),
    [
        (
            {"zones": [{"provider": "aws", "name": "contoso.com", "nameservers": 0}]},
            "zones[0].nameservers[0]",
        ),
        ({"edgePools": [{"ipv4": 0}]}, "edgePools[0].ipv4[0]"),
        ({"edgePools": [{"ipv6": 0}]}, "edgePools[0].ipv6[0]"),
    ],
    ids=["nameservers", "ipv4", "ipv6"],
)
def test_an_item_of_any_list_that_is_no_text_is_told(given: dict[str, Any], place: str, item: object):
    [(key, [entry])] = given.items()
    listed = {name: [item] if value == 0 else value for name, value in entry.items()}
    found = [str(problem) for problem in findings_of(BASE | {key: [listed]})]
    assert len(found) == 1
    assert found[0].startswith(f"{place}: expected text, got ")


def test_of_a_switch_that_is_none_nothing_is_concluded():
    zone = {
        "provider": "azure",
        "name": "contoso.com",
        "resourceGroup": "dns",
        "bulk": "yes",
        "existing": "adopt",
    }
    assert [str(problem).partition(" (")[0] for problem in findings_of(BASE | {"zones": [zone]})] == [
        "zones[0].bulk: expected true or false, got 'yes'"
    ]
