"""The authority of the stand-in servers."""

import pytest
from tests.proof.xmpp.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make a throw-away certification authority."""
    return Authority(tmp_path_factory.mktemp("authority"))
