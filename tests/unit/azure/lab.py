"""What the tests of zones of Azure DNS in bulk share."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.standins.arm_sign_in import TOKEN
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone
from tests.unit.bulk.lab import ZONE, domain, failed
from tests.unit.clients.lab import PROVIDER, Kind, enter, leave

from xmpp_federation_dns.backends import attempts
from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.client import UpdateError

PUT, DELETE, GET, LIST = (
    f"RecordSets_{name}" for name in ("CreateOrUpdate", "Delete", "Get", "ListByDnsZone")
)
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


def learnt(_zone: DnsZone) -> dict[str, str]:
    """Return what the state knows beside what the program says."""
    return {"subscription": SUBSCRIPTION}


def reach(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach the Resource Manager with what the environment says, without waiting between attempts."""
    leave(monkeypatch, "ARM_", "AZURE_", "ACTIONS_ID_")
    enter(azure, monkeypatch)
    monkeypatch.setattr(attempts, "LONGEST", 0.0)


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each, of which one change is sent at a time."""
    monkeypatch.setattr(AzureDnsZone, "most", (4,))
    monkeypatch.setattr(AzureDnsZone, "writers", 1)


def create(zone: DnsZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return PROVIDER.create(properties(zone, record_sets, **others)).outs


def client(zone: DnsZone) -> AzureDnsZone:
    """Return a client of the zone."""
    found = PROVIDER.client(properties(zone, {}))
    assert isinstance(found, AzureDnsZone)
    return found


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


KIND = Kind(properties, learnt, told, reach, shrink, AzureDnsZone, PUT, LIST, "AuthorizationFailed")
