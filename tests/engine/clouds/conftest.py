"""The emulated clouds of a worker, and a stack for each test module and cloud."""

import pytest
from tests.engine.clouds.lab import Lab
from tests.standins.clouds import Aws, Azure, Cloud
from tests.standins.fixtures import aws, azure, cloudflare, gcp

__all__ = ["aws", "azure", "both", "cloud", "cloudflare", "gcp", "lab"]


@pytest.fixture(scope="module", params=["aws", "azure"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """Return each cloud in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def lab(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack that publishes to one cloud."""
    return Lab.of(tmp_path_factory.mktemp(cloud.key), cloud)


@pytest.fixture(scope="module")
def both(aws: Aws, azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack that publishes to both clouds."""
    return Lab.of(tmp_path_factory.mktemp("both"), aws, azure)
