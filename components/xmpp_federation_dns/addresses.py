"""Addresses: which can be published, and what is special about the others."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pulumi

from xmpp_federation_dns import names
from xmpp_federation_dns.problems import Unknown, described

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

FAMILIES = (("ipv4", 4), ("ipv6", 6))
"""The options that list addresses, each with the IP version of these."""

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


class Fault(NamedTuple):
    """Why the address at a position in a list cannot be published; *lab*: outside a lab alone."""

    position: int
    text: str
    lab: bool


def faults(values: Sequence[object], version: int, allow_private: bool) -> Iterator[Fault]:
    """Yield the fault of each of *values* that cannot be published as an address.

    Outputs are passed over: the same check sees their values when these are known. So is what is not known at all.
    """
    seen: dict[Address, int] = {}
    for position, value in enumerate(values):
        if isinstance(value, pulumi.Output | Unknown):
            continue
        address, lab = _address(value), False
        if address is None:
            inside = _address(names.pasted(value)[0]) if isinstance(value, str) else None
            text = f"is not an IPv{version} address" + (f"; write '{inside}'" if inside else "")
        elif address.version != version:
            text = f"is an IPv{address.version} address; it belongs in ipv{address.version}"
        elif (first := seen.setdefault(address, position)) != position:
            text = f"is there already, at position {first}"
        else:
            text, lab = _special(address)
            if not text or (lab and allow_private):
                continue
        yield Fault(position, f"{described(value)} {text}", lab)


def _address(value: object) -> Address | None:
    # A zone index (fe80::1%eth0) has no place in DNS.
    if not isinstance(value, str) or "%" in value:
        return None
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _special(address: Address) -> tuple[str, bool]:
    """Return what is special about an address that peers cannot reach, and whether a lab may have it."""
    for network, kind, lab in _SPECIAL:
        if address in network:
            if lab:
                return f"is {kind}; peers on the internet cannot reach it", True
            if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
                return f"is {kind}; write '{address.ipv4_mapped}' in ipv4", False
            return f"is {kind}; no server has it", False
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "is a reserved address; no server has it", False
    return "", False
