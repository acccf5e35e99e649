"""One stack with a zone of every provider: one `pulumi up` publishes in each, and one `destroy` takes it back."""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.clouds.lab import FEDERATION, Lab, Run
from tests.matrix.ownership.knot_zone import KnotZone
from tests.standins.clouds import Aws, Azure, Cloud, Cloudflare, Google
from tests.standins.powerdns import PowerDnsZone, Watch
from tests.standins.zones import Published, WatchedZone
from tools.lab.knot import Knot
from tools.lab.powerdns import KEY, PowerDns

from xmpp_federation_dns.backends import zone_classes

SECRET = base64.b64encode(secrets.token_bytes(32)).decode()
ADDRESS = "131.107.155.10"
ONE_BY_ONE = ("aws", "azure", "cloudflare")
"""Providers whose zone is published so here; that of the others is in bulk."""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("every")


@pytest.fixture(scope="module")
def knot(directory: Path) -> Iterator[KnotZone]:
    with Knot.serving(["proseware.com"], directory / "knot", SECRET) as server:
        yield KnotZone("proseware.com", server)


@pytest.fixture(scope="module")
def powerdns(directory: Path) -> Iterator[PowerDnsZone]:
    with PowerDns.serving(directory / "powerdns") as server, Watch.over(server) as watch:
        yield PowerDnsZone("tailspintoys.com", watch)


@pytest.fixture(scope="module")
def clouds(aws: Aws, azure: Azure, cloudflare: Cloudflare, gcp: Google) -> dict[str, Cloud]:
    found: dict[str, Cloud] = {
        "contoso.com": aws,
        "fabrikam.com": azure,
        "litware.com": cloudflare,
        "northwind.com": gcp,
    }
    return found


@pytest.fixture(scope="module")
def lab(directory: Path, clouds: dict[str, Cloud]) -> Lab:
    lab = Lab.of(directory / "stack", *clouds.values(), PDNS_API_KEY=KEY)
    lab.stack.set_secret("tsigSecret", SECRET)
    return lab


@pytest.fixture(scope="module")
def zones(
    lab: Lab, clouds: dict[str, Cloud], knot: KnotZone, powerdns: PowerDnsZone
) -> dict[str, WatchedZone]:
    """Return a zone of every provider, in which others have a record set each."""
    found: dict[str, WatchedZone] = {cloud.key: cloud.zone(name) for name, cloud in clouds.items()}
    found |= {"rfc2136": knot, "octodns": powerdns}
    for zone in found.values():
        lab.watch(zone).put(f"www.{zone.name}", "A", 60, "192.0.2.1")
    return found


@pytest.fixture(scope="module")
def before(zones: dict[str, WatchedZone]) -> dict[str, dict[tuple[str, str], Published]]:
    return {provider: zone.record_sets() for provider, zone in zones.items()}


@pytest.fixture(scope="module")
def published(lab: Lab, zones: dict[str, WatchedZone], before: dict[str, object]) -> Run:
    assert before.keys() == zones.keys()
    configured = [
        {**zone.configuration(), **({} if provider in ONE_BY_ONE else {"bulk": True})}
        for provider, zone in zones.items()
    ]
    lab.configure(
        zones=configured,
        domains=[zone.name for zone in zones.values()],
        edgePools=[{"ipv4": [ADDRESS]}],
    )
    return lab.up()


def test_the_stack_has_a_zone_of_every_provider(zones: dict[str, WatchedZone]):
    assert zones.keys() == {each.provider for each in zone_classes()}


def test_one_update_publishes_in_all_of_them(
    published: Run, zones: dict[str, WatchedZone], before: dict[str, dict[tuple[str, str], Published]]
):
    assert published.status == 0, published.output
    for provider, zone in zones.items():
        ours = {
            (f"_xmpp-server._tcp.{zone.name}", "SRV"): Published(3600, (f"0 0 5269 xmpp.{zone.name}.",)),
            (f"xmpp.{zone.name}", "A"): Published(300, (ADDRESS,)),
        }
        assert zone.record_sets() == {**before[provider], **ours}


def test_the_next_one_changes_nothing_in_any(published: Run, lab: Lab):
    assert published.status == 0
    again = lab.up()
    assert (again.status, again.steps, again.changes) == (0, {}, [])


def test_a_zone_that_refuses_keeps_no_other_from_its_change(
    published: Run, lab: Lab, zones: dict[str, WatchedZone]
):
    """What is in the way of one is told; the zones of the other providers are as they should be."""
    assert published.status == 0
    added = [f"eu.{zone.name}" for zone in zones.values()]
    zones["gcp"].put(f"xmpp.eu.{zones['gcp'].name}", "A", 60, "192.0.2.2")
    lab.configure(domains=[*(zone.name for zone in zones.values()), *added])
    refused = lab.up("--continue-on-error")
    assert refused.status != 0
    about = f"xmpp-federation-dns:index:Journal ({FEDERATION}-{zones['gcp'].name}-journal)"
    assert list(refused.errors) == [about]
    for provider in zones.keys() - {"gcp"}:
        assert (f"xmpp.eu.{zones[provider].name}", "A") in zones[provider].record_sets()


def test_one_destroy_takes_back_what_is_ours_everywhere(
    lab: Lab, zones: dict[str, WatchedZone], before: dict[str, dict[tuple[str, str], Published]]
):
    zones["gcp"].remove(f"xmpp.eu.{zones['gcp'].name}", "A")
    destroyed = lab.destroy()
    assert destroyed.status == 0, destroyed.output
    assert {provider: zone.record_sets() for provider, zone in zones.items()} == before
