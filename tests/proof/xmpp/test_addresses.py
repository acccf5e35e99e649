"""How a probe weighs the addresses of a SIP domain, and goes through many of them."""

import asyncio
import errno
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.proof import DOMAIN, at, expected, proven, told
from tests.proof.xmpp.server import DIALBACK, HEADER, StandIn

from xmpp_federation_dns.proof.report import Verdict
from xmpp_federation_dns.proof.xmpp import connection
from xmpp_federation_dns.proof.xmpp.probe import CHECKS, ProbeOptions, probe
from xmpp_federation_dns.published import UnreadableError
from xmpp_federation_dns.records import ROOT

REFUSED = "the connection is refused: nothing listens; let the server listen on this address and port"


def verdict(
    authority: Authority, addresses: Sequence[str], listening: Sequence[str] = (), **options: Any
) -> tuple[str, list[str]]:
    """Return the verdict on a SIP domain with *addresses*, of which a good server has those *listening*."""

    async def run() -> tuple[str, list[str]]:
        async with AsyncExitStack() as stack:
            port = shut_port()
            for address in listening:
                context = authority.server(DOMAIN)
                await stack.enter_async_context(StandIn(context).listening(address, port))
            entry = expected(DOMAIN, at(port), addresses=addresses)
            [found] = await proven([entry], **{"ca_file": authority.roots, **options})
            return found.state, [line.replace(str(port), "5269") for line in told(found.findings)]

    return asyncio.run(run())


def shut_port() -> int:
    """Return a port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def filtered():
    """Give a port of 127.0.0.1 that answers nothing more: its queue is full."""
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])


def test_every_address_works(authority: Authority):
    both = ["127.0.0.1", "127.0.0.2"]
    assert verdict(authority, both, both) == ("proven", [])


def test_refused_everywhere_is_an_error(authority: Authority):
    assert verdict(authority, ["127.0.0.1", "::ffff:127.0.0.1"]) == (
        "failed",
        [
            f"error C1 127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}",
            f"error C1 ::ffff:127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}",
        ],
    )


def test_one_refused_address_of_two_is_a_warning(authority: Authority):
    assert verdict(authority, ["127.0.0.1", "127.0.0.2"], ["127.0.0.2"]) == (
        "proven",
        [f"warning C1 127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}"],
    )


def test_ipv6_that_does_not_answer_where_ipv4_does_is_a_warning_of_its_own(authority: Authority):
    assert verdict(authority, ["127.0.0.2", "::ffff:127.0.0.1"], ["127.0.0.2"]) == (
        "proven",
        [f"warning C8 ::ffff:127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}"],
    )


def test_ipv6_that_this_machine_cannot_try_is_no_warning(authority: Authority):
    assert verdict(authority, ["127.0.0.1", "ff0e::1"], ["127.0.0.1"]) == (
        "proven",
        [
            "info C8 ff0e::1 port 5269 (xmpp.contoso.com): this machine cannot try it: network is unreachable; "
            "run the probe from a machine that reaches the internet over IPv6"
        ],
    )


def test_nothing_that_this_machine_can_try_is_unknown(authority: Authority):
    assert verdict(authority, ["255.255.255.255"]) == (
        "unknown",
        [
            "unknown C1 255.255.255.255 port 5269 (xmpp.contoso.com): this machine cannot try it: "
            "network is unreachable; run the probe from a machine that reaches the internet over IPv4"
        ],
    )


def test_ipv4_refused_and_ipv6_not_tried_is_an_error(authority: Authority):
    state, lines = verdict(authority, ["127.0.0.1", "ff0e::1"])
    assert state == "failed"
    assert [line.partition(" port")[0] for line in lines] == ["error C1 127.0.0.1", "info C8 ff0e::1"]


def test_filtered_is_told_apart_from_refused():
    async def run(port: int) -> Verdict:
        [found] = await proven([expected(DOMAIN, at(port), addresses=["127.0.0.1"])], timeout=0.2)
        return found

    with filtered() as port:
        [line] = told(asyncio.run(run(port)).findings)
    assert line == (
        f"error C1 127.0.0.1 port {port} (xmpp.contoso.com): no answer within 0.2 s: filtered, or no machine there; "
        f"open TCP port {port} to it in every firewall, or correct the address"
    )


def test_a_router_that_says_no_is_told_as_a_shut_port(authority: Authority, monkeypatch: pytest.MonkeyPatch):
    async def refuse(_: socket.socket, address: str, port: int) -> None:
        raise OSError(errno.EHOSTUNREACH, f"Connect call failed ('{address}', {port})")

    monkeypatch.setattr(connection, "connect", refuse)
    assert verdict(authority, ["127.0.0.1"]) == (
        "failed",
        [
            "error C1 127.0.0.1 port 5269 (xmpp.contoso.com): no route to host; "
            "open TCP port 5269 to it in every firewall, or correct the address"
        ],
    )


def test_second_contact_that_is_refused_leaves_the_certificate_unknown(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
):
    real, ports = connection.connect, list[int]()

    async def once(sock: socket.socket, address: str, port: int) -> None:
        ports.append(port)
        await real(sock, address, port if len(ports) == 1 else shut_port())

    monkeypatch.setattr(connection, "connect", once)
    assert verdict(authority, ["127.0.0.1"], ["127.0.0.1"], ca_file=None) == (
        "unknown",
        [f"unknown C1 127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}"],
    )
    assert len(ports) == 2


def test_from_inside_an_error_is_a_warning(authority: Authority):
    assert verdict(authority, ["127.0.0.1"], from_inside=True) == (
        "proven",
        [f"warning C1 127.0.0.1 port 5269 (xmpp.contoso.com): {REFUSED}"],
    )


def test_from_inside_what_is_unknown_stays_unknown(authority: Authority):
    state, [line] = verdict(authority, ["255.255.255.255"], from_inside=True)
    assert (state, line.partition(" C1")[0]) == ("unknown", "unknown")


def test_disabled_federation_needs_no_contact():
    entry = expected(DOMAIN, at(0, ROOT), direct=[at(0, ROOT)])
    assert asyncio.run(proven([entry])) == [Verdict(DOMAIN)]


def test_address_of_two_targets_is_contacted_once(authority: Authority):
    async def run() -> int:
        server = StandIn(authority.server(DOMAIN))
        async with server.listening() as port:
            entry = expected(DOMAIN, at(port), at(port), addresses=["127.0.0.1"])
            [verdict] = await proven([entry], ca_file=authority.roots)
            assert (verdict.findings, [*verdict.expiries]) == (
                (),
                [f"127.0.0.1 port {port} (xmpp.contoso.com)"],
            )
        return server.contacts

    assert asyncio.run(run()) == 1


def test_stream_and_tls_name_the_sip_domain_in_the_form_of_each(authority: Authority):
    server = StandIn(authority.server("xn--mnchen-3ya.example"))

    async def run() -> list[Verdict]:
        async with server.listening() as port:
            entry = expected("xn--mnchen-3ya.example", at(port), addresses=["127.0.0.1"])
            return await proven([entry], ca_file=authority.roots, from_domain="xn--kln-sna.example")

    assert [found.findings for found in asyncio.run(run())] == [()]
    assert server.names == ["xn--mnchen-3ya.example"]
    for header in server.heard:
        assert ' to="münchen.example" from="köln.example" ' in header


def test_verdicts_come_in_the_order_asked_with_few_contacts_at_a_time_and_progress():
    domains = [f"d{number}.example" for number in range(7)]
    steps: list[int] = []
    server = StandIn(first=HEADER + DIALBACK)

    async def run() -> list[Verdict]:
        async with server.listening() as port:
            entries = [expected(domain, at(port), addresses=["127.0.0.1"]) for domain in domains]
            return await probe(entries, ProbeOptions(timeout=5, concurrency=2), steps.append)

    verdicts = asyncio.run(run())
    assert [found.domain for found in verdicts] == domains
    assert {finding.check for found in verdicts for finding in found.findings} == {"C3"}
    assert steps == [1, 2, 3, 4, 5, 6, 7]
    assert (server.contacts, server.most) == (7, 2)


def test_no_domains_no_verdicts():
    assert asyncio.run(proven([])) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), ("no PEM", "[X509: NO_CERTIFICATE_OR_CRL_FOUND]")],
)
def test_roots_that_cannot_be_used_are_told_in_one_line(tmp_path: Path, content: str | None, reason: str):
    path = tmp_path / "roots.pem"
    if content:
        path.write_text(content)
    with pytest.raises(UnreadableError) as caught:
        asyncio.run(proven([], ca_file=path))
    assert str(caught.value).startswith(f"{path}: cannot be read as PEM certificates: {reason}")
    assert "\n" not in str(caught.value)


def test_checks_are_numbered_as_findings_are():
    numbers = [*range(1, 11), 12, 13]
    assert list(CHECKS) == [*(f"C{number}" for number in numbers), "V23"]
