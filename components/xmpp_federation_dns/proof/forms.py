"""Verdicts in forms for people and programs."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from rich.table import Table
from rich.text import Text

from xmpp_federation_dns import names
from xmpp_federation_dns.markdown import MOST, table_row, within
from xmpp_federation_dns.metrics import gauge
from xmpp_federation_dns.proof.report import Finding, Verdict

_COLOURS = {
    "error": "red",
    "failed": "red",
    "unknown": "yellow",
    "warning": "yellow",
    "proven": "green",
    "info": "dim",
}
_ORDER = {"failed": 0, "unknown": 1, "proven": 2}


def as_table(verdicts: Iterable[Verdict]) -> Table:
    """Return one row for each SIP domain, and below it what was found about it."""
    table = Table("SIP domain", "Verdict", "Check", "Finding")
    for verdict in verdicts:
        name = Text(_with_unicode(verdict.domain), overflow="fold")
        state = Text(verdict.state, _COLOURS[verdict.state])
        for position, finding in enumerate(verdict.findings or [None]):
            first = (name, state) if position == 0 else ("", "")
            table.add_row(*first, *((finding.check, _as_text(finding)) if finding else ("", "")))
    return table


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return in one line how many SIP domains have which verdict."""
    counts = Counter(verdict.state for verdict in verdicts)
    words = (
        (counts["proven"], "proven"),
        (counts["failed"], "not"),
        (counts["unknown"], "could not be asked about"),
    )
    parts = [f"{number} {word}" for number, word in words if number or word == "proven"]
    return f"{len(verdicts)} SIP {'domain' if len(verdicts) == 1 else 'domains'}: {', '.join(parts)}"


def as_json(verdicts: Iterable[Verdict]) -> str:
    """Return the verdicts as a JSON list."""
    rows = [
        {"domain": v.domain, "verdict": v.state, "findings": [_row(finding) for finding in v.findings]}
        for v in verdicts
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_markdown(verdicts: Sequence[Verdict], most: int = MOST) -> str:
    """Return the verdicts as a Markdown table of *most* characters: what failed comes first, the rest is counted."""
    head = [summary(verdicts), "", "| SIP domain | verdict | check | finding |", "|---|---|---|---|"]
    rows: list[str] = []
    for verdict in sorted(verdicts, key=lambda verdict: _ORDER[verdict.state]):
        findings = [(finding.check, _as_text(finding).plain) for finding in verdict.findings] or [("", "")]
        rows += [
            table_row((_with_unicode(verdict.domain), verdict.state, check, text)) for check, text in findings
        ]
    return within(head, rows, most)


def as_junit(verdicts: Sequence[Verdict], name: str) -> str:
    """Return the verdicts as a JUnit report: a test case for each SIP domain, of the suite *name*."""
    states = Counter(verdict.state for verdict in verdicts)
    numbers = {"tests": len(verdicts), "failures": states["failed"], "errors": states["unknown"]}
    counts = {key: str(number) for key, number in numbers.items()}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **counts})
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": verdict.domain})
        lines = [f"{f.check} {_as_text(f).plain}" for f in verdict.findings]
        if verdict.state != "proven":
            kind = "failure" if verdict.state == "failed" else "error"
            worst = next(f for f in verdict.findings if f.severity in ("error", "unknown"))
            ElementTree.SubElement(case, kind, {"message": _printable(f"{worst.check} {worst}")})
        if lines:
            ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def as_metrics(verdicts: Sequence[Verdict], proof: str, now: float) -> str:
    """Return gauges of what a *proof* found, for Prometheus; *now* is in seconds since 1970."""
    by = {"proof": proof}
    counts = {
        verdict.domain: Counter((finding.check, finding.severity) for finding in verdict.findings)
        for verdict in verdicts
    }
    lines = [
        *gauge(
            "proven",
            "Whether federation of the SIP domain is proven; nothing where it could not be asked.",
            (
                ({**by, "domain": each.domain}, each.state == "proven")
                for each in verdicts
                if each.state != "unknown"
            ),
        ),
        *gauge(
            "findings",
            "What was found about the SIP domain, by check and severity.",
            (
                ({**by, "domain": domain, "check": check, "severity": severity}, number)
                for domain, found in counts.items()
                for (check, severity), number in found.items()
            ),
        ),
        *gauge(
            "certificate_expiry_timestamp_seconds",
            "When the certificate ends that a server showed for the SIP domain.",
            (
                ({"domain": each.domain, "server": server}, end.timestamp())
                for each in verdicts
                for server, end in each.expiries.items()
            ),
        ),
        *gauge("proof_timestamp_seconds", "When this was asked.", [(by, now)]),
    ]
    return "\n".join(lines)


def unanswered(verdicts: Iterable[Verdict]) -> list[str]:
    """Return in one line for each cause why nothing could be asked."""
    subjects: dict[str, dict[str, None]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            if finding.severity == "unknown":
                cause = _printable("; ".join([finding.text, *finding.answers]))
                subjects.setdefault(cause, {})[str(finding.subject)] = None
    return [f"{_first_of(list(names))}: {cause}" for cause, names in subjects.items()]


def _first_of(subjects: Sequence[str]) -> str:
    more = len(subjects) - 1
    return subjects[0] + (f" and {more} more" if more else "")


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "subject": str(finding.subject),
        "text": finding.text,
        "wayOut": finding.way_out,
        "expected": finding.expected,
        "seen": dict(finding.seen),
    }


def _as_text(finding: Finding) -> Text:
    text = Text(overflow="fold")
    text.append(f"{finding.severity}: ", _COLOURS[finding.severity])
    text.append("\n".join(map(_printable, finding.lines)))
    return text


def _with_unicode(name: str) -> str:
    unicode = names.unicode_form(name)
    return name if unicode == name else f"{name} ({unicode})"


def _printable(text: str) -> str:
    """Return *text* without what a terminal would obey and XML 1.0 has no characters for: servers say anything."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
