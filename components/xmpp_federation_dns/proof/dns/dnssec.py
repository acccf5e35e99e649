"""The check of DNSSEC (RFC 4035): V15, in zones that are signed."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import cast

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG

from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.query import Query
from xmpp_federation_dns.proof.dns.questions import Question
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.report import Finding, Subject

Keys = dns.rrset.RRset
"""The DNSKEY record set of a zone."""


async def chain(
    zone: str, servers: Sequence[Server], secure: Sequence[str] | None
) -> tuple[Keys | None, list[Finding]]:
    """Return the keys of a signed *zone*, none where nothing is to be validated with them, and what is wrong.

    *secure*: the DS records at the parent, in zone-file form, where these are known.
    """
    if secure is not None and not secure:
        text = "the zone is signed, but its parent has no DS record: to resolvers it is unsigned"
        subject, way_out = Subject(zone, "DS", "zone"), "hand the DS record to the registrar"
        return None, [Finding("V15", "info", subject, text, way_out)]
    keys: Keys | None = None
    faults: dict[str, str] = {}
    for server in servers:
        query = Query(zone, "DNSKEY", signed=True)
        found, fault = _validated(query, await server.ask(query), zone, None)
        if not fault and found is None:
            fault = "the parent has a DS record, and the zone has no keys"
        elif not fault and found and secure and not any(_matches(record, found) for record in secure):
            fault = "the DS records of the parent match no key of the zone"
        if fault:
            faults[server.label] = fault
        else:
            keys = keys or found
    if not faults:
        return keys, []
    wanted = f"DS {', '.join(secure)}" if secure else ""
    return None, [_bogus(Subject(zone, "DNSKEY", "zone"), "its chain of trust is broken", wanted, faults)]


async def signatures(
    questions: Sequence[Question], zone: str, server: Server, keys: Keys
) -> dict[Question, Finding]:
    """Return what is wrong with the signatures of those record sets that there are."""
    found: dict[Question, Finding] = {}

    def validate(label: str, query: Query, answer: Answer) -> None:
        _, fault = _validated(query, answer, zone, keys)
        if fault:
            subject = Subject(*query.question)
            found[query.question] = _bogus(subject, "resolvers that validate refuse it", "", {label: fault})

    await server.ask_all([Query(*each, signed=True) for each in questions], validate)
    return found


def _bogus(subject: Subject, text: str, wanted: str, seen: dict[str, str]) -> Finding:
    way_out = "sign the zone anew, or take the DS record out of its parent; until then, validating resolvers hide it"
    return Finding("V15", "error", subject, text, way_out, wanted, seen)


def _validated(query: Query, answer: Answer, zone: str, keys: Keys | None) -> tuple[Keys | None, str]:
    """Return the record set in an answer, and what is wrong with its signature.

    Without *keys*, it holds the keys itself.
    """
    if not answer.usable:
        return None, str(answer)
    try:
        message = dns.message.from_wire(b"\0\0" + query.reply)
        name, kind = dns.name.from_text(query.question.name), dns.rdatatype.from_text(query.question.type)
        found = message.get_rrset(message.answer, name, dns.rdataclass.IN, kind)
        signed = message.get_rrset(message.answer, name, dns.rdataclass.IN, dns.rdatatype.RRSIG, kind)
        if found is None or signed is None:
            return found, "it has no signature" if found else ""
        until = max(cast("RRSIG", record).expiration for record in cast("Iterable[dns.rdata.Rdata]", signed))
        if until < time.time():
            return None, f"its signature expired on {datetime.fromtimestamp(until, UTC):%d %B %Y, %H:%M} UTC"
        dns.dnssec.validate(  # pyright: ignore[reportUnknownMemberType] typed as absent without cryptography
            found, signed, {dns.name.from_text(zone): keys or found}
        )
    except dns.exception.DNSException:
        return None, "its signature is not valid"
    return found, ""


def _matches(secure: str, keys: Keys) -> bool:
    """Tell whether a DS record stands for one of the keys (RFC 4034 §5.1)."""
    for key in cast("Iterable[dns.rdata.Rdata]", keys):
        try:
            parent = cast("DS", dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.DS, secure))
            if dns.dnssec.make_ds(keys.name, key, parent.digest_type, validating=True) == parent:
                return True
        except dns.exception.DNSException:
            # A digest that this library does not know proves nothing.
            continue
    return False
