"""Proof over XMPP that the servers behind the published records federate for every SIP domain."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from xmpp_federation_dns.endpoints import Endpoint
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.report import Finding, Severity, Subject, Verdict
from xmpp_federation_dns.proof.resolver import Resolver, UnresolvedError
from xmpp_federation_dns.proof.validator import Anchors, Validator, anchors
from xmpp_federation_dns.proof.xmpp import caa, dane, members
from xmpp_federation_dns.proof.xmpp.caller import Caller
from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate, UnusableError
from xmpp_federation_dns.proof.xmpp.contact import ORIGIN, Contact, Place
from xmpp_federation_dns.published import UnreadableError
from xmpp_federation_dns.records import ROOT, SrvRecord

CHECKS: dict[str, tuple[str, str]] = {
    "C1": (
        "every address accepts TCP connections at the port of the SRV record",
        "error; warning where other addresses of the SIP domain do",
    ),
    "C2": ("an XMPP stream opens there for the SIP domain", "error"),
    "C3": ("STARTTLS is offered", "error"),
    "C4": ("STARTTLS leads to TLS 1.2 or later, with nothing in the clear between", "error"),
    "C5": (
        "the certificate covers the SIP domain, is trusted, and has more than 14 days, or a fifth of its life, left",
        "error for the name, otherwise warning: dialback is still possible",
    ),
    "C6": (
        "dialback or SASL EXTERNAL is offered under TLS",
        "error; info where the server wants a certificate of the peer first",
    ),
    "C7": (
        "TLSA records, where there are any, vouch for the certificate, which C5 then judges as DANE does (RFC 7673)",
        "error; warning where none of them is usable; info where DNSSEC does not secure them and peers ignore them",
    ),
    "C8": ("IPv6 addresses accept connections where IPv4 addresses do", "warning"),
    "C9": (
        "direct TLS opens where `_xmpps-server` is published",
        "error; info where the server does not name the protocol `xmpp-server`",
    ),
    "C10": (
        "the certificate is one for servers, and for clients: a server shows it where it calls as well",
        "error without serverAuth; info without clientAuth, with the peers that mind",
    ),
    "C12": (
        "with `--certificate`: the server authenticates our domain by its certificate, and answers its ping",
        "error where it refuses, with its condition; warning where the ping gets no answer; info how far it went",
    ),
    "C13": (
        "the addresses of a target show certificates of one CA that end within a week, and offer the same to peers",
        "warning: some are renewed or configured, and others are not",
    ),
    "V23": (
        "CAA records let the CA of the certificate issue the next one (RFC 8659), as far as the CA is known",
        "warning: the next renewal fails",
    ),
}
"""What a probe checks and how much that weighs, by the id that findings carry."""


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How to probe.

    *timeout* is in seconds for each contact; *concurrency* counts contacts. *ca_file* has the trusted roots,
    otherwise the system's are. *from_inside* makes errors warnings: a machine behind the same firewall or
    address translation may be refused what peers are given. *from_domain*, as A-labels, is the domain that asks.
    *resolvers*, address and port, are asked for TLSA and CAA records, and for targets with addresses published
    elsewhere; otherwise the system's. *trust_anchors* has DS or DNSKEY records, in place of those of the root zone.
    *client* is what *from_domain* authenticates with (C12). *addresses* are contacted in place of those of all targets
    (C15), each at its port, or where that is 0 at those of the SRV records.
    """

    timeout: float = 10
    ca_file: Path | None = None
    from_inside: bool = False
    concurrency: int = 100
    from_domain: str = ORIGIN
    resolvers: tuple[Endpoint, ...] = ()
    client: ClientCertificate | None = None
    addresses: tuple[Endpoint, ...] = ()
    trust_anchors: Path | None = None


async def probe(
    expected: Sequence[Federation], options: ProbeOptions, progress: Callable[[int], None]
) -> list[Verdict]:
    """Return the verdict on each of *expected*, in that order; *progress* hears how many there are so far.

    Raises :class:`UnreadableError` where the file of trusted roots, that of trust anchors, or the client certificate
    cannot be used.
    """
    try:
        caller = Caller(options.timeout, options.from_domain, options.ca_file, options.client)
    except OSError as error:
        text = "cannot be read as PEM certificates"
        raise UnreadableError(f"{options.ca_file}: {text}: {error.strerror or error}") from None
    except UnusableError as error:
        raise UnreadableError(str(error)) from None
    trusted = _anchors(options.trust_anchors)
    # Looked for where a target is published elsewhere, or a certificate was seen: most machines have one.
    resolver = cache(lambda: Resolver(options.resolvers, options.timeout))
    validator = cache(lambda: Validator(options.resolvers, options.timeout, trusted))
    permits = asyncio.Semaphore(options.concurrency)
    verdicts: dict[int, Verdict] = {}
    waiting = iter(enumerate(expected))

    async def contact(place: Place) -> Contact:
        async with permits:
            return await caller.contact(place)

    async def work() -> None:
        for position, entry in waiting:
            places, findings = (
                (_given(entry, options.addresses), [])
                if options.addresses
                else await _places(entry, resolver)
            )
            # One after another to the end: a server answers a domain over one connection, though it has more (Prosody).
            contacts = (
                [await contact(place) for place in places]
                if options.client
                else await asyncio.gather(*map(contact, places))
            )
            # Of servers that DNS does not name yet, nobody is asked.
            if not options.addresses:
                contacts, of_targets = await dane.judged(contacts, validator)
                findings += of_targets
                findings += await caa.refused(contacts, validator)
            findings += members.differences(contacts)
            for direct in (False, True):
                findings += _findings([each for each in contacts if each.place.direct == direct])
            if options.from_inside:
                findings = [replace(f, severity="warning") if f.severity == "error" else f for f in findings]
            expiries = {str(each.place): each.certificate.ends for each in contacts if each.certificate}
            verdicts[position] = Verdict(entry.domain, tuple(findings), expiries)
            progress(len(verdicts))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(options.concurrency, len(expected))):
            group.create_task(work())
    return [verdicts[position] for position in range(len(expected))]


def _given(entry: Federation, addresses: Sequence[Endpoint]) -> list[Place]:
    """Return where to contact servers of a SIP domain that are not in DNS yet."""
    ports = dict.fromkeys((record.port, direct) for record, direct in _records(entry))
    direct_only = {port for port, direct in ports if direct} - {port for port, direct in ports if not direct}
    places = (
        Place(entry.domain, entry.domain, address, *there)
        for address, port in addresses
        for there in ([(port, port in direct_only)] if port and ports else ports)
    )
    return list(dict.fromkeys(places))


def _anchors(file: Path | None) -> Anchors:
    try:
        return anchors(file)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        text = f"cannot be read as DS or DNSKEY records in zone-file form: {why}"
        raise UnreadableError(f"{file}: {text}") from None


async def _places(entry: Federation, resolver: Callable[[], Resolver]) -> tuple[list[Place], list[Finding]]:
    """Return where to contact servers of a SIP domain, and what its targets lack."""
    own = {record_set.name for record_set in entry.addresses}
    places: dict[tuple[str, int, bool], Place] = {}
    findings: list[Finding] = []
    for record, direct in _records(entry):
        addresses = [
            a
            for record_set in entry.addresses
            if record_set.name == record.target
            for a in record_set.addresses
        ]
        check = "C9" if direct else "C1"
        if record.target not in own:
            try:
                addresses = await resolver().addresses(record.target)
            except UnresolvedError as error:
                text, way_out = f"its addresses cannot be asked for: {error}", "name a resolver that answers"
                findings.append(Finding(check, "unknown", Subject(record.target), text, way_out))
                continue
            if not addresses:
                text, way_out = "the target has no address in DNS", "publish one, or correct the SRV record"
                findings.append(Finding(check, "error", Subject(record.target), text, way_out))
        for address in addresses:
            place = Place(entry.domain, record.target, address, record.port, direct)
            places.setdefault((address, record.port, direct), place)
    return list(places.values()), findings


def _records(entry: Federation) -> list[tuple[SrvRecord, bool]]:
    direct_tls = entry.direct_tls.records if entry.direct_tls else ()
    return [(record, False) for record in entry.servers] + [
        (record, True) for record in direct_tls if record.target != ROOT
    ]


def _findings(contacts: Sequence[Contact]) -> list[Finding]:
    """Return the findings, those of ports weighed by how the other addresses of the SIP domain do."""
    ports = {contact.port for contact in contacts}
    weights: dict[str, Severity] = {
        "shut": "warning" if "open" in ports else "error",
        "untried": "unknown" if ports == {"untried"} else "info",
    }
    findings: list[Finding] = []
    for contact in contacts:
        for finding in contact.findings:
            if contact.port == "open":
                findings.append(finding)
                continue
            severity = weights[contact.port]
            spare = (
                ":" in contact.place.address and not contact.place.direct and severity in ("warning", "info")
            )
            findings.append(replace(finding, check="C8" if spare else finding.check, severity=severity))
    return findings
