"""What is wrong with the certificate of an XMPP server (C5, C10), for a SIP domain and its peers."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.report import Severity
from xmpp_federation_dns.proof.tlsa import DANE_EE, DANE_TA
from xmpp_federation_dns.proof.xmpp.certificate import CLIENT, SERVER, Certificate

DAYS_LEFT = 14
"""A certificate with so few days left is warned of, unless it is a short one."""
SHARE_LEFT = 5
"""A short one is warned of where no more than this part of its life is left: a fifth."""

Fault = tuple[str, Severity, str, str]
"""A check, how much what it found weighs, what that is, and the way out."""

_HOST = re.compile(r"[a-z0-9.*_-]{1,253}")
_DATES = (9, 10)
_PURPOSE = 26
_DISTRUST = {
    18: "it is self-signed",
    19: "its root is not among the trusted ones",
    20: "its issuer is unknown, or the server leaves out an intermediate certificate",
    21: "its issuer is unknown, or the server leaves out an intermediate certificate",
}
"""Codes of OpenSSL's verification (x509_vfy.h)."""


def faults(
    found: Certificate, domain: str, distrust: ssl.SSLCertVerificationError | None = None
) -> Iterator[Fault]:
    """Yield what is wrong with a certificate for *domain*; *distrust* is why it is not trusted, if so."""
    now = datetime.now(UTC)
    yield from _names(found, domain)
    yield from _dates(found, now)
    yield from _usages(found)
    yield from _trust(found, distrust, now)


def excused(
    found: Certificate, domain: str, target: str, distrust: ssl.SSLCertVerificationError | None, usage: int
) -> Iterator[Fault]:
    """Yield which faults of C5 are none where a TLSA record of *usage* vouches for a certificate (RFC 7673 §4).

    Usage 3 judges the certificate by the record alone (RFC 7671 §5.1), usage 2 by a CA that need not be trusted
    otherwise; but for usage 3 it may name the *target* in place of the SIP domain.
    """
    now = datetime.now(UTC)
    if usage == DANE_EE or found.covers(target):
        yield from _names(found, domain)
    if usage == DANE_EE:
        yield from _dates(found, now)
    if usage in (DANE_TA, DANE_EE):
        yield from _trust(found, distrust, now)


def _dates(found: Certificate, now: datetime) -> Iterator[Fault]:
    if found.ends <= now:
        yield "C5", "warning", f"its certificate expired on {found.ends:%Y-%m-%d}", "renew it"
    elif found.begins > now:
        text = f"its certificate is not valid before {found.begins:%Y-%m-%d}"
        yield "C5", "warning", text, "look at the server's clock, or wait"
    elif found.ends - now <= min(timedelta(days=DAYS_LEFT), (found.ends - found.begins) / SHARE_LEFT):
        yield "C5", "warning", f"its certificate expires on {found.ends:%Y-%m-%d}", "renew it now"


def _trust(
    found: Certificate, distrust: ssl.SSLCertVerificationError | None, now: datetime
) -> Iterator[Fault]:
    if distrust and (why := _distrust_reason(distrust, found, now)):
        text = f"its certificate is not trusted: {why}; only peers that accept dialback federate"
        way_out = (
            "use a certificate of a public CA and send its whole chain; a CA of your own goes into --ca-file"
        )
        yield "C5", "warning", text, way_out


def shown(found: Certificate) -> str:
    """Return names, end and issuer of a certificate, as a finding shows what was seen."""
    return f"certificate of {listed(found.names)}, until {found.ends:%Y-%m-%d}, by {described(found.issuer)}"


def _names(found: Certificate, domain: str) -> Iterator[Fault]:
    if found.covers(domain):
        return
    if f"*.{domain}" in found.names:
        text = f"its certificate covers names below {domain} (*.{domain}) but not {domain} itself"
    elif found.names:
        text = f"its certificate is for {listed(found.names)} and not for the SIP domain {domain}"
    else:
        text = "its certificate has no DNS name among its subject alternative names"
    way_out = f"have it issued anew with the DNS name {domain} among its subject alternative names"
    yield "C5", "error", text, way_out


def _usages(found: Certificate) -> Iterator[Fault]:
    """Yield what its extended key usages keep it from: it is shown to whoever calls, and where the server calls."""
    usages = ", ".join(map(described, found.usages or ()))
    if not found.is_for(SERVER):
        text = f"its certificate is not one for servers (extended key usage {usages}): peers refuse it"
        yield "C10", "error", text, "have it issued anew with serverAuth"
    elif not found.is_for(CLIENT):
        # Let's Encrypt since 2026-02-11 (blog.prosody.im/2026-letsencrypt-changes).
        text = (
            "its certificate has no clientAuth, as those of public CAs since 2026: a few older peers (ejabberd before "
            "25.08, old Openfire) refuse it when this server calls them, and need dialback"
        )
        yield "C10", "info", text, ""


def _distrust_reason(distrust: ssl.SSLCertVerificationError, found: Certificate, now: datetime) -> str:
    """Return why the certificate is not trusted, unless its own dates or usages say it."""
    if distrust.verify_code in _DATES and (found.ends <= now or found.begins > now):
        return ""
    if distrust.verify_code == _PURPOSE and not found.is_for(SERVER):
        return ""
    return _DISTRUST.get(distrust.verify_code, distrust.verify_message)


def listed(found: tuple[str, ...]) -> str:
    """Return the names of a certificate as a message shows them, the first four of many."""
    listed = ", ".join(name if _HOST.fullmatch(name) else described(name) for name in found[:4])
    return (listed or "no name") + (f" and {len(found) - 4} more" if len(found) > 4 else "")
