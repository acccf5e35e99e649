"""Names that a delegation or a DNAME record hides: nothing is published there that nobody would see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.dynamic_update.lab import NAME, SECRET, ZONE, record_set, refused, serial, told
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.keeper import Keeper

SERVICE = "_xmpp-server._tcp.emea.contoso.com"
DELEGATED = "it lies in a zone of its own, which is delegated to other name servers (publish it in the zone "
REDIRECTED = "it lies below {}, which a DNAME record leads elsewhere (publish it there)"


def service(knot: Knot, name: str = SERVICE) -> dict[str, object]:
    return record_set(knot.port, "0 0 5269 xmpp.emea.contoso.com.", name=name, rdtype="SRV")


@pytest.mark.parametrize("cut", ["emea", "_tcp.emea", "_xmpp-server._tcp.emea"])
def test_nothing_is_created_below_a_delegation(knot: Knot, provider: Keeper, cut: str) -> None:
    knot.change(ZONE, ("add", cut, "300", "NS", "ns9.example.net."))
    before = serial(knot)
    message = told(provider.create, service(knot))
    assert message == refused(knot, f"{SERVICE} SRV: {DELEGATED}{cut}.{ZONE})")
    assert serial(knot) == before


def test_nothing_is_created_below_a_dname_record(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "emea", "300", "DNAME", "example.net."))
    message = told(provider.create, service(knot))
    assert message == refused(knot, f"{SERVICE} SRV: {REDIRECTED.format('emea.contoso.com')}")


def test_a_dname_record_of_the_name_itself_hides_nothing(knot: Knot, provider: Keeper) -> None:
    knot.change(ZONE, ("add", "xmpp", "300", "DNAME", "example.net."))
    provider.create(record_set(knot.port, "131.107.155.10"))
    assert f"{NAME}. 300 IN A 131.107.155.10" in knot.ask(f"{NAME}.", "A")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Knot]:
    """Yield a server that has a delegated zone too."""
    zones = ["emea.contoso.com", ZONE]
    records = {ZONE: "emea NS ns1.emea\n"}
    with Knot.serving(zones, tmp_path / "server", SECRET, records=records) as knot:
        yield knot


def test_a_delegated_zone_on_the_same_server_is_told_too(both: Knot, provider: Keeper) -> None:
    message = told(provider.create, service(both))
    assert message == refused(both, f"{SERVICE} SRV: {DELEGATED}emea.contoso.com)")


def test_what_was_published_before_a_delegation_is_ours_still(knot: Knot, provider: Keeper) -> None:
    wanted = service(knot)
    provider.create(wanted)
    knot.change(ZONE, ("add", "emea", "300", "NS", "ns9.example.net."))
    assert provider.read("id", wanted).outs == wanted
    provider.delete("id", wanted)
    assert ("_xmpp-server._tcp.emea", "SRV") not in knot.names(ZONE)
