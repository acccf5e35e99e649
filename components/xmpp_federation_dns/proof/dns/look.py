"""What DNS says of domains that nobody here publishes, and what is wrong with it: the first half of `peer`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from xmpp_federation_dns.addresses import faults
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.dns import ports, tlsa_checks
from xmpp_federation_dns.proof.dns.asking import Asking, LookOptions, hosts_of
from xmpp_federation_dns.proof.dns.leftover import leftover
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Question
from xmpp_federation_dns.proof.dns.seen import (
    MOST_ADDRESSES,
    MOST_TARGETS,
    VERSIONS,
    address_sets,
    fallback,
    in_order,
    is_askable,
    reached,
    seen,
    targets,
    way,
)
from xmpp_federation_dns.proof.dns.service import doubled, service
from xmpp_federation_dns.proof.dns.target_checks import target
from xmpp_federation_dns.proof.report import Finding, Severity, Subject
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.records import PORTS, XMPP_PORT, XMPPS_SERVER, AddressSet, SrvRecordSet, owner_name

AT_A_TIME = 100
"""Domains that are asked about between two steps of a progress bar."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a *domain* over DNS: where peers contact it, if anywhere, and what is wrong."""

    domain: str
    reached: Federation | None
    findings: tuple[Finding, ...]


async def look(domains: Sequence[str], options: LookOptions, done: Callable[[int], None]) -> list[Look]:
    """Return what DNS says of each of *domains*, in that order; *done* hears how many are asked about.

    Raises :class:`NoResolverError` where delegations are followed and no resolver tells the parents.
    """
    asking = Asking(domains, options)
    await asking.start(domains)
    found: list[Look] = []
    for start in range(0, len(domains), AT_A_TIME):
        some = domains[start : start + AT_A_TIME]
        await asking.ask(some)
        found += [_Judged(domain, asking).look() for domain in some]
        done(len(found))
    return found


class _Judged:
    """A *domain* as DNS shows it, and what is wrong with that."""

    def __init__(self, domain: str, asking: Asking) -> None:
        self._asking, self._round = asking, asking.round
        self._answers = asking.round.answers
        self._domain = domain
        self._published = seen(domain, self._answers)
        owner = self._published.service.name
        self._home = self._round.homes[owner]
        zones = {} if self._home is None else {owner: self._home}
        self._published = replace(self._published, zones=zones)
        self._usable = self._answers.usable(Question(owner, "SRV"))
        self._aliased = any(answer.of(owner, "CNAME") for answer in self._usable.values())
        self._off = bool(self._published.service.records) and not in_order(self._published)
        self._fallback = self._fallen_back()
        self._ways = self._fallback or self._published

    def look(self) -> Look:
        contacted = None if self._off else self._reached()
        return Look(self._domain, contacted, tuple(self._findings(contacted)))

    def _fallen_back(self) -> Federation | None:
        if not self._usable or self._aliased or self._published.service.records:
            return None
        own = address_sets(self._domain, self._answers) or self._resolved(self._domain)
        return fallback(self._published, own) if own else None

    def _resolved(self, host: str) -> list[AddressSet]:
        found = self._asking.resolved.get(host, [])
        return [] if isinstance(found, UnresolvedError) else found

    def _reached(self) -> Federation | None:
        there = {each.name for each in self._ways.addresses}
        more = [each for host in targets(self._ways) if host not in there for each in self._resolved(host)]
        ways = replace(self._ways, addresses=(*self._ways.addresses, *more))
        return reached(ways, allow_private=self._asking.options.allow_private)

    def _findings(self, contacted: Federation | None) -> Iterator[Finding]:
        if not self._home:
            yield self._homeless()
            return
        if self._is_nothing:
            yield self._nothing()
            yield from leftover(self._ways, self._asking.owners, self._answers)
            return
        owners = [self._published.service.name, owner_name(self._domain, XMPPS_SERVER)]
        zones = dict.fromkeys(self._round.homes[owner] for owner in owners)
        for zone in zones:
            yield from self._of_zone(zone)
        for owner in owners:
            yield from self._round.about(Question(owner, "SRV"))
        yield from self._services()
        for host in hosts_of(self._published) if self._usable else ():
            for kind in FAMILIES:
                yield from self._round.about(Question(host, kind))
            if not any(self._answers.usable(Question(host, kind)) for kind in FAMILIES):
                zone = self._round.homes[host]
                yield from () if zone in zones else self._of_zone(zone)
        yield from self._targets()
        yield from tlsa_checks.findings(self._published, self._round)
        yield from ports.ports(self._published, self._answers)
        yield from leftover(self._ways, self._asking.owners, self._answers)
        if contacted:
            yield Finding("V3", "info", Subject(owners[0], "SRV"), f"peers are sent to {way(contacted)}")

    def _of_zone(self, zone: str | None) -> Iterator[Finding]:
        if zone is not None and zone in self._round.views:
            yield from self._round.views[zone].findings

    def _homeless(self) -> Finding:
        subject = Subject(self._domain, of="domain")
        if self._home == "":
            text = f"there is no top-level domain '{self._domain.rpartition('.')[2]}': no peer on the internet finds it"
            return Finding("V2", "error", subject, text, "correct its name")
        if self._asking.given:
            text, way_out = "none of the given name servers serves it", "name another one with --nameserver"
            seen = {
                label: failure for label, _, failure in (each.partition(": ") for each in self._asking.silent)
            }
            return Finding("V1", "unknown", subject, text, way_out, seen=seen)
        text = "no resolver tells which zone it lies in"
        return Finding(
            "V1", "unknown", subject, text, "ask again, or name the servers to ask, with --nameserver"
        )

    @property
    def _is_nothing(self) -> bool:
        """Whether the servers say that there is nothing of XMPP, and no address to fall back to."""
        empty = not (
            self._published.service.records or self._published.direct_tls or self._aliased or self._fallback
        )
        asked = [
            Question(self._published.service.name, "SRV"),
            *(Question(self._domain, kind) for kind in FAMILIES),
        ]
        return empty and all(map(self._answers.usable, asked))

    def _nothing(self) -> Finding:
        owner = self._published.service.name
        own = self._answers.usable(Question(self._domain, "A")).values()
        if all(answer.status == "NXDOMAIN" for answer in own):
            text = "there is no such domain"
            way_out = f"correct its name, or ask its administrator to publish {owner} SRV"
        else:
            text = "nothing is published: no SRV record, and no address of the domain itself to fall back to"
            way_out = f"publish {owner} SRV, and the addresses of its target"
        seen = {server: str(answer) for server, answer in self._usable.items()}
        return Finding("V3", "error", Subject(owner, "SRV"), text, way_out, seen=seen)

    def _services(self) -> Iterator[Finding]:
        published = self._published
        subject = Subject(published.service.name, "SRV")
        if self._off:
            text = "federation is switched off: the only target is '.' (RFC 2782)"
            way_out = f"publish a server of {self._domain} there, if federation is wanted"
            yield Finding("V5", "error", subject, text, way_out)
        elif published.servers or self._aliased:
            yield from (f for f in service(published, published.service, self._answers) if not _is_no_port(f))
        elif self._fallback:
            text = f"no SRV record: peers fall back to the addresses of the domain itself, port {XMPP_PORT}"
            yield Finding("V19", "warning", subject, text, f"publish {subject.name} SRV")
        elif published.direct_tls and self._usable:
            # Also where a target '.' says so (XEP-0368 §4).
            text = "direct TLS alone is published: peers that do not know it (XEP-0368) find nothing"
            yield Finding("V3", "error", subject, text, f"publish {subject.name} SRV as well")
        owner = owner_name(self._domain, XMPPS_SERVER)
        answers = self._answers.usable(Question(owner, "SRV")).values()
        if published.direct_tls:
            yield from service(published, published.direct_tls, self._answers)
        elif any(answer.of(owner, "CNAME") for answer in answers):
            yield from service(published, SrvRecordSet(owner, 0, ()), self._answers)

    def _targets(self) -> Iterator[Finding]:
        allow = self._asking.options.allow_private
        for owner in self._published.services:
            if len(owner.records) > MOST_TARGETS:
                text = f"{len(owner.records)} servers are published; the first {MOST_TARGETS} are looked at"
                yield Finding("V3", "warning", Subject(owner.name, "SRV"), text, "publish fewer")
        for port in sorted({record.port for record, _ in in_order(self._ways)} - {*PORTS}):
            subject = Subject(self._published.service.name, "SRV")
            yield Finding(
                "V4", "error", subject, f"port {port}, where no server can listen", "publish its port"
            )
        for name in targets(self._ways):
            if not is_askable(name):
                text, way_out = f"the target {described(name)} is no host name", "name a host there"
                yield Finding("V8", "error", Subject(self._published.service.name, "SRV"), text, way_out)
                continue
            own = [each for each in self._ways.addresses if each.name == name] or self._resolved(name)
            aliased = self._fallback and not address_sets(name, self._answers)
            if not aliased:
                yield from (
                    _with_hint(f) for f in target(self._ways, name, self._answers) if f.check != "V10"
                )
            yield from self._unresolved(name)
            for record_set in own:
                values = record_set.values[:MOST_ADDRESSES]
                for fault in faults(values, VERSIONS[record_set.type], allow_private=False):
                    severity: Severity = "warning" if fault.lab and allow else "error"
                    subject = Subject(name, record_set.type)
                    yield Finding("V10", severity, subject, fault.text, "publish the public address")

    def _unresolved(self, name: str) -> Iterator[Finding]:
        """Find a target of which a resolver was asked, since its own servers told nothing, in vain."""
        found = self._asking.resolved.get(name)
        if isinstance(found, UnresolvedError):
            text, way_out = f"its addresses cannot be asked for: {found}", "name a resolver that answers"
            yield Finding("C1", "unknown", Subject(name), text, way_out)
        elif found == [] and self._round.homes[name] is None and self._asking.given:
            # Of other names that it cannot ask for, a round says so itself, and how much that weighs.
            text, way_out = "the target has no address", "publish its addresses where its zone is run"
            yield Finding("V8", "error", Subject(name), text, way_out)


def _with_hint(finding: Finding) -> Finding:
    """Return *finding* with the cause of a target without address, where its name shows it."""
    if finding.check != "V8" or not (cause := doubled([f"{finding.subject.name}."])):
        return finding
    fault, _, way_out = cause.partition(": ")
    return replace(finding, text=f"{finding.text}: {fault}", way_out=way_out)


def _is_no_port(finding: Finding) -> bool:
    """Tell whether a finding is about port 0, of which more is to be said."""
    return finding.check == "V4" and finding.text.startswith("port 0;")
