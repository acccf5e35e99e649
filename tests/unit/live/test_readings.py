"""The zones of a stack, read by the clients of their providers."""

import sys
from typing import Any

import pytest
from tests.unit.table import BASE

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Content, Foreign, Live
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.live.readings import client, read_zones


def test_a_zone_whose_client_is_not_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(UpdateError) as raised:
        client(Route53Zone(name="contoso.com"), None)
    assert str(raised.value) == (
        "zone contoso.com: provider aws needs the Python package boto3: pip install 'xmpp-federation-dns[aws-bulk]'"
    )


def test_a_zone_without_a_client_cannot_be_read():
    with pytest.raises(UpdateError) as raised:
        client(Zone(name="contoso.com", provider="mine"), None)
    assert str(raised.value) == "zone contoso.com: provider mine has nothing to read it by"


def test_zones_are_read_in_their_order_and_one_without_record_sets_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[str] = []

    def nobody(zone: Zone, secret: str | None) -> None:
        asked.append(f"{zone.name} {secret}")
        raise UpdateError(f"zone {zone.name}: no answer")

    monkeypatch.setattr("xmpp_federation_dns.live.readings.client", nobody)
    zones = [{"provider": "aws", "name": name} for name in ("unused.example", "contoso.com")]
    done: list[int] = []
    found = read_zones(read(BASE | {"zones": zones, "domains": ["contoso.com"]}), "secret", done.append)
    assert [(each.zone.name, len(each.wanted), each.fault) for each in found] == [
        ("unused.example", 0, ""),
        ("contoso.com", 2, "zone contoso.com: no answer"),
    ]
    assert (asked, done) == (["contoso.com secret"], [1, 2])


def test_what_is_not_there_is_asked_for_once_more_for_what_would_hide_it(monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, Content | None]] = []
    hidden = Foreign("hidden", hides=True)

    class Half:
        unasked = ""

        def read(self, expected: dict[str, Content | None]) -> dict[str, Live]:
            asked.append(expected)
            return {key: known or hidden for key, known in expected.items() if known is None or "SRV" in key}

        def learnt(self) -> dict[str, Any]:
            return {}

    def half(zone: Zone, secret: str | None) -> Half:
        assert (zone.name, secret) == ("contoso.com", None)
        return Half()

    monkeypatch.setattr("xmpp_federation_dns.live.readings.client", half)
    zones = [{"provider": "aws", "name": "contoso.com"}]
    [found] = read_zones(read(BASE | {"zones": zones, "domains": ["contoso.com"]}), None, lambda _: None)
    assert found.live == {**found.wanted, "xmpp.contoso.com A": hidden}
    assert asked == [found.wanted, {"xmpp.contoso.com A": None}]
