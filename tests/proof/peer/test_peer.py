"""Partners over DNS and XMPP: one verdict, in sentences that can be sent to their administrators."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.standin import serving
from tests.proof.peer.lab import ASK, DOMAIN, OWNER, SRV, TARGET, several, told
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.server import DIALBACK, HEADER, NOTHING, PLAIN_HEADER, StandIn, error
from tools.lab.knot import free_port

from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.peer import PeerOptions, peer, steps
from xmpp_federation_dns.proof.report import Verdict

LOOPBACK = "'127.0.0.1' is a loopback address; peers on the internet cannot reach it"
LAB = f"V10 warning {TARGET} A: {LOOPBACK}; {ASK}publish the public address"
Zones = dict[str, str]


def asked(
    server: StandIn | None,
    *domains: str,
    zones: Zones | None = None,
    progress: list[int] | None = None,
    **options: Any,
) -> list[Verdict]:
    """Return the verdicts on *domains*, by default fabrikam.com, whose target is *server* on loopback."""

    async def ask() -> list[Verdict]:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(server.listening()) if server else free_port()
            records = f"_xmpp-server._tcp 3600 SRV 0 0 {port} xmpp\nxmpp 300 A 127.0.0.1\n"
            there = await stack.enter_async_context(serving(several(zones or {DOMAIN: records})))
            asking = LookOptions(
                ((there.address, there.port),), timeout=options.pop("timeout", 5), allow_private=True
            )
            heard = (progress if progress is not None else list[int]()).append
            verdicts = await peer(domains or [DOMAIN], PeerOptions(asking, **options), heard)
            return [_shifted(verdict, port) for verdict in verdicts]

    return run(ask())


def _shifted(verdict: Verdict, port: int) -> Verdict:
    """Return *verdict* as if *port* were 5269, and without what is said of that port."""
    findings = tuple(
        type(each)(
            each.check,
            each.severity,
            each.subject._replace(name=each.subject.name.replace(f"port {port}", "port 5269")),
            each.text.replace(f"port {port}", "port 5269"),
            each.way_out.replace(f"port {port}", "port 5269"),
            each.expected,
            each.seen,
        )
        for each in verdict.findings
        if each.check != "V4"
    )
    return Verdict(verdict.domain, findings)


def good(authority: Authority) -> StandIn:
    return StandIn(authority.server(DOMAIN))


SENT = f"V3 info {OWNER} SRV: peers are sent to {TARGET} port 5269 (127.0.0.1)"
PLACE = f"127.0.0.1 port 5269 ({TARGET})"


def test_a_partner_is_proven_over_dns_and_xmpp(authority: Authority):
    server = good(authority)
    [verdict] = asked(server, ca_file=authority.roots)
    assert (verdict.state, told(verdict.findings)) == ("proven", [LAB, SENT])
    assert [
        " to='fabrikam.com' from='probe.invalid'" in header.replace('"', "'") for header in server.heard
    ] == [
        True,
        True,
    ]


def test_the_domain_that_asks_may_be_named(authority: Authority):
    server = good(authority)
    asked(server, ca_file=authority.roots, from_domain="contoso.com")
    assert all("contoso.com" in header for header in server.heard)


CASES: dict[str, tuple[Callable[[Authority], StandIn], str]] = {
    "no certificate of the domain": (
        lambda a: StandIn(a.server(TARGET)),
        f"C5 error {PLACE}: its certificate is for {TARGET} and not for the SIP domain {DOMAIN}; {ASK}have it issued "
        f"anew with the DNS name {DOMAIN} among its subject alternative names",
    ),
    "another domain": (
        lambda _: StandIn(first=HEADER + error("host-unknown")),
        f"C2 error {PLACE}: the server does not serve {DOMAIN} (host-unknown); "
        f"{ASK}add {DOMAIN} to the server's XMPP domains",
    ),
    "no STARTTLS": (
        lambda _: StandIn(first=HEADER + DIALBACK),
        f"C3 error {PLACE}: no STARTTLS is offered: nothing can be encrypted; "
        f"{ASK}give the server a certificate and turn TLS on between servers",
    ),
    "no way to authenticate": (
        lambda a: StandIn(a.server(DOMAIN), second=PLAIN_HEADER + NOTHING),
        f"C6 error {PLACE}: neither dialback nor SASL EXTERNAL is offered: no peer can authenticate; "
        f"{ASK}enable dialback on the server, or authentication by certificate",
    ),
    "refusal of strangers": (
        lambda _: StandIn(first=HEADER + error("policy-violation")),
        f"C2 unknown {PLACE}: the server refuses probe.invalid (policy-violation); "
        "where it federates with allowed partners only, name one of them with --from",
    ),
    "another protocol": (
        lambda _: StandIn(first=b"SSH-2.0-OpenSSH_9.2\r\n"),
        f"C2 error {PLACE}: no XMPP stream opens: it speaks no XMPP: 'SSH-2.0-OpenSSH_9.2\\r\\n'; "
        f"{ASK}let the XMPP server of the SIP domain listen there, or correct the SRV record",
    ),
    "endless space": (
        lambda _: StandIn(first=HEADER, endless=b" " * 4096),
        f"C2 error {PLACE}: no XMPP stream opens: it sends more than 65536 octets; "
        f"{ASK}let the XMPP server of the SIP domain listen there, or correct the SRV record",
    ),
    "silence": (
        lambda _: StandIn(first=b""),
        f"C2 error {PLACE}: no XMPP stream opens: no answer within 2 s; "
        f"{ASK}let the XMPP server of the SIP domain listen there, or correct the SRV record",
    ),
    "a reset": (
        lambda _: StandIn(resets=True),
        f"C2 error {PLACE}: no XMPP stream opens: connection reset by peer; "
        f"{ASK}let the XMPP server of the SIP domain listen there, or correct the SRV record",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_a_server_does_is_told_with_who_is_to_do_what(authority: Authority, case: str):
    server, line = CASES[case]
    [verdict] = asked(server(authority), ca_file=authority.roots, timeout=2 if case == "silence" else 5)
    assert told(verdict.findings) == [LAB, SENT, line]


def test_a_closed_port_is_told():
    [verdict] = asked(None)
    assert told(verdict.findings)[2:] == [
        f"C1 error {PLACE}: the connection is refused: nothing listens; "
        f"{ASK}let the server listen on this address and port"
    ]


def test_a_partner_without_anything_has_one_finding_and_nobody_is_contacted(authority: Authority):
    server = good(authority)
    [verdict] = asked(server, zones={DOMAIN: ""})
    assert told(verdict.findings) == [
        f"V3 error {OWNER} SRV: nothing is published: no SRV record, and no address of the domain itself to fall back "
        f"to; {ASK}publish {OWNER} SRV, and the addresses of its target"
    ]
    assert server.contacts == 0


def test_progress_counts_those_that_are_not_contacted_too(authority: Authority):
    steps_made: list[int] = []
    server = good(authority)
    asked(server, DOMAIN, "northwind.com", zones={DOMAIN: SRV, "northwind.com": ""}, progress=steps_made)
    assert (steps_made, steps(2)) == ([2, 4, 4], 4)
