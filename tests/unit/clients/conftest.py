import pytest
from tests.standins.clouds import Cloud
from tests.standins.fixtures import aws, azure, cloudflare, gcp
from tests.unit.azure import lab as azure_lab
from tests.unit.bulk import route53
from tests.unit.bulk.lab import ZONE
from tests.unit.clients.lab import At
from tests.unit.cloudflare import lab as cloudflare_lab
from tests.unit.gcp import lab as gcp_lab

__all__ = ["aws", "azure", "cloudflare", "gcp"]

KINDS = {
    "aws": route53.KIND,
    "azure": azure_lab.KIND,
    "cloudflare": cloudflare_lab.KIND,
    "gcp": gcp_lab.KIND,
}


@pytest.fixture(params=KINDS)
def at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> At:
    """Return a zone of each cloud in turn."""
    cloud: Cloud = request.getfixturevalue(request.param)
    kind = KINDS[request.param]
    kind.reach(cloud, monkeypatch)
    return At(cloud, cloud.zone(ZONE), kind)


@pytest.fixture
def small(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each."""
    at.kind.shrink(monkeypatch)
