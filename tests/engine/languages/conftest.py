"""A server, and the SDKs that all tests of a language share."""

from collections.abc import Iterator

import pytest
from tests.engine.languages.lab import Go, TypeScript
from tests.engine.rfc2136.lab import serving
from tools.lab.knot import Knot


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Yield a server with one zone."""
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        yield knot


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> TypeScript:
    """Return the SDK for TypeScript."""
    return TypeScript(tmp_path_factory.mktemp("sdk"))


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Return the SDK for Go."""
    return Go(tmp_path_factory.mktemp("sdk"))
