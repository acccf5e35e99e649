"""DANE (RFC 7673, RFC 7712): C7, TLSA records vouch for the certificates of servers."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.proof.tlsa import (
    DANE_EE,
    DANE_TA,
    EXACT,
    PKIX_EE,
    PKIX_TA,
    SHA256,
    Tlsa,
    owner,
    tlsa,
)
from xmpp_federation_dns.proof.validator import Validated, Validator
from xmpp_federation_dns.proof.xmpp import certificate
from xmpp_federation_dns.proof.xmpp.certificate_checks import excused
from xmpp_federation_dns.proof.xmpp.contact import Contact
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER

MOST_SHOWN = 4
"""TLSA records that a finding shows; a server may send thousands."""


async def judged(
    contacts: Sequence[Contact], validator: Callable[[], Validator]
) -> tuple[list[Contact], list[Finding]]:
    """Return *contacts* with what DANE says of their certificates, and what it says of their targets.

    What keeps a certificate from being trusted without DANE is taken from the findings where DANE vouches for it.
    """
    pools: defaultdict[tuple[str, int, bool], list[Contact]] = defaultdict(list)
    for contact in contacts:
        if contact.chain and owner(contact.place.target, contact.place.port):
            pools[contact.place.target, contact.place.port, contact.place.direct].append(contact)
    found = await asyncio.gather(*(_records(each, validator) for each in pools.values()))
    records = {pool: usable for pool, (usable, _) in zip(pools, found, strict=True)}
    seen: list[Contact] = []
    for contact in contacts:
        usable = records.get((contact.place.target, contact.place.port, contact.place.direct), ())
        seen.append(_judged(contact, usable) if usable and contact.chain else contact)
    return seen, [finding for _, findings in found for finding in findings]


async def _records(
    contacts: Sequence[Contact], validator: Callable[[], Validator]
) -> tuple[list[Tlsa], list[Finding]]:
    """Return the TLSA records that peers use at one target, and why they use none that is there."""
    place = contacts[0].place
    name = owner(place.target, place.port)
    subject = Subject(name, "TLSA")
    service = f"{XMPPS_SERVER if place.direct else XMPP_SERVER}.{place.domain}"
    families = sorted({"AAAA" if ":" in contact.place.address else "A" for contact in contacts})
    needed = [(service, "SRV"), *((place.target, family) for family in families)]
    try:
        found = await validator().look_up(name, "TLSA")
        if not found.values:
            return [], []
        beside = [await validator().look_up(*each) for each in needed]
    except UnresolvedError as error:
        text = f"whether TLSA records are in force there cannot be asked: {described(str(error))}"
        return [], [Finding("C7", "info", subject, text, "name a resolver that answers, with --resolver")]
    parts = dict(zip([(name, "TLSA"), *needed], [found, *beside], strict=True))
    if insecure := _insecure(subject, parts):
        return [], [insecure]
    records = [tlsa(value) for value in found.values]
    usable = [record for record in records if not record.fault]
    if usable:
        return usable, []
    text = f"of its TLSA records peers pass over every one: {records[0].fault}"
    way_out = "publish `3 1 1` and the SHA-256 digest of the server's public key"
    return [], [Finding("C7", "warning", subject, text, way_out, seen={"records": _listed(records)})]


def _insecure(subject: Subject, parts: dict[tuple[str, str], Validated]) -> Finding | None:
    """Return that the TLSA records are not in force: all *parts* have to be secure (RFC 7673 §3)."""
    for each in parts.values():
        if each.bogus:
            text = f"DANE fails there: {each.insecure}, and resolvers that validate refuse it"
            return Finding("C7", "error", subject, text, "sign the zone anew; `verify` tells more (V15)")
    for (name, kind), each in parts.items():
        why = each.insecure or ("" if each.values else f"{name} {kind} is not published")
        if why:
            text = f"TLSA records are published, and peers ignore them: {why}"
            way_out = "sign the zones of SRV record, target and TLSA records, or delete the TLSA records"
            return Finding("C7", "info", subject, text, way_out)
    return None


def _judged(contact: Contact, records: Sequence[Tlsa]) -> Contact:
    found = contact.certificate
    if found is None:  # C5 says that it cannot be read
        return contact
    place, subject = contact.place, Subject(str(contact.place), of="server")
    by_usage = sorted(records, key=lambda record: -record.usage)
    vouching = next((record for record in by_usage if _vouches(record, contact)), None)
    if vouching:
        faults = excused(found, place.domain, place.target, contact.distrust, vouching.usage)
        texts = {text for _, _, text, _ in faults}
        kept = [each for each in contact.findings if each.check != "C5" or each.text not in texts]
        spared = [each.text for each in contact.findings if each not in kept]
        if spared:
            # Prosody 0.12 judges the name where it uses DANE, too (tests/federation/test_dane.py).
            seen = "; ".join(spared)
            text = f"DANE vouches for its certificate; peers without DANE, or stricter than it, see: {seen}"
            kept.append(Finding("C7", "info", subject, text, seen={place.address: f"TLSA {vouching}"}))
        return replace(contact, findings=tuple(kept))
    name, shown = owner(place.target, place.port), _own(contact.chain[0])
    if any(record.usage == PKIX_TA for record in records) and contact.distrust is None:
        text = "a TLSA record of usage 0 may name a root that the server does not send: not compared"
        finding = Finding("C7", "info", subject, text, "publish usage 3, or 2 for a CA of your own")
    else:
        text = "no TLSA record there vouches for its certificate: peers that use DANE refuse it"
        pkix = [each for each in records if each.usage == PKIX_EE and _stands_for(each, contact.chain[0])]
        if pkix:
            text += "; usage 1 wants a trusted root beside DNSSEC"
        way_out = f"publish `{name}. TLSA {shown}`, or let the server show the certificate that is published"
        seen = {place.address: f"TLSA {shown}"}
        finding = Finding("C7", "error", subject, text, way_out, f"TLSA {_listed(records)}", seen)
    return replace(contact, findings=(*contact.findings, finding))


def _vouches(record: Tlsa, contact: Contact) -> bool:
    """Tell whether a usable *record* vouches for the certificate of a server (RFC 6698 §2.1.1, RFC 7671 §5)."""
    own, *others = contact.chain
    match record.usage:
        case usage if usage == DANE_EE:
            return _stands_for(record, own)
        case usage if usage == PKIX_EE:
            return contact.distrust is None and _stands_for(record, own)
        case usage if usage == DANE_TA:
            # Where the record has the certificate whole, the server need not send it.
            sent = [*others, record.data] if (record.selector, record.matching) == (0, EXACT) else others
            anchors = [each for each in sent if _stands_for(record, each)]
            return any(certificate.leads_to(own, sent, anchor) for anchor in anchors)
        case _:
            return contact.distrust is None and any(_stands_for(record, each) for each in others)


def _stands_for(record: Tlsa, der: bytes) -> bool:
    """Tell whether a record has the certificate or its key in it."""
    selected = certificate.public_key(der) if record.selector else der
    if not selected:  # a key of no known kind
        return False
    if record.matching == EXACT:
        return record.data == selected
    digest = hashlib.sha256 if record.matching == SHA256 else hashlib.sha512
    return record.data == digest(selected).digest()


def _own(der: bytes) -> str:
    """Return the TLSA record that vouches for a certificate's key, so also for the one that renews it."""
    key = certificate.public_key(der)
    return str(Tlsa(DANE_EE, 1 if key else 0, SHA256, hashlib.sha256(key or der).digest()))


def _listed(records: Sequence[Tlsa]) -> str:
    more = len(records) - MOST_SHOWN
    return ", ".join(map(str, records[:MOST_SHOWN])) + (f" and {more} more" if more > 0 else "")
