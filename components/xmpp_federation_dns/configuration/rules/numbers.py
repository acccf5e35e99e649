"""Rules about numbers: ports, priorities, weights and TTLs."""

from collections.abc import Iterator, Sequence

from xmpp_federation_dns.configuration.rules.view import OTHERS, Pool, View, rule, warning
from xmpp_federation_dns.problems import ELSEWHERE, Problem, within
from xmpp_federation_dns.records import PORTS, TTLS, UINT16, XMPP_PORT

RECOVERY = 3600
"""Seconds that peers may still use the old addresses after an Edge pool moved."""


@rule(
    "P7",
    source="RFC 2782; Microsoft JJ618368: port 5269",
    example="edgePools: [{ipv4: [131.107.155.10], port: 5222}]",
)
def ports(view: View) -> Iterator[Problem]:
    """A port is 1 to 65535; Lync and Skype for Business use 5269 alone."""
    for pool in view.pools:
        yield from within(PORTS, pool.port, (*pool.path, "port"))
        if view.args.profile == "lync" and pool.port in PORTS and pool.port != XMPP_PORT:
            text = f"{pool.port} is not the port of Lync, 5269 {OTHERS}"
            yield Problem((*pool.path, "port"), text)


@rule(
    "P8",
    source="RFC 2782; Microsoft, Setting up XMPP federation (Lync Server 2013), step 23",
    example="edgePools: [{host: a, ipv4: [131.107.155.10]}, {host: b, ipv4: [131.107.155.11]}]",
)
def priorities(view: View) -> Iterator[Problem]:
    """Priority and weight are 0 to 65535; under `lync` every Edge pool has a priority of its own."""
    for pool in view.pools:
        yield from within(UINT16, pool.priority, (*pool.path, "priority"))
        yield from within(UINT16, pool.weight, (*pool.path, "weight"))
    for pools in view.pool_lists:
        first: dict[int, Pool] = {}
        for pool in pools:
            other = first.setdefault(pool.priority, pool)
            if other is not pool:
                yield _equal(pool, other, lync=view.args.profile == "lync")
        if view.args.profile == "standard":
            yield from _weightless(pools)


@rule("P9", source="RFC 2181 §8", example="srvTtl: 30")
def ttls(view: View) -> Iterator[Problem]:
    """A TTL is 60 to 86400 seconds; that of addresses is the recovery time when an Edge pool moves."""
    yield from within(TTLS, view.args.srv_ttl, ("srvTtl",), " seconds")
    yield from within(TTLS, view.args.address_ttl, ("addressTtl",), " seconds")
    if view.args.address_ttl in TTLS and view.args.address_ttl > RECOVERY:
        text = (
            f"peers use the old addresses for up to {view.args.address_ttl} seconds after an Edge pool moved"
        )
        yield warning(("addressTtl",), text)


@rule(
    "P20",
    source="XEP-0368",
    example="edgePools: [{ipv4: [131.107.155.10], directTlsPort: 5270}]",
)
def direct_tls(view: View) -> Iterator[Problem]:
    """Direct TLS has a port of its own; Lync and Skype for Business have none."""
    for pool in view.pools:
        port, place = pool.direct_tls_port, (*pool.path, "directTlsPort")
        if port is None:
            continue
        yield from within(PORTS, port, place)
        if view.args.profile == "lync":
            yield Problem(place, f"Lync has no direct TLS; leave it out {OTHERS}")
        elif port == pool.port:
            yield Problem(place, f"{port} is the port for STARTTLS already; direct TLS needs one of its own")


def _equal(pool: Pool, other: Pool, *, lync: bool) -> Problem:
    place = (*pool.path, "priority")
    text = f"{pool.priority} is the priority of {ELSEWHERE} already"
    if lync:
        text += f"; give each Edge pool its own, the one to use first the lowest {OTHERS}"
        return Problem(place, text, other=other.path)
    text += "; Lync and Skype for Business peers then take whichever comes first"
    return Problem(place, text, "warning", other=other.path)


def _weightless(pools: Sequence[Pool]) -> Iterator[Problem]:
    groups: dict[int, list[Pool]] = {}
    for pool in pools:
        groups.setdefault(pool.priority, []).append(pool)
    for priority, group in groups.items():
        if len(group) > 1 and not any(pool.weight for pool in group):
            text = f"all Edge pools of priority {priority} have weight 0; say by weight how peers are to share them"
            yield warning((*group[0].path, "weight"), text)
