"""The checks of a zone: V1, V2 and V12; its servers are stand-ins here."""

from collections.abc import Collection
from contextlib import AsyncExitStack

import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.standin import Behaviour, authority, serving

from xmpp_federation_dns.proof.dns.authority import Delegation, look
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.report import Finding, Subject

ZONE = "@ 300 SOA ns1 hostmaster {serial} 3600 600 86400 300\n"


def zone(names: str, serial: int = 1) -> Behaviour:
    """Return an authority of contoso.com that names these servers of it."""
    text = ZONE.format(serial=serial) + "".join(f"@ 300 NS {name}\n" for name in names.split())
    return authority("contoso.com.", "$ORIGIN contoso.com.\n" + text, bare=True)


def silent(query: bytes, tcp: bool) -> list[bytes]:
    del query, tcp
    return []


def found(
    *behaviours: Behaviour, delegated: str = "", ipv6: Collection[int] = ()
) -> tuple[list[str], tuple[Finding, ...]]:
    """Return which of the servers ns1, ns2 … serve the zone, and what is wrong with it."""

    async def one() -> tuple[list[str], tuple[Finding, ...]]:
        async with AsyncExitStack() as stack:
            servers: list[Server] = []
            for number, behaviour in enumerate(behaviours, 1):
                it = await stack.enter_async_context(serving(behaviour))
                server = Server(
                    "a", it.address, it.port, rate=1e6, patience=0.05 if behaviour is silent else 2
                )
                server.label = f"ns{number}"
                servers.append(await stack.enter_async_context(server))
                if number in ipv6:
                    server.address = "::1"
            names = frozenset(f"{name}.contoso.com" for name in delegated.split())
            parent = Delegation(tuple(servers), names, ()) if delegated else None
            view = await look("contoso.com", servers, parent)
            return [server.label for server in view.servers], view.findings

    return run(one())


def test_a_zone_that_two_servers_serve_alike():
    assert found(zone("ns1 ns2"), zone("ns1 ns2"), delegated="ns1 ns2") == (["ns1", "ns2"], ())


def test_v12_serials_that_differ_are_a_warning():
    assert found(zone("ns1", 1), zone("ns1", 2)) == (
        ["ns1", "ns2"],
        (
            Finding(
                "V12",
                "warning",
                Subject("contoso.com", "SOA", "zone"),
                "its serial differs between the name servers",
                "wait for the zone transfer",
                seen={"ns1": "1", "ns2": "2"},
            ),
        ),
    )


@pytest.mark.parametrize(
    ("own", "severity"),
    [("ns1", "warning"), ("ns1 ns2 ns3", "warning"), ("ns1 ns3", "error"), ("ns3 ns4", "error")],
)
def test_v1_other_name_servers_at_the_parent_than_in_the_zone(own: str, severity: str):
    _, findings = found(zone("ns1 ns2"), zone(own), delegated="ns1 ns2")
    assert findings == (
        Finding(
            "V1",
            severity,  # pyright: ignore[reportArgumentType] a literal
            Subject("contoso.com", "NS", "zone"),
            "the parent delegates to other name servers than the zone names",
            "make both the same at the registrar",
            "ns1.contoso.com, ns2.contoso.com",
            {"ns2": ", ".join(f"{name}.contoso.com" for name in own.split())},
        ),
    )


def test_v1_a_zone_without_name_servers_of_its_own():
    _, [finding] = found(zone(""), delegated="ns1")
    assert (finding.severity, finding.seen) == ("warning", {"ns1": "no such record"})


def test_v1_a_server_that_refuses_the_zone_is_not_asked_further():
    serving_it, [finding] = found(zone("ns1"), authority("fabrikam.com."))
    assert serving_it == ["ns1"]
    assert finding == Finding(
        "V1",
        "error",
        Subject("contoso.com", of="zone"),
        "a name server is not authoritative for it",
        "serve the zone there, or take the server out of those to ask",
        seen={"ns2": "REFUSED"},
    )


def test_v1_a_server_of_the_parent_alone_is_not_authoritative():
    com = authority("com.", "contoso 300 NS ns1.contoso\n")
    _, [finding] = found(com)
    assert finding.seen == {"ns1": "a referral to the name servers of contoso.com"}


def test_v1_an_authority_without_soa_record():
    def behave(query: bytes, tcp: bool) -> list[bytes]:
        del tcp
        return [query[:2] + b"\x84\0" + query[4:]]

    _, [finding] = found(behave)
    assert finding.seen == {"ns1": "no SOA record of the zone"}


@pytest.mark.parametrize(
    ("ipv6", "severity", "text"),
    [
        ((2,), "warning", "none of its name servers answers over IPv6, or IPv6 does not work here"),
        ((1, 2), "error", "a name server does not answer"),
        ((), "error", "a name server does not answer"),
    ],
)
def test_v1_servers_are_not_blamed_where_nothing_answers_over_ipv6(
    ipv6: tuple[int, ...], severity: str, text: str
):
    serving_it, [finding] = found(zone("ns1"), silent, ipv6=ipv6)
    assert serving_it == ["ns1"]
    assert (finding.check, finding.severity, finding.text) == ("V1", severity, text)
    assert finding.seen == {"ns2": "no answer in 3 attempts of 0.05 s"}
