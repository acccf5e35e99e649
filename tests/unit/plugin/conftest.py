from collections.abc import Iterator

import pytest
from tests.unit.bulk.lab import ZONE
from tests.unit.dynamic_update.lab import SECRET, emptied
from tests.unit.plugin.lab import Plugin
from tools.lab.knot import Knot

from xmpp_federation_dns.plugin import construct


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot.serving([ZONE], tmp_path_factory.mktemp("knot") / "server", SECRET) as knot:
        yield knot


@pytest.fixture
def knot(server: Knot) -> Knot:
    return emptied(server)


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    """Yield a plugin that is not configured, in an operation of its own."""
    construct._operation.cache_clear()  # pyright: ignore[reportPrivateUsage]
    with Plugin.running() as running:
        yield running


@pytest.fixture
def configured(plugin: Plugin) -> Plugin:
    """Return the plugin with the TSIG secret of the server."""
    plugin.configure(tsigSecret=SECRET)
    return plugin
