"""How record sets become resources: which half of the seam publishes a zone, and whose turn comes when."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any, cast

import pulumi

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import content
from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.records import PACKAGE, RecordSet, SrvRecordSet

Options = Callable[[RecordSet], pulumi.ResourceOptions]


def publish(
    zone: Zone, component: str, record_sets: Sequence[RecordSet], options: Options
) -> list[pulumi.Resource]:
    """Declare *record_sets* of *zone* and return the resource that holds each, in their order.

    Logical names are identity: they come from the component, owner name and type, never from a position in the
    configuration.
    """
    if zone.bulk:
        return _all_in_one(zone, f"{component}-{zone.name}", record_sets, options)
    declare = _kept(zone) if zone.is_kept else zone.record
    return [declare(f"{component}-{s.name}-{s.type}", s, options(s)) for s in record_sets]


def costs(home: Mapping[RecordSet, Zone], at_a_time: int) -> Iterator[str]:
    """Yield a line for each zone of many record sets: what it costs to change them all, so many *at a time*."""
    zones = {zone.name: zone for zone in home.values()}
    for name, record_sets in Counter(zone.name for zone in home.values()).items():
        if cost := zones[name].cost(record_sets, at_a_time):
            yield f"zone {name}, where all of it changes: {cost}"


def in_turn(home: Mapping[RecordSet, Zone]) -> Iterator[tuple[Zone, list[RecordSet]]]:
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


class _Journal(pulumi.CustomResource):
    """What is about to be published in one zone."""

    runs: pulumi.Output[list[list[str]]]


def _kept(zone: Zone) -> Callable[[str, RecordSet, pulumi.ResourceOptions], pulumi.Resource]:
    """Return what declares one record set of *zone* as a resource of ours."""
    properties = zone.properties()

    def declare(name: str, record_set: RecordSet, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        inputs = {**properties, "recordSets": _texts([record_set])}
        return pulumi.CustomResource(f"{PACKAGE}:index:RecordSet", name, inputs, opts)

    return declare


def _all_in_one(
    zone: Zone, resource_name: str, record_sets: Sequence[RecordSet], options: Options
) -> list[pulumi.Resource]:
    """Declare *record_sets* as one resource, after everything that any of them waits for, and its journal."""
    properties = zone.properties()
    each = [options(record_set) for record_set in record_sets]
    needed = list(dict.fromkeys(r for opts in each for r in cast("Sequence[Any]", opts.depends_on)))
    wanted = _texts(record_sets)
    kept = _Journal(
        f"{PACKAGE}:index:Journal",
        f"{resource_name}-journal",
        {**properties, "recordSets": _packed(wanted), "runs": None},
        # Nothing comes between the two: a run that the journal names has begun.
        pulumi.ResourceOptions(
            parent=each[0].parent,
            provider=each[0].provider,
            depends_on=needed,
            additional_secret_outputs=["runs"],
        ),
    )
    merged = pulumi.ResourceOptions(
        parent=each[0].parent,
        provider=each[0].provider,
        depends_on=needed,
        retain_on_delete=each[0].retain_on_delete,
        hooks=each[0].hooks,
    )
    inputs = {**properties, "recordSets": wanted, "journal": kept.runs}
    published = pulumi.CustomResource(f"{PACKAGE}:index:RecordSets", resource_name, inputs, merged)
    return [published] * len(record_sets)


def _packed(wanted: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return *wanted* as a journal has it: secret, since nobody can read it, and addresses may be."""
    known: dict[str, Any] = dict(wanted)
    # As outputs of their own, the texts that are known would take most of a large stack's time.
    later = pulumi.Output.from_input({key: text for key, text in known.items() if not isinstance(text, str)})
    text = later.apply(lambda told: journal.packed(known | told))
    return pulumi.Output.secret(text)


def _texts(record_sets: Sequence[RecordSet]) -> dict[str, pulumi.Input[str]]:
    return {f"{record_set.name} {record_set.type}": _text(record_set) for record_set in record_sets}


def _text(record_set: RecordSet) -> pulumi.Input[str]:
    values: Any = record_set.rdata
    if isinstance(values, pulumi.Output):
        later = cast("pulumi.Output[list[str]]", values)
        return later.apply(lambda known: str(content(record_set.ttl, known)))
    return str(content(record_set.ttl, values))
