"""The whole of `verify`: rounds against stand-ins, and real Knot servers."""

import asyncio
import base64
import secrets
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.proof.dns.cases import ADDRESS, RECORDS, SRV, SRV_NAME, expected, run
from tests.proof.dns.knots import knot
from tests.proof.dns.standin import ZONE, authority, serving
from tools.lab.knot import Knot, free_port

from xmpp_federation_dns.proof.dns import round as round_module
from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.authority import ZoneView
from xmpp_federation_dns.proof.dns.round import ZONES_AT_A_TIME
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

_Proof: Any = vars(module)["_Proof"]
SERVED = {"contoso.com": RECORDS}


@pytest.fixture
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (1e9,))


@pytest.fixture
def knots(tmp_path: Path) -> Generator[tuple[Knot, Knot]]:
    """Return two servers of contoso.com, which know nothing of each other."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    with (
        Knot.serving(SERVED, tmp_path / "a", secret, records=SERVED) as first,
        Knot.serving(SERVED, tmp_path / "b", secret, records=SERVED) as second,
    ):
        yield first, second


def proven(
    *servers: Knot,
    wanted: Any = None,
    progress: Callable[[int], None] = lambda _: None,
    waits_for: Callable[[str], None] | None = None,
) -> Verdict:
    places = tuple(("127.0.0.1", server.port) for server in servers)
    [found] = run(verify([wanted or expected()], VerifyOptions(places, timeout=20), progress, waits_for))
    return found


def labels(*servers: Knot) -> list[str]:
    return [f"127.0.0.1 port {server.port}" for server in servers]


@pytest.mark.usefixtures("one_round")
def test_two_servers_that_have_it_prove_it(knots: tuple[Knot, Knot]):
    told: list[int] = []
    assert proven(*knots, progress=told.append) == Verdict("contoso.com")
    assert told == [1]


@pytest.mark.usefixtures("one_round")
def test_a_stale_server_is_named(knots: tuple[Knot, Knot]):
    knots[0].change("contoso.com", ("delete", "xmpp", "A"), ("add", "xmpp", "300", "A", "131.107.155.20"))
    found = proven(*knots, wanted=expected(ipv4=("131.107.155.20",)))
    new, old = labels(*knots)
    seen = {new: "A 131.107.155.20", old: f"A {ADDRESS}"}
    serial, disagree = found.findings
    assert found.state == "failed"
    assert serial == Finding(
        "V12",
        "warning",
        Subject("contoso.com", "SOA", "zone"),
        "its serial differs between the name servers",
        "wait for the zone transfer",
        seen={new: "2", old: "1"},
    )
    assert disagree == Finding(
        "V12",
        "error",
        Subject("xmpp.contoso.com", "A"),
        "the name servers of the zone do not agree",
        "wait for the zone transfer; if that takes longer than minutes, read its log",
        seen=seen,
    )


def test_a_server_that_catches_up_is_waited_for(knots: tuple[Knot, Knot], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (0.01,))
    change = ("delete", "xmpp", "A"), ("add", "xmpp", "300", "A", "131.107.155.20")
    knots[0].change("contoso.com", *change)
    told: list[int] = []
    missing: list[str] = []

    def progress(number: int) -> None:
        told.append(number)
        if len(told) == 2:
            knots[1].change("contoso.com", *change)

    wanted = expected(ipv4=("131.107.155.20",))
    assert proven(*knots, wanted=wanted, progress=progress, waits_for=missing.append) == Verdict(
        "contoso.com"
    )
    assert told == [0, 0, 1]
    late = "1 of 2 servers of contoso.com still says A 131.107.155.10 for xmpp.contoso.com A"
    assert missing == [late, late, ""]


@pytest.mark.usefixtures("one_round")
def test_a_server_that_is_down_is_named(knots: tuple[Knot, Knot]):
    knots[1].stop()
    [finding] = proven(*knots).findings
    assert (finding.check, finding.severity, finding.text) == ("V1", "error", "a name server does not answer")
    assert finding.seen == {labels(knots[1])[0]: "connection refused: nothing listens there"}


BROKEN: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nothing published": ("", [("V3", "error"), ("V8", "error")]),
    "no SRV, addresses at the domain": (
        f"@ A 131.107.1.1\nxmpp 300 A {ADDRESS}\n",
        [("V3", "error"), ("V19", "error")],
    ),
    "another port": (RECORDS.replace("5269", "5222"), [("V3", "error"), ("V4", "error")]),
    "disabled": (f"_xmpp-server._tcp 3600 SRV 0 0 0 .\nxmpp 300 A {ADDRESS}\n", [("V5", "error")]),
    "CNAME at the owner": (
        f"_xmpp-server._tcp 3600 CNAME srv.fabrikam.com.\nxmpp 300 A {ADDRESS}\n",
        [("V6", "error")],
    ),
    "below a DNAME record": (f"_tcp DNAME _tcp.example.net.\nxmpp 300 A {ADDRESS}\n", [("V6", "error")]),
    "target is a CNAME": (
        f"_xmpp-server._tcp 3600 SRV {SRV}\nxmpp 300 CNAME edge\nedge 300 A {ADDRESS}\n",
        [("V7", "error")],
    ),
    "target without address": (f"_xmpp-server._tcp 3600 SRV {SRV}\n", [("V8", "error")]),
    "doubled suffix": (
        f"_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp.contoso.com\nxmpp 300 A {ADDRESS}\n",
        [("V3", "error"), ("V8", "error")],
    ),
    "other addresses": (RECORDS.replace(ADDRESS, "131.107.155.99"), [("V9", "error")]),
    "one address more, private": (
        RECORDS + "xmpp 300 A 10.0.0.5\n",
        [("V9", "error"), ("V10", "error")],
    ),
    "another TTL": (RECORDS.replace("3600", "60"), [("V13", "warning")]),
    "wildcard": (RECORDS + "* 300 A 131.107.1.1\n", [("V17", "info")]),
    "wildcard of services": (RECORDS + f"*._tcp 300 SRV {SRV}\n", [("V17", "info")]),
    "_jabber": (RECORDS + f"_jabber._tcp 300 SRV {SRV}\n", [("V18", "warning")]),
    "direct TLS of somebody": (
        RECORDS + f"_xmpps-server._tcp 300 SRV {SRV}\n",
        [("V18", "warning"), ("V22", "warning")],
    ),
    "SRV under the target": (
        RECORDS + f"_xmpp-server._tcp.xmpp 300 SRV {SRV}\n",
        [("V18", "warning")],
    ),
    "without underscores": (RECORDS + f"xmpp-server.tcp 300 SRV {SRV}\n", [("V18", "warning")]),
}


@pytest.mark.usefixtures("one_round")
def test_every_broken_zone_is_named_by_its_checks_alone(tmp_path: Path):
    """One server, a zone a case, each with a SIP domain of its own."""
    zones: dict[str, str] = {}
    cases: dict[str, list[tuple[str, str]]] = {}
    wanted: list[Any] = []
    for number, (text, findings) in enumerate(BROKEN.values()):
        zone = f"case{number}.example"
        zones[f"{zone}."] = ZONE + "ns1 A 192.0.2.53\n" + text.replace("contoso.com", zone)
        cases[zone] = findings
        wanted.append(expected(zone, zone=zone))
    port = free_port()
    with knot(tmp_path / "k", zones, port):
        verdicts = run(verify(wanted, VerifyOptions((("127.0.0.1", port),), timeout=20), lambda _: None))
    found = {each.domain: [(f.check, f.severity) for f in each.findings] for each in verdicts}
    assert dict(zip(BROKEN, found.values(), strict=True)) == dict(zip(BROKEN, cases.values(), strict=True))


@pytest.mark.usefixtures("one_round")
def test_direct_tls_is_proven_too():
    direct = "0 0 5270 xmpp.contoso.com."
    text = RECORDS + f"_xmpps-server._tcp 3600 SRV {direct}\n"
    assert against(text, expected(direct_tls=(direct,))) == Verdict("contoso.com")


@pytest.mark.usefixtures("one_round")
def test_a_target_in_a_zone_that_the_given_servers_do_not_serve_is_not_asked_for():
    other = "0 0 5269 edge.fabrikam.com."
    found = against(f"_xmpp-server._tcp 3600 SRV {other}\n", expected(srv=(other,), ipv4=()))
    text = "not asked for: the given name servers do not serve its zone"
    way_out = "its own delegation is followed without --nameserver or nameservers"
    assert found.findings == tuple(
        Finding("V8", "info", Subject("edge.fabrikam.com", kind), text, way_out) for kind in ("A", "AAAA")
    )


@pytest.mark.usefixtures("one_round")
def test_a_delegation_that_one_server_alone_has_is_told_as_what_it_is():
    texts = RECORDS, f"_tcp 300 NS ns1.example.net.\nxmpp 300 A {ADDRESS}\n"

    async def one() -> Verdict:
        async with (
            serving(authority("contoso.com.", texts[0])) as first,
            serving(authority("contoso.com.", texts[1])) as second,
        ):
            options = VerifyOptions(tuple((s.address, s.port) for s in (first, second)), timeout=20)
            [found] = await verify([expected()], options, lambda _: None)
            return found

    [finding] = run(one()).findings
    assert (finding.check, finding.severity, str(finding.subject)) == ("V12", "error", f"{SRV_NAME} SRV")
    assert finding.text == "the name servers of the zone do not agree"
    assert finding.way_out == "wait for the zone transfer; if that takes longer than minutes, read its log"
    assert list(finding.seen.values()) == [
        f"SRV {SRV}",
        "a referral to the name servers of _tcp.contoso.com",
    ]


@pytest.mark.usefixtures("one_round")
def test_findings_about_other_subjects_do_not_count():
    # Nothing is published.
    one = against("", expected(), subjects=frozenset({Subject("xmpp.contoso.com")}))
    assert [(each.check, str(each.subject)) for each in one.findings] == [("V8", "xmpp.contoso.com")]
    assert against("", expected(), subjects=frozenset()) == Verdict("contoso.com")


@pytest.mark.usefixtures("one_round")
def test_findings_about_a_zone_count_for_it_whatever_their_type(monkeypatch: pytest.MonkeyPatch):
    found = Finding("V1", "error", Subject("contoso.com", "CDS", "zone"), "a check to come")

    async def seen(*_: Any) -> ZoneView:
        return ZoneView((), (found,))

    monkeypatch.setattr(round_module, "look", seen)
    assert against("", expected(), subjects=frozenset({Subject("contoso.com", of="zone")})).findings == (
        found,
    )
    assert against("", expected(), subjects=frozenset({Subject("contoso.com")})) == Verdict("contoso.com")


def against(text: str, wanted: Any, subjects: frozenset[Subject] | None = None) -> Verdict:
    async def one() -> Verdict:
        async with serving(authority("contoso.com.", text)) as server:
            options = VerifyOptions(((server.address, server.port),) * 2, timeout=20, subjects=subjects)
            [found] = await verify([wanted], options, lambda _: None)
            return found

    return run(one())


@pytest.mark.usefixtures("one_round")
def test_no_more_than_so_many_zones_are_asked_about_at_a_time():
    wanted = [expected(f"d{number}.example", zone=f"d{number}.example") for number in range(100)]

    async def one() -> tuple[int, int]:
        enough = asyncio.Event()

        async def slow(query: bytes, tcp: bool) -> Sequence[bytes]:
            # A server that refuses is asked for the SOA record of a zone alone.
            del tcp
            if server.open_questions == ZONES_AT_A_TIME:
                # Time for more to come.
                asyncio.get_running_loop().call_later(0.05, enough.set)
            await enough.wait()
            return [query[:2] + b"\x80\x05" + query[4:]]

        async with serving(slow) as server:
            options = VerifyOptions(((server.address, server.port),), timeout=20)
            await verify(wanted, options, lambda _: None)
            return len(server.asked), server.most_open

    assert run(one()) == (100, ZONES_AT_A_TIME)


def test_a_round_that_the_time_limit_cut_short_leaves_the_verdict_before(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (0.0, 1e9))
    rounds: list[Any] = []
    behaviours = authority("contoso.com."), authority("fabrikam.com.")

    async def one() -> Verdict:
        async with serving(behaviours[0]) as server:
            real = _Proof.round

            async def counted(proof: Any, wanted: Any) -> Any:
                rounds.append({})
                server.behaviour = behaviours[len(rounds) - 1]
                found = await real(proof, wanted)
                proof.late = len(rounds) == 2
                return found

            monkeypatch.setattr(_Proof, "round", counted)
            [found] = await verify(
                [expected()], VerifyOptions(((server.address, server.port),), timeout=20), lambda _: None
            )
            return found

    found = run(one())
    assert len(rounds) == 2
    assert [each.check for each in found.findings] == ["V3", "V8"]
    assert str(found.findings[0].subject) == f"{SRV_NAME} SRV"
