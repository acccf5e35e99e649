from collections.abc import Iterator

import pytest
from tests.unit.dynamic_update.lab import SECRET
from tests.unit.plugin.lab import Plugin

from xmpp_federation_dns.plugin import construct


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
