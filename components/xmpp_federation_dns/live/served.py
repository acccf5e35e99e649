"""What name servers say of SIP domains: `discover` where nobody has credentials for the zones."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from xmpp_federation_dns import names
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import DELEGATED, Content, Foreign, Live, content
from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.live.services import SERVICES
from xmpp_federation_dns.live.sources import Listing
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.apexes import apexes
from xmpp_federation_dns.proof.dns.delegation import Parents
from xmpp_federation_dns.proof.dns.questions import FAMILIES, Question
from xmpp_federation_dns.proof.dns.round import Round
from xmpp_federation_dns.proof.dns.server import Servers

RATE = 5000.0
"""Questions a second and server."""
PATIENCE = 2.0
"""Seconds that one attempt waits for an answer."""
AT_A_TIME = 200
"""SIP domains that are asked about between two steps of a progress bar."""


async def served(
    domains: Sequence[str], nameservers: Sequence[Endpoint], done: Callable[[int], None]
) -> tuple[list[Listing], list[str]]:
    """Return what is served of SIP domains, zone by zone, and why some cannot be told; *done* hears how many are.

    Asked are *nameservers*, or those to which the parents of the zones delegate; addresses are those of targets in the
    zones of the SIP domains. Raises :class:`xmpp_federation_dns.proof.report.NoResolverError`.
    """
    servers = Servers(RATE, PATIENCE)
    asked = [servers.at(address, address, port) for address, port in nameservers]
    silent: dict[str, None] = {}
    homes = await (apexes(domains, asked, silent) if asked else _zones(domains, servers))
    because = f" ({'; '.join(silent)})" if silent else ""
    faults = [
        f"{domain}: nobody tells which zone it lies in{because}; ask again, or with another --nameserver"
        for domain, zone in homes.items()
        if not zone
    ]
    zones = {zone for zone in homes.values() if zone}
    asking = Round(zones, servers, dict.fromkeys(zones, asked) if asked else {})
    if zones:
        await asking.start()
    found: dict[str, dict[str, Live]] = {zone: {} for zone in sorted(zones)}
    known = [domain for domain, zone in homes.items() if zone]
    for start in range(0, len(known), AT_A_TIME):
        some = known[start : start + AT_A_TIME]
        for question in await _asked(some, asking, zones):
            zone = str(names.closest(question.name, zones))
            try:
                found[zone] |= _live(asking, zone, question)
            except LookupError as error:
                faults.append(str(error))
        for domain in some:
            owner, there = f"{SERVICES[0]}{domain}", found[str(homes[domain])]
            if f"{owner} SRV" not in there and f"{owner} CNAME" not in there:
                there[f"{owner} SRV"] = Foreign("nothing is served there")
        done(start + len(some))
    return [(Zone(provider="", name=zone), each) for zone, each in found.items()], list(dict.fromkeys(faults))


async def _asked(domains: Sequence[str], asking: Round, zones: Collection[str]) -> list[Question]:
    """Ask for the services of *domains*, and for the addresses of their targets in *zones*; return what was asked."""
    services = [Question(f"{service}{domain}", "SRV") for domain in domains for service in SERVICES]
    await asking.ask(services)
    targets = dict.fromkeys(target for service in services for target in _targets(asking, service))
    addresses = [
        Question(target, kind) for target in targets if names.closest(target, zones) for kind in FAMILIES
    ]
    await asking.ask([question for question in addresses if not asking.answers.all(question)])
    return [*services, *addresses]


async def _zones(domains: Iterable[str], servers: Servers) -> dict[str, str | None]:
    """Return the delegated zone of each SIP domain, as far as the resolver of this machine tells."""
    parents = Parents(servers)
    return dict(zip(domains, await asyncio.gather(*map(parents.zone, domains)), strict=True))


def _targets(asking: Round, service: Question) -> set[str]:
    values = asking.answers.values(service).values()
    return {value.split()[-1].removesuffix(".") for some in values for value in some} - {""}


def _live(asking: Round, zone: str, question: Question) -> Mapping[str, Live]:
    """Return the record set, or the alias in its place, by key; raise ``LookupError`` where nobody answers."""
    there = {_said(question, answer) for answer in asking.answers.usable(question).values()}
    if len(there) > 1:
        text = "the name servers of its zone disagree; `verify` tells who says what"
        return {f"{question.name} {question.type}": Foreign(text)}
    for each in there:
        return {} if each is None else {each[0]: each[1]}
    if cut := next((each.cut for each in asking.answers.all(question).values() if each.cut), ""):
        hidden = Foreign(DELEGATED.format(cut), hides=True)
        return {f"{question.name} {question.type}": hidden}
    findings = [*asking.about(question), *asking.views[zone].findings]
    raise LookupError(str(findings[0]))


def _said(question: Question, answer: Answer) -> tuple[str, Content | Foreign] | None:
    """Return what one server has, by its key."""
    name, kind = question
    if alias := answer.of(name, "CNAME"):
        return f"{name} CNAME", Foreign(f"CNAME {alias[0].ttl} {alias[0].value}", alias=alias[0].value)
    found = answer.of(name, kind)
    ttl = min((record.ttl for record in found), default=0)
    return (f"{name} {kind}", content(ttl, [record.value for record in found])) if found else None
