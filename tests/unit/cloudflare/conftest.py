import os

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.clouds import Cloudflare
from tests.standins.fixtures import cloudflare
from tests.unit.bulk.lab import ZONE

from xmpp_federation_dns.backends import attempts, cloudflare_client

__all__ = ["cloudflare"]


@pytest.fixture
def account(cloudflare: Cloudflare, monkeypatch: pytest.MonkeyPatch) -> Cloudflare:
    """Return Cloudflare, reached with what the environment says, without waiting between attempts and looks."""
    for key in os.environ:
        if key.startswith("CLOUDFLARE_"):
            monkeypatch.delenv(key)
    for key, value in cloudflare.environment.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(attempts, "LONGEST", 0.0)
    monkeypatch.setattr(cloudflare_client, "PAUSE", 0.0)
    return cloudflare


@pytest.fixture
def zone(account: Cloudflare) -> CloudflareDnsZone:
    """Return a zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    monkeypatch.setattr(cloudflare_client.CloudflareDnsZone, "most", (4, 4))
