"""What a probe says where a server refuses the certificate of ours (C12)."""

import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.proof.xmpp.authority import NOW, Authority, issue
from tests.proof.xmpp.partner import LISTED, PLACE, TRUSTED, lines, partner, refusal
from tests.proof.xmpp.proof import findings, told
from tests.proof.xmpp.server import DIALBACK, HEADER, StandIn

from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate, load

SERVER_ALONE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
OLD = "have it updated (ejabberd to 25.08 or later), or have our certificate issued with clientAuth"
YESTERDAY = NOW - timedelta(days=1)


def wants_certificate(authority: Authority, version: ssl.TLSVersion) -> StandIn:
    """Return a server that ends TLS where it does not trust who calls."""
    context = authority.server("contoso.com")
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    context.load_verify_locations(authority.roots)
    return StandIn(context, alerts=True)


def test_refusal_of_an_expired_certificate_says_so(authority: Authority):
    refuses = partner(authority, to_auth=refusal("not-authorized", "certificate has expired"))
    assert lines(authority, refuses, ends=YESTERDAY) == [
        f"error C12 {PLACE}: the server refuses fabrikam.com (not-authorized); renew our certificate: it expired on "
        f"{YESTERDAY:%Y-%m-%d} [127.0.0.1: not-authorized 'certificate has expired']"
    ]
    by_dialback = partner(authority, second=HEADER + DIALBACK)
    assert lines(authority, by_dialback, ends=YESTERDAY) == [
        f"info C12 {PLACE}: SASL EXTERNAL is not offered to the certificate of fabrikam.com; dialback is, which needs "
        f"a listener of ours and was not tried; renew our certificate: it expired on {YESTERDAY:%Y-%m-%d}"
    ]


def test_server_that_wants_client_auth_is_older_than_the_change_of_2026(authority: Authority):
    refuses = partner(authority, to_auth=refusal("not-authorized", "unsupported certificate purpose"))
    assert lines(authority, refuses, more=SERVER_ALONE) == [
        f"error C12 {PLACE}: the server refuses fabrikam.com (not-authorized): it is older than the change of 2026, "
        f"and wants clientAuth in certificates; {OLD} "
        "[127.0.0.1: not-authorized 'unsupported certificate purpose']"
    ]


def test_server_that_does_not_say_what_it_wants_may_be_older_than_the_change_of_2026(authority: Authority):
    refuses = partner(authority, to_auth=refusal("not-authorized"))
    assert lines(authority, refuses, more=SERVER_ALONE) == [
        f"error C12 {PLACE}: the server refuses fabrikam.com (not-authorized); {TRUSTED}, and with clientAuth where "
        f"the server is older than the change of 2026, or {LISTED} [127.0.0.1: not-authorized]"
    ]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_alerts_about_our_certificate_are_told_as_what_they_are(
    authority: Authority, version: ssl.TLSVersion
):
    def found(client: ClientCertificate) -> list[str]:
        wants = wants_certificate(authority, version)
        return told(findings(wants, ca_file=authority.roots, client=client, from_domain=client.domain))

    start = f"error C12 {PLACE}: the server refuses the certificate of fabrikam.com in TLS (alert: "
    assert found(authority.client(more=SERVER_ALONE)) == [
        f"{start}unsupported certificate): it is older than the change of 2026, and wants clientAuth in certificates; "
        f"{OLD}"
    ]
    assert found(authority.client(ends=YESTERDAY)) == [
        f"{start}certificate expired); renew our certificate: it expired on {YESTERDAY:%Y-%m-%d}"
    ]
    own = authority.file(issue("client", "fabrikam.com"))
    assert found(load(own, own)) == [f"{start}unknown ca); {TRUSTED}, or {LISTED}"]
