import pytest
from tests.standins.clouds import Google
from tests.standins.fixtures import gcp
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ZONE
from tests.unit.gcp.lab import reach, shrink

__all__ = ["gcp"]


@pytest.fixture
def account(gcp: Google, monkeypatch: pytest.MonkeyPatch) -> Google:
    """Return Cloud DNS, reached with what the environment says, without waiting between attempts and looks."""
    reach(gcp, monkeypatch)
    return gcp


@pytest.fixture
def zone(account: Google) -> ManagedZone:
    """Return a zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make changes of two new SIP domains each."""
    shrink(monkeypatch)
