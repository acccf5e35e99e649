import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.unit.table import ACCEPTED, BASE
from tools import demo

from xmpp_federation_dns.configuration.schema import included_schema, stack_file_schema

ROOT = Path(__file__).parents[2]
STACKS = [*sorted((ROOT / "config" / "examples").glob("*.yaml")), demo.STACK_FILE]
SCHEMA = stack_file_schema()
VALIDATOR: Any = Draft202012Validator(SCHEMA)
CAMEL = {"srv_ttl": "srvTtl", "address_ttl": "addressTtl"}
ZONE = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53"}


def mistakes(**given: Any) -> list[str]:
    config = {f"xmpp-federation-dns:{CAMEL.get(key, key)}": value for key, value in (BASE | given).items()}
    return faults({"config": config})


def faults(document: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


def test_the_schema_is_valid_in_its_dialect():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_the_copy_in_config_is_what_the_command_writes():
    assert (ROOT / "config" / "stack.schema.json").read_text() == json.dumps(SCHEMA, indent=2) + "\n"


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_every_stack_file_of_the_project_fits(path: Path):
    assert faults(yaml.safe_load(path.read_text())) == []


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: str(case["given"])[:120])
def test_every_correct_configuration_fits(case: dict[str, Any]):
    assert mistakes(**case["given"]) == []


def test_a_stack_may_include_files_of_the_known_kinds():
    assert mistakes(include=["config/domains.yaml", "more.csv"]) == []
    [fault] = mistakes(include=["domains.json"])
    assert fault.startswith("'domains.json' does not match")


INCLUDED: Any = Draft202012Validator(included_schema())


def included_faults(text: str) -> list[str]:
    return [error.message for error in INCLUDED.iter_errors(yaml.safe_load(text))]


def test_the_schema_of_an_included_file_is_that_of_its_lists():
    Draft202012Validator.check_schema(included_schema())
    assert (
        included_faults("domains: [a.example, {name: b.example, edgePools: [{ipv4: [192.0.2.1]}]}]\nzones:")
        == []
    )
    assert included_faults("srvTtl: 600") == [
        "Additional properties are not allowed ('srvTtl' was unexpected)"
    ]


def test_the_schema_of_an_included_file_knows_no_secrets():
    assert "Encrypted" not in json.dumps(included_schema())
    assert "apiToken" not in json.dumps(included_schema())
    assert included_faults("edgePools: [{ipv4: [131.107.155.10], ipv6: ['2620:1ec::10']}]") == []
    zone = "{provider: rfc2136, name: a.example, server: ns.example, tsigKeyName: k"
    assert included_faults(f"zones: [{zone}}}]") == []
    assert len(included_faults(f"zones: [{zone}, tsigSecret: AAAA}}]")) == 1


def test_a_misspelt_key_of_an_edge_pool_does_not_fit():
    [error] = VALIDATOR.iter_errors({"config": {"edgePools": [{"ip4": []}]}})
    told = [part.message for part in error.context]
    assert told[0] == "Additional properties are not allowed ('ip4' was unexpected)"


@pytest.mark.parametrize("key", ["domain", "edgePool", "srv_ttl", "xmpp-federation-dns:domain", "domains2"])
def test_a_key_that_is_no_option_does_not_fit(key: str):
    assert len(faults({"config": {key: []}})) == 1


def test_the_keys_of_other_packages_are_not_ours():
    assert faults({"encryptionsalt": "v1:x", "config": {"aws:region": "eu-central-1", "other:x:y": 5}}) == []


@pytest.mark.parametrize("prefix", ["", "xmpp-federation-dns:", "xmpp-federation-dns:config:"])
def test_an_option_is_known_with_and_without_namespace(prefix: str):
    assert faults({"config": {f"{prefix}srvTtl": 600}}) == []
    assert faults({"config": {f"{prefix}srvTtl": 30}}) == ["30 is less than the minimum of 60"]


def test_a_file_without_config_does_not_fit():
    assert faults({}) == ["{} is not valid under any of the given schemas"]


def test_a_file_may_have_its_configuration_from_an_environment():
    assert faults({"environment": ["production"]}) == []


def test_an_encrypted_address_fits():
    assert mistakes(edgePools=[{"ipv4": ["131.107.155.10", {"secure": "v1:x"}]}]) == []


REFUSED: list[dict[str, Any]] = [
    {"srvTtl": 59},
    {"srvTtl": 86401},
    {"addressTtl": 59},
    {"addressTtl": 86401},
    {"srvTtl": "soon"},
    {"srvTtl": 60.5},
    {"allowPrivateAddresses": "yes"},
    {"allowPrivateAddresses": 1},
    {"profile": "skype"},
    {"tsigSecret": {"secure": 5}},
    {"tsigSecret": {"secure": "x", "plain": "y"}},
    {"tsigSecret": {}},
    {"domains": None},
    {"domains": "contoso.com"},
    {"domains": [{}]},
    {"domains": [{"name": None}]},
    {"domains": [{"name": "a.b", "federation": "off"}]},
    {"zones": [{"name": "contoso.com"}]},
    {"zones": [{"provider": "bind", "name": "contoso.com"}]},
    {"zones": [{"provider": "azure", "name": "contoso.com"}]},
    {"zones": [{"provider": "gcp", "name": "contoso.com"}]},
    {"zones": [{**ZONE, "server": None}]},
    {"zones": [{**ZONE, "port": 0}]},
    {"zones": [{**ZONE, "port": 65536}]},
    {"zones": [{**ZONE, "explicitProvider": "x"}]},
    {"edgePools": [{"port": 0}]},
    {"edgePools": [{"port": "5269"}]},
    {"edgePools": [{"directTlsPort": 65536}]},
    {"edgePools": [{"priority": -1}]},
    {"edgePools": [{"priority": 65536}]},
    {"edgePools": [{"weight": 65536}]},
    {"edgePools": [{"manageAddresses": "true"}]},
    {"edgePools": [{"ipv4": ["1.1.1.1", 5]}]},
    {"edgePools": {}},
]


@pytest.mark.parametrize("given", REFUSED, ids=str)
def test_a_value_that_is_refused_does_not_fit(given: dict[str, Any]):
    assert len(mistakes(**given)) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"srvTtl": "600", "addressTtl": 60, "allowPrivateAddresses": "true"},
        {"srvTtl": None, "addressTtl": None, "allowPrivateAddresses": None, "profile": None},
        {"tsigSecret": None, "edgePools": None},
        {"tsigSecret": {"secure": "v1:x"}, "zones": [{**ZONE, "tsigSecret": {"secure": "v1:x"}}]},
        {"zones": [{"provider": "cloudflare", "name": "contoso.com", "apiToken": {"secure": "v1:x"}}]},
        {"zones": [{**ZONE, "port": None, "tsigKeyName": None, "tsigAlgorithm": None, "tsigSecret": None}]},
        {"domains": [{"name": "contoso.com", "federation": None, "edgePools": None}]},
        {
            "edgePools": [
                {
                    "host": None,
                    "target": None,
                    "manageAddresses": None,
                    "ipv4": None,
                    "ipv6": None,
                    "priority": None,
                    "weight": None,
                    "port": None,
                    "directTlsPort": None,
                }
            ]
        },
        {"edgePools": [{"priority": 65535, "weight": 65535, "port": 65535, "directTlsPort": 1}]},
    ],
    ids=str,
)
def test_null_counts_as_absent_and_what_pulumi_writes_fits(given: dict[str, Any]):
    assert mistakes(**given) == []


def test_every_option_is_described():
    models = [SCHEMA["properties"]["config"], *SCHEMA["$defs"].values()]
    options = [
        (name, option)
        for model in models
        for name, option in model["properties"].items()
        if name not in ("provider", "secure")
    ]
    assert [name for name, option in options if "description" not in option] == []
    assert [name for name, option in options if "title" in option] == []
    assert [name for name, option in options if option.get("default", ...) is None] == []
