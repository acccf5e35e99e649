"""The checks of a zone, which hold for every SIP domain in it: V1, V2, V12 and V15."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.report import Finding, Subject

if TYPE_CHECKING:
    from xmpp_federation_dns.proof.dns.dnssec import Keys


@dataclass(frozen=True, slots=True)
class Delegation:
    """What the parent of a zone says: its name servers, by address and by name, and the DS records.

    *unaddressed*: names that no address is known of. *secure* is in zone-file form.
    """

    servers: tuple[Server, ...]
    names: frozenset[str]
    secure: tuple[str, ...]
    unaddressed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A zone as its name servers show it: which of them serve it, and what is wrong with it."""

    servers: tuple[Server, ...]
    findings: tuple[Finding, ...]
    keys: "Keys | None" = None
    """The keys of a zone that validates, as far as its parent is known."""
    signed: bool = False
    """Whether it has keys, or its parent says so, be they good or not."""


async def look(zone: str, servers: Sequence[Server], delegation: Delegation | None) -> ZoneView:
    """Ask each of the open *servers* for its authority over *zone* and for the zone's name servers.

    Without a *delegation* nothing is known of the parent.
    """
    found = [*_unaddressed(zone, delegation)] if delegation else []
    within_reach = [server for server in servers if server.is_open]
    if servers and not within_reach:
        found.append(_out_of_reach(zone, servers))
    soa = await _all(within_reach, Query(zone, "SOA"))
    serving = tuple(s for s in within_reach if soa[s.label].usable and soa[s.label].of(zone, "SOA"))
    whose = "the delegation" if delegation else "those to ask"
    found += [*_lame(zone, within_reach, soa, {server.label for server in serving}, whose)]
    if not serving:
        return ZoneView((), tuple(found))
    found += _serials(zone, serving, soa)
    if delegation:
        found += _delegated(zone, delegation, await _all(serving, Query(zone, "NS")))
    answer = await serving[0].ask(Query(zone, "DNSKEY"))
    if not (answer.records or (delegation and delegation.secure)):
        return ZoneView(serving, tuple(found))
    # cryptography takes a while to load.
    from xmpp_federation_dns.proof.dns.dnssec import chain

    keys, faults = await chain(zone, serving, delegation.secure if delegation else None)
    return ZoneView(serving, (*found, *faults), keys, signed=True)


async def _all(servers: Sequence[Server], query: Query) -> dict[str, Answer]:
    answers = await asyncio.gather(*(server.ask(query) for server in servers))
    return {server.label: answer for server, answer in zip(servers, answers, strict=True)}


def _unaddressed(zone: str, delegation: Delegation) -> Iterator[Finding]:
    if delegation.unaddressed:
        text = f"name servers without address: {', '.join(delegation.unaddressed)}"
        way_out = "publish their addresses, or take them out of the delegation"
        yield Finding("V1", "error", Subject(zone, "NS", "zone"), text, way_out)


def _out_of_reach(zone: str, servers: Sequence[Server]) -> Finding:
    text = "there is no way to its name servers from this machine"
    seen = {server.label: server.failure for server in servers}
    return Finding("V1", "unknown", Subject(zone, of="zone"), text, "run it elsewhere", seen=seen)


def _lame(
    zone: str, servers: Sequence[Server], soa: Mapping[str, Answer], serving: set[str], whose: str
) -> Iterator[Finding]:
    """Find the servers of *whose* that do not serve the zone, told apart from those that say nothing."""
    subject = Subject(zone, of="zone")
    lame = {label: answer for label, answer in soa.items() if label not in serving}
    silent = {label: answer.failure for label, answer in lame.items() if answer.failure}
    if silent and len(silent) == len(soa):
        text, way_out = "none of its name servers answers", "look for a firewall between here and them"
        yield Finding("V1", "unknown", subject, text, way_out, seen=silent)
    elif silent and silent.keys() == {server.label for server in servers if ":" in server.address}:
        # Many machines have an IPv6 address, and no way out.
        text = "none of its name servers answers over IPv6, or IPv6 does not work here"
        yield Finding("V1", "warning", subject, text, "ask again where IPv6 works", seen=silent)
    elif silent:
        text = "a name server does not answer"
        yield Finding("V1", "error", subject, text, f"repair it, or take it out of {whose}", seen=silent)
    if wrong := {label: _lameness(answer) for label, answer in lame.items() if label not in silent}:
        text = "a name server is not authoritative for it"
        way_out = f"serve the zone there, or take the server out of {whose}"
        yield Finding("V1", "error", subject, text, way_out, seen=wrong)


def _lameness(answer: Answer) -> str:
    if answer.status == "NOERROR" and not answer.cut:
        return "no SOA record of the zone" if answer.authoritative else "an answer without authority"
    return str(answer)


def _serials(zone: str, serving: Sequence[Server], soa: Mapping[str, Answer]) -> Iterator[Finding]:
    seen = {server.label: soa[server.label].values(zone, "SOA")[0].split()[2] for server in serving}
    if len(set(seen.values())) > 1:
        text, way_out = "its serial differs between the name servers", "wait for the zone transfer"
        yield Finding("V12", "warning", Subject(zone, "SOA", "zone"), text, way_out, seen=seen)


def _delegated(zone: str, delegation: Delegation, ns: Mapping[str, Answer]) -> Iterator[Finding]:
    """Compare the name servers that the zone names itself with those of its parent."""
    parent = delegation.names
    own = {
        label: frozenset(value.removesuffix(".") for value in answer.values(zone, "NS"))
        for label, answer in ns.items()
        if answer.usable
    }
    differing = {label: names for label, names in own.items() if names != parent}
    if differing:
        nested = all(names < parent or names > parent for names in differing.values())
        text = "the parent delegates to other name servers than the zone names"
        seen = {label: ", ".join(sorted(names)) or str(ns[label]) for label, names in differing.items()}
        severity, way_out = "warning" if nested else "error", "make both the same at the registrar"
        subject, wanted = Subject(zone, "NS", "zone"), ", ".join(sorted(parent))
        yield Finding("V1", severity, subject, text, way_out, wanted, seen)
