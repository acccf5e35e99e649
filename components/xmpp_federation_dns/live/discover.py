"""From what is in zones to the stack that publishes exactly this. Pure.

Each SIP domain is first written with Edge pools of its own, so that what breaks a rule is told of it alone; those that
break none are folded into shared Edge pools.
"""

import ipaddress
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from pydantic.alias_generators import to_camel

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, Live
from xmpp_federation_dns.configuration.args import EdgePool, XmppFederationDnsArgs
from xmpp_federation_dns.configuration.plan import findings
from xmpp_federation_dns.configuration.rules import View
from xmpp_federation_dns.configuration.rules.view import OTHERS
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.live.services import SERVICES, LeftOut, Zones, by_ttl, common_ttl, records
from xmpp_federation_dns.problems import Problem, StackSecret, dotted
from xmpp_federation_dns.records import ROOT, XMPP_SERVER, SrvRecord, sip_domain

_NONE = (SrvRecord(0, 0, 0, ROOT),)
_FAMILIES = {"A": "ipv4", "AAAA": "ipv6"}
_NOT_WRITTEN = ("provider", "name", "explicit_provider")
_DIRECT_TLS = SERVICES[1].removesuffix(".")

Options = dict[str, Any]


@dataclass(frozen=True)
class Broken:
    """A SIP domain as the stack would have it, and the rules that it breaks, each with its text."""

    domain: Options
    problems: tuple[tuple[str, str], ...]


@dataclass
class Draft:
    """A stack: its options, its SIP domains, and what became of the record sets that were found."""

    options: Options = field(default_factory=dict[str, Any])
    domains: list[str | Options] = field(default_factory=list[str | Options])
    broken: list[Broken] = field(default_factory=list[Broken])
    taken: list[str] = field(default_factory=list[str])
    """Keys of record sets."""
    left: list[LeftOut] = field(default_factory=list[LeftOut])
    why: list[str] = field(default_factory=list[str])
    """What was chosen, each for a reason."""


def draft(found: Iterable[tuple[Zone, Mapping[str, Live]]]) -> Draft:
    """Return the stack for what was *found* in zones."""
    result = Draft()
    zones = Zones(found, result.left)
    services = zones.services(result.left)
    srv_ttl = common_ttl((each.ttl for each in services.values()), XmppFederationDnsArgs.srv_ttl)
    off = list(by_ttl({f"{owner} SRV": each for owner, each in services.items()}, srv_ttl, "srvTtl"))
    result.left += off
    for each in off:
        del services[each.what.removesuffix(" SRV")]
    servers = {owner: records(each) for owner, each in services.items()}
    hosts, address_ttl = _hosts(
        zones, {server.target for each in servers.values() for server in each}, result
    )
    domains = list(_domains(servers, hosts, result))
    options = {"srvTtl": srv_ttl, "addressTtl": address_ttl, "zones": list(map(_zone, zones.zones.values()))}
    kept = _by_the_rules(domains, options, zones, result)
    _finish(kept, options, servers, hosts, zones, result)
    return result


Host = dict[str, Content]
"""The address record sets of a target, by type; none where the stack leaves them alone."""


def _hosts(zones: Zones, targets: Collection[str], result: Draft) -> tuple[dict[str, Host], int]:
    """Return the addresses that the stack is to have, by target, and their TTL in seconds."""
    there = {target: zones.host(target) for target in sorted(targets) if target != ROOT}
    plain = {
        target: {rdtype: live for rdtype, live in each.items() if isinstance(live, Content)}
        for target, each in there.items()
    }
    ttl = common_ttl(
        (each.ttl for host in plain.values() for each in host.values()), XmppFederationDnsArgs.address_ttl
    )
    hosts: dict[str, Host] = {}
    for target, each in there.items():
        own = plain[target]
        off = [
            *(LeftOut(f"{target} {rdtype}", str(live)) for rdtype, live in each.items() if rdtype not in own),
            *by_ttl({f"{target} {rdtype}": live for rdtype, live in own.items()}, ttl, "addressTtl"),
        ]
        hosts[target] = {} if off else own
        if off:
            told = {left.what for left in off}
            keys = [key for rdtype in own if (key := f"{target} {rdtype}") not in told]
            off += [LeftOut(key, f"the addresses of {target} are left as they are") for key in keys]
        elif not own:
            zone = zones.zone_of(target)
            where = f"it has none in its zone {zone}" if zone else "it lies in none of the zones"
            result.why.append(f"manageAddresses: false for {target}: {where}")
        result.left += off
    return hosts, ttl


def _domains(
    servers: Mapping[str, Sequence[SrvRecord]], hosts: Mapping[str, Host], result: Draft
) -> Iterator[Options]:
    """Yield the SIP domains, each with Edge pools of its own."""
    sip_domains = {sip_domain(owner) for owner in servers if owner.startswith(SERVICES[0])}
    for owner, each in servers.items():
        domain = sip_domain(owner)
        if owner.startswith(SERVICES[1]):
            continue
        if each == _NONE:
            yield {"name": domain, "federation": "disabled"}
        elif any(server.target == ROOT for server in each):
            text = "a target '.' says that there is no service, by the one record '0 0 0 .'"
            result.left.append(LeftOut(f"{owner} SRV", text, "P10"))
        else:
            ports = _direct_tls(each, servers.get(f"{_DIRECT_TLS}.{domain}", ()), domain, result)
            pools = [
                _pool(server, ports.get(server), domain, hosts[server.target], sip_domains) for server in each
            ]
            yield {"name": domain, "edgePools": pools}


def _direct_tls(
    servers: Sequence[SrvRecord], direct: Sequence[SrvRecord], domain: str, result: Draft
) -> dict[SrvRecord, int]:
    """Return the port of direct TLS of each of *servers* that has one."""
    by_place = {(each.priority, each.weight, each.target): each for each in servers}
    found = {by_place.get((each.priority, each.weight, each.target)): each.port for each in direct}
    ports = {server: port for server, port in found.items() if server}
    if len(ports) == len(direct):
        return ports
    text = f"a server of it is none of {XMPP_SERVER}, with the same priority and weight"
    result.left.append(LeftOut(f"{_DIRECT_TLS}.{domain} SRV", text))
    return {}


def _pool(
    server: SrvRecord, direct_tls: int | None, domain: str, host: Host, sip_domains: Collection[str]
) -> Options:
    """Return an Edge pool, with what is not the default."""
    label = "@" if server.target == domain else server.target.removesuffix(f".{domain}")
    # What ends with the name of a SIP domain is taken for a target in full.
    relative = label != server.target and not names.closest(label, sip_domains)
    pool: Options = {"host": label} if relative else {"target": server.target}
    pool |= {"priority": server.priority, "weight": server.weight, "port": server.port}
    pool |= {"directTlsPort": direct_tls}
    for rdtype, key in _FAMILIES.items():
        if rdtype in host:
            pool[key] = sorted(host[rdtype].values, key=lambda value: int(ipaddress.ip_address(value)))
    pool |= {} if host else {"manageAddresses": False}
    usual = {to_camel(each.name): each.default for each in fields(EdgePool)}
    return {key: value for key, value in pool.items() if value != usual[key]}


def _zone(zone: Zone) -> Options:
    """Return a zone as a stack has it; what a keeper publishes is to be adopted, and DNS names no provider."""
    chosen = replace(zone, existing="adopt") if zone.is_kept and zone.adopts else zone
    usual = {each.name: each.default for each in fields(chosen)}
    options = {
        to_camel(name): value
        for name, default in usual.items()
        if name not in (*_NOT_WRITTEN, *zone.secrets) and (value := getattr(chosen, name)) != default
    }
    provider = {"provider": zone.provider} if zone.provider else {}
    return {**provider, "name": zone.name, **options}


def _by_the_rules(domains: list[Options], options: Options, zones: Zones, result: Draft) -> list[Options]:
    """Return the SIP domains that break no rule of a profile, the stricter one where it does for them."""
    lync, standard = (_broken(domains, {**options, "profile": each}, zones) for each in ("lync", "standard"))
    needing = [number for number in lync if number not in standard]
    # Of what breaks rules of both, those are told that no profile lifts.
    broken = standard if needing else {number: standard[number] for number in lync}
    if needing:
        result.options["profile"] = "standard"
        rule, text = lync[needing[0]][0]
        more = f", and {len(needing) - 1:,} more SIP domains need it" if needing[1:] else ""
        result.why.append(f"profile: standard for {domains[needing[0]]['name']}: {rule}: {text}{more}")
    for number, problems in sorted(broken.items()):
        domain = domains[number]
        result.broken.append(Broken(domain, tuple(problems)))
        rule, text = problems[0]
        result.left.append(LeftOut(f"{SERVICES[0]}{domain['name']} SRV", text, rule))
    return [domain for number, domain in enumerate(domains) if number not in broken]


def _broken(domains: list[Options], options: Options, zones: Zones) -> dict[int, list[tuple[str, str]]]:
    """Return the rules that SIP domains break, by their position."""
    # A key without its secret would break one; the secret is said to the update.
    signed = any("tsigKeyName" in zone for zone in options["zones"])
    secret = {"tsigSecret": StackSecret("AAAA", encrypted=True)} if signed else {}
    # Which provider it will be, no rule of a SIP domain asks.
    named = [{"provider": "aws", **zone} for zone in options["zones"]]
    args, origin, problems = parse({**options, **secret, "zones": named, "domains": domains})
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for problem in findings(View(args), origin, problems):
        if problem.severity == "error":
            for number in _concerned(problem, domains, options, zones):
                place = dotted(problem.path[2:])
                text = f"{place}: {problem.text}".replace(f"domains[{number}].", "")
                found[number].append((problem.rule, text.removesuffix(f" {OTHERS}")))
    return found


def _concerned(problem: Problem, domains: list[Options], options: Options, zones: Zones) -> list[int]:
    """Return the positions of the SIP domains that a problem is about: its own, or those of a zone."""
    match problem.path:
        case ("domains", int(number), *_):
            return [number]
        case ("zones", int(number), *_):
            zone = options["zones"][number]["name"]
            homes = (zones.zone_of(f"{SERVICES[0]}{each['name']}") for each in domains)
            return [position for position, home in enumerate(homes) if home == zone]
        case _:
            return []


def _left_out(owner: str, servers: Mapping[str, Sequence[SrvRecord]]) -> str:
    """Return why no SIP domain of the stack has the service at *owner*."""
    other = f"{SERVICES[0]}{sip_domain(owner)}"
    if other not in servers:
        return f"direct TLS alone; a SIP domain of a stack has {other} in any case"
    return "its SIP domain is left out"


def _finish(  # noqa: PLR0913, PLR0917 all that was found
    kept: list[Options],
    options: Options,
    servers: Mapping[str, Sequence[SrvRecord]],
    hosts: Mapping[str, Host],
    zones: Zones,
    result: Draft,
) -> None:
    """Fold what is equal, and list what the stack has."""
    texts = Counter(json.dumps(each["edgePools"]) for each in kept if "edgePools" in each)
    [(shared, count)] = texts.most_common(1) or [("", 0)]
    folded = count > 1 or len(texts) == 1
    for each in kept:
        pools = each.get("edgePools")
        result.domains.append(each["name"] if folded and json.dumps(pools) == shared else each)
        owners = [f"{SERVICES[0]}{each['name']}"]
        if any("directTlsPort" in pool for pool in pools or ()):
            owners.append(f"{SERVICES[1]}{each['name']}")
        result.taken += [f"{owner} SRV" for owner in owners]
    targets = {server.target for each in kept for server in servers[f"{SERVICES[0]}{each['name']}"]} - {ROOT}
    told = {*result.taken, *(each.what for each in result.left)}
    result.left += [
        LeftOut(key, _left_out(owner, servers)) for owner in servers if (key := f"{owner} SRV") not in told
    ]
    result.taken += [f"{target} {rdtype}" for target in sorted(targets) for rdtype in hosts[target]]
    used = {zones.zone_of(key.partition(" ")[0]) for key in result.taken}
    result.options |= {key: options[key] for key in ("srvTtl", "addressTtl")}
    result.options["zones"] = [each for each in options["zones"] if each["name"] in used]
    result.why += [
        f"no provider for zone {each['name']}: DNS does not tell it; add it, with what it needs"
        for each in result.options["zones"]
        if "provider" not in each
    ]
    if folded:
        result.options["edgePools"] = json.loads(shared)
