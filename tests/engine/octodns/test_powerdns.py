"""A zone of PowerDNS on the real engine, through octodns-powerdns: what comes, changes and goes, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.engine.clouds.lab import FEDERATION, Lab
from tests.standins.powerdns import PowerDnsZone, Watch
from tests.standins.zones import Published
from tools.lab.powerdns import KEY, PowerDns

NAME = f"{FEDERATION}-contoso.com"
TOLD = f"xmpp-federation-dns:index:RecordSets ({NAME})"
FOREIGN = {("www.contoso.com", "A"): Published(60, ("192.0.2.1",))}
SERVICE, TARGET = "_xmpp-server._tcp.contoso.com", "xmpp.contoso.com"


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerDnsZone]:
    """Yield a zone in which somebody else has a record set."""
    directory = tmp_path_factory.mktemp("powerdns") / "server"
    with PowerDns.serving(directory) as server, Watch.over(server) as watch:
        found = PowerDnsZone("contoso.com", watch)
        found.put("www.contoso.com", "A", 60, "192.0.2.1")
        yield found


@pytest.fixture(scope="module")
def lab(zone: PowerDnsZone, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack that publishes there."""
    lab = Lab.of(tmp_path_factory.mktemp("pulumi"), PDNS_API_KEY=KEY, NO_PROXY="127.0.0.1")
    lab.watch(zone)
    lab.configure(
        zones=[zone.configuration()], domains=["contoso.com"], edgePools=[{"ipv4": ["131.107.155.10"]}]
    )
    return lab


def published(address: str) -> dict[tuple[str, str], Published]:
    return {
        **FOREIGN,
        (SERVICE, "SRV"): Published(3600, (f"0 0 5269 {TARGET}.",)),
        (TARGET, "A"): Published(300, (address,)),
    }


def test_the_life_of_a_zone(lab: Lab, zone: PowerDnsZone):
    created = lab.up()
    assert created.status == 0, created.output
    assert zone.record_sets() == published("131.107.155.10")
    assert KEY not in str(lab.stack.state())
    again = lab.up()
    assert (again.status, again.steps, again.changes) == (0, {}, [])
    lab.configure(edgePools=[{"ipv4": ["131.107.155.11"]}])
    changed = lab.up()
    assert (changed.status, changed.of(zone)) == (0, [("update", TARGET, "A")])
    assert zone.record_sets() == published("131.107.155.11")


def test_what_somebody_deleted_comes_again_after_a_refresh(lab: Lab, zone: PowerDnsZone):
    zone.remove(TARGET, "A")
    repaired = lab.up("--refresh")
    assert (repaired.status, repaired.of(zone)) == (0, [("create", TARGET, "A")])


@pytest.mark.usefixtures("lab")
def test_what_is_equal_and_of_another_stack_is_refused(
    zone: PowerDnsZone, tmp_path_factory: pytest.TempPathFactory
):
    other = Lab.of(tmp_path_factory.mktemp("other"), PDNS_API_KEY=KEY, NO_PROXY="127.0.0.1")
    other.watch(zone)
    options: dict[str, Any] = {"edgePools": [{"ipv4": ["131.107.155.11"]}]}
    other.configure(zones=[zone.configuration()], domains=["contoso.com"], **options)
    refused = other.up()
    assert refused.status != 0
    assert "is equal, but not of this resource" in refused.output
    assert refused.changes == []


def test_what_goes_takes_nothing_else_with_it(lab: Lab, zone: PowerDnsZone):
    gone = lab.destroy()
    assert (gone.status, zone.record_sets()) == (0, FOREIGN)
