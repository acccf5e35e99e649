"""XmppFederationDns, the Pulumi component."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import settings

from xmpp_federation_dns import configuration, export, names
from xmpp_federation_dns.args import XmppFederationDnsArgs
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration import Plan
from xmpp_federation_dns.hook import Verification
from xmpp_federation_dns.problems import ConfigurationError, Problem
from xmpp_federation_dns.records import RecordSet, SrvRecordSet

_PUBLISHED: WeakKeyDictionary[Any, defaultdict[str, list[tuple[str, Zone, set[str]]]]] = WeakKeyDictionary()
"""What each run of a program publishes, by zone: component, place, and name and type of every record set."""
TYPE = "xmpp-federation-dns:index:XmppFederationDns"


class XmppFederationDns(pulumi.ComponentResource):
    """The DNS records by which XMPP servers find each SIP domain, in the zones that hold them.

    Raises :class:`ConfigurationError` with everything that is wrong with *args*, before any record set is
    registered.
    """

    records: pulumi.Output[list[dict[str, Any]]]
    """The published record sets: name, type, ttl (seconds), values (zone-file form), zone, provider; with `bulk` and
    `retainOnDelete` where the zone has them."""

    def __init__(
        self,
        name: str,
        args: XmppFederationDnsArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        plan = configuration.read(args)
        if faults := list(_missing_sdks(plan.zones)) or list(_missing_providers(plan.zones)):
            raise ConfigurationError(faults)
        super().__init__(TYPE, name, None, opts)
        if twice := list(_published_twice(self, name, plan)):
            raise ConfigurationError(twice)
        for warning in plan.warnings:
            pulumi.log.warn(str(warning), self)
        zones = {
            zone.name: zone.lookup(pulumi.InvokeOptions(parent=self, provider=zone.explicit_provider))
            for zone in plan.zones
        }
        published: defaultdict[str, list[pulumi.Resource]] = defaultdict(list)

        def options(record_set: RecordSet) -> pulumi.ResourceOptions:
            # A broken SRV record is worse than none (RFC 6120 §3.2.1): it comes after the addresses of its
            # targets and goes before them.
            targets = record_set.records if isinstance(record_set, SrvRecordSet) else ()
            # A zone in bulk is one resource, however many of its names are needed.
            needed = dict.fromkeys(resource for record in targets for resource in published[record.target])
            zone = home[record_set]
            return pulumi.ResourceOptions(
                parent=self,
                provider=zone.explicit_provider,
                depends_on=list(needed),
                # In another zone, too, the new comes before the old goes; azure-native asks for the opposite
                # (its Diff, 2026-11).
                delete_before_replace=False,
                retain_on_delete=zone.retain_on_delete or None,
                hooks=verification.binding if verification else None,
            )

        home = {s: zones[names.closest(s.name, zones) or ""] for s in plan.record_sets}
        verification = Verification(name, plan, home) if plan.verify != "off" else None
        for zone, record_sets in _in_turn(home):
            for record_set, resource in zip(
                record_sets, zone.publish(name, record_sets, options), strict=True
            ):
                published[record_set.name].append(resource)
                if verification:
                    verification.add(resource, record_set)

        self.records = self._output([export.record(s, home[s]) for s in export.in_order(home)])
        # The program exports them: registered here, they would be twice in every write of the state.
        self.register_outputs({})

    def _output(self, rows: list[dict[str, Any]]) -> pulumi.Output[list[dict[str, Any]]]:
        """Return *rows* once all values in them are known; what takes them waits for the record sets."""
        values: dict[int, Any] = {position: row["values"] for position, row in enumerate(rows)}
        later = [position for position, each in values.items() if isinstance(each, pulumi.Output)]

        def filled(known: list[Any]) -> list[dict[str, Any]]:
            all_values = {**values, **dict(zip(later, known[1:], strict=True))}
            return [{**row, "values": all_values[position]} for position, row in enumerate(rows)]

        # As outputs of their own, the values that are known would take most of a large stack's time.
        return pulumi.Output.all(self.urn, *(values[position] for position in later)).apply(filled)


def _in_turn(home: Mapping[RecordSet, Zone]) -> Iterator[tuple[Zone, list[RecordSet]]]:
    """Yield what each zone is given to publish: addresses, then zones in bulk, then SRV record sets.

    A zone in bulk comes after those that its SRV records point into.
    """
    one_by_one = [s for s, zone in home.items() if not zone.bulk]
    addresses = _by_zone((s for s in one_by_one if not isinstance(s, SrvRecordSet)), home)
    services = _by_zone((s for s in one_by_one if isinstance(s, SrvRecordSet)), home)
    bulk = _by_zone((s for s, zone in home.items() if zone.bulk), home)
    host = {s.name: zone.name for s, zone in home.items() if zone.bulk and not isinstance(s, SrvRecordSet)}
    needs = {
        zone: {
            host[record.target]
            for s in record_sets
            if isinstance(s, SrvRecordSet)
            for record in s.records
            if host.get(record.target, zone) != zone
        }
        for zone, (_, record_sets) in bulk.items()
    }
    yield from addresses.values()
    yield from (bulk[zone] for zone in TopologicalSorter(needs).static_order())
    yield from services.values()


def _by_zone(
    record_sets: Iterable[RecordSet], home: Mapping[RecordSet, Zone]
) -> dict[str, tuple[Zone, list[RecordSet]]]:
    found: dict[str, tuple[Zone, list[RecordSet]]] = {}
    for record_set in record_sets:
        zone = home[record_set]
        found.setdefault(zone.name, (zone, []))[1].append(record_set)
    return found


def _published_twice(component: pulumi.Resource, name: str, plan: Plan) -> Iterator[Problem]:
    """Name what another component of this program publishes too: plugins that create both at once refuse neither."""
    # The connection to the engine is one of the run's own.
    published = _PUBLISHED.setdefault(settings.get_monitor(), defaultdict(list))
    homes = {zone.name: zone for zone in plan.zones}
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for record_set in plan.record_sets:
        keys[names.closest(record_set.name, homes) or ""].append(f"{record_set.name} {record_set.type}")
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


def _missing_sdks(zones: Iterable[Zone]) -> Iterator[Problem]:
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


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # what it is a part of is missing as well
        return False


def _missing_providers(zones: Iterable[Zone]) -> Iterator[Problem]:
    """Name the zones whose credentials no provider has."""
    for position, zone in enumerate(zones):
        if zone.credentials() and zone.explicit_provider is None:
            yield Problem(
                ("zones", position),
                "a component builds no providers; give this zone an explicit_provider with these credentials "
                "in their place",
            )
