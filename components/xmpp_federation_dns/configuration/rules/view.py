"""What the rules look at, and what a rule is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pulumi

from xmpp_federation_dns import names
from xmpp_federation_dns.configuration.args import EdgePool, SipDomain, XmppFederationDnsArgs
from xmpp_federation_dns.faults import canonical, domain_fault, host_fault, target_fault
from xmpp_federation_dns.problems import Path, Problem, Unknown, described
from xmpp_federation_dns.records import owner_name, target_name


@dataclass(frozen=True, kw_only=True)
class Pool(EdgePool):
    """One Edge pool as it stands in the configuration: shared ones occur once."""

    path: Path
    label: str
    """Canonical host, `@`, or absolute target; empty where it is not valid."""

    def listed(self, family: str) -> Sequence[object]:
        """Return the addresses of a *family*; none where the list itself is only known later."""
        values = getattr(self, family)
        return () if isinstance(values, pulumi.Output | Unknown) else values

    def target_of(self, sip_domain: str) -> str:
        """Return the target for *sip_domain*, or nothing where a name is not valid."""
        if self.target is not None or not self.label:
            return self.label
        return target_name(self.label, sip_domain)


@dataclass(frozen=True)
class Entry:
    """One SIP domain with the Edge pools that serve it."""

    domain: SipDomain
    path: Path
    name: str
    """Canonical name; empty where it is not valid."""
    pools: Sequence[Pool]

    @property
    def owner(self) -> str:
        """The owner of its SRV record set."""
        return owner_name(self.name)

    @cached_property
    def targets(self) -> list[tuple[str, Pool]]:
        """The valid targets with their pools."""
        found = [(pool.target_of(self.name), pool) for pool in self.pools] if self.name else []
        return [(target, pool) for target, pool in found if target]


@dataclass(frozen=True)
class View:
    """Arguments with their names made canonical once."""

    args: XmppFederationDnsArgs

    @cached_property
    def shared_pools(self) -> list[Pool]:
        """The Edge pools of every SIP domain that has none of its own."""
        return _pools(self.args.edge_pools, ("edgePools",))

    @cached_property
    def entries(self) -> list[Entry]:
        """The SIP domains."""
        entries: list[Entry] = []
        for position, given in enumerate(self.args.domains):
            domain = SipDomain(name=given) if isinstance(given, str) else given
            path = ("domains", position)
            name = "" if domain_fault(domain.name) else names.host_name(domain.name)
            own = domain.edge_pools is not None
            pools = _pools(domain.edge_pools, (*path, "edgePools")) if own else self.shared_pools
            entries.append(Entry(domain, path, name, () if domain.federation == "disabled" else pools))
        return entries

    @cached_property
    def pool_lists(self) -> list[Sequence[Pool]]:
        """Each list of Edge pools once: the shared one and those of single SIP domains."""
        own = [
            _pools(e.domain.edge_pools, (*e.path, "edgePools")) for e in self.entries if e.domain.edge_pools
        ]
        return [self.shared_pools, *own]

    @cached_property
    def pools(self) -> list[Pool]:
        """Every Edge pool once."""
        return [pool for pools in self.pool_lists for pool in pools]

    @cached_property
    def zones(self) -> dict[str, int]:
        """The position of each zone by its canonical name; of two equal names the first."""
        found: dict[str, int] = {}
        for position, zone in enumerate(self.args.zones):
            if name := canonical(names.zone_name, zone.name):
                found.setdefault(name, position)
        return found

    @cached_property
    def knows_zones(self) -> bool:
        """Whether every zone has a valid name, so that what lies in none of them is known."""
        return bool(self.args.zones) and all(canonical(names.zone_name, z.name) for z in self.args.zones)

    @cached_property
    def knows_names(self) -> bool:
        """Whether every SIP domain and every Edge pool has a valid name, so that all that is published is known."""
        return all(entry.name for entry in self.entries) and all(pool.label for pool in self.pools)

    @cached_property
    def sip_domains(self) -> dict[str, Entry]:
        """The SIP domains by canonical name; of two equal names the first."""
        return {entry.name: entry for entry in reversed(self.entries) if entry.name}

    def zone_of(self, name: str) -> str | None:
        """Return the zone that *name* goes into: the closest enclosing one."""
        return names.closest(name, self.zones)


@dataclass(frozen=True)
class Rule:
    """One rule: what it demands (its docstring), by which source, and a configuration that breaks it."""

    id: str
    source: str
    example: str
    check: Callable[[View], Iterator[Problem]]

    def __call__(self, view: View) -> Iterator[Problem]:
        """Yield what is wrong or unwise by this rule."""
        for problem in self.check(view):
            yield problem if problem.rule else replace(problem, rule=self.id)


def rule(id: str, *, source: str, example: str) -> Callable[[Callable[[View], Iterator[Problem]]], Rule]:  # noqa: A002 a rule's id is called id
    """Make a rule of a function over the arguments."""
    return lambda check: Rule(id, source, example, check)


def warning(path: Path, text: str) -> Problem:
    """Return what is legal and unwise."""
    return Problem(path, text, "warning")


OTHERS = "(profile: standard for other servers)"
"""The way out of what the profile `lync` alone forbids."""


def named(text: str) -> str:
    """Return a valid name as a message shows it: as written, and in its other IDNA form where it has one."""
    ascii_form = names.host_name(text)
    other = names.unicode_form(ascii_form) if text.isascii() else ascii_form
    return described(text) if other == ascii_form and text.isascii() else f"{described(text)} ({other})"


def _pools(pools: Sequence[EdgePool] | None, path: Path) -> list[Pool]:
    return [
        Pool(**vars(pool), path=(*path, position), label=_label(pool))
        for position, pool in enumerate(pools or ())
    ]


def _label(pool: EdgePool) -> str:
    if pool.target is not None:
        return "" if target_fault(pool.target) else names.host_name(pool.target)
    if pool.host == "@":
        return "@"
    return "" if host_fault(pool.host) else names.host_name(pool.host)
