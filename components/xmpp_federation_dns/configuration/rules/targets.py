"""Rules about targets: the names that SRV records point to."""

import ipaddress
from collections.abc import Iterator, Sequence

import pulumi

from xmpp_federation_dns import names
from xmpp_federation_dns.configuration.args import EdgePool
from xmpp_federation_dns.configuration.rules.view import OTHERS, Pool, View, named, rule, warning
from xmpp_federation_dns.faults import host_fault, target_fault
from xmpp_federation_dns.problems import ELSEWHERE, Path, Problem, Unknown, described


@rule(
    "P4",
    source="RFC 2782, RFC 1123 §2.1",
    example="edgePools: [{host: xmpp.contoso.com, ipv4: [131.107.155.10]}]",
)
def target_names(view: View) -> Iterator[Problem]:
    """A target is a host name: `host` in labels below the SIP domain, or `target` in full; never an address."""
    for pool in view.pools:
        if pool.target is not None:
            if fault := target_fault(pool.target):
                yield Problem((*pool.path, "target"), f"{described(pool.target)} {fault}")
            if pool.host != EdgePool.host:
                yield Problem(
                    (*pool.path, "host"), "host and target exclude each other; leave one of them out"
                )
        elif fault := host_fault(pool.host) or _doubled(pool.label, view):
            yield Problem((*pool.path, "host"), f"{described(pool.host)} {fault}")
    for entry in view.entries:
        for target, pool in entry.targets:
            if len(target) > names.MAX_NAME:
                text = f"with host {described(pool.host)} in front it has {len(target)} characters, more than 253"
                yield Problem((*entry.path, "name"), f"{named(entry.domain.name)} is too long: {text}")


@rule(
    "P5",
    source="Microsoft, Determine DNS requirements (Lync Server 2013): target in the same domain",
    example="edgePools: [{target: xmpp.fabrikam.com, manageAddresses: false}]",
)
def own_domain(view: View) -> Iterator[Problem]:
    """Under `lync` a target lies in the zone of its SIP domain: Lync matches the names strictly."""
    blamed: set[Path] = set()
    for entry in view.entries:
        zone = view.zone_of(entry.owner) if entry.name else None
        for target, pool in entry.targets if view.knows_zones else ():
            place = (*pool.path, "target")
            home = (entry.name, zone or entry.name)
            if place in blamed or any(names.is_within(target, name) for name in home):
                continue
            blamed.add(place)
            text = f"{named(str(pool.target))} lies outside the zone of SIP domain {named(entry.domain.name)}"
            if view.args.profile == "lync":
                yield Problem(place, f"{text}, which Lync peers refuse {OTHERS}")
            else:
                yield warning(place, f"{text}; Lync and Skype for Business peers refuse that")


@rule(
    "P11",
    source="RFC 2181 §5",
    example=(
        "domains: [{name: contoso.com, edgePools: [{target: sip.contoso.com, ipv4: [131.107.155.10]}]}, "
        "{name: eu.contoso.com, edgePools: [{target: sip.contoso.com, ipv4: [131.107.155.11]}]}]"
    ),
)
def one_address_list(view: View) -> Iterator[Problem]:
    """A target has one list of addresses, wherever it occurs."""
    seen: dict[str, Pool] = {}
    for entry in view.entries:
        for target, pool in entry.targets:
            first = seen.setdefault(target, pool)
            if first is not pool and _differ(_addresses(first), _addresses(pool)):
                text = f"target {target} has other addresses here than at {ELSEWHERE}"
                yield Problem(pool.path, text, other=first.path)


def _doubled(host: str, view: View) -> str | None:
    """Return what is wrong with a host that ends with the name of a SIP domain."""
    domain = names.closest(host, view.sip_domains)
    if domain is None:
        return None
    label = host.removesuffix(domain).removesuffix(".") or "@"
    return f"would become '{host}.{domain}'; write '{label}'"


def _addresses(pool: EdgePool) -> list[object]:
    """Return whether addresses are published, and which; an output is the same only as itself."""
    return [pool.manage_addresses, _family(pool.ipv4), _family(pool.ipv6)]


def _family(values: Sequence[object] | pulumi.Output[Sequence[str]]) -> object:
    if isinstance(values, pulumi.Output | Unknown):
        return values
    unknown = [value for value in values if isinstance(value, Unknown)]
    return unknown[0] if unknown else frozenset(map(_canonical, values))


def _differ(first: Sequence[object], second: Sequence[object]) -> bool:
    """Tell whether two Edge pools are known to have other addresses."""
    both = zip(first, second, strict=True)
    return any(
        one != other for one, other in both if not isinstance(one, Unknown) | isinstance(other, Unknown)
    )


def _canonical(value: object) -> object:
    try:
        return ipaddress.ip_address(str(value)) if isinstance(value, str) else value
    except ValueError:
        return value
