"""Certification Authority Authorization (RFC 8659): V23, whether the CA of a certificate may issue the next one.

The other checks of DNS are in `verify`; this one needs the certificate that a server shows.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.proof.validator import Validator
from xmpp_federation_dns.proof.xmpp.contact import Contact

_AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com")
_ENTRUST = ("entrust.net", "affirmtrust.com")
_SECTIGO = ("sectigo.com", "usertrust.com", "trust-provider.com", "comodo.com", "comodoca.com", *_ENTRUST)
_DIGICERT = (
    *("digicert.com", "www.digicert.com", "digicert.ne.jp", "cybertrust.ne.jp", "thawte.com", "geotrust.com"),
    *("rapidssl.com", "symantec.com", "quovadisglobal.com", "pkioverheid.nl", "digitalcertvalidation.com"),
    *(
        f"{name}.digitalcertvalidation.com"
        for name in ("volusion", "stratossl", "intermediatecertificate", "1and1")
    ),
    *_AMAZON,
)
ISSUERS: dict[str, tuple[str, ...]] = {
    "let's encrypt": ("letsencrypt.org",),
    "digicert": _DIGICERT,
    "sectigo": _SECTIGO,
    "zerossl": (*_SECTIGO, "zerossl.com"),
    "entrust": _ENTRUST,
    "ssl corp": ("ssl.com", *_ENTRUST),
    "ssl corporation": ("ssl.com", *_ENTRUST),
    "google trust services": ("pki.goog", "google.com"),
    "globalsign": ("globalsign.com",),
    "amazon": _AMAZON,
    "godaddy.com": ("godaddy.com", "starfieldtech.com"),
    "starfield technologies": ("starfieldtech.com", "godaddy.com", *_AMAZON),
    "microsoft corporation": ("microsoft.com", "digicert.com"),
    "buypass": ("buypass.com", "buypass.no"),
    "actalis": ("actalis.it",),
    "hellenic academic and research institutions ca": ("harica.gr",),
    "certum": ("certum.pl", "certum.eu"),
    "asseco data systems": ("certum.pl", "certum.eu"),
    "swisssign": ("swisssign.com", "swisssign.net", "swissssl.ch", "swisssign.ch"),
    "d-trust": ("d-trust.net", "dtrust.de", "d-trust.de"),
}
"""CAs by the organisation in their certificates, and the domains that CAA records name them by, its own first.

Collected on 2026-11-30, second hand: after CCADB's report of CAA identifiers of 2025-06-27. More domains than a CA
takes do no harm, fewer would blame a record that is good. A CA that is not here is not judged.
"""
MOST_STEPS = 16
"""Names that are looked at from a SIP domain upwards."""
MOST_SHOWN = 4
"""CAs that a finding shows; a server may send thousands."""
_RECORD = re.compile(r'\d+ issue "([^";]*)[^"]*"')


async def refused(contacts: Iterable[Contact], validator: Callable[[], Validator]) -> list[Finding]:
    """Return the CAs whose certificates are in use, and which may issue none any more."""
    authorities: defaultdict[str, list[str]] = defaultdict(list)
    domain = ""
    for contact in contacts:
        found = contact.certificate
        # `*.contoso.com` is issued by other rules (RFC 8659 §4.3).
        if found and contact.place.domain in found.names and _domains(found.authority):
            domain = contact.place.domain
            authorities[found.authority].append(contact.place.address)
    if not authorities:
        return []
    try:
        name, values = await _relevant(domain, validator())
    except UnresolvedError:  # nothing is known, and nobody blamed
        return []
    return [*_refusals(domain, name, values, authorities)]


async def _relevant(domain: str, validator: Validator) -> tuple[str, list[str]]:
    """Return the CAA record set that holds for *domain*, of the closest name that has one (RFC 8659 §3)."""
    name = domain
    for _ in range(MOST_STEPS):
        if not name:
            break
        if values := await validator.values(name, "CAA"):
            return name, values
        name = name.partition(".")[2]
    return domain, []


def _refusals(
    domain: str, name: str, values: Iterable[str], authorities: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    admitted = [match[1].strip() for value in values if (match := _RECORD.fullmatch(value))]
    if not admitted:
        return
    for authority, addresses in authorities.items():
        own = _domains(authority)
        if set(own) & set(admitted):
            continue
        others = [described(each) for each in dict.fromkeys(admitted) if each]
        whom = ", ".join(others[:MOST_SHOWN]) or "nobody"
        more = f" and {len(others) - MOST_SHOWN} more" if len(others) > MOST_SHOWN else ""
        text = (
            f"its CAA records let {whom}{more} issue certificates for {domain}, and the certificate is of "
            f"{described(authority)}: the next renewal fails"
        )
        way_out = f'add `{name}. CAA 0 issue "{own[0]}"`, or have the next one issued by another CA'
        seen = dict.fromkeys(addresses, described(authority))
        yield Finding("V23", "warning", Subject(name, "CAA"), text, way_out, seen=seen)


def _domains(authority: str) -> tuple[str, ...]:
    """Return the domains of a CA, by the beginning of its organisation: names go on with a legal form."""
    known = authority.lower()
    found = (ISSUERS[each] for each in ISSUERS if re.match(rf"{re.escape(each)}($|[ ,])", known))
    return next(found, ())
