"""V14: what recursive resolvers say; they are stand-ins here."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import dns.flags
import dns.message
import pytest
from tests.proof.dns.cases import RECORDS, SRV, SRV_NAME, expected, run
from tests.proof.dns.standin import Behaviour, authority, serving

from xmpp_federation_dns.proof.dns import caches as caches_module
from xmpp_federation_dns.proof.dns import verify as module
from xmpp_federation_dns.proof.dns.caches import Caches
from xmpp_federation_dns.proof.dns.server import Server
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

OLD = RECORDS.replace("xmpp-server._tcp 3600", "xmpp-server._tcp 60").replace("5269", "5222")


def cached(text: str) -> Behaviour:
    """Answer as a resolver does that has it in its cache."""
    known: Any = authority("contoso.com.", text)

    def behave(query: bytes, tcp: bool) -> list[bytes]:
        return [message[:2] + b"\x80" + message[3:] for message in known(query, tcp)]

    return behave


def rcode(code: int) -> Behaviour:
    return lambda query, _: [query[:2] + bytes([0x81, code]) + query[4:]]


def silent(query: bytes, tcp: bool) -> Sequence[bytes]:
    del query, tcp
    return []


def found_in(*behaviours: Behaviour, patience: float = 2.0) -> list[list[Finding]]:
    """Return what is found where one resolver behaves like that, round by round, without its address."""

    async def one() -> list[list[Finding]]:
        async with serving(behaviours[0]) as stand_in:
            server = Server(stand_in.address, stand_in.address, stand_in.port, rate=1e6, patience=patience)
            server.label = "resolver"
            resolvers = Caches([server, server])
            found: list[list[Finding]] = []
            for stand_in.behaviour in behaviours:
                found.append((await resolvers.ask([expected()]))["contoso.com"])
            return found

    return run(one())


def about(severity: Any, text: str, way_out: str, seen: str) -> Finding:
    return Finding("V14", severity, Subject(SRV_NAME, "SRV"), text, way_out, SRV, {"resolver": seen})


def test_a_resolver_that_says_the_same_is_no_finding():
    assert found_in(cached(RECORDS)) == [[]]


def test_an_old_answer_is_a_warning_while_it_may_be_cached():
    text = "a resolver still has the old answer"
    seen = "SRV 0 0 5222 xmpp.contoso.com."
    assert found_in(cached(OLD)) == [[about("warning", text, "wait 60 s", seen)]]


def test_that_there_is_nothing_is_cached_for_the_negative_ttl():
    [[first, _]] = found_in(cached(""))
    assert first == about("warning", "a resolver still has the old answer", "wait 300 s", "no such name")


def test_an_old_answer_past_its_ttl_is_an_error():
    old = OLD.replace("xmpp-server._tcp 60", "xmpp-server._tcp 0")
    text, way_out = (
        "a resolver says something else than the name servers of the zone",
        "look for another zone of the same name there",
    )
    seen = "SRV 0 0 5222 xmpp.contoso.com."
    assert found_in(cached(old)) == [[about("error", text, way_out, seen)]]


def test_the_ttl_counts_from_when_the_old_answer_was_first_seen(monkeypatch: pytest.MonkeyPatch):
    now = iter((1000.0, 1030.0, 1061.0))
    clock = SimpleNamespace(time=lambda: next(now))
    monkeypatch.setattr(
        caches_module, "asyncio", SimpleNamespace(get_running_loop=lambda: clock, gather=asyncio.gather)
    )
    rounds = found_in(*[cached(OLD)] * 3)
    assert [f"{finding.severity}: {finding.text}; {finding.way_out}" for [finding] in rounds] == [
        "warning: a resolver still has the old answer; wait 60 s",
        "warning: a resolver still has the old answer; wait 30 s",
        "error: a resolver says something else than the name servers of the zone; "
        "look for another zone of the same name there",
    ]


def test_a_right_answer_ends_what_was_remembered_of_an_old_one():
    old, new = cached(OLD), cached(RECORDS)
    first, second, third = found_in(old, new, old)
    assert (first, second) == (third, [])


@pytest.mark.parametrize(
    ("code", "severity", "text", "way_out", "seen"),
    [
        (
            2,
            "error",
            "a resolver finds no valid answer",
            "compare V1 and V15; it may also remember a failure",
            "SERVFAIL",
        ),
        (5, "unknown", "it does not resolve names for this machine", "name another one", "REFUSED"),
    ],
)
def test_a_resolver_that_fails_is_told(code: int, severity: str, text: str, way_out: str, seen: str):
    [[first, _]] = found_in(rcode(code))
    assert first == about(severity, text, way_out, seen)


def test_a_silent_resolver_is_told():
    [[first, _]] = found_in(silent, patience=0.02)
    seen = "no answer in 3 attempts of 0.02 s"
    assert first == about("unknown", "a resolver does not answer", "name another one", seen)


def test_a_resolver_is_asked_with_recursion_and_a_name_server_without():
    asked: list[bool] = []
    new = cached(RECORDS)

    def behave(query: bytes, tcp: bool) -> Any:
        asked.append(bool(dns.message.from_wire(query).flags & dns.flags.RD))
        return new(query, tcp)

    assert found_in(behave) == [[]]
    assert set(asked) == {True}


async def proven(behaviour: Behaviour, resolver: Behaviour) -> tuple[list[Verdict], int]:
    async with serving(behaviour) as server, serving(resolver) as other:
        options = VerifyOptions(((server.address, server.port),), ((other.address, other.port),), timeout=20)
        return await verify([expected()], options, lambda _: None), len(other.asked)


def test_what_the_name_servers_have_wrong_is_not_looked_for_in_caches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (1e9,))
    [verdict], asked = run(proven(authority("contoso.com.", OLD), cached(OLD)))
    assert verdict.state == "failed"
    assert asked == 0


def test_a_domain_stays_open_while_a_cache_is_old(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (0.01,))
    old, new = cached(OLD), cached(RECORDS)
    good = authority("contoso.com.", RECORDS)
    answered: list[bytes] = []

    def resolver(query: bytes, tcp: bool) -> Any:
        answered.append(query)
        return (old if len(answered) <= 6 else new)(query, tcp)

    [verdict], asked = run(proven(good, resolver))
    assert verdict == Verdict("contoso.com")
    assert asked == 8


def test_a_cache_that_stays_old_is_a_warning_at_the_time_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (0.01, 1e9))
    [verdict], asked = run(proven(authority("contoso.com.", RECORDS), cached(OLD)))
    assert (verdict.state, [each.check for each in verdict.findings]) == ("proven", ["V14"])
    assert asked == 4


def test_resolvers_that_the_time_limit_leaves_out_are_told():
    async def late(query: bytes, tcp: bool) -> Sequence[bytes]:
        del query, tcp
        await asyncio.sleep(3600)
        return []

    async def one() -> Verdict:
        async with serving(authority("contoso.com.", RECORDS)) as server, serving(late) as other:
            ends = asyncio.get_running_loop().time() + 0.2
            proof = cast("Any", module)._Proof(
                [expected()],
                VerifyOptions(((server.address, server.port),), ((other.address, other.port),)),
                ends,
            )
            [verdict] = await proof.round([expected()])
            return verdict

    assert run(one()).findings == (
        Finding(
            "V14",
            "unknown",
            Subject("contoso.com", of="domain"),
            "the time limit came before all was asked of the resolvers",
            "raise --timeout",
        ),
    )
