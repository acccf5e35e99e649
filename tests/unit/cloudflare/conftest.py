import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.clouds import Cloudflare
from tests.standins.fixtures import cloudflare
from tests.unit.bulk.lab import ZONE
from tests.unit.cloudflare.lab import reach, shrink

__all__ = ["cloudflare"]


@pytest.fixture
def account(cloudflare: Cloudflare, monkeypatch: pytest.MonkeyPatch) -> Cloudflare:
    """Return Cloudflare, reached with what the environment says, without waiting between attempts and looks."""
    reach(cloudflare, monkeypatch)
    return cloudflare


@pytest.fixture
def zone(account: Cloudflare) -> CloudflareDnsZone:
    """Return a zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    shrink(monkeypatch)
