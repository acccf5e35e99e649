"""Plans of the engine, as `pulumi preview --json` prints them."""

import json
from typing import Any

from xmpp_federation_dns.live.preview import Preview, read

PREFIX = "urn:pulumi:demo::xmpp-federation-dns::"
TYPE = "xmpp-federation-dns:index:XmppFederationDns"
AWS = "aws:route53/record:Record"
AZURE = "azure-native:dns:RecordSet"
ONE = "xmpp-federation-dns:index:RecordSet"
ALL = "xmpp-federation-dns:index:RecordSets"
STACK = {"urn": f"{PREFIX}pulumi:pulumi:Stack::demo", "type": "pulumi:pulumi:Stack"}


def state(token: str, name: str, inputs: Any, component: str = "federation", **others: Any) -> dict[str, Any]:
    parent = f"{PREFIX}{TYPE}::{component}" if component else STACK["urn"]
    chain = f"{TYPE}${token}" if component else token
    return {
        "urn": f"{PREFIX}{chain}::{component}-{name}",
        "type": token,
        "inputs": inputs,
        "parent": parent,
        **others,
    }


def aws(
    name: str,
    type_: str,
    *values: str,
    zone: str = "Z1",
    ttl: int = 300,
    component: str = "federation",
    **others: Any,
) -> dict[str, Any]:
    inputs = {"zoneId": zone, "name": name, "type": type_, "ttl": ttl, "records": list(values)}
    return state(AWS, f"{name}-{type_}", inputs, component, **others)


def domain(name: str, host: str = "xmpp", **others: Any) -> list[dict[str, Any]]:
    """Return the record sets of a SIP domain on Route 53."""
    target = f"{host}.{name}"
    return [
        aws(f"_xmpp-server._tcp.{name}", "SRV", f"0 0 5269 {target}.", ttl=3600, **others),
        aws(target, "A", "131.107.155.10", **others),
    ]


def kept(
    token: str,
    texts: dict[str, str],
    component: str = "federation",
    *,
    outer: dict[str, Any] | None = None,
    **inputs: Any,
) -> dict[str, Any]:
    """Return a resource of this package."""
    given = {
        "provider": "rfc2136",
        "zone": "contoso.com",
        "server": "192.0.2.1",
        "port": 53,
        "existing": "refuse",
    }
    return state(token, "contoso.com", {**given, "recordSets": texts, **inputs}, component, **(outer or {}))


def step(op: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"op": op, "urn": (new or old or {}).get("urn", "")}
    return found | ({"oldState": old} if old else {}) | ({"newState": new} if new else {})


def plan(*steps: dict[str, Any], **others: Any) -> bytes:
    return json.dumps({"steps": steps, "changeSummary": {"create": 1}, **others}).encode()


def same(*states: dict[str, Any]) -> list[dict[str, Any]]:
    return [step("same", each, each) for each in states]


def previewed(*steps: dict[str, Any], **others: Any) -> Preview:
    return read(plan(*steps, **others), "plan.json")


def exported(*records: Any) -> dict[str, Any]:
    """Return the step of a stack whose last update exported *records*."""
    return step("same", {**STACK, "outputs": {"records": records}}, STACK)


def srv(name: str) -> dict[str, Any]:
    return {
        "name": f"_xmpp-server._tcp.{name}",
        "type": "SRV",
        "ttl": 3600,
        "values": [f"0 0 5269 xmpp.{name}."],
        "zone": "contoso.com",
    }
