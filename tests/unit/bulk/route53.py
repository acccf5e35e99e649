"""What the tests of zones of Route 53 share."""

from typing import Any

import botocore.retries.standard
import pytest
from tests.standins.clouds import Aws
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ZONE
from tests.unit.clients.lab import PROVIDER, Kind, enter, leave

from xmpp_federation_dns.backends.aws_client import HostedZone as Client


def properties(zone: HostedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource."""
    return {
        "zone": ZONE,
        "provider": "aws",
        "zoneId": zone.id,
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def learnt(zone: HostedZone) -> dict[str, str]:
    """Return what the state knows beside what the program says."""
    return {"hostedZone": zone.id}


def told(zone: HostedZone) -> str:
    """Return what a message calls a zone."""
    return f"zone contoso.com ({zone.id})"


def create(zone: HostedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    return PROVIDER.create(properties(zone, record_sets, **others)).outs


def reach(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach Route 53 with what the environment says, without waiting between attempts."""
    leave(monkeypatch, "AWS_PROFILE")
    enter(aws, monkeypatch)

    def at_once(*_: Any) -> float:
        return 0

    monkeypatch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", at_once)


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(Client, "most", (4, 32_000))


KIND = Kind(
    properties,
    learnt,
    told,
    reach,
    shrink,
    Client,
    "ChangeResourceRecordSets",
    "ListResourceRecordSets",
    "AccessDenied",
)
