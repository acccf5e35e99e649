"""Proof of domains that nobody here publishes: what `verify` and `probe` say of partners, alone or of each of ours."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xmpp_federation_dns import names
from xmpp_federation_dns.changes import listed
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.dns.look import Look, look
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.matrix import Matrix, cell
from xmpp_federation_dns.proof.partner import for_partner
from xmpp_federation_dns.proof.report import Finding, Verdict
from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate
from xmpp_federation_dns.proof.xmpp.contact import ORIGIN
from xmpp_federation_dns.proof.xmpp.probe import ProbeOptions, probe

_REFUSALS = ("C2", "C6")
"""Checks that are `unknown` where a server refuses who asks."""
AT_A_TIME = 8
"""SIP domains of ours that ask their partners at the same time."""


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """How to ask.

    *look*: over DNS; its time limit, in seconds, is that of each contact too. *concurrency* counts contacts, *ca_file*
    has the trusted roots, otherwise the system's are; *trust_anchors* the keys that DNSSEC is validated from, otherwise
    those of the root zone. *from_domain* is who asks; where our SIP domains ask,
    *from_inside* makes errors of our own servers warnings. Whom the certificate of *client* covers authenticates by it.
    """

    look: LookOptions
    ca_file: Path | None = None
    concurrency: int = 100
    from_domain: str = ORIGIN
    from_inside: bool = False
    client: ClientCertificate | None = None
    trust_anchors: Path | None = None

    def probing(self, origin: str, share: int = 1) -> ProbeOptions:
        """Return how *origin* asks, as one of as many who do so at the same time."""
        covered = self.client and self.client.certificate.covers(origin)
        return ProbeOptions(
            timeout=self.look.timeout,
            ca_file=self.ca_file,
            concurrency=max(1, self.concurrency // share),
            from_domain=origin,
            resolvers=self.look.resolvers,
            trust_anchors=self.trust_anchors,
            client=replace(self.client, domain=origin) if self.client and covered else None,
        )


def steps(domains: int, ours: int = 0) -> int:
    """Return how many steps it takes to ask about *domains*, as so many of ours or as nobody."""
    return domains * (1 + max(1, ours))


async def peer(
    domains: Sequence[str], options: PeerOptions, progress: Callable[[int], None]
) -> list[Verdict]:
    """Return the verdict on each of *domains*, in that order; *progress* hears how many of :func:`steps` are done.

    Raises :class:`NoResolverError`, and :class:`UnreadableError` where the file of trusted roots cannot be used.
    """
    looks = await look(domains, options.look, progress)
    asked = await _asked(looks, [options.from_domain], options, progress)
    return [_verdict(each, asked[options.from_domain].get(each.domain)) for each in map(_worded, looks)]


async def pairs(
    ours: Sequence[Federation], domains: Sequence[str], options: PeerOptions, progress: Callable[[int], None]
) -> tuple[list[Verdict], Matrix]:
    """Return the verdicts on each of *ours* and each of *domains*, and what comes of each with each.

    Each of ours asks each of *domains*, by its name. Raises what :func:`peer` raises.
    """
    own = await _own(ours, options)
    looks = await look(domains, options.look, progress)
    origins = [each.domain for each in ours]
    asked = await _asked(looks, origins, options, progress)
    told = {
        (our, each.domain): _verdict(each, asked[our].get(each.domain), asked_by_ours=True)
        for each in map(_worded, looks)
        for our in origins
    }
    cells = {(our, their): cell(own[our], verdict) for (our, their), verdict in told.items()}
    theirs = [_merged(each.domain, {our: told[our, each.domain] for our in origins}) for each in looks]
    return [*own.values(), *theirs], Matrix(tuple(origins), tuple(domains), cells)


async def _own(ours: Sequence[Federation], options: PeerOptions) -> dict[str, Verdict]:
    """Return what `verify` and `probe` say of *ours*, as it is now."""
    asking = options.look
    over_dns = VerifyOptions(asking.nameservers, timeout=asking.timeout, rate=asking.rate)
    probing = replace(options.probing(options.from_domain), from_inside=options.from_inside)
    verified = await verify(ours, over_dns, _unheard)
    probed = await probe(ours, probing, _unheard)
    return {
        dns.domain: Verdict(
            dns.domain,
            (*dns.findings, *(_known_to_refuse(finding) for finding in xmpp.findings)),
            xmpp.expiries,
        )
        for dns, xmpp in zip(verified, probed, strict=True)
    }


def _unheard(_: int) -> None:
    """Take how much is done of what shows no progress."""


def _known_to_refuse(finding: Finding) -> Finding:
    """Return *finding* as information where our own server refuses a stranger, as it may be meant to."""
    refused = finding.severity == "unknown" and finding.check in _REFUSALS
    return replace(finding, severity="info") if refused else finding


async def _asked(
    looks: Sequence[Look], origins: Sequence[str], options: PeerOptions, progress: Callable[[int], None]
) -> dict[str, dict[str, Verdict]]:
    """Return by who asks, one of *origins*, the verdicts of `probe` on what is reached, by domain.

    Where the first finds no open port, the others do not try again.
    """
    reached = [each.reached for each in looks if each.reached]
    done = len(looks) + len(origins) * (len(looks) - len(reached))
    progress(done)
    first, *others = origins
    share = max(1, min(len(others), AT_A_TIME, options.concurrency))
    slots = asyncio.Semaphore(share)
    found: dict[str, dict[str, Verdict]] = {}

    def step(_: int) -> None:
        nonlocal done
        done += 1
        progress(done)

    async def ask(origin: str, some: Sequence[Federation], share: int) -> None:
        async with slots:
            verdicts = await probe(some, options.probing(origin, share), step)
        found[origin] = {each.domain: each for each in verdicts}

    await ask(first, reached, 1)
    shut = {domain: verdict for domain, verdict in found[first].items() if _is_shut(verdict)}
    done += len(others) * len(shut)
    progress(done)
    there = [each for each in reached if each.domain not in shut]
    await asyncio.gather(*(ask(origin, there, share) for origin in others))
    return {origin: {**shut, **verdicts} for origin, verdicts in found.items()}


def _is_shut(verdict: Verdict) -> bool:
    """Tell whether no port was open for STARTTLS: whoever asks will find the same."""
    return any(each.check == "C1" and each.severity in ("error", "unknown") for each in verdict.findings)


def _worded(look_: Look) -> Look:
    return replace(look_, findings=tuple(for_partner(each, look_.domain) for each in look_.findings))


def _verdict(look_: Look, probed: Verdict | None, *, asked_by_ours: bool = False) -> Verdict:
    """Return what is known of a partner: how it looks, and how it was *probed* by one of ours, or by somebody else."""
    if probed is None:
        return Verdict(look_.domain, look_.findings)
    found = map(_refusal, probed.findings) if asked_by_ours else probed.findings
    more = [for_partner(each, look_.domain) for each in found]
    return Verdict(look_.domain, (*look_.findings, *more), probed.expiries)


def _refusal(finding: Finding) -> Finding:
    """Return *finding* with what it means that a partner refuses a SIP domain of ours.

    Before TLS it can only go by the name; later, it may want the certificate that a probe does not have.
    """
    if finding.severity != "unknown" or finding.check not in _REFUSALS:
        return finding
    if finding.check == "C2":
        return replace(finding, severity="error", way_out="allow that domain as a partner")
    return replace(finding, way_out="it may want the certificate of that domain, which a probe does not have")


def _merged(domain: str, by_ours: Mapping[str, Verdict]) -> Verdict:
    """Return one verdict on a partner: what some of ours alone found says which."""
    by_finding: dict[str, tuple[Finding, list[str]]] = {}
    for our, verdict in by_ours.items():
        for finding in verdict.findings:
            # Those that name who asks are one finding, too.
            key = repr(replace(finding, seen={})).replace(our, "").replace(names.unicode_form(our), "")
            by_finding.setdefault(key, (finding, []))[1].append(our)
    findings = tuple(
        finding
        if _says_it_all(finding, some, by_ours)
        else replace(finding, text=f"{finding.text}{_asked_by(some)}")
        for finding, some in by_finding.values()
    )
    expiries = {place: end for verdict in by_ours.values() for place, end in verdict.expiries.items()}
    return Verdict(domain, findings, expiries)


def _says_it_all(finding: Finding, some: Sequence[str], ours: Collection[str]) -> bool:
    """Tell whether a finding of *some* of *ours* holds for all of them, or names the one that it is of."""
    return len(some) == 1 if some[0] in finding.text else len(some) == len(ours)


def _asked_by(ours: Sequence[str]) -> str:
    return f" (asked by {listed([*map(names.unicode_form, ours)], 3)})"
