"""What servers of parents may do, and machines without IPv6; the servers are stand-ins here."""

import asyncio
from typing import Any

import dns.exception
import dns.message
import dns.rrset
import pytest
from tests.proof.dns.cases import RECORDS, expected, run
from tests.proof.dns.standin import Behaviour, authority, serving
from tests.proof.dns.tree import (
    TREE,
    Resolver,
    Table,
)

from xmpp_federation_dns.proof.dns import server as server_module
from xmpp_federation_dns.proof.dns.delegation import Parents
from xmpp_federation_dns.proof.dns.server import Servers
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict


def in_place_of_com(
    resolver: Resolver,
    monkeypatch: pytest.MonkeyPatch,
    *behaviours: Behaviour,
    table: Table | None = None,
    zone: str = "contoso.com",
) -> Any:
    """Return the delegation of *zone* where stand-ins on 127.0.0.21, 22 … serve com."""

    async def one() -> Any:
        async with serving(behaviours[0], "127.0.0.21") as first:
            monkeypatch.setattr(server_module, "PORT", first.port)
            addresses = [f"127.0.0.{20 + number}" for number, _ in enumerate(behaviours, 1)]
            resolver.table = {**TREE, ("ns.com", "A"): addresses, **(table or {})}
            others = [
                serving(each, place, first.port)
                for each, place in zip(behaviours[1:], addresses[1:], strict=True)
            ]
            for other in others:
                await other.__aenter__()
            try:
                return await Parents(Servers(1e6, 0.05)).delegation(zone)
            finally:
                for other in others:
                    await other.__aexit__(None, None, None)

    return run(one())


def refusing(query: bytes, tcp: bool) -> list[bytes]:
    del tcp
    return [query[:2] + b"\x80\x05" + query[4:]]


def test_a_server_of_the_parent_that_refuses_is_passed_over(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    com = authority("com.", "contoso 300 NS ns1.contoso\nns1.contoso 300 A 127.0.0.13\n")
    found = in_place_of_com(resolver, monkeypatch, refusing, com)
    assert found.names == {"ns1.contoso.com"}


def test_parents_that_do_not_answer_are_told(resolver: Resolver, monkeypatch: pytest.MonkeyPatch):
    found = in_place_of_com(resolver, monkeypatch, refusing)
    assert (found.check, found.severity, found.text) == (
        "V1",
        "unknown",
        "none of the name servers of com answers",
    )
    assert list(found.seen.values()) == ["REFUSED"]


def test_referrals_have_an_end(resolver: Resolver, monkeypatch: pytest.MonkeyPatch):
    zone = ".".join("abcdefghijkl") + ".com"
    asked: list[int] = []

    def deeper(query: bytes, tcp: bool) -> Any:
        asked.append(1)
        cut = ".".join(zone.split(".")[-len(asked) - 1 :])
        text = f"{cut}. 300 NS ns.{cut}.\nns.{cut}. 300 A 127.0.0.21\n"
        return authority("com.", text)(query, tcp)

    async def one() -> Any:
        async with serving(deeper, "127.0.0.21") as first:
            monkeypatch.setattr(server_module, "PORT", first.port)
            resolver.table = {**TREE, ("ns.com", "A"): ["127.0.0.21"]}
            return await Parents(Servers(1e6, 2)).delegation(zone)

    assert run(one()) == Finding(
        "V1",
        "error",
        Subject(zone, of="zone"),
        "more than 10 referrals lead to it",
        "shorten the chain of delegations",
    )
    assert len(asked) == 10


@pytest.mark.usefixtures("tree")
def test_servers_that_no_way_leads_to_are_not_blamed(monkeypatch: pytest.MonkeyPatch):
    """The loop says of IPv6 what a machine without IPv6 says."""
    monkeypatch.setitem(TREE, ("ns.com", "AAAA"), ["2001:db8::12"])  # pyright: ignore[reportArgumentType] a dict
    verdict = run(_without_ipv6(monkeypatch, expected()))
    assert verdict == Verdict("contoso.com")


async def _without_ipv6(monkeypatch: pytest.MonkeyPatch, wanted: Any) -> Verdict:
    loop = asyncio.get_running_loop()
    real = loop.create_datagram_endpoint

    async def without(factory: Any, *, remote_addr: tuple[str, int]) -> Any:
        if ":" in remote_addr[0]:
            raise OSError(101, "Network is unreachable")
        return await real(factory, remote_addr=remote_addr)

    monkeypatch.setattr(loop, "create_datagram_endpoint", without)
    [found] = await verify([wanted], VerifyOptions(timeout=20), lambda _: None)
    return found


def test_a_zone_served_over_ipv6_alone_is_unknown_without_ipv6(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    com = authority("com.", "contoso 300 NS ns1.contoso\nns1.contoso 300 AAAA 2001:db8::13\n")

    async def one() -> Verdict:
        async with serving(com, "127.0.0.21") as first:
            monkeypatch.setattr(server_module, "PORT", first.port)
            resolver.table = {**TREE, ("ns.com", "A"): ["127.0.0.21"]}
            return await _without_ipv6(monkeypatch, expected())

    assert run(one()) == Verdict(
        "contoso.com",
        (
            Finding(
                "V1",
                "unknown",
                Subject("contoso.com", of="zone"),
                "there is no way to its name servers from this machine",
                "run it elsewhere",
                seen={"ns1.contoso.com (2001:db8::13)": "network is unreachable"},
            ),
        ),
    )


def test_of_the_name_servers_the_one_out_of_reach_is_not_asked(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    text = "contoso 300 NS ns1.contoso\nns1.contoso 300 A 127.0.0.22\nns1.contoso 300 AAAA 2001:db8::13\n"
    contoso = authority("contoso.com.", RECORDS)

    async def one() -> Verdict:
        async with (
            serving(authority("com.", text), "127.0.0.21") as first,
            serving(contoso, "127.0.0.22", first.port),
        ):
            monkeypatch.setattr(server_module, "PORT", first.port)
            resolver.table = {**TREE, ("ns.com", "A"): ["127.0.0.21"]}
            return await _without_ipv6(monkeypatch, expected())

    assert run(one()) == Verdict("contoso.com")


def test_a_name_server_whose_address_the_resolver_does_not_tell_is_named_and_the_others_are_asked(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    text = "contoso 300 NS ns1.contoso\ncontoso 300 NS ns.adatum.net.\nns1.contoso 300 A 127.0.0.13\n"
    found = in_place_of_com(
        resolver,
        monkeypatch,
        authority("com.", text),
        table={("ns.adatum.net", "A"): dns.exception.Timeout()},
    )
    assert [server.address for server in found.servers] == ["127.0.0.13"]
    assert found.unaddressed == ("ns.adatum.net",)


def test_a_server_of_the_parent_that_serves_the_zone_too_answers_for_it(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    found = in_place_of_com(resolver, monkeypatch, authority("contoso.com."))
    assert found.names == {"ns1.contoso.com"}
    assert [server.address for server in found.servers] == ["127.0.0.13"]


@pytest.mark.parametrize(
    ("zone", "parent", "above"),
    [
        ("contoso.com", "com", "."),
        ("contoso.com", "com", "com."),
        ("emea.contoso.com", "contoso.com", "com."),
    ],
)
def test_v2_a_server_that_refers_upwards_has_no_delegation(
    zone: str, parent: str, above: str, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
):
    def upwards(query: bytes, tcp: bool) -> list[bytes]:
        del tcp
        reply = dns.message.make_response(dns.message.from_wire(query))
        reply.authority.append(dns.rrset.from_text(above, 300, "IN", "NS", "ns.com."))
        return [reply.to_wire()]

    table: Table = {("contoso.com", "NS"): ["ns.com."]}
    assert in_place_of_com(resolver, monkeypatch, upwards, table=table, zone=zone) == Finding(
        "V2",
        "error",
        Subject(zone, of="zone"),
        f"{parent} has no delegation of it: the zone is not public",
        "have it delegated at the registrar, correct its name, or give a private one nameservers",
    )


def test_of_forty_name_servers_thirteen_are_followed(resolver: Resolver, monkeypatch: pytest.MonkeyPatch):
    text = "".join(
        f"contoso 300 NS ns{number}.contoso\nns{number}.contoso 300 A 127.1.0.{number}\n"
        for number in range(1, 41)
    )
    found = in_place_of_com(resolver, monkeypatch, authority("com.", text))
    assert (len(found.servers), len(found.names), found.unaddressed) == (13, 40, ())


def test_of_sixty_addresses_twenty_six_are_asked(resolver: Resolver, monkeypatch: pytest.MonkeyPatch):
    text = "contoso 300 NS ns1.contoso\n" + "".join(
        f"ns1.contoso 300 A 127.1.0.{number}\n" for number in range(1, 60)
    )
    found = in_place_of_com(resolver, monkeypatch, authority("com.", text))
    assert len(found.servers) == 26
