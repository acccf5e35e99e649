"""Rules about addresses, before the update and, where they come from outputs, during it."""

import ipaddress
from collections.abc import Iterator, Sequence

import pulumi

from xmpp_federation_dns import names
from xmpp_federation_dns.federation import owner_name
from xmpp_federation_dns.problems import Path, Problem, Unknown, shown
from xmpp_federation_dns.rules.view import Entry, View, rule, warning

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

FAMILIES = (("ipv4", 4), ("ipv6", 6))
SERVERS_OF_A_POOL = 12
"""Edge servers that Microsoft supports in one pool (Skype for Business Server 2015)."""

# IANA special-purpose address registries (RFC 6890), 2026-11: what only a lab can reach.
_LAB = {
    "10.0.0.0/8": "a private address",
    "172.16.0.0/12": "a private address",
    "192.168.0.0/16": "a private address",
    "100.64.0.0/10": "a shared address",
    "127.0.0.0/8": "a loopback address",
    "169.254.0.0/16": "a link-local address",
    "192.0.2.0/24": "a documentation address",
    "198.51.100.0/24": "a documentation address",
    "203.0.113.0/24": "a documentation address",
    "198.18.0.0/15": "a benchmarking address",
    "::1/128": "a loopback address",
    "fe80::/10": "a link-local address",
    "fc00::/7": "a private address",
    "2001:db8::/32": "a documentation address",
    "3fff::/20": "a documentation address",
    "2001:2::/48": "a benchmarking address",
}
# What no server has.
_NEVER = {
    "0.0.0.0/32": "the unspecified address",
    "0.0.0.0/8": "a reserved address",
    "192.0.0.0/24": "a reserved address",
    "192.88.99.0/24": "a reserved address",
    "224.0.0.0/4": "a multicast address",
    "255.255.255.255/32": "the broadcast address",
    "240.0.0.0/4": "a reserved address",
    "::/128": "the unspecified address",
    "::ffff:0:0/96": "an IPv4-mapped address",
    "ff00::/8": "a multicast address",
    "2001::/23": "a reserved address",
    "2002::/16": "a reserved address",
}
_SPECIAL = [
    (ipaddress.ip_network(network), kind, network in _LAB) for network, kind in {**_LAB, **_NEVER}.items()
]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


@rule(
    "P6",
    source="RFC 6890, RFC 3596; Microsoft: external DNS carries the public address",
    example="edgePools: [{ipv4: [10.0.0.5]}]",
)
def addresses(view: View) -> Iterator[Problem]:
    """A target has addresses that peers on the internet reach, each once and in its own list."""
    for pool in view.pools:
        given = bool(pool.pool.ipv4 or pool.pool.ipv6)
        if pool.pool.manage_addresses and not given:
            text = "no addresses, so the target would lead nowhere; list some in ipv4 or ipv6"
            yield Problem(pool.path, text)
        if not pool.pool.manage_addresses and given:
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
    source="Azure DNS limits: 20 records in a record set",
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
            home = names.closest(name, view.zones) if count > min(limits) and path not in blamed else None
            zone = view.args.zones[view.zones[home]] if home else None
            if zone and zone.records_a_set and count > zone.records_a_set:
                blamed.add(path)
                text = f"{count} records in one record set; {zone.provider} takes {zone.records_a_set}"
                yield warning(path, f"{text} unless that limit was raised")


def _sizes(entry: Entry) -> Iterator[tuple[Path, str, int]]:
    """Yield where the records of each record set of a SIP domain are listed, its owner and how many they are."""
    for target, pool in entry.targets:
        yield pool.path[:-1], owner_name(entry.name), len(entry.targets)
        for key, _ in FAMILIES:
            yield (*pool.path, key), target, len(pool.listed(key))


@rule("P19", source="RFC 6120 §3.2", example="edgePools: [{ipv6: ['2620:1ec::10']}]")
def ipv4_too(view: View) -> Iterator[Problem]:
    """A target has an IPv4 address: many peers have no IPv6."""
    for pool in view.pools:
        if pool.pool.ipv6 and not pool.pool.ipv4:
            yield warning(pool.path, "IPv6 addresses alone; peers without IPv6 cannot reach this Edge pool")


def address_faults(values: Sequence[object], version: int, allow_private: bool) -> Iterator[tuple[int, str]]:
    """Yield position and fault of each of *values* that cannot be published as an address.

    Outputs are passed over: the same check sees their values when these are known. So is what is not known at all.
    """
    seen: dict[Address, int] = {}
    for position, value in enumerate(values):
        if isinstance(value, pulumi.Output | Unknown):
            continue
        address = _address(value)
        if address is None:
            inside = _address(names.pasted(value)[0]) if isinstance(value, str) else None
            fault = f"is not an IPv{version} address" + (f"; write '{inside}'" if inside else "")
        elif address.version != version:
            fault = f"is an IPv{address.version} address; it belongs in ipv{address.version}"
        elif (first := seen.setdefault(address, position)) != position:
            fault = f"is there already, at position {first}"
        elif (fault := _special(address, allow_private)) is None:
            continue
        yield position, f"{shown(value)} {fault}"


def _address(value: object) -> Address | None:
    # A zone index (fe80::1%eth0) has no place in DNS.
    if not isinstance(value, str) or "%" in value:
        return None
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _special(address: Address, allow_private: bool) -> str | None:
    """Return what is special about an address that peers cannot reach, and the way out."""
    for network, kind, lab in _SPECIAL:
        if address in network:
            if lab and allow_private:
                return None
            if lab:
                return f"is {kind}; peers on the internet cannot reach it (allowPrivateAddresses: true for a lab)"
            if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
                return f"is {kind}; write '{address.ipv4_mapped}' in ipv4"
            return f"is {kind}; no server has it"
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "is a reserved address; no server has it"
    return None
