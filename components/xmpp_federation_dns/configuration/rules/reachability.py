"""Rules about addresses, before the update and, where they come from outputs, during it."""

from collections.abc import Iterator, Sequence

from xmpp_federation_dns.addresses import FAMILIES, faults
from xmpp_federation_dns.configuration.rules.view import Entry, View, rule, warning
from xmpp_federation_dns.problems import Path, Problem

SERVERS_OF_A_POOL = 12
"""Edge servers that Microsoft supports in one pool (Skype for Business Server 2015)."""


@rule(
    "P6",
    source="RFC 6890, RFC 3596; Microsoft: external DNS carries the public address",
    example="edgePools: [{ipv4: [10.0.0.5]}]",
)
def addresses(view: View) -> Iterator[Problem]:
    """A target has addresses that peers on the internet reach, each once and in its own list."""
    for pool in view.pools:
        given = bool(pool.ipv4 or pool.ipv6)
        if pool.manage_addresses and not given:
            text = "no addresses, so the target would lead nowhere; list some in ipv4 or ipv6"
            yield Problem(pool.path, text)
        if not pool.manage_addresses and given:
            text = "its addresses are published elsewhere (manageAddresses: false); leave ipv4 and ipv6 out"
            yield Problem(pool.path, text)
        for key, version in FAMILIES:
            for position, fault in address_faults(
                pool.listed(key), version, view.args.allow_private_addresses
            ):
                yield Problem((*pool.path, key, position), fault)


@rule(
    "P12",
    source="Microsoft, Edge Server scenarios (Skype for Business Server 2015): at most 12 servers a pool",
    example=f"edgePools: [{{ipv4: [{', '.join(f'131.107.155.{last}' for last in range(10, 23))}]}}]",
)
def pool_size(view: View) -> Iterator[Problem]:
    """A target has no more addresses of a family than an Edge pool has servers."""
    for pool in view.pools:
        for key, _ in FAMILIES:
            if (count := len(pool.listed(key))) > SERVERS_OF_A_POOL:
                text = (
                    f"{count} addresses for one target; an Edge pool has {SERVERS_OF_A_POOL} servers at most"
                )
                yield warning((*pool.path, key), text)


@rule(
    "P26",
    source="Azure DNS limits: 20 records in a record set; Google Cloud DNS limits: 100",
    example=(
        "zones: [{provider: azure, name: contoso.com, resourceGroup: dns}]\n"
        f"edgePools: [{{ipv4: [{', '.join(f'131.107.155.{last}' for last in range(10, 31))}]}}]"
    ),
)
def set_size(view: View) -> Iterator[Problem]:
    """A record set has no more records than its provider takes."""
    limits = [zone.records_a_set for zone in view.args.zones if zone.records_a_set]
    blamed: set[Path] = set()
    for entry in view.entries if limits else ():
        for path, name, count in _sizes(entry):
            home = view.zone_of(name) if count > min(limits) and path not in blamed else None
            zone = view.args.zones[view.zones[home]] if home else None
            if zone and zone.records_a_set and count > zone.records_a_set:
                blamed.add(path)
                text = f"{count} records in one record set; {zone.provider} takes {zone.records_a_set}"
                yield warning(path, f"{text} unless that limit was raised")


def _sizes(entry: Entry) -> Iterator[tuple[Path, str, int]]:
    """Yield where the records of each record set of a SIP domain are listed, its owner and how many they are."""
    for target, pool in entry.targets:
        yield pool.path[:-1], entry.owner, len(entry.targets)
        for key, _ in FAMILIES:
            yield (*pool.path, key), target, len(pool.listed(key))


@rule("P19", source="RFC 6120 §3.2", example="edgePools: [{ipv6: ['2620:1ec::10']}]")
def ipv4_too(view: View) -> Iterator[Problem]:
    """A target has an IPv4 address: many peers have no IPv6."""
    for pool in view.pools:
        if pool.ipv6 and not pool.ipv4:
            yield warning(pool.path, "IPv6 addresses alone; peers without IPv6 cannot reach this Edge pool")


def address_faults(values: Sequence[object], version: int, allow_private: bool) -> Iterator[tuple[int, str]]:
    """Yield position and fault, with the way out, of each of *values* that cannot be published as an address."""
    for position, text, lab in faults(values, version, allow_private):
        yield position, text + (" (allowPrivateAddresses: true for a lab)" if lab else "")
