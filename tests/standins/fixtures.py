"""The emulations, one of each per worker and directory of tests."""

from collections.abc import Generator

import pytest
from tests.standins.clouds import Aws, Azure, Cloudflare, Google


@pytest.fixture(scope="session")
def aws() -> Generator[Aws]:
    """Run Route 53."""
    with Aws.running() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Generator[Azure]:
    """Run the Azure Resource Manager."""
    with Azure.running(tmp_path_factory.mktemp("certificate")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def cloudflare() -> Generator[Cloudflare]:
    """Run the API of Cloudflare."""
    with Cloudflare.running() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def gcp(tmp_path_factory: pytest.TempPathFactory) -> Generator[Google]:
    """Run Google Cloud DNS."""
    with Google.running(tmp_path_factory.mktemp("key")) as cloud:
        yield cloud
