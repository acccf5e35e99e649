"""The Pulumi package schema: the models in the terms of SDKs that are generated and of YAML programs.

The plugin serves the copy in `schema.json`, and needs no model for that.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from typing import Any, get_args, get_origin, get_type_hints

import pulumi
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel, to_pascal

from xmpp_federation_dns.backends import PROVIDERS, Zone, zone_classes
from xmpp_federation_dns.component import XmppFederationDns
from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.problems import SECRETS
from xmpp_federation_dns.records import PACKAGE

Spec = dict[str, Any]
"""A part of a schema, of JSON Schema or Pulumi's."""

_TYPES = f"#/types/{PACKAGE}:index:"
_TEXTS: Spec = {"type": "array", "items": {"type": "string"}}
_RECORDS: Spec = {
    "name": {"type": "string", "description": "Owner name: absolute, lower case, without final dot."},
    "type": {"type": "string", "description": "Type of the records: SRV, A or AAAA."},
    "ttl": {"type": "integer", "description": "TTL in seconds."},
    "values": _TEXTS | {"description": "Values as in a zone file, such as `0 0 5269 xmpp.contoso.com.`."},
    "zone": {"type": "string", "description": "Name of the zone."},
    "provider": {"type": "string", "description": "The provider that hosts the zone."},
    "component": {"type": "string", "description": "Name of the component that publishes it."},
    "bulk": {"type": "boolean", "description": "Whether all record sets of the zone are one resource."},
    "retainOnDelete": {"type": "boolean", "description": "Whether it stays when its resource goes."},
}
_KEPT = (
    "By name and type, TTL in seconds and values: `xmpp.contoso.com A: 300 131.107.155.10, 131.107.155.11`."
)
_RUNS: Spec = {"type": "array", "items": _TEXTS, "secret": True}


def package_schema() -> Spec:
    """Return the Pulumi package schema of this package, in the version that is installed."""
    about = metadata.metadata(PACKAGE)
    models = _models(XmppFederationDnsArgs, SipDomain, EdgePool, Zone, *zone_classes())
    types = {kind.__name__: _object(kind, model) for kind, model in models.items() if kind is not Zone}
    args = types.pop("XmppFederationDnsArgs")
    secret = args["properties"]["tsigSecret"]
    types |= dict(_enums(models.values()))
    types["PublishedRecordSet"] = {
        "type": "object",
        "description": "One record set of the output `records`.",
        "properties": _RECORDS,
        "required": [key for key in _RECORDS if key not in ("bulk", "retainOnDelete")],
    }
    resources = {"XmppFederationDns": _component(args), **_kept(models)}
    return {
        "name": PACKAGE,
        "displayName": "XMPP federation DNS",
        "version": about["Version"],
        "description": about["Summary"],
        "keywords": about["Keywords"].split(","),
        "license": about["License-Expression"],
        "config": {"variables": {"tsigSecret": secret}},
        "provider": {
            "description": "Publishes the record sets of the zones that this package keeps itself.",
            "inputProperties": {"tsigSecret": secret},
        },
        "types": {f"{PACKAGE}:index:{name}": found for name, found in types.items()},
        "resources": {f"{PACKAGE}:index:{name}": found for name, found in resources.items()},
        # SDKs have the version of the schema.
        "meta": {"supportPack": True},
        "language": {"nodejs": {"packageName": PACKAGE}, "python": {"pyproject": {"enabled": True}}},
    }


def _models(*kinds: type) -> dict[type, Spec]:
    """Return the JSON Schema of each of *kinds*."""
    _, schema = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter[Any](kind)) for kind in kinds], ref_template=_TYPES + "{model}"
    )
    return {kind: schema["$defs"][kind.__name__] for kind in kinds}


def _object(kind: type, model: Spec) -> Spec:
    """Return *model* of *kind* as an object type.

    What cannot become known during the update is plain. Containers of it are not: the SDK for Go would name types that
    it does not have (pkg 3.255).
    """
    later = {to_camel(name) for name, hint in get_type_hints(kind).items() if _comes_later(hint)}
    properties = {
        key: _property(key, option, plain=key not in later) for key, option in model["properties"].items()
    }
    required = [*model.get("required", [])]
    if issubclass(kind, Zone):
        required.append("provider")
        properties["explicitProvider"] = {
            "$ref": "pulumi.json#/Any",
            "description": "The provider resource of this zone, where it is not the component's.",
        }
    return {
        "type": "object",
        "description": model["description"],
        "properties": properties,
        "required": required,
    }


def _comes_later(hint: object) -> bool:
    """Tell whether a value of the type *hint* may become known during the update."""
    return get_origin(hint) is pulumi.Output or any(map(_comes_later, get_args(hint)))


def _property(key: str, option: Spec, *, plain: bool) -> Spec:
    """Return the property *key*, with its default in words: an SDK would write it into the state."""
    found = _type(key, option, plain=plain)
    if "const" in option:
        return found | {"description": _RECORDS["provider"]["description"]}
    text = option["description"].replace("\n", " ")
    if (default := option.get("default")) not in (None, []):
        text += f" Default: `{str(default).lower()}`."
    found["description"] = text
    return found | {"secret": True} if key in SECRETS else found


def _type(key: str, option: Spec, *, plain: bool) -> Spec:
    """Return the type of the property *key*."""
    leaf: Spec = {"plain": True} if plain else {}
    match option:
        case {"anyOf": [some, {"type": "null"}]}:
            return _type(key, some, plain=plain)
        case {"oneOf": each} | {"anyOf": each}:
            return {"oneOf": [_type(key, one, plain=plain) for one in each]}
        case {"type": "array", "items": item}:
            # Of the zones, the model says no more than that they are a list.
            items = _type(key, item, plain=plain) if item else _any_zone()
            return {"type": "array", "items": items} | (leaf if items.get("plain") else {})
        case {"type": "object", "additionalProperties": _}:
            return {"type": "object", "additionalProperties": {"$ref": "pulumi.json#/Any"}} | leaf
        case {"enum": _}:
            return {"$ref": _TYPES + _capital(key)} | leaf
        case {"$ref": reference}:
            return {"$ref": reference}
        case _:
            return {each: option[each] for each in ("type", "const") if each in option} | leaf


def _any_zone() -> Spec:
    """Return the type of a zone of any provider."""
    references = {provider: _TYPES + name for provider, name in PROVIDERS.items()}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "provider", "mapping": references},
    }


def _enums(models: Iterable[Spec]) -> Iterator[tuple[str, Spec]]:
    """Yield a type for each option that is one of a few words."""
    for key, option in (each for model in models for each in model["properties"].items()):
        if "enum" in option:
            words = [{"name": to_pascal(each.replace("-", "_")), "value": each} for each in option["enum"]]
            text = option["description"].replace("\n", " ")
            yield _capital(key), {"type": "string", "description": text, "enum": words}


def _capital(key: str) -> str:
    return key[0].upper() + key[1:]


def _component(args: Spec) -> Spec:
    """Return the resource of the component with the inputs *args*."""
    description = "The published record sets; what takes them waits until they are published."
    records = {"type": "array", "items": {"$ref": _TYPES + "PublishedRecordSet"}, "description": description}
    return {
        "isComponent": True,
        "description": inspect.cleandoc(XmppFederationDns.__doc__ or "").partition("\n\n")[0],
        "inputProperties": args["properties"],
        "requiredInputs": args["required"],
        "properties": {"records": records},
        "required": ["records"],
    }


def _kept(models: Mapping[type, Spec]) -> dict[str, Spec]:
    """Return the resources of keepers: a zone of whatever provider, and what is kept in it."""
    common = models[Zone]["properties"]
    options = {"provider": common["provider"], "zone": common["name"], "existing": common["existing"]}
    learnt: Spec = {}
    for kind in zone_classes():
        of = f"Provider {kind.provider}:"
        for key, option in models[kind]["properties"].items():
            if key not in common:
                # Several providers may have an option of one name.
                others = f"{options[key]['description']} " if key in options else ""
                options[key] = option | {"description": f"{others}{of} {option['description']}"}
        told = {"type": "string", "description": f"{of} what it says of the zone."}
        learnt |= dict.fromkeys(sorted(kind.learnt), told)
    zone = {key: _property(key, option, plain=False) for key, option in options.items()}
    kept = {"type": "object", "additionalProperties": {"type": "string"}, "description": _KEPT}
    one = zone | {"recordSets": kept}
    many = one | {"retainOnDelete": _property("retainOnDelete", common["retainOnDelete"], plain=False)}
    packed = {
        "type": "string",
        "secret": True,
        "description": "The record sets, as the component packs them.",
    }
    runs = {"runs": _RUNS | {"description": "The last updates, newest first."}}
    ended = {"journal": _RUNS | {"description": "The output `runs` of the journal of these record sets."}}
    return {
        "RecordSet": _resource("One record set of a zone.", one, learnt),
        "RecordSets": _resource("Record sets of a zone, published in batches.", many | ended, learnt),
        "Journal": _resource(
            "What is about to be published in a zone: how `RecordSets` goes on where an update was interrupted.",
            many | {"recordSets": packed},
            learnt | runs,
        ),
    }


def _resource(description: str, inputs: Spec, told: Spec) -> Spec:
    """Return a resource whose outputs are its *inputs* and what is *told*."""
    required = ["provider", "zone", "recordSets"]
    return {
        "description": description,
        "inputProperties": inputs,
        "requiredInputs": required,
        "properties": inputs | told,
        "required": required + [key for key in told if key == "runs"],
    }
