import os

import pytest
from tests.standins.clouds import Google
from tests.standins.fixtures import gcp
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import ZONE

from xmpp_federation_dns.backends import attempts, gcp_client, gcp_cloud_dns

__all__ = ["gcp"]


@pytest.fixture
def account(gcp: Google, monkeypatch: pytest.MonkeyPatch) -> Google:
    """Return Cloud DNS, reached with what the environment says, without waiting between attempts and looks."""
    for key in os.environ:
        if key.startswith(("GOOGLE_", "CLOUDSDK_", "GCE_")):
            monkeypatch.delenv(key)
    for key, value in gcp.environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(attempts, "LONGEST", 0.0)
    monkeypatch.setattr(gcp_client, "LOOK", 0.0)
    monkeypatch.setattr(gcp_client, "LOOKS", 0.0)
    gcp_cloud_dns._session.cache_clear()  # pyright: ignore[reportPrivateUsage] of one process, in every update
    return gcp


@pytest.fixture
def zone(account: Google) -> ManagedZone:
    """Return a zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make changes of two new SIP domains each."""
    monkeypatch.setattr(gcp_client.ManagedZone, "most", (4, 4, 100_000))
