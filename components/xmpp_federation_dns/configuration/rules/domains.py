"""Rules about SIP domains and their names."""

from collections.abc import Iterator

from xmpp_federation_dns import names
from xmpp_federation_dns.configuration.rules.view import View, named, rule
from xmpp_federation_dns.faults import canonical, domain_fault
from xmpp_federation_dns.problems import ELSEWHERE, Path, Problem, described


@rule(
    "P1",
    source="RFC 6120 §3.2.1, RFC 1123 §2.1, RFC 5891 (IDNA 2008), RFC 1035 §2.3.4",
    example="domains: ['https://contoso.com']",
)
def domain_names(view: View) -> Iterator[Problem]:
    """A SIP domain is a host name of at least two labels that still fits with the service labels in front."""
    for entry in view.entries:
        if fault := domain_fault(entry.domain.name):
            yield Problem((*entry.path, "name"), f"{described(entry.domain.name)} {fault}")


@rule("P2", source="RFC 2181 §5, RFC 4343", example="domains: [contoso.com, Contoso.com.]")
def duplicates(view: View) -> Iterator[Problem]:
    """Names occur once, whatever their case, final dot and IDNA form: SIP domains, zones, targets of a domain."""
    for entry in view.entries:
        first = view.sip_domains.get(entry.name, entry)
        if first is not entry:
            text = f"{named(entry.domain.name)} is there already, at {ELSEWHERE}"
            yield Problem((*entry.path, "name"), text, other=first.path)
    for position, zone in enumerate(view.args.zones):
        first = view.zones.get(canonical(names.zone_name, zone.name), position)
        if first != position:
            yield Problem(
                ("zones", position, "name"),
                f"{described(zone.name)} is there already, at {ELSEWHERE}: which of the two is meant is unclear",
                other=("zones", first),
            )
    blamed: set[Path] = set()
    for entry in view.entries:
        seen: dict[str, Path] = {}
        for target, pool in entry.targets:
            first = seen.setdefault(target, pool.path)
            if first != pool.path and pool.path not in blamed:
                blamed.add(pool.path)
                key = "host" if pool.target is None else "target"
                text = f"{described(getattr(pool, key))} is the target of {ELSEWHERE} already"
                yield Problem((*pool.path, key), text, other=first)


@rule(
    "P10",
    source="RFC 2782, RFC 6120 §3.2.1",
    example="domains: [{name: contoso.com, federation: disabled, edgePools: [{}]}]",
)
def disabled(view: View) -> Iterator[Problem]:
    """Where federation is disabled, no Edge pool takes part: the target "." stands alone."""
    for entry in view.entries:
        if entry.domain.federation == "disabled" and entry.domain.edge_pools is not None:
            yield Problem(
                (*entry.path, "edgePools"),
                "federation is disabled for this SIP domain; leave one of the two out",
            )


@rule("P15", source="design of this component", example="domains: []")
def something_to_publish(view: View) -> Iterator[Problem]:
    """There are SIP domains, zones, and Edge pools with addresses."""
    args = view.args
    if not args.domains:
        yield Problem(("domains",), "no SIP domain is configured; list at least one, such as contoso.com")
    if not args.zones:
        yield Problem(("zones",), "no zone is configured; list at least one, with its provider and name")
    if args.edge_pools is not None and not args.edge_pools:
        yield Problem(("edgePools",), "the list is empty; name at least one Edge pool, or leave the key out")
    for entry in view.entries:
        if entry.domain.federation == "disabled":
            continue
        if entry.domain.edge_pools is not None and not entry.domain.edge_pools:
            text = "the list is empty, so nothing would be published; leave the key out for the shared Edge pools"
            yield Problem((*entry.path, "edgePools"), text)
        if entry.domain.edge_pools is None and args.edge_pools is None:
            text = "no Edge pool: list shared ones under edgePools, or give this SIP domain its own"
            yield Problem(entry.path, text)
