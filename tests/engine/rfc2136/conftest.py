from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import SECRET, Lab, serving
from tools.lab.knot import Knot


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Yield a server with two zones."""
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com", "fabrikam.com") as knot:
        yield knot


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack for two SIP domains on that server."""
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    lab.configure(
        zones=[lab.zone("contoso.com"), lab.zone("fabrikam.com")],
        edgePools=[{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}],
        domains=["contoso.com", "fabrikam.com"],
    )
    lab.stack.set_secret("tsigSecret", SECRET)
    return lab
