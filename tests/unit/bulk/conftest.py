import pytest
from tests.standins.clouds import Aws
from tests.standins.fixtures import aws
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ZONE
from tests.unit.bulk.route53 import reach, shrink

__all__ = ["aws"]


@pytest.fixture
def account(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Return Route 53, reached with what the environment says, without waiting between attempts."""
    reach(aws, monkeypatch)
    return aws


@pytest.fixture
def zone(account: Aws) -> HostedZone:
    """Return a hosted zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    shrink(monkeypatch)
