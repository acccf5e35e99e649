from typing import Any

import botocore.retries.standard
import pytest
from tests.standins.clouds import Aws
from tests.standins.fixtures import aws
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ZONE

from xmpp_federation_dns.backends.aws_client import HostedZone as Client

__all__ = ["aws"]


@pytest.fixture
def account(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Return Route 53, reached with what the environment says, without waiting between attempts."""
    for key, value in aws.environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    def at_once(*_: Any) -> float:
        return 0

    monkeypatch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", at_once)
    return aws


@pytest.fixture
def zone(account: Aws) -> HostedZone:
    """Return a hosted zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(Client, "most", (4, 32_000))
