"""The emulation of Cloudflare, and what is published through it, as octoDNS sees them: software of others."""

from importlib import import_module
from typing import Any

import pytest
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.clouds import Cloudflare
from tests.standins.zones import Published

from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone as Client
from xmpp_federation_dns.changes import Change, content, contents

RECORD_SETS = {
    "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 a.contoso.com., 10 5 5269 b.contoso.com.",
    "_xmpp-server._tcp.none.contoso.com SRV": "3600 0 0 0 .",
    "a.contoso.com A": "300 131.107.155.10, 131.107.155.11",
    "a.contoso.com AAAA": "300 2620:1ec::10",
    "contoso.com A": "300 131.107.155.10",
}


@pytest.fixture
def zone(cloudflare: Cloudflare, monkeypatch: pytest.MonkeyPatch) -> CloudflareDnsZone:
    """Return a zone that its token alone sees: octoDNS goes by names."""
    for key, value in cloudflare.environment.items():
        monkeypatch.setenv(key, value)
    return cloudflare.zone("contoso.com")


def provider(zone: CloudflareDnsZone, cloudflare: Cloudflare) -> Any:
    """Return the provider of octodns-cloudflare, which lists two records a page."""
    token = f"{TOKEN}-{zone.id}"
    cloudflare.token(token, zones=[zone.id])
    return import_module("octodns_cloudflare").CloudflareProvider(
        "cloudflare",
        token=token,
        api_url=f"{cloudflare.server.url}/client/v4",
        pagerules=False,
        records_per_page=2,
    )


def desired() -> Any:
    """Return the record sets as a zone of octoDNS."""
    zone: Any = import_module("octodns.zone").Zone("contoso.com.", [])
    record: Any = import_module("octodns.record").Record
    for key, text in RECORD_SETS.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        data: dict[str, Any] = {"type": type_, "ttl": int(ttl), "values": values.split(", ")}
        if type_ == "SRV":
            keys = ("priority", "weight", "port", "target")
            data["values"] = [dict(zip(keys, value.split(), strict=True)) for value in values.split(", ")]
        zone.add_record(
            record.new(zone, name.removesuffix("contoso.com").removesuffix("."), data, lenient=True)
        )
    return zone


def client(zone: CloudflareDnsZone) -> Client:
    return Client("contoso.com", zone.id, TOKEN)


def test_what_octodns_publishes_is_what_our_client_reads(zone: CloudflareDnsZone, cloudflare: Cloudflare):
    zone.put("old.contoso.com", "A", 300, "192.0.2.1")
    zone.put("a.contoso.com", "A", 300, "131.107.155.10", "192.0.2.1")
    octodns = provider(zone, cloudflare)
    octodns.apply(octodns.plan(desired()))
    assert client(zone).listing() == contents(RECORD_SETS)


def test_octodns_finds_nothing_to_change_in_what_our_client_published(
    zone: CloudflareDnsZone, cloudflare: Cloudflare
):
    zone.put("a.contoso.com", "AAAA", 300, "2620:1ec::11")
    batch = [Change(key, None, new) for key, new in contents(RECORD_SETS).items() if "AAAA" not in key]
    new = content(300, ["2620:1ec::10"])
    client(zone).send([*batch, Change("a.contoso.com AAAA", content(300, ["2620:1ec::11"]), new)])
    assert zone.record_sets()["a.contoso.com", "AAAA"] == Published(300, ("2620:1ec::10",))
    assert provider(zone, cloudflare).plan(desired()) is None
