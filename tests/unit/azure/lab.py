"""What the tests of zones of Azure DNS in bulk share."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.standins.arm_sign_in import TOKEN
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone
from tests.unit.bulk.lab import ZONE, domain, failed

from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import Keeper

PROVIDER = Keeper()
PUT, DELETE, GET, LIST = (
    f"RecordSets_{name}" for name in ("CreateOrUpdate", "Delete", "Get", "ListByDnsZone")
)
LEARNT = {"subscription": SUBSCRIPTION}
DENIED = Fault(PUT, status=403, code="AuthorizationFailed", message="The client 'b' may not.")


def properties(zone: DnsZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource."""
    return {
        "provider": "azure",
        "zone": ZONE,
        "resourceGroup": zone.group,
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def create(zone: DnsZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return PROVIDER.create(properties(zone, record_sets, **others)).outs


def update(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the state that an update leaves."""
    return PROVIDER.update("", old, new).outs


def client(zone: DnsZone) -> AzureDnsZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}))
    assert isinstance(found, AzureDnsZone)
    return found


def published(zone: DnsZone) -> dict[str, str]:
    """Return what is in the zone, as the state writes it."""
    return {f"{n} {t}": f"{ttl} {', '.join(values)}" for (n, t), (ttl, values) in zone.record_sets().items()}


def put(zone: DnsZone, record_sets: dict[str, str]) -> None:
    """Publish by hand."""
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        zone.put(name, type_, int(ttl), *values.split(", "))


class Calls:
    """The calls about record sets since it was made, by their names."""

    def __init__(self, account: Azure) -> None:
        self.account = account
        self.before = Counter(account.server.calls())

    def __call__(self) -> dict[str, int]:
        since = Counter(self.account.server.calls()) - self.before
        return {name: count for name, count in since.items() if name.startswith("RecordSets_")}


WAY_OUT = (
    "set ARM_CLIENT_ID and ARM_TENANT_ID with ARM_CLIENT_SECRET or ARM_USE_OIDC=true, set ARM_USE_MSI=true, or run "
    "az login (docs/pipelines.md)"
)


def told(zone: DnsZone) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com (resource group {zone.group})"


def refused(zone: DnsZone) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1))))


def az(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Azure CLI be one that has the token of the stand-in."""
    token = {"accessToken": TOKEN, "expires_on": 4_102_444_800, "expiresOn": "2100-01-01 00:00:00.0"}
    program = directory / "az"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(token)}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
