"""The JSON of a proof: what programs read, and what a later run takes as its baseline."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.proof.test_forms import CHANGED, CLEAN, INFO, SILENT, WRONG
from tools.docs import CHECKOUT

from xmpp_federation_dns.proof import document
from xmpp_federation_dns.proof.document import BaselineError, as_json, read_baseline, schema
from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict
from xmpp_federation_dns.proof.result import Result, compared

ASKED = datetime(2026, 11, 30, 17, 4, 5, tzinfo=UTC)
ENDS = datetime(2026, 12, 24, tzinfo=UTC)
SERVER = "192.0.2.1 port 5269 (xmpp.contoso.com)"
SEEN = replace(CLEAN, expiries={SERVER: ENDS})
RESULT = Result("probe", ASKED, [SEEN, WRONG, SILENT, INFO])
SCHEMA: Any = Draft202012Validator(schema())


def faults(text: str) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(json.loads(text))]


def test_every_finding_and_certificate_is_told_in_full():
    assert json.loads(as_json(Result("probe", ASKED, [SEEN, WRONG]))) == {
        "version": 1,
        "proof": "probe",
        "asked": "2026-11-30T17:04:05Z",
        "verdicts": [
            {
                "domain": "contoso.com",
                "verdict": "proven",
                "findings": [],
                "certificates": [{"server": SERVER, "ends": "2026-12-24T00:00:00Z"}],
            },
            {
                "domain": "xn--mnchen-3ya.example",
                "verdict": "failed",
                "findings": [
                    {
                        "check": "V9",
                        "severity": "error",
                        "subject": "xmpp.example A",
                        "text": "other addresses are published",
                        "wayOut": "run `pulumi up --refresh`",
                        "expected": "131.107.155.10",
                        "seen": {"ns1 (192.0.2.1)": "A 10.0.0.5", "ns2 (192.0.2.2)": "A 10.0.0.5"},
                    },
                    {
                        "check": "V13",
                        "severity": "warning",
                        "subject": "xmpp.example A",
                        "text": "the TTL is | not as \x1b[31mconfigured",
                        "wayOut": "",
                        "expected": "",
                        "seen": {},
                    },
                ],
                "certificates": [],
            },
        ],
    }


def test_with_a_baseline_it_has_what_has_changed_beside_all_verdicts():
    found = json.loads(as_json(CHANGED))
    assert [each["domain"] for each in found["verdicts"]] == [each.domain for each in CHANGED.verdicts]
    since = found["since"]
    assert (since["asked"], since["asBefore"]) == ("2026-11-30T17:00:00Z", 1)
    shown = [(each["domain"], each["before"], each["now"]) for each in since["changes"]]
    assert shown == [
        ("contoso.com", "failed", "proven"),
        ("xn--mnchen-3ya.example", None, "failed"),
        ("fabrikam.com", "unknown", None),
    ]
    first, second, third = since["changes"]
    assert ([f["check"] for f in first["gone"]], first["new"]) == (["V9", "V13"], [])
    assert (second["new"], second["gone"]) == (found["verdicts"][2]["findings"], [])
    assert (third["new"], third["gone"]) == ([], [])


MATRIX = Matrix(
    ("contoso.com",),
    ("a.example", "b.example"),
    {
        ("contoso.com", "a.example"): Cell("proven"),
        ("contoso.com", "b.example"): Cell("failed", "C5", "theirs"),
    },
)


def test_what_comes_of_our_domains_with_partners_is_in_it():
    assert json.loads(as_json(replace(RESULT, matrix=MATRIX)))["matrix"] == {
        "ours": ["contoso.com"],
        "theirs": ["a.example", "b.example"],
        "cells": [
            {"from": "contoso.com", "to": "a.example", "verdict": "proven", "check": "", "side": ""},
            {"from": "contoso.com", "to": "b.example", "verdict": "failed", "check": "C5", "side": "theirs"},
        ],
    }


@pytest.mark.parametrize(
    "result",
    [RESULT, CHANGED, replace(RESULT, matrix=MATRIX)],
    ids=["alone", "with a baseline", "with partners"],
)
def test_it_fits_the_schema(result: Result):
    assert faults(as_json(result)) == []


def test_the_schema_is_valid_describes_every_key_and_admits_keys_to_come():
    Draft202012Validator.check_schema(schema())
    models = [schema(), *schema()["$defs"].values()]
    keys = [(key, option) for model in models for key, option in model["properties"].items()]
    assert [key for key, option in keys if "description" not in option] == []
    known = json.loads(as_json(RESULT))
    assert faults(json.dumps({**known, "more": []})) == []
    assert faults(json.dumps({**known, "version": 2})) == ["1 was expected"]


def test_the_copy_in_docs_is_that_of_the_package():
    path = CHECKOUT / "docs" / "proof.schema.json"
    assert path.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_what_was_written_is_a_baseline_of_which_nothing_has_changed(tmp_path: Path):
    path = tmp_path / "old.json"
    path.write_text(as_json(RESULT))
    before = read_baseline(path, "probe")
    since = compared(before, RESULT.verdicts)
    assert (since.asked, since.changes, since.as_before) == (ASKED, (), 4)
    assert [dict(each.expiries) for each in before.verdicts] == [{SERVER: ENDS}, {}, {}, {}]


def test_a_report_of_changes_is_a_baseline_as_well(tmp_path: Path):
    path = tmp_path / "old.json"
    path.write_text(as_json(CHANGED))
    assert compared(read_baseline(path, "verify"), CHANGED.verdicts).changes == ()


def test_keys_to_come_are_none_of_the_baseline(tmp_path: Path):
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**json.loads(as_json(RESULT)), "more": []}))
    assert len(read_baseline(path, "probe").verdicts) == 4


def test_text_that_is_no_unicode_is_left_to_the_output():
    text = as_json(Result("verify", ASKED, [Verdict("a.example", (finding("said \udcff"),))]))
    assert "said \udcff" in text


def finding(text: str) -> Finding:
    return Finding("V1", "error", Subject("a.example"), text)


NOT_IT = "not the output of `verify --format json`"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "no JSON; write it with `verify --format json`"),
        (b"\xff\xfe{", "no JSON; write it with `verify --format json`"),
        (b"[" * 100_000, "no JSON; write it with `verify --format json`"),
        (b"[]", f"{NOT_IT}: it: Input should be a valid dictionary or instance of Document"),
        (b"{}", f"{NOT_IT}: version: Field required"),
        (
            b'{"version": 2}',
            "version 2 of the report, and this reads version 1; write it anew with `verify --format json`",
        ),
        (
            as_json(RESULT).replace("17:04:05Z", "17:04:05").encode(),
            f"{NOT_IT}: asked: Input should have timezone info",
        ),
        (
            as_json(RESULT).replace('"info"', '"notice"').encode(),
            f"{NOT_IT}: verdicts[3].findings[0].severity: "
            "Input should be 'error', 'unknown', 'warning' or 'info'",
        ),
        (as_json(RESULT).encode(), "what 'probe' found, and not `verify`"),
        (
            as_json(replace(RESULT, proof="verify")).replace('"contoso.com"', '"part_ner"').encode(),
            "verdicts[0].domain: 'part_ner' is not a host name: labels hold letters, digits and hyphens",
        ),
    ],
)
def test_what_is_no_baseline_is_told_in_one_line(tmp_path: Path, content: bytes, text: str):
    path = tmp_path / "old.json"
    path.write_bytes(content)
    with pytest.raises(BaselineError) as caught:
        read_baseline(path, "verify")
    assert str(caught.value) == f"{path}: {text}"


def test_a_baseline_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(BaselineError, match=r"none\.json: No such file or directory$"):
        read_baseline(tmp_path / "none.json", "verify")
    with pytest.raises(BaselineError, match=r": Is a directory$"):
        read_baseline(tmp_path, "verify")
    monkeypatch.setattr(document, "MOST", 4)
    (tmp_path / "large.json").write_text("     ")
    with pytest.raises(BaselineError, match=r"large\.json: more than 4 octets$"):
        read_baseline(tmp_path / "large.json", "verify")
