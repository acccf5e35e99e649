"""What a probe says of certificates."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.proof.xmpp.authority import NOW, Authority, issue
from tests.proof.xmpp.proof import findings, told
from tests.proof.xmpp.server import NOTHING, PLAIN_HEADER, StandIn

PLACE = "127.0.0.1 port 5269 (xmpp.contoso.com)"
LATER, PAST, SOON = NOW + timedelta(days=90), NOW - timedelta(days=1), NOW + timedelta(days=14)
REISSUE = "have it issued anew with the DNS name contoso.com among its subject alternative names"
PUBLIC_CA = "use a certificate of a public CA and send its whole chain; a CA of your own goes into --ca-file"


def seen(names: str, ends: str = f"{LATER:%Y-%m-%d}", by: str = "Stand-in root") -> str:
    return f"[127.0.0.1: certificate of {names}, until {ends}, by 'CN={by}']"


def with_intermediate(authority: Authority, ends: int) -> StandIn:
    between = issue("Intermediate", by=authority.root, ca=True, ends=NOW + timedelta(days=ends))
    return StandIn(authority.context(issue("server", "contoso.com", by=between), between))


def of_another_root(authority: Authority, *, sent: bool) -> StandIn:
    other = issue("Other root", ca=True)
    return StandIn(authority.context(issue("server", "contoso.com", by=other), *([other] if sent else [])))


def used_for(authority: Authority, *usages: x509.ObjectIdentifier) -> StandIn:
    usage = x509.ExtendedKeyUsage(usages)
    return StandIn(authority.context(issue("server", "contoso.com", by=authority.root, more=usage)))


def of_five_days(authority: Authority, left: timedelta) -> StandIn:
    ends = NOW + left
    short = issue("server", "contoso.com", by=authority.root, begins=ends - timedelta(days=5), ends=ends)
    return StandIn(authority.context(short))


def not_yet_valid(authority: Authority) -> StandIn:
    begins = NOW + timedelta(days=2)
    return StandIn(authority.context(issue("server", "contoso.com", by=authority.root, begins=begins)))


CASES: dict[str, tuple[Callable[[Authority], StandIn], list[str]]] = {
    "C5 a certificate for the target alone": (
        lambda a: StandIn(a.server("xmpp.contoso.com", "sip.contoso.com")),
        [
            f"error C5 {PLACE}: its certificate is for xmpp.contoso.com, sip.contoso.com and not for the SIP domain "
            f"contoso.com; {REISSUE} {seen('xmpp.contoso.com, sip.contoso.com')}"
        ],
    ),
    "C5 many other names": (
        lambda a: StandIn(
            a.server("a.example", "b.example", "c.example", "d.example", "e.example", "f.example")
        ),
        [
            f"error C5 {PLACE}: its certificate is for a.example, b.example, c.example, d.example and 2 more and not "
            f"for the SIP domain contoso.com; {REISSUE} "
            + seen("a.example, b.example, c.example, d.example and 2 more")
        ],
    ),
    "C5 a name that would disturb a terminal": (
        lambda a: StandIn(a.server("\x1b[31m.example")),
        [
            f"error C5 {PLACE}: its certificate is for '\\x1b[31m.example' and not for the SIP domain contoso.com; "
            f"{REISSUE} " + seen("'\\x1b[31m.example'")
        ],
    ),
    "C5 a wildcard for what is below": (
        lambda a: StandIn(a.server("xmpp.contoso.com", "*.contoso.com")),
        [
            f"error C5 {PLACE}: its certificate covers names below contoso.com (*.contoso.com) but not contoso.com "
            f"itself; {REISSUE} {seen('xmpp.contoso.com, *.contoso.com')}"
        ],
    ),
    "C5 a common name alone": (
        lambda a: StandIn(a.context(issue("contoso.com", by=a.root))),
        [
            f"error C5 {PLACE}: its certificate has no DNS name among its subject alternative names; {REISSUE} "
            + seen("no name")
        ],
    ),
    "C5 expired": (
        lambda a: StandIn(a.server("contoso.com", ends=PAST)),
        [
            f"warning C5 {PLACE}: its certificate expired on {PAST:%Y-%m-%d}; renew it "
            + seen("contoso.com", f"{PAST:%Y-%m-%d}")
        ],
    ),
    "C5 not valid yet": (
        not_yet_valid,
        [
            f"warning C5 {PLACE}: its certificate is not valid before {NOW + timedelta(days=2):%Y-%m-%d}; "
            f"look at the server's clock, or wait {seen('contoso.com')}"
        ],
    ),
    "C5 14 days left": (
        lambda a: StandIn(a.server("contoso.com", ends=SOON)),
        [
            f"warning C5 {PLACE}: its certificate expires on {SOON:%Y-%m-%d}; renew it now "
            + seen("contoso.com", f"{SOON:%Y-%m-%d}")
        ],
    ),
    "C5 15 days left": (lambda a: StandIn(a.server("contoso.com", ends=SOON + timedelta(days=1))), []),
    "C5 a fifth of five days left": (
        lambda a: of_five_days(a, timedelta(days=1)),
        [
            f"warning C5 {PLACE}: its certificate expires on {NOW + timedelta(days=1):%Y-%m-%d}; renew it now "
            + seen("contoso.com", f"{NOW + timedelta(days=1):%Y-%m-%d}")
        ],
    ),
    "C5 more than a fifth of five days left": (lambda a: of_five_days(a, timedelta(hours=25)), []),
    "C5 self-signed": (
        lambda a: StandIn(a.context(issue("contoso.com", "contoso.com"))),
        [
            f"warning C5 {PLACE}: its certificate is not trusted: it is self-signed; only peers that accept dialback "
            f"federate; {PUBLIC_CA} {seen('contoso.com', by='contoso.com')}"
        ],
    ),
    "C5 another root, sent along": (
        lambda a: of_another_root(a, sent=True),
        [
            f"warning C5 {PLACE}: its certificate is not trusted: its root is not among the trusted ones; only peers "
            f"that accept dialback federate; {PUBLIC_CA} {seen('contoso.com', by='Other root')}"
        ],
    ),
    "C5 another root, or no chain": (
        lambda a: of_another_root(a, sent=False),
        [
            f"warning C5 {PLACE}: its certificate is not trusted: its issuer is unknown, or the server leaves out an "
            f"intermediate certificate; only peers that accept dialback federate; {PUBLIC_CA} "
            + seen("contoso.com", by="Other root")
        ],
    ),
    "C5 a whole chain": (lambda a: with_intermediate(a, ends=1), []),
    "C5 an intermediate that expired": (
        lambda a: with_intermediate(a, ends=-1),
        [
            f"warning C5 {PLACE}: its certificate is not trusted: certificate has expired; only peers that accept "
            f"dialback federate; {PUBLIC_CA} {seen('contoso.com', by='Intermediate')}"
        ],
    ),
    "C10 a certificate for clients alone": (
        lambda a: used_for(a, ExtendedKeyUsageOID.CLIENT_AUTH),
        [
            f"error C10 {PLACE}: its certificate is not one for servers (extended key usage 'clientAuth'): peers "
            f"refuse it; have it issued anew with serverAuth {seen('contoso.com')}"
        ],
    ),
    "C10 a certificate for something else": (
        lambda a: used_for(a, ExtendedKeyUsageOID.TIME_STAMPING),
        [
            f"error C10 {PLACE}: its certificate is not one for servers (extended key usage '1.3.6.1.5.5.7.3.8'): "
            f"peers refuse it; have it issued anew with serverAuth {seen('contoso.com')}"
        ],
    ),
    "C10 a certificate for servers alone": (
        lambda a: used_for(a, ExtendedKeyUsageOID.SERVER_AUTH),
        [
            f"info C10 {PLACE}: its certificate has no clientAuth, as those of public CAs since 2026: a few older "
            "peers (ejabberd before 25.08, old Openfire) refuse it when this server calls them, and need dialback "
            + seen("contoso.com")
        ],
    ),
    "a certificate for both": (
        lambda a: used_for(a, ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
        [],
    ),
    "a certificate for servers and any usage": (
        lambda a: used_for(a, ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
        [],
    ),
    "C5 everything at once": (
        lambda a: StandIn(
            a.context(issue("x.example", "x.example", ends=PAST)), second=PLAIN_HEADER + NOTHING
        ),
        [
            f"error C5 {PLACE}: its certificate is for x.example and not for the SIP domain contoso.com; {REISSUE} "
            + seen("x.example", f"{PAST:%Y-%m-%d}", "x.example"),
            f"warning C5 {PLACE}: its certificate expired on {PAST:%Y-%m-%d}; renew it "
            + seen("x.example", f"{PAST:%Y-%m-%d}", "x.example"),
            f"warning C5 {PLACE}: its certificate is not trusted: it is self-signed; only peers that accept dialback "
            f"federate; {PUBLIC_CA} " + seen("x.example", f"{PAST:%Y-%m-%d}", "x.example"),
            f"error C6 {PLACE}: neither dialback nor SASL EXTERNAL is offered: no peer can authenticate; "
            "enable dialback on the server, or authentication by certificate",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_certificate_is_told_as_what_it_is(authority: Authority, case: str):
    stand_in, expected = CASES[case]
    assert told(findings(stand_in(authority), ca_file=authority.roots)) == expected
