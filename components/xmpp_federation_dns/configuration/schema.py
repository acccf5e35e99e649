"""The JSON Schemas of a stack file, and of one that it includes (2020-12), for editors."""

import re
from typing import Any

from pydantic import TypeAdapter

from xmpp_federation_dns.backends import zone_classes
from xmpp_federation_dns.configuration.args import XmppFederationDnsArgs
from xmpp_federation_dns.configuration.included import DESCRIPTION, KEYS, KINDS
from xmpp_federation_dns.problems import SECRETS
from xmpp_federation_dns.records import PACKAGE, PORTS, TTLS, UINT16

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_RANGES = {
    "port": PORTS,
    "directTlsPort": PORTS,
    "priority": UINT16,
    "weight": UINT16,
    "srvTtl": TTLS,
    "addressTtl": TTLS,
}
# What `pulumi config set` writes: at the top of a configuration, a number or a switch may be text.
_AS_TEXT = {"integer": "^[-+]?[0-9]+$", "boolean": "^(true|false)$"}


def stack_file_schema() -> dict[str, Any]:
    """Return the schema: the configuration of this package, with or without namespace, and anything beside it."""
    schema = _options(encrypted=True)
    names = "|".join(re.escape(kind) for kind in KINDS)
    schema["properties"]["include"] = {
        "type": ["array", "null"],
        "items": {"type": "string", "pattern": rf"({names})$"},
        "description": DESCRIPTION,
    }
    for option in schema["properties"].values():
        if pattern := _AS_TEXT.get(option.get("type", [""])[0]):
            option["type"].append("string")
            option["pattern"] = pattern
    properties = {f"{PACKAGE}:{key}": option for key, option in schema["properties"].items()}
    bare = {
        f"^({PACKAGE}:config:)?{key}$": {"$ref": f"#/properties/config/properties/{PACKAGE}:{key}"}
        for key in schema["properties"]
    }
    return {
        "$schema": DIALECT,
        "title": "Stack file of xmpp-federation-dns",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": properties,
                "patternProperties": {**bare, f"^(?!{PACKAGE}:).*:": {}},
                "additionalProperties": False,
            }
        },
        "anyOf": [{"required": ["config"]}, {"required": ["environment"]}],
        "$defs": schema["$defs"],
    }


def included_schema() -> dict[str, Any]:
    """Return the schema of a YAML file that a stack includes: it holds no secrets."""
    schema = _options(encrypted=False)
    properties = {key: schema["properties"][key] for key in KEYS}
    for option in properties.values():
        option["type"] = ["array", "null"]
    return {
        "$schema": DIALECT,
        "title": "File that a stack of xmpp-federation-dns includes",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": schema["$defs"],
    }


def _options(*, encrypted: bool) -> dict[str, Any]:
    """Return the schema of all options; without *encrypted*, for a file that holds no secrets."""
    schema = TypeAdapter(XmppFederationDnsArgs).json_schema()
    definitions = schema["$defs"]
    zones = {zone.__name__: TypeAdapter(zone).json_schema() for zone in zone_classes()}
    definitions |= zones
    schema["properties"]["zones"]["items"] = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in zones]}
    for model in (schema, *definitions.values()):
        if "provider" in model["properties"]:
            model["required"].append("provider")
        if not encrypted:
            model["properties"] = {
                key: each for key, each in model["properties"].items() if key not in SECRETS
            }
        for key, option in model["properties"].items():
            _describe(key, option, required=key in model.get("required", ()))
            if encrypted and key in SECRETS:
                option["anyOf"].append({"$ref": "#/$defs/Encrypted"})
            elif encrypted and key in ("ipv4", "ipv6"):
                option["items"] = {"anyOf": [option["items"], {"$ref": "#/$defs/Encrypted"}]}
    if encrypted:
        definitions["Encrypted"] = {
            "type": "object",
            "description": "A value that `pulumi config set --secret` encrypted.",
            "properties": {"secure": {"type": "string"}},
            "required": ["secure"],
            "additionalProperties": False,
        }
    return schema


def _describe(key: str, option: dict[str, Any], *, required: bool) -> None:
    """Complete one option: its range, and null where it may be left out."""
    option.pop("title", None)
    if option.get("default", ...) is None:
        del option["default"]
    if allowed := _RANGES.get(key):
        option |= {"minimum": allowed.start, "maximum": allowed.stop - 1}
    if not required and "type" in option:
        option["type"] = [option["type"], "null"]
        if "enum" in option:
            option["enum"].append(None)
