"""The Pulumi package schema: what SDKs are generated from."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel
from tests.unit.cli import call, words
from tests.unit.table import BASE

from xmpp_federation_dns import published
from xmpp_federation_dns.backends import PROVIDERS, zone_classes
from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.plugin.package import package_schema

ROOT = Path(__file__).parents[3]
SCHEMA = package_schema()
TYPES = SCHEMA["types"]
RESOURCES = SCHEMA["resources"]
TOKEN = "xmpp-federation-dns:index:"
COMPONENT = RESOURCES[f"{TOKEN}XmppFederationDns"]
KEPT = ("RecordSet", "RecordSets", "Journal")


def objects() -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Yield every set of properties, with those of them that are required."""
    for token, found in TYPES.items():
        if "properties" in found:
            yield token, found["properties"], found["required"]
    for token, found in RESOURCES.items():
        yield f"inputs of {token}", found["inputProperties"], found["requiredInputs"]
        yield f"outputs of {token}", found["properties"], found["required"]
    yield "provider", SCHEMA["provider"]["inputProperties"], []


def parts(of: object) -> Iterator[dict[str, Any]]:
    """Yield *of* and everything in it that is a mapping."""
    if isinstance(of, dict):
        yield of  # pyright: ignore[reportUnknownVariableType] it comes from JSON
    for part in of.values() if isinstance(of, dict) else of if isinstance(of, list) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        yield from parts(part)  # pyright: ignore[reportUnknownArgumentType]


def named(model: type) -> set[str]:
    """Return the keys of the options of *model*."""
    return {to_camel(field.name) for field in fields(model)}


def plain(properties: dict[str, Any]) -> set[str]:
    return {key for key, option in properties.items() if option.get("plain")}


def test_the_copy_that_the_plugin_serves_is_what_the_models_say():
    copy = ROOT / "components" / "xmpp_federation_dns" / "plugin" / "schema.json"
    assert copy.read_text() == json.dumps(SCHEMA, indent=2) + "\n"


def test_the_command_writes_it():
    status, out, err = call("schema", "--package")
    assert (status, json.loads(out), err) == (0, SCHEMA, "")


def test_the_command_writes_one_schema_at_a_time():
    status, out, err = call("schema", "--package", "--included")
    assert (status, out) == (2, "")
    assert "Invalid value: --included and --package are two schemas; ask for one" in words(err)


def test_it_is_that_of_the_project_as_it_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {key: SCHEMA[key] for key in ("name", "version", "description", "license", "keywords")} == {
        **{key: project[key] for key in ("name", "version", "description", "license")},
        "keywords": sorted(project["keywords"]),
    }


def test_it_names_no_address():
    assert "://" not in json.dumps(SCHEMA)


def test_it_has_the_component_and_the_resources_of_keepers():
    assert [token.removeprefix(TOKEN) for token in RESOURCES] == ["XmppFederationDns", *KEPT]
    assert [token for token, found in RESOURCES.items() if found.get("isComponent")] == [
        f"{TOKEN}XmppFederationDns"
    ]


def test_no_type_has_the_name_of_another_or_of_a_resource():
    names = [token.removeprefix(TOKEN).lower() for token in (*TYPES, *RESOURCES)]
    # What every SDK calls the provider.
    assert sorted({name for name in (*names, "provider") if (*names, "provider").count(name) > 1}) == []


def test_every_reference_leads_to_a_type_and_every_type_is_referred_to():
    references = {part["$ref"] for part in parts(SCHEMA) if "$ref" in part}
    assert references == {f"#/types/{token}" for token in TYPES} | {"pulumi.json#/Any"}


def test_what_is_required_is_there():
    assert [(place, set(required) - set(known)) for place, known, required in objects()] == [
        (place, set()) for place, _, _ in objects()
    ]


def test_everything_says_what_it_means():
    said = [*TYPES.values(), *RESOURCES.values(), SCHEMA["provider"]]
    said += [option for _, properties, _ in objects() for option in properties.values()]
    assert [each for each in said if each["description"][-1] not in ".)" or "\n" in each["description"]] == []


def test_the_component_takes_what_its_arguments_in_python_are():
    assert set(COMPONENT["inputProperties"]) == named(XmppFederationDnsArgs)
    assert COMPONENT["requiredInputs"] == ["domains", "zones"]


@pytest.mark.parametrize("model", [SipDomain, EdgePool, *zone_classes()])
def test_a_type_has_the_options_of_its_class_in_python(model: type):
    assert set(TYPES[TOKEN + model.__name__]["properties"]) == named(model)


def test_the_component_is_described_by_the_first_sentence_of_its_class():
    assert COMPONENT["description"] == (
        "The DNS records by which XMPP servers find each SIP domain, in the zones that hold them."
    )


def test_a_domain_is_a_name_or_a_sip_domain():
    assert COMPONENT["inputProperties"]["domains"] == {
        "type": "array",
        "items": {"oneOf": [{"type": "string", "plain": True}, {"$ref": f"#/types/{TOKEN}SipDomain"}]},
        "description": "The SIP domains: names, or mappings where one has options of its own.",
    }


def test_a_zone_is_told_from_those_of_other_providers_by_its_provider():
    reference = {provider: f"#/types/{TOKEN}{name}" for provider, name in PROVIDERS.items()}
    assert COMPONENT["inputProperties"]["zones"] == {
        "type": "array",
        "items": {
            "oneOf": [{"$ref": each} for each in reference.values()],
            "discriminator": {"propertyName": "provider", "mapping": reference},
        },
        "description": "The DNS zones that hold them; each name goes into the closest enclosing zone.",
    }


@pytest.mark.parametrize(("provider", "name"), PROVIDERS.items())
def test_the_provider_of_a_zone_is_one_word(provider: str, name: str):
    zone = TYPES[TOKEN + name]
    assert zone["properties"]["provider"] == {
        "type": "string",
        "const": provider,
        "plain": True,
        "description": "The provider that hosts the zone.",
    }
    assert "provider" in zone["required"]


def test_the_explicit_provider_of_a_zone_is_a_resource_of_any_package():
    assert TYPES[f"{TOKEN}Route53Zone"]["properties"]["explicitProvider"] == {
        "$ref": "pulumi.json#/Any",
        "description": "The provider resource of this zone, where it is not the component's.",
    }


def test_what_may_be_an_output_is_not_plain_nor_is_what_holds_objects():
    assert set(COMPONENT["inputProperties"]) - plain(COMPONENT["inputProperties"]) == {
        "domains",
        "zones",
        "edgePools",
        "tsigSecret",
        "maxRemoved",
    }
    eventual = {
        name.removeprefix(TOKEN): set(found["properties"]) - plain(found["properties"])
        for name, found in TYPES.items()
        if "properties" in found
    }
    assert {name: eventual[name] for name in ("SipDomain", "EdgePool", "Route53Zone", "Rfc2136Zone")} == {
        "SipDomain": {"edgePools"},
        "EdgePool": {"ipv4", "ipv6"},
        "Route53Zone": {"zoneId", "explicitProvider"},
        "Rfc2136Zone": {"server", "tsigSecret", "explicitProvider"},
    }


def test_a_list_of_plain_texts_is_plain():
    assert TYPES[f"{TOKEN}Rfc2136Zone"]["properties"]["nameservers"] == {
        "type": "array",
        "items": {"type": "string", "plain": True},
        "plain": True,
        "description": "Servers that `verify` asks, in place of those that the parent delegates to: addresses or "
        "names, with `:port` where that is not 53.",
    }


@pytest.mark.parametrize("name", KEPT)
def test_nothing_of_a_resource_of_a_keeper_is_plain(name: str):
    assert [part for part in parts(RESOURCES[TOKEN + name]) if "plain" in part] == []


def test_every_default_is_told_in_words_alone():
    assert [part for part in parts(SCHEMA) if "default" in part] == []
    told = {
        key: option["description"].partition(" Default: ")[2]
        for key, option in TYPES[f"{TOKEN}Rfc2136Zone"]["properties"].items()
    }
    assert told == dict.fromkeys(told, "") | {
        "bulk": "`false`.",
        "existing": "`refuse`.",
        "retainOnDelete": "`false`.",
        "port": "`53`.",
        "tsigAlgorithm": "`hmac-sha256`.",
    }


def test_one_of_a_few_words_is_an_enum_with_names_that_every_language_takes():
    assert TYPES[f"{TOKEN}TsigAlgorithm"] == {
        "type": "string",
        "description": "Algorithm of the TSIG key.",
        "enum": [
            {"name": "HmacSha256", "value": "hmac-sha256"},
            {"name": "HmacSha384", "value": "hmac-sha384"},
            {"name": "HmacSha512", "value": "hmac-sha512"},
        ],
    }


def test_secrets_are_secret_wherever_they_stand():
    secret = {
        (place.replace(TOKEN, ""), key)
        for place, properties, _ in objects()
        for key, option in properties.items()
        if option.get("secret")
    }
    assert secret == {
        ("CloudflareZone", "apiToken"),
        ("Rfc2136Zone", "tsigSecret"),
        ("inputs of XmppFederationDns", "tsigSecret"),
        ("provider", "tsigSecret"),
        *(
            (f"{way} of {name}", key)
            for way in ("inputs", "outputs")
            for name in KEPT
            for key in ("apiToken", "tsigSecret")
        ),
        *((f"{way} of RecordSets", "journal") for way in ("inputs", "outputs")),
        *((f"{way} of Journal", "recordSets") for way in ("inputs", "outputs")),
        ("outputs of Journal", "runs"),
    }


def test_the_provider_is_configured_with_the_secret_of_the_component():
    secret = COMPONENT["inputProperties"]["tsigSecret"]
    assert SCHEMA["config"] == {"variables": {"tsigSecret": secret}}
    assert SCHEMA["provider"]["inputProperties"] == {"tsigSecret": secret}


def test_the_output_records_has_the_keys_that_the_component_writes():
    zone = {"provider": "aws", "name": "contoso.com", "bulk": True, "retainOnDelete": True}
    kind = TYPES[f"{TOKEN}PublishedRecordSet"]
    assert list(kind["properties"]) == list(published.rows(read(BASE | {"zones": [zone]}), "federation")[0])
    assert kind["required"] == list(published.rows(read(BASE), "federation")[0])
    assert COMPONENT["properties"] == {
        "records": {
            "type": "array",
            "items": {"$ref": f"#/types/{TOKEN}PublishedRecordSet"},
            "description": "The published record sets; what takes them waits until they are published.",
        }
    }
