"""What has to be there, and not to be there, before a component registers anything."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

import pulumi

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.problems import ConfigurationError, Problem

_PUBLISHED: WeakKeyDictionary[Any, defaultdict[str, list[tuple[str, Zone, set[str]]]]] = WeakKeyDictionary()
"""What each operation publishes, by zone: component, place, and name and type of every record set."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise :class:`ConfigurationError` where there are *problems*."""
    if found := list(problems):
        raise ConfigurationError(found)


def missing_sdks(zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the extra to install for each zone whose provider SDK is missing."""
    for position, zone in enumerate(zones):
        sdk, extra = zone.requires() or (None, None)
        if sdk and not _installed(sdk):
            in_bulk = " in bulk" if zone.bulk else ""
            yield Problem(
                ("zones", position),
                f"provider {zone.provider}{in_bulk} needs the Python package {sdk}: "
                f"pip install 'xmpp-federation-dns[{extra}]', or the extra {extra} in requirements.txt",
            )


def missing_providers(zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the zones whose credentials no provider has."""
    for position, zone in enumerate(zones):
        if zone.credentials() and zone.explicit_provider is None:
            yield Problem(
                ("zones", position),
                "a component builds no providers; give this zone an explicit_provider with these credentials "
                "in their place",
            )


def unused_providers(component: pulumi.Resource, zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the zones that a provider given to the component does not reach."""
    for position, zone in enumerate(zones):
        if zone.is_kept and zone.package and component.get_provider(f"{zone.package}:index:"):
            text = (
                f"a zone in bulk takes no provider of {zone.package}: it signs in by its own options and the"
            )
            yield Problem(("zones", position), f"{text} environment (docs/pipelines.md)", "warning")


def published_twice(
    component: pulumi.Resource, operation: object, name: str, plan: Plan
) -> Iterator[Problem]:
    """Name what another component of this *operation* publishes: plugins that create both at once refuse neither."""
    published = _PUBLISHED.setdefault(operation, defaultdict(list))
    homes = {zone.name: zone for zone in plan.zones}
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for record_set, zone in plan.homes.items():
        keys[zone.name].append(f"{record_set.name} {record_set.type}")
    for zone, own in keys.items():
        # However its record sets are kept there; accounts may have zones of one name, each its provider.
        place = replace(homes[zone], bulk=False, existing="refuse", retain_on_delete=False)
        if place.package and place.explicit_provider is None:
            given = component.get_provider(f"{place.package}:index:")
            place = replace(place, explicit_provider=given)
        for other, there, theirs in published[zone]:
            if place == there and (both := [key for key in own if key in theirs]):
                more = f" and {len(both) - 1:,} more" if len(both) > 1 else ""
                text = f"component '{name}' publishes {both[0]}{more} in zone {zone}, and component '{other}' does too"
                yield Problem((), f"{text}; a record set belongs to one of them")
        published[zone].append((name, place, set(own)))


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # what it is a part of is missing as well
        return False
