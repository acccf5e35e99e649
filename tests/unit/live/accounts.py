"""Accounts with zones in them, in place of those of the providers."""

import gc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from xmpp_federation_dns import AzureZone, CloudflareZone, GoogleZone, Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Live, contents
from xmpp_federation_dns.live import sources

APEX = {
    "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com.",
    "xmpp.contoso.com A": "300 131.107.155.10",
}
PRIVATE = {
    "_xmpp-server._tcp.b.contoso.com SRV": "3600 0 0 5269 x.b.contoso.com.",
    "x.b.contoso.com A": "300 10.0.0.5",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSIG_SECRET", raising=False)
    yield
    gc.enable()  # which the command disables in its process


ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"


class Accounts:
    """What the accounts of both clouds hold, and how they were asked for it."""

    def __init__(self) -> None:
        self.holds: dict[str, dict[str, str]] = {"contoso.com": APEX}
        self.asked: list[Mapping[str, str]] = []
        self.broken: set[str] = set()
        self.unasked: dict[str, str] = {}
        self.options: dict[str, Any] = {}


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    found = Accounts()

    def aws(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [Route53Zone(name=name, zone_id="Z1") for name in found.holds]

    def azure(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [AzureZone(name=name, resource_group="dns") for name in found.holds]

    def gcp(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [GoogleZone(name=name, project="dns-production", **found.options) for name in found.holds]

    def cloudflare(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [CloudflareZone(name=name, zone_id=ZONE_ID) for name in found.holds]

    class Client:
        def __init__(self, zone: Zone) -> None:
            self.zone = zone
            self.unasked = found.unasked.get(zone.name, "")

        def listing(self) -> dict[str, Live]:
            if self.zone.name in found.broken:
                raise UpdateError(f"zone {self.zone.name}: AccessDenied")
            return dict(contents(found.holds[self.zone.name]))

    def client(zone: Zone, secret: str | None) -> Client:
        assert secret is None
        return Client(zone)

    monkeypatch.setattr(Route53Zone, "zones_of_account", aws)
    monkeypatch.setattr(AzureZone, "zones_of_account", azure)
    monkeypatch.setattr(GoogleZone, "zones_of_account", gcp)
    monkeypatch.setattr(CloudflareZone, "zones_of_account", cloudflare)
    monkeypatch.setattr(sources, "client", client)
    return found
