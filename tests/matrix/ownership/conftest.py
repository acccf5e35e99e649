"""The columns of the table: each way to publish, published once a worker."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from tests.engine.clouds.lab import Lab
from tests.engine.rfc2136.lab import SECRET, serving
from tests.matrix.ownership.column import Column
from tests.matrix.ownership.knot_zone import KnotZone
from tests.matrix.ownership.rows import COLUMNS
from tests.standins.clouds import Cloud
from tests.standins.fixtures import aws, azure, cloudflare, gcp
from tests.standins.powerdns import PowerDnsZone, Watch
from tests.standins.zones import WatchedZone
from tools.lab.knot import ADDRESS
from tools.lab.powerdns import KEY, PowerDns

__all__ = ["aws", "azure", "cloudflare", "column", "columns", "gcp"]

ZONES = ("contoso.com", "fabrikam.com")


@pytest.fixture(scope="session")
def columns(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Column]]:
    """Yield what returns a column by its title, with its record sets published."""
    found: dict[str, Column] = {}
    with ExitStack() as servers:

        def published(title: str) -> Column:
            if title not in found:
                directory = tmp_path_factory.mktemp("column")
                provider, options = COLUMNS[title]
                environment: dict[str, str] = {}
                if provider == "rfc2136":
                    knot = servers.enter_context(serving(directory / "knot", *ZONES))
                    clouds, zones = [], [KnotZone(name, knot) for name in ZONES]
                elif provider == "octodns":
                    server = servers.enter_context(PowerDns.serving(directory / "powerdns"))
                    watch = servers.enter_context(Watch.over(server))
                    clouds, zones = [], [PowerDnsZone(name, watch) for name in ZONES]
                    environment = {"PDNS_API_KEY": KEY, "NO_PROXY": ADDRESS}
                else:
                    cloud: Cloud = request.getfixturevalue(provider)
                    clouds, zones = [cloud], [cloud.zone(name) for name in ZONES]
                found[title] = _column(Lab.of(directory, *clouds, **environment), zones, options)
            return found[title]

        yield published


@pytest.fixture
def column(request: pytest.FixtureRequest, columns: Callable[[str], Column]) -> Column:
    """Return one column as it was published."""
    column = columns(request.param)
    column.reset()
    return column


def _column(lab: Lab, zones: Sequence[WatchedZone], options: Mapping[str, Any]) -> Column:
    if isinstance(zones[0], KnotZone):
        lab.stack.set_secret("tsigSecret", SECRET)
    column = Column(lab, {zone.name: lab.watch(zone) for zone in zones}, options)
    column.publish()
    return column
