"""What a probe says of direct TLS (XEP-0368)."""

import asyncio
import ssl
from dataclasses import replace

from tests.proof.xmpp import server
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.proof import DOMAIN, TARGET, at, expected, findings, proven, told
from tests.proof.xmpp.server import HEADER, NOTHING, PLAIN_HEADER, StandIn
from tests.proof.xmpp.test_addresses import REFUSED, shut_port

from xmpp_federation_dns.records import ROOT, AaaaRecordSet, ARecordSet

PLACE = "127.0.0.1 port 5269, direct TLS (xmpp.contoso.com)"
TLS = "give the server TLS 1.2 or later, with a certificate for the SIP domain"


def stand_in(
    authority: Authority, *protocols: str, name: str = DOMAIN, second: bytes = HEADER + NOTHING
) -> StandIn:
    context = authority.server(name)
    if protocols:
        context.set_alpn_protocols(protocols)
    return StandIn(context, direct=True, second=second)


def test_server_that_federates(authority: Authority):
    direct = stand_in(authority, "xmpp-server")
    assert findings(direct, ca_file=authority.roots) == []
    assert direct.names == [DOMAIN]


def test_protocol_that_is_not_named_is_told(authority: Authority):
    assert told(findings(stand_in(authority), ca_file=authority.roots)) == [
        f"info C9 {PLACE}: TLS opens, but without the protocol xmpp-server (ALPN); "
        "name the protocol in the server's configuration, for strict peers"
    ]


def test_server_that_starts_in_the_clear_is_no_direct_tls(authority: Authority):
    assert told(findings(StandIn(unencrypted=HEADER, direct=True), ca_file=authority.roots)) == [
        f"error C9 {PLACE}: TLS fails: what it answers is no TLS; {TLS}"
    ]


def test_server_without_a_certificate_for_the_domain_is_told(authority: Authority):
    context = authority.server(DOMAIN)
    context.sni_callback = lambda _, __, ___: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    direct = StandIn(context, direct=True, alerts=True)
    assert told(findings(direct, ca_file=authority.roots)) == [
        f"error C9 {PLACE}: TLS fails: it has no certificate for that name; {TLS}"
    ]


def test_certificate_and_stream_have_the_checks_of_starttls(authority: Authority):
    wrong = stand_in(authority, "xmpp-server", name="sip.contoso.com", second=PLAIN_HEADER + NOTHING)
    found = findings(wrong, ca_file=authority.roots)
    assert [(f.check, f.severity, str(f.subject)) for f in found] == [
        ("C5", "error", PLACE),
        ("C6", "error", PLACE),
    ]
    unknown = stand_in(authority, "xmpp-server", second=HEADER + server.error("host-unknown"))
    assert [(f.check, f.severity) for f in findings(unknown, ca_file=authority.roots)] == [("C2", "error")]


def test_ipv6_that_is_refused_where_ipv4_is_not_is_a_warning_about_direct_tls(authority: Authority):
    async def run() -> list[str]:
        async with stand_in(authority, "xmpp-server").listening() as port:
            own = (
                ARecordSet(TARGET, 300, ("127.0.0.1",)),
                AaaaRecordSet(TARGET, 300, ("::ffff:127.0.0.2",)),
            )
            entry = replace(expected(DOMAIN, at(0, ROOT), direct=[at(port)]), addresses=own)
            [found] = await proven([entry], ca_file=authority.roots)
        assert found.state == "proven"
        return [line.replace(str(port), "5269") for line in told(found.findings)]

    assert asyncio.run(run()) == [f"warning C9 ::ffff:127.0.0.2 port 5269, direct TLS ({TARGET}): {REFUSED}"]


def test_port_that_nothing_listens_at_is_an_error_whatever_starttls_does(authority: Authority):
    async def run() -> list[str]:
        port = shut_port()
        async with StandIn(authority.server(DOMAIN)).listening() as service:
            direct = [at(port), at(0, ROOT)]
            entry = expected(DOMAIN, at(service), addresses=["127.0.0.1", "::ffff:127.0.0.1"], direct=direct)
            [found] = await proven([entry], ca_file=authority.roots)
        return [line.replace(str(port), "5269") for line in told(found.findings) if "direct TLS" in line]

    assert asyncio.run(run()) == [
        f"error C9 127.0.0.1 port 5269, direct TLS ({TARGET}): {REFUSED}",
        f"error C9 ::ffff:127.0.0.1 port 5269, direct TLS ({TARGET}): {REFUSED}",
    ]
