"""Whatever a name server does ends in a verdict, soon; the servers here are stand-ins."""

import asyncio
import struct
from collections.abc import Sequence
from typing import Any, cast

import pytest
from tests.proof.dns.cases import RECORDS, SRV_NAME, expected, run
from tests.proof.dns.hostile import (
    changed,
    chaos_class,
    cname_chain,
    endless_tc,
    junk,
    no_authority,
    no_name,
    rcode,
    silent,
    thousand_records,
    trickle,
    truncated,
)
from tests.proof.dns.standin import Behaviour, authority, sent, serving

from xmpp_federation_dns.proof.dns import verify as verify_module
from xmpp_federation_dns.proof.dns.verify import VerifyOptions, verify
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict

TIMEOUT = 1.0
"""Seconds, where something is silent: an attempt waits for a tenth of it."""
SILENT = "no answer in 3 attempts of 0.1 s"
JUNK = "an answer that is no DNS message"


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_module, "PAUSES", (1e9,))


def verdict(behaviour: Behaviour, timeout: float = 20) -> tuple[Verdict, str]:
    """Return what is found where a stand-in is the name server, and its label."""

    async def one() -> tuple[Verdict, str]:
        async with serving(behaviour) as server:
            options = VerifyOptions(((server.address, server.port),), timeout=timeout)
            [found] = await verify([expected()], options, lambda _: None)
            return found, f"127.0.0.1 port {server.port}"

    return run(one())


def told(found: Verdict) -> list[tuple[str, str, str, list[str]]]:
    """Return of each finding what is the same in every run."""
    return [(each.check, each.severity, each.text, list(each.seen.values())) for each in found.findings]


def test_an_attempt_waits_no_longer_than_its_patience_however_long_the_time_limit(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(verify_module, "PATIENCE", 0.02)
    found, label = verdict(silent, timeout=20)
    assert [each.seen for each in found.findings if each.check == "V1"] == [
        {label: "no answer in 3 attempts of 0.02 s"}
    ]


NONE_ANSWERS = "none of its name servers answers"
NOT_AUTHORITATIVE = "a name server is not authoritative for it"


@pytest.mark.parametrize(
    ("behaviour", "state", "findings"),
    [
        pytest.param(silent, "unknown", ("unknown", NONE_ANSWERS, SILENT), id="silence"),
        pytest.param(changed(0, 1), "unknown", ("unknown", NONE_ANSWERS, SILENT), id="wrong id"),
        pytest.param(changed(13, 1), "unknown", ("unknown", NONE_ANSWERS, SILENT), id="wrong question"),
        pytest.param(changed(2, 0x80), "unknown", ("unknown", NONE_ANSWERS, SILENT), id="no response"),
        pytest.param(junk, "unknown", ("unknown", NONE_ANSWERS, JUNK), id="junk"),
        pytest.param(truncated(junk), "unknown", ("unknown", NONE_ANSWERS, JUNK), id="junk over TCP"),
        pytest.param(
            truncated(silent),
            "unknown",
            ("unknown", NONE_ANSWERS, "TCP: closed without an answer"),
            id="closed TCP",
        ),
        pytest.param(
            endless_tc, "unknown", ("unknown", NONE_ANSWERS, "TCP: a truncated answer"), id="always truncated"
        ),
        pytest.param(rcode(2), "failed", ("error", NOT_AUTHORITATIVE, "SERVFAIL"), id="SERVFAIL"),
        pytest.param(rcode(5), "failed", ("error", NOT_AUTHORITATIVE, "REFUSED"), id="REFUSED"),
        pytest.param(rcode(13), "failed", ("error", NOT_AUTHORITATIVE, "13"), id="unknown RCODE"),
        pytest.param(
            no_authority, "failed", ("error", NOT_AUTHORITATIVE, "an answer without authority"), id="lame"
        ),
        pytest.param(
            no_name, "failed", ("error", NOT_AUTHORITATIVE, "no such name"), id="NXDOMAIN for the zone"
        ),
        pytest.param(
            authority("xmpp.contoso.com."),
            "failed",
            ("error", NOT_AUTHORITATIVE, "REFUSED"),
            id="another zone",
        ),
    ],
)
def test_a_server_that_does_not_serve_the_zone_is_named(
    behaviour: Behaviour, state: str, findings: tuple[str, str, str]
):
    severity, text, seen = findings
    found, label = verdict(behaviour, TIMEOUT if seen == SILENT else 20)
    assert told(found) == [("V1", severity, text, [seen])]
    assert (found.state, list(found.findings[0].seen)) == (state, [label])


def test_a_server_that_trickles_over_tcp_is_left_in_time():
    found, _ = verdict(truncated(trickle), TIMEOUT)
    assert told(found) == [("V1", "unknown", NONE_ANSWERS, ["TCP: no answer in 0.2 s"])]


HOSTILE = {
    "silence": (
        silent,
        [("V3", "unknown", "a name server gives no answer", [SILENT])],
    ),
    "junk": (junk, [("V3", "unknown", "a name server gives no answer", [JUNK])]),
    "junk over TCP": (truncated(junk), [("V3", "unknown", "a name server gives no answer", [JUNK])]),
    "refusal": (rcode(5), [("V3", "error", "a name server has no answer for peers", ["REFUSED"])]),
    "unknown RCODE": (rcode(12), [("V3", "error", "a name server has no answer for peers", ["12"])]),
    "no authority": (
        no_authority,
        [("V3", "error", "a name server has no answer for peers", ["no such record"])],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_that_gives_no_answer_to_one_question_is_named(name: str):
    hostile, findings = HOSTILE[name]
    found, label = verdict(
        authority("contoso.com.", RECORDS, only=hostile), TIMEOUT if hostile is silent else 20
    )
    assert told(found) == findings
    assert str(found.findings[0].subject) == f"{SRV_NAME} SRV"
    assert found.findings[0].seen.keys() == {label}


def test_a_chain_of_cnames_without_end_is_one_finding():
    found, _ = verdict(authority("contoso.com.", RECORDS, only=truncated(cname_chain)))
    assert [(each.check, each.severity) for each in found.findings] == [("V6", "error")]
    [seen] = found.findings[0].seen.values()
    assert seen.endswith(" and 181 more")


def test_a_thousand_records_are_compared_and_twenty_shown():
    found, _ = verdict(authority("contoso.com.", RECORDS, only=truncated(thousand_records())))
    [first] = [each for each in found.findings if each.check == "V3" and each.severity == "error"]
    assert first.text == "other values are published"
    [seen] = first.seen.values()
    assert seen.count(", SRV ") == 19
    assert seen.endswith(" and 980 more")


def test_records_of_another_class_are_none():
    found, _ = verdict(authority("contoso.com.", RECORDS, only=chaos_class))
    assert [(each.check, each.text) for each in found.findings] == [("V3", "not published")]


def test_a_large_answer_comes_over_tcp():
    async def one() -> tuple[Verdict, set[tuple[str, str, str]]]:
        behaviour = authority("contoso.com.", RECORDS)
        async with serving(truncated(behaviour)) as server:
            options = VerifyOptions(((server.address, server.port),), timeout=20)
            [found] = await verify([expected()], options, lambda _: None)
            return found, set(server.asked)

    found, asked = run(one())
    assert found == Verdict("contoso.com")
    assert {(SRV_NAME, "SRV", "UDP"), (SRV_NAME, "SRV", "TCP")} <= asked


def test_a_closed_port_is_told_at_once():
    async def one() -> list[Verdict]:
        async with serving(silent) as server:
            options = VerifyOptions(((server.address, server.port),))
        return await verify([expected()], options, lambda _: None)

    [found] = run(one())
    [finding] = found.findings
    assert list(finding.seen.values()) == ["connection refused: nothing listens there"]
    assert (finding.check, finding.severity, finding.text) == ("V1", "unknown", NONE_ANSWERS)


def test_of_two_servers_the_silent_one_is_an_error_and_the_other_is_asked():
    async def one() -> tuple[Verdict, str]:
        async with serving(authority("contoso.com.", RECORDS)) as good, serving(silent) as bad:
            servers = tuple((each.address, each.port) for each in (good, bad))
            [found] = await verify([expected()], VerifyOptions(servers, timeout=2 * TIMEOUT), lambda _: None)
            return found, f"127.0.0.1 port {bad.port}"

    found, label = run(one())
    assert found.findings == (
        Finding(
            "V1",
            "error",
            Subject("contoso.com", of="zone"),
            "a name server does not answer",
            "repair it, or take it out of those to ask",
            seen={label: "no answer in 3 attempts of 0.2 s"},
        ),
    )


def test_what_the_time_limit_leaves_out_is_told():
    async def late(query: bytes, tcp: bool) -> Sequence[bytes]:
        del query, tcp
        await asyncio.sleep(3600)
        return []

    some = authority("contoso.com.", RECORDS, only=late)
    findings = tuple(
        Finding(check, "unknown", Subject(name, kind), "the time limit came first", "raise --timeout")
        for check, name, kind in (
            ("V3", SRV_NAME, "SRV"),
            ("V8", "xmpp.contoso.com", "A"),
            ("V8", "xmpp.contoso.com", "AAAA"),
        )
    )
    assert cut_short(some).findings == findings
    # Where not even the zone was looked at.
    assert cut_short(late).findings == findings


def cut_short(behaviour: Behaviour) -> Verdict:
    async def one() -> Verdict:
        async with serving(behaviour) as server:
            ends = asyncio.get_running_loop().time() + 0.2
            options = VerifyOptions(((server.address, server.port),))
            [found] = await cast("Any", verify_module)._Proof([expected()], options, ends).round([expected()])
            return found

    return run(one())


def test_nothing_that_is_said_reaches_a_terminal_as_a_control_character():
    def behave(query: bytes, tcp: bool) -> Sequence[bytes]:
        end = query.index(b"\0", 12) + 5
        target = b"\x06\x1b[31m\x07\xc0\x0c"
        rdata = struct.pack("!HHH", 0, 0, 5269) + target
        text = b"\x03\x1b[2"
        head = query[:2] + b"\x84\0\0\1\0\2\0\0\0\0" + query[12:end]
        srv = b"\xc0\x0c" + struct.pack("!HHIH", 33, 1, 60, len(rdata)) + rdata
        txt = b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 60, len(text)) + text
        return sent(head + srv + txt, tcp)

    found, _ = verdict(authority("contoso.com.", RECORDS, only=behave))
    texts = [text for each in found.findings for text in (each.text, each.expected, *each.seen.values())]
    assert all(text.isprintable() for text in texts)
    [first] = [each for each in found.findings if each.check == "V3"]
    assert list(first.seen.values()) == [f'SRV 0 0 5269 \\027\\09131m\\007.{SRV_NAME}., TXT "\\027[2"']
