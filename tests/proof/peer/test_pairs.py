"""Our SIP domains and their partners: each of ours asks each of theirs, as seldom as that takes."""

from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from tests.proof.dns.cases import run
from tests.proof.dns.standin import serving
from tests.proof.peer.lab import ASK, DOMAIN, several
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.server import HEADER, StandIn, error
from tools.lab.knot import free_port

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.peer import PeerOptions, pairs, steps
from xmpp_federation_dns.proof.report import Verdict
from xmpp_federation_dns.records import ARecordSet, SrvRecord, SrvRecordSet

OURS = ("contoso.com", "contoso.net")
REFUSED = HEADER + error("policy-violation")


class Choosy(StandIn):
    """A server that refuses who is not listed, before TLS or under it."""

    def __init__(self, authority: Authority, *, allows: str, under_tls: bool = False) -> None:
        super().__init__(authority.server(DOMAIN))
        self.allows, self.under_tls = allows, under_tls

    async def _hear(self, reader: Any) -> None:
        await super()._hear(reader)
        first, second = StandIn.first, StandIn.second
        refused = self.allows not in self.heard[-1]
        self.first = REFUSED if refused and not self.under_tls else first
        self.second = REFUSED if refused and self.under_tls else second


def paired(
    partner: StandIn | None,
    own: StandIn,
    *partners: str,
    ours: tuple[str, ...] = OURS,
    steps_made: list[int] | None = None,
    **options: Any,
) -> tuple[list[Verdict], Matrix]:
    """Return what comes of *ours*, served by *own*, with partners: fabrikam.com has a server, or a shut port."""

    async def ask() -> tuple[list[Verdict], Matrix]:
        async with AsyncExitStack() as stack:
            there = await stack.enter_async_context(partner.listening()) if partner else free_port()
            here = await stack.enter_async_context(own.listening())
            zones = dict.fromkeys(ours, f"_xmpp-server._tcp 300 SRV 0 0 {here} xmpp\nxmpp 300 A 127.0.0.1\n")
            zones[DOMAIN] = f"_xmpp-server._tcp 300 SRV 0 0 {there} xmpp\nxmpp 300 A 127.0.0.1\n"
            zones["northwind.com"] = ""
            dns = await stack.enter_async_context(serving(several(zones)))
            entries = [
                Federation(
                    our,
                    SrvRecordSet(f"_xmpp-server._tcp.{our}", 300, (SrvRecord(0, 0, here, f"xmpp.{our}"),)),
                    None,
                    (ARecordSet(f"xmpp.{our}", 300, ("127.0.0.1",)),),
                    {f"_xmpp-server._tcp.{our}": our, f"xmpp.{our}": our},
                )
                for our in ours
            ]
            asking = LookOptions(((dns.address, dns.port),), timeout=5, allow_private=True)
            heard = (list[int]() if steps_made is None else steps_made).append
            return await pairs(entries, partners or [DOMAIN], PeerOptions(asking, **options), heard)

    return run(ask())


def both(authority: Authority) -> StandIn:
    return StandIn(authority.server(*OURS, *(f"d{number}.contoso.com" for number in range(12))))


def refusals(verdict: Verdict) -> list[str]:
    return [
        f"{each.check} {each.severity} {each.text}; {each.way_out}"
        for each in verdict.findings
        if each.check[0] == "C"
    ]


def test_each_of_ours_asks_each_partner_by_its_name_once(authority: Authority):
    partner = StandIn(authority.server(DOMAIN))
    steps_made: list[int] = []
    verdicts, matrix = paired(
        partner, both(authority), DOMAIN, "northwind.com", ca_file=authority.roots, steps_made=steps_made
    )
    assert matrix.cells == {
        ("contoso.com", DOMAIN): Cell("proven"),
        ("contoso.net", DOMAIN): Cell("proven"),
        ("contoso.com", "northwind.com"): Cell("failed", "V3", "theirs"),
        ("contoso.net", "northwind.com"): Cell("failed", "V3", "theirs"),
    }
    assert [(each.domain, each.state) for each in verdicts] == [
        ("contoso.com", "proven"),
        ("contoso.net", "proven"),
        (DOMAIN, "proven"),
        ("northwind.com", "failed"),
    ]
    # A stream in the clear, and one under TLS.
    asked_by = Counter(
        our for header in partner.heard for our in OURS if f"'{our}'" in header.replace('"', "'")
    )
    assert (partner.contacts, asked_by) == (2, {"contoso.com": 2, "contoso.net": 2})
    assert steps_made == [2, 4, 5, 5, 6]
    assert steps(2, 2) == 6


def test_a_partner_that_does_not_list_one_of_ours_fails_for_that_one(authority: Authority):
    partner = Choosy(authority, allows="contoso.com")
    verdicts, matrix = paired(partner, both(authority), ca_file=authority.roots)
    assert matrix.cells == {
        ("contoso.com", DOMAIN): Cell("proven"),
        ("contoso.net", DOMAIN): Cell("failed", "C2", "theirs"),
    }
    assert refusals(verdicts[-1]) == [
        f"C2 error the server refuses contoso.net (policy-violation); {ASK}allow that domain as a partner"
    ]


def test_who_is_refused_under_tls_may_be_refused_for_want_of_a_certificate(authority: Authority):
    partner = Choosy(authority, allows="contoso.com", under_tls=True)
    verdicts, matrix = paired(partner, both(authority), ca_file=authority.roots)
    assert matrix.cells["contoso.net", DOMAIN] == Cell("unknown", "C6", "theirs")
    assert refusals(verdicts[-1]) == [
        "C6 unknown the server refuses contoso.net (policy-violation); "
        "it may want the certificate of that domain, which a probe does not have"
    ]


def test_many_of_ours_that_are_refused_alike_are_one_finding(authority: Authority):
    ours = tuple(f"d{number}.contoso.com" for number in range(12))
    partner = StandIn(first=REFUSED)
    verdicts, matrix = paired(partner, both(authority), ours=ours, ca_file=authority.roots)
    assert {*matrix.cells.values()} == {Cell("failed", "C2", "theirs")}
    assert refusals(verdicts[-1]) == [
        "C2 error the server refuses d0.contoso.com (policy-violation) "
        "(asked by d0.contoso.com, d1.contoso.com, d2.contoso.com and 9 more); "
        f"{ASK}allow that domain as a partner"
    ]
    assert partner.contacts == 12


def test_a_shut_port_is_tried_for_the_first_of_ours_alone(authority: Authority):
    steps_made: list[int] = []
    _, matrix = paired(None, both(authority), ca_file=authority.roots, steps_made=steps_made)
    assert {*matrix.cells.values()} == {Cell("failed", "C1", "theirs")}
    assert steps_made[-1] == steps(1, 2)


def test_our_own_fault_decides_and_a_refusal_of_strangers_is_none(authority: Authority):
    partner = StandIn(authority.server(DOMAIN))
    own = StandIn(authority.server("contoso.com"))
    verdicts, matrix = paired(partner, own, ca_file=authority.roots)
    assert matrix.cells == {
        ("contoso.com", DOMAIN): Cell("proven"),
        ("contoso.net", DOMAIN): Cell("failed", "C5", "ours"),
    }
    assert [each.state for each in verdicts] == ["proven", "failed", "proven"]
    _, matrix = paired(StandIn(authority.server(DOMAIN)), StandIn(first=REFUSED), ca_file=authority.roots)
    assert {*matrix.cells.values()} == {Cell("proven")}


def test_from_inside_what_our_own_servers_do_is_a_warning(authority: Authority):
    partner = StandIn(authority.server(DOMAIN))
    _, matrix = paired(
        partner, StandIn(authority.server("a.example")), ca_file=authority.roots, from_inside=True
    )
    assert {*matrix.cells.values()} == {Cell("proven")}
