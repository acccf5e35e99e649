"""Rules about zones whose record sets are published as one resource."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from xmpp_federation_dns.configuration.rules.view import View, rule
from xmpp_federation_dns.problems import Problem, described
from xmpp_federation_dns.records import PACKAGE

_REFUSED = ("overwrites", "joins", "")
"""What a Pulumi package may do with record sets that are there already, and may not publish."""


@rule(
    "P22",
    source="design of this component",
    example="zones: [{provider: azure, name: contoso.com, resourceGroup: dns, existing: adopt}]",
)
def one_resource(view: View) -> Iterator[Problem]:
    """A zone is in bulk where its provider has batches, and adopts record sets where no Pulumi provider creates."""
    for position in view.zones.values():
        zone = view.args.zones[position]
        path = ("zones", position)
        if zone.bulk and not zone.has_client:
            text = f"record sets of provider {zone.provider} are published one by one; leave bulk out"
            yield Problem((*path, "bulk"), text)
        elif zone.is_kept and not zone.is_of_the_table:
            text = f"{type(zone).__name__} is a class of the program, which the process that publishes does not know"
            yield Problem(path, f"{text}; it publishes one by one, by record()")
        elif not zone.is_kept and zone.existing_record_sets not in ("refuses", *_REFUSED):
            text = (
                f"{type(zone).__name__} says {described(zone.existing_record_sets)} in existing_record_sets"
            )
            yield Problem(path, f"{text}, which is none of 'refuses', 'overwrites' or 'joins'")
        elif not zone.is_kept and zone.existing_record_sets != "refuses":
            does = f"{zone.existing_record_sets} record sets that are there already, which may be somebody else's"
            text = f"the Pulumi package of {zone.provider} {does}; it may not publish"
            unsaid = (
                f"{type(zone).__name__} does not say in existing_record_sets what its Pulumi package does"
            )
            yield Problem(
                path, text if zone.existing_record_sets else f"{unsaid}; it publishes where that refuses"
            )
        elif zone.is_kept and zone.explicit_provider is not None:
            if zone.explicit_provider.package != PACKAGE:
                text = "this package publishes the zone itself, and signs in by the zone's options and the environment"
                way_out = "leave explicitProvider out (docs/pipelines.md)"
                yield Problem((*path, "explicitProvider"), f"{text}; {way_out}")
        elif zone.explicit_provider is not None and zone.package not in ("", zone.explicit_provider.package):
            text = f"a provider of {zone.explicit_provider.package} does not publish zones of provider {zone.provider}"
            yield Problem((*path, "explicitProvider"), f"{text}; this zone takes one of {zone.package}")
        elif zone.existing == "adopt" and not zone.is_kept:
            text = f"the Pulumi provider of {zone.provider} creates record sets, and takes over none"
            way_out = "set bulk: true, or use pulumi import" if zone.has_client else "use pulumi import"
            yield Problem((*path, "existing"), f"{text}; {way_out}")


@rule(
    "P23",
    source="RFC 6120 §3.2.1: an SRV record comes after the addresses of its target",
    example="""\
profile: standard
zones:
- {provider: aws, name: contoso.com, bulk: true}
- {provider: aws, name: fabrikam.com, bulk: true}
edgePools: []
domains:
- {name: contoso.com, edgePools: [{target: xmpp.fabrikam.com, ipv4: [131.107.155.10]}]}
- {name: fabrikam.com, edgePools: [{target: xmpp.contoso.com, ipv4: [131.107.155.11]}]}""",
)
def no_circle(view: View) -> Iterator[Problem]:
    """Of zones in bulk, each can be published after those that its SRV records point into."""
    bulk = {name for name, position in view.zones.items() if view.args.zones[position].bulk}
    needs: dict[str, set[str]] = {name: set() for name in bulk}
    for entry in view.entries:
        zone = view.zone_of(entry.owner)
        for target, pool in entry.targets:
            host = view.zone_of(target)
            if zone in bulk and host in bulk and host != zone and pool.manage_addresses:
                needs[zone].add(host)
    try:
        TopologicalSorter({zone: sorted(hosts) for zone, hosts in sorted(needs.items())}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        yield Problem(
            ("zones", view.zones[circle[0]], "bulk"),
            f"SRV records of the zones {' → '.join(reversed(circle))} point to addresses in the next, so none "
            "can be published first; leave bulk out of one of them",
        )
