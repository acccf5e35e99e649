"""What has to be there, and not to be there, before a component registers anything."""

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub
from pulumi.runtime.settings import get_engine

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import listed
from xmpp_federation_dns.configuration.exported import last_rows
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.configuration.project import Project
from xmpp_federation_dns.guard import judged, reached, service
from xmpp_federation_dns.problems import ConfigurationError, Problem
from xmpp_federation_dns.records import PACKAGE, XMPP_SERVER, sip_domain

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


def missing_plugin(operation: object, zones: Iterable[Zone]) -> Iterator[Problem]:
    """Say how the engine finds the plugin of this package, where a program needs it and nothing names it."""
    in_a_program = isinstance(operation, ResourceMonitorStub)
    if in_a_program and any(zone.is_kept for zone in zones) and not _plugin_is_found():
        folder = os.path.relpath(Path(sys.prefix, "bin"), pulumi.get_root_directory() or ".")
        text = (
            f"the provider plugin {PACKAGE} is named nowhere; in Pulumi.yaml, "
            f"'plugins: {{providers: [{{name: {PACKAGE}, path: {folder}}}]}}' does that (docs/languages.md)"
        )
        yield Problem((), text, "warning")


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


def taken_away(component: str, plan: Plan) -> Iterator[Problem]:
    """Say what this update takes from peers, where that is more than anybody takes by intent."""
    # Mocks of a program's own tests have no last update.
    if plan.max_removed == "off" or isinstance(get_engine(), MockEngine):
        return
    after = {
        each.domain: service(each.service.values, each.zones[each.service.name]) for each in plan.federations
    }
    rows = [row for row in last_rows() if row.get("component") == component]
    before = {
        domain: found
        for row in rows
        if row["name"].startswith(f"{XMPP_SERVER}.")
        # What stays when its resource goes may be another component's now.
        if (domain := sip_domain(row["name"])) in after or "retainOnDelete" not in row
        if (found := service(row["values"], row["zone"]))
    }
    hosts = {row["name"] for row in rows if row["type"] != "SRV" and "retainOnDelete" not in row}
    gone = hosts - {record_set.name for record_set in plan.homes}
    judgement = judged(before, reached({domain: each for domain, each in after.items() if each}, gone))
    if judgement.refuses(plan.max_removed):
        names = listed([*judgement.lost, *judgement.moved])
        said = "" if plan.max_removed is None else f" (it is {plan.max_removed})"
        text = (
            f"{' and '.join(judgement.reasons)}: {names}; where that is meant, maxRemoved: {judgement.number} "
            f"for this update{said}"
        )
        yield Problem((), text)


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # what it is a part of is missing as well
        return False


def _plugin_is_found() -> bool:
    """Tell whether the engine finds a plugin of this package: it looks at the project, PATH and its home."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    on_path = shutil.which(f"pulumi-resource-{PACKAGE}") and not os.environ.get(
        "PULUMI_IGNORE_AMBIENT_PLUGINS"
    )
    return (
        _is_named(Project(Path(pulumi.get_root_directory() or ".")).says)
        or bool(on_path)
        or any((home / "plugins").glob(f"resource-{PACKAGE}-v*/"))
    )


def _is_named(project: dict[str, Any]) -> bool:
    """Tell whether *project*, what Pulumi.yaml says, names the plugin."""
    match cast("Any", project):
        case {"plugins": {"providers": [*providers]}} if PACKAGE in map(_name, providers):
            return True
        case {"packages": {**packages}}:
            return PACKAGE in packages
        case _:
            return False


def _name(plugin: Any) -> object:
    match plugin:
        case {"name": name}:
            return name
        case _:
            return None
