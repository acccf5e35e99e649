"""The zones of a stack as their providers show them, read without engine and state."""

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import Right, UpdateError, ZoneClient
from xmpp_federation_dns.changes import Content, Live, content
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.problems import Secret

T = TypeVar("T")
AT_A_TIME = 8
"""Zones that are read at a time."""


@dataclass(frozen=True)
class Reading:
    """What a zone is to hold and what it holds, by key; *fault* is why it could not be read, in one line."""

    zone: Zone
    wanted: dict[str, Content]
    live: dict[str, Live] = field(default_factory=dict[str, Live])
    fault: str = ""
    unasked: str = ""
    """Why peers do not ask for what is in the zone."""
    stops: list[Right] = field(default_factory=list[Right])
    """What keeps anybody from changing it, where that was looked for."""
    learnt: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the client knows of the zone beside what the configuration says."""


def wanted(plan: Plan) -> dict[str, dict[str, Content]]:
    """Return what each zone of *plan* is to hold, by the zone's name; all of it has to be known."""
    found: dict[str, dict[str, Content]] = {zone.name: {} for zone in plan.zones}
    for record_set, zone in plan.homes.items():
        found[zone.name][f"{record_set.name} {record_set.type}"] = content(record_set.ttl, record_set.values)
    return found


def client(zone: Zone, secret: str | None) -> ZoneClient:
    """Return the client of *zone*, signed by *secret* where it has a key; raise :class:`UpdateError` without one."""
    if not zone.has_client:
        raise UpdateError(f"zone {zone.name}: provider {zone.provider} has nothing to read it by")
    return zone.signed_by(None if secret is None else Secret(secret)).opened({})


def at_once(
    zones: Sequence[Zone], look: Callable[[Zone], T], done: Callable[[int], None]
) -> Iterator[tuple[Zone, T | UpdateError]]:
    """Yield each of *zones* with what *look* finds in it, or why it cannot, a few at a time; *done* hears how many."""

    def looked(zone: Zone) -> T | UpdateError:
        try:
            return look(zone)
        except UpdateError as error:
            return error

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for number, (zone, found) in enumerate(zip(zones, pool.map(looked, zones), strict=True), 1):
            done(number)
            yield zone, found


def read_zones(
    plan: Plan,
    secret: str | None,
    done: Callable[[int], None],
    only: Container[str] | None = None,
    *,
    stops: bool = False,
) -> list[Reading]:
    """Return what is in the place of the record sets of *plan*, zone by zone; *done* hears how many are read.

    *only* names the zones that are read, where that is not all; *stops*: whether locks and their like are looked for.
    """
    aims = wanted(plan)

    def reading(zone: Zone) -> Reading:
        aim = aims[zone.name]
        if not aim:
            return Reading(zone, aim)
        there = client(zone, secret)
        live = there.read(dict(aim))
        if missing := aim.keys() - live.keys():
            # What would not be seen is told of what is to be created.
            live |= there.read(dict.fromkeys(sorted(missing)))
        in_the_way = _stops(there, aim) if stops else []
        return Reading(zone, aim, live, unasked=there.unasked, stops=in_the_way, learnt=there.learnt())

    zones = [zone for zone in plan.zones if only is None or zone.name in only]
    return [
        Reading(zone, aims[zone.name], fault=str(found)) if isinstance(found, UpdateError) else found
        for zone, found in at_once(zones, reading, done)
    ]


def _stops(there: ZoneClient, keys: Collection[str]) -> list[Right]:
    """Return what is in the way; who cannot be asked says nothing."""
    try:
        return there.stops(keys)
    except UpdateError:
        return []
