"""Zones of clouds that the keeper of this package publishes, as tests of its clients share them."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.standins.clouds import Cloud
from tests.standins.zones import CloudZone, WatchedZone
from tests.unit.bulk.lab import domain, failed

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.keepers.keeper import Keeper

PROVIDER = Keeper()


@dataclass(frozen=True)
class Kind:
    """What tests have to know of one provider's zones."""

    properties: Callable[..., dict[str, Any]]
    """The inputs of the resource: of a zone, with these record sets, and others."""
    learnt: Callable[[Any], dict[str, str]]
    told: Callable[[Any], str]
    """What a message calls a zone."""
    reach: Callable[[Any, pytest.MonkeyPatch], None]
    """Let the environment lead to the emulation, without waiting between attempts."""
    shrink: Callable[[pytest.MonkeyPatch], None]
    """Make batches of two new SIP domains each."""
    client: type[Any]
    send: str
    """The operation that creates record sets."""
    listing: str
    """The operation that lists a zone."""
    denied: str
    """The code with which the service refuses whoever may not do that."""


@dataclass(frozen=True)
class At:
    """A zone of a cloud, published by the keeper."""

    cloud: Cloud
    zone: CloudZone
    kind: Kind

    def properties(self, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
        """Return the inputs of the resource."""
        return self.kind.properties(self.zone, record_sets, **others)

    def outs(self, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
        """Return the state of the resource where the zone has these record sets."""
        return {**self.properties(record_sets, **others), **self.kind.learnt(self.zone)}

    def create(self, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
        """Return the state that a create leaves."""
        return PROVIDER.create(self.properties(record_sets, **others)).outs

    @property
    def published(self) -> dict[str, str]:
        """What is in the zone, as the state writes it."""
        return published(self.zone)

    @property
    def told(self) -> str:
        """What a message calls the zone."""
        return self.kind.told(self.zone)

    def refused(self, **others: Any) -> str:
        """Return the text with which publishing fails."""
        return str(failed(UpdateError, PROVIDER.create, self.properties(domain(1), **others)))

    def calls(self) -> "Calls":
        """Return what counts calls from now on."""
        return Calls(self.cloud)


class Calls:
    """The calls since it was made, by their names, as far as these begin as *lead* says."""

    def __init__(self, cloud: Cloud, lead: str = "") -> None:
        self.cloud = cloud
        self.lead = lead
        self.before = Counter(cloud.server.calls())

    def __call__(self) -> dict[str, int]:
        since = Counter(self.cloud.server.calls()) - self.before
        return {name: count for name, count in since.items() if name.startswith(self.lead)}


def update(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the state that an update leaves."""
    return PROVIDER.update("", old, new).outs


def published(zone: WatchedZone) -> dict[str, str]:
    """Return what is in the zone, as the state writes it."""
    return {f"{n} {t}": f"{ttl} {', '.join(values)}" for (n, t), (ttl, values) in zone.record_sets().items()}


def put(zone: WatchedZone, record_sets: dict[str, str]) -> None:
    """Publish by hand, in exactly this spelling."""
    for key, text in record_sets.items():
        name, _, type_ = key.partition(" ")
        ttl, _, values = text.partition(" ")
        zone.put(name, type_, int(ttl), *values.split(", "))


def leave(monkeypatch: pytest.MonkeyPatch, *leads: str) -> None:
    """Take the variables that begin so out of the environment."""
    for key in os.environ:
        if key.startswith(leads):
            monkeypatch.delenv(key)


def enter(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment lead to the emulation of *cloud*."""
    for key, value in cloud.environment.items():
        monkeypatch.setenv(key, value)
