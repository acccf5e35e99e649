from dataclasses import dataclass, fields
from typing import Any, ClassVar

import pulumi
import pytest
from pydantic.alias_generators import to_camel
from tests.unit.table import BASE, NAMES

from xmpp_federation_dns import AzureZone, EdgePool, Route53Zone, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone, zone_classes
from xmpp_federation_dns.configuration.plan import findings, read
from xmpp_federation_dns.configuration.rules import View
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.problems import SECRETS, ConfigurationError, Problem, Secret, described, dotted


def errors(given: object) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read(given)  # pyright: ignore[reportArgumentType] anything may be given
    return [str(problem) for problem in raised.value.problems]


def test_arguments_mapping_and_stack_file_keys_mean_the_same():
    args = XmppFederationDnsArgs(
        domains=[
            "contoso.com",
            SipDomain(name="fabrikam.com", edge_pools=[EdgePool(ipv4=["131.107.155.11"])]),
        ],
        zones=[
            Route53Zone(name="contoso.com", zone_id="Z1"),
            AzureZone(name="fabrikam.com", resource_group="dns"),
        ],
        edge_pools=[EdgePool(ipv4=["131.107.155.10"])],
    )
    camel = {
        "domains": ["contoso.com", {"name": "fabrikam.com", "edgePools": [{"ipv4": ["131.107.155.11"]}]}],
        "zones": [
            {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
            {"provider": "azure", "name": "fabrikam.com", "resourceGroup": "dns"},
        ],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
    }
    snake = {
        "domains": ["contoso.com", {"name": "fabrikam.com", "edge_pools": ({"ipv4": ("131.107.155.11",)},)}],
        "zones": [
            {"provider": "aws", "name": "contoso.com", "zone_id": "Z1"},
            {"provider": "azure", "name": "fabrikam.com", "resource_group": "dns"},
        ],
        "edge_pools": [{"ipv4": ["131.107.155.10"]}],
    }
    assert read(args) == read(camel) == read(snake)


def test_a_path_has_the_style_of_keys_that_the_user_wrote():
    given = {key: value for key, value in BASE.items() if key != "edgePools"}
    assert errors({**given, "edge_pools": [{"ipv4": ["1.1.1.1"], "direct_tls_port": 0}]})[0] == (
        "edge_pools[0].direct_tls_port: 0 is out of range: 1 to 65535"
    )


def test_python_arguments_are_reported_in_snake_case():
    args = XmppFederationDnsArgs(
        domains=["contoso.com"],
        zones=[Route53Zone(name="contoso.com")],
        edge_pools=[EdgePool(ipv4=["131.107.155.10"], priority=-1)],
    )
    assert errors(args) == ["edge_pools[0].priority: -1 is out of range: 0 to 65535"]


def test_positions_are_those_of_the_user_though_an_item_before_did_not_fit():
    assert errors(BASE | {"domains": [5, "contoso_com", 6, {"name": "fabrikam.com"}]}) == [
        "domains[0]: expected a name or a mapping, got 5",
        "domains[2]: expected a name or a mapping, got 6",
        "domains[1]: 'contoso_com' is not a host name: labels hold letters, digits and hyphens",
        "domains[3].name: 'fabrikam.com' lies in none of the zones contoso.com",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"zones": [*BASE["zones"], {"provider": "ns1"}], "domains": ["contoso.com", "fabrikam.com"]},
            [f"zones[1].provider: 'ns1' is none of the providers {NAMES}; did you mean octodns?"],
        ),
        (
            {
                "zones": [*BASE["zones"], {"provider": "ns1", "name": "fabrikam.com"}],
                "domains": ["contoso.com", "fabrikam.com", "a.b"],
            },
            [
                f"zones[1].provider: 'ns1' is none of the providers {NAMES}; did you mean octodns?",
                "domains[2]: 'a.b' lies in none of the zones contoso.com, fabrikam.com",
            ],
        ),
        (
            {"zones": [*BASE["zones"], {"provider": "aws", "name": "a..b"}], "domains": ["fabrikam.com"]},
            ["zones[1].name: 'a..b' is not a zone name: it has an empty label"],
        ),
        (
            {"profile": "skype", "edgePools": [{"ipv4": ["131.107.155.10"], "port": 5222}]},
            ["profile: 'skype' is none of 'lync' or 'standard'"],
        ),
        (
            {"allowPrivateAddresses": "yes", "edgePools": [{"ipv4": ["10.0.0.5"]}]},
            [
                "allowPrivateAddresses: expected true or false, got 'yes' (write true without quotes, or pulumi config "
                "rm --path 'allowPrivateAddresses' && pulumi config set --path 'allowPrivateAddresses' true)"
            ],
        ),
        (
            {
                "edgePools": [
                    {"host": "a", "ipv4": ["131.107.155.10"], "priority": "1"},
                    {"ipv4": ["131.107.155.10"]},
                ]
            },
            [
                "edgePools[0].priority: expected a whole number, got '1' (write 1 without quotes, or pulumi config rm "
                "--path 'edgePools[0].priority' && pulumi config set --path 'edgePools[0].priority' 1)"
            ],
        ),
        (
            {
                "edgePools": [
                    {"host": 5, "ipv4": ["131.107.155.10"]},
                    {"ipv4": ["131.107.155.10"], "priority": 1},
                ]
            },
            ["edgePools[0].host: expected text, got 5"],
        ),
        (
            {"edgePools": [{"ipv4": ["131.107.155.10", 5]}]},
            ["edgePools[0].ipv4[1]: expected text, got 5"],
        ),
    ],
)
def test_what_follows_from_a_value_that_does_not_fit_is_not_told(given: dict[str, Any], told: list[str]):
    assert errors(BASE | given) == told


def test_a_weight_that_does_not_fit_is_not_taken_for_none():
    pools = [
        {"host": "a", "ipv4": ["131.107.155.10"], "weight": "5"},
        {"host": "b", "ipv4": ["131.107.155.11"]},
    ]
    args, origin, problems = parse(BASE | {"profile": "standard", "edgePools": pools})
    assert [str(problem) for problem in findings(View(args), origin, problems)] == [
        "edgePools[0].weight: expected a whole number, got '5' (write 5 without quotes, or pulumi config rm --path "
        "'edgePools[0].weight' && pulumi config set --path 'edgePools[0].weight' 5)",
        "edgePools[1].priority: 0 is the priority of edgePools[0] already; Lync and Skype for Business peers then take "
        "whichever comes first",
    ]


def test_what_is_no_configuration_at_all_is_told_so():
    assert errors(5) == ["expected a mapping or XmppFederationDnsArgs, got 5"]


def test_an_output_where_a_plain_value_is_needed_is_told_so():
    assert errors(BASE | {"srvTtl": pulumi.Output.from_input(600)}) == [
        "srvTtl: expected a whole number, got an output (it has to be known before the update)"
    ]


def test_a_missing_key_of_a_list_item_is_reported_at_the_item():
    assert errors(BASE | {"zones": [{"provider": "azure", "name": "contoso.com"}]}) == [
        "zones[0]: 'resourceGroup' is missing"
    ]


def test_a_tsig_secret_is_never_shown():
    zone = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "k"}
    assert errors(BASE | {"zones": [{**zone, "tsigSecret": ["c2VjcmV0"]}]})[0] == (
        "zones[0].tsigSecret: expected text, got [secret]"
    )


def test_an_api_token_is_never_shown():
    zone = {"provider": "cloudflare", "name": "contoso.com", "apiToken": ["c2VjcmV0"]}
    assert errors(BASE | {"zones": [zone]}) == ["zones[0].apiToken: expected text, got [secret]"]


def test_a_number_in_the_place_of_text_is_told_with_quotes_at_every_option_of_every_provider():
    told: dict[str, str] = {}
    for backend in zone_classes():
        keys = [to_camel(field.name) for field in fields(backend) if field.name not in ("name", "provider")]
        for key in keys:
            zone = {"provider": backend.provider, "name": "contoso.com", key: 123456789012}
            lead = f"zones[0].{key}: expected text, got "
            for line in errors(BASE | {"zones": [zone]}):
                told |= {key: line} if line.startswith(lead) else {}
    assert {"project", "managedZone", "zoneId", "resourceGroup", "tsigKeyName", "providerClass"} < told.keys()
    for key, line in told.items():
        shown = (
            "[secret] (write it with quotes)"
            if key in SECRETS
            else "123456789012 (write '123456789012' with quotes)"
        )
        assert line == f"zones[0].{key}: expected text, got {shown}"


def test_one_problem_is_counted_as_one():
    assert str(ConfigurationError([Problem(("srvTtl",), "x")])) == (
        "1 problem in the XMPP federation configuration:\n  srvTtl: x"
    )


def test_several_problems_are_counted_and_listed():
    assert str(ConfigurationError([Problem((), "x"), Problem(("a", 0, "b"), "y")])) == (
        "2 problems in the XMPP federation configuration:\n  x\n  a[0].b: y"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        ("it's", '"it\'s"'),
        ("a" * 90, "'" + "a" * 76 + "…'"),
        (1.5, "1.5"),
        (pulumi.Output.from_input(1), "an output"),
        ((), "a list"),
        ({}, "a mapping"),
        (Secret("x"), "[secret]"),
        (b"", "a value of type bytes"),
    ],
)
def test_a_value_is_shown_in_a_few_words(value: object, text: str):
    assert described(value) == text


def test_a_path_is_written_as_people_write_it():
    assert dotted(("domains", 1, "edgePools", 0, "ipv4", 2)) == "domains[1].edgePools[0].ipv4[2]"


def test_every_backend_can_be_named_in_a_stack_file():
    for backend in zone_classes():
        name = backend.provider
        given = {"zones": [{"provider": name, "name": "x.", "bogus": 1}], "domains": []}
        assert any(line.startswith("zones[0].bogus: unknown key") for line in errors(given)), name


def test_a_misspelt_key_is_recognised_in_either_style_of_keys():
    given = {key: value for key, value in BASE.items() if key != "edgePools"}
    assert errors({**given, "edge_pools": [{"ipv4": ["131.107.155.10"], "prot": 5269}]}) == [
        "edge_pools[0].prot: unknown key; did you mean 'port'?"
    ]


def test_include_is_no_argument_of_the_component():
    _, _, [problem] = parse(BASE | {"include": ["config/domains.yaml"]})
    assert str(problem) == (
        "include: unknown key; stack_configuration() reads it, from the configuration of a stack"
    )


def test_a_misspelt_include_is_known():
    _, _, [problem] = parse(BASE | {"includes": ["config/domains.yaml"]})
    assert str(problem) == "includes: unknown key; did you mean 'include'?"


def test_a_file_to_include_is_suggested_at_the_top_alone():
    assert errors(BASE | {"domains": [{"name": "contoso.com", "includ": "more.yaml"}]}) == [
        "domains[0].includ: unknown key; known are name, edgePools, federation"
    ]


@dataclass(frozen=True, kw_only=True)
class OwnZone(Zone):
    """A zone of the program's own."""

    existing_record_sets: ClassVar = "refuses"

    provider: str = "own"


def test_what_is_wrong_with_a_zone_of_the_programs_own_is_told_at_its_option():
    assert errors(BASE | {"zones": [OwnZone(name="not a name")]}) == [
        "zones[0].name: 'not a name' is not a zone name: labels hold letters, digits, hyphens and underscores"
    ]
