"""What a proof found, in forms for people and for CI systems; for programs see the document beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from rich.table import Table
from rich.text import Text

from xmpp_federation_dns import names
from xmpp_federation_dns.markdown import MOST, table_row, within
from xmpp_federation_dns.metrics import gauge
from xmpp_federation_dns.problems import harmless
from xmpp_federation_dns.proof import matrix
from xmpp_federation_dns.proof.report import Finding, Verdict
from xmpp_federation_dns.proof.result import Mark, Result, Since

_COLOURS = {
    "error": "red",
    "failed": "red",
    "unknown": "yellow",
    "warning": "yellow",
    "proven": "green",
    "info": "dim",
    "not asked": "dim",
}
ORDER = {"failed": 0, "unknown": 1, "proven": 2, "not asked": 3}
"""Of verdicts, where what matters most comes first."""


def as_table(result: Result) -> Table:
    """Return one row for each SIP domain, and below it what was found about it."""
    table = Table("SIP domain", "Verdict", "Check", "Finding")
    for entry in result.entries:
        name = Text(with_unicode(entry.domain), overflow="fold")
        state = Text(entry.text, _COLOURS[entry.state])
        for position, found in enumerate(entry.findings or [None]):
            first = (name, state) if position == 0 else ("", "")
            table.add_row(*first, *((found[1].check, _as_text(*found)) if found else ("", "")))
    return table


def summary(result: Result) -> str:
    """Return in one line how many SIP domains have which verdict, and how much has changed."""
    counts = Counter(verdict.state for verdict in result.verdicts)
    words = (
        (counts["proven"], "proven"),
        (counts["failed"], "not"),
        (counts["unknown"], "could not be asked about"),
    )
    parts = [f"{number} {word}" for number, word in words if number or word == "proven"]
    total = len(result.verdicts)
    told = f"{total} SIP {'domain' if total == 1 else 'domains'}: {', '.join(parts)}"
    return f"{told}; {changed(result.since)}" if result.since else told


def changed(since: Since) -> str:
    """Return in a few words how much has changed since the baseline."""
    new, gone = sum(len(each.new) for each in since.changes), sum(len(each.gone) for each in since.changes)
    findings = f"{new} new {'finding' if new == 1 else 'findings'}, {gone} gone"
    counts = f"{len(since.changes)} changed ({findings}), {since.as_before} as before"
    return f"since {since.asked:%Y-%m-%d %H:%M} UTC {counts}"


def as_markdown(result: Result) -> str:
    """Return the verdicts as a Markdown table that fits a comment: what failed comes first, the rest is counted.

    With a matrix, that stands above it, and both fit.
    """
    if not result.matrix:
        return _markdown(result, MOST)
    pairs = matrix.as_markdown(result.matrix, MOST // 2)
    return f"{pairs}\n\n{_markdown(result, MOST - len(pairs) - 2)}"


def _markdown(result: Result, most: int) -> str:
    rows: list[str] = []
    for entry in sorted(result.entries, key=lambda entry: ORDER[entry.state]):
        findings = [(found.check, _as_text(mark, found).plain) for mark, found in entry.findings]
        rows += [
            table_row((with_unicode(entry.domain), entry.text, check, text))
            for check, text in findings or [("", "")]
        ]
    columns = ["", "| SIP domain | verdict | check | finding |", "|---|---|---|---|"] if rows else []
    return within([summary(result), *columns], rows, most)


def as_junit(result: Result) -> str:
    """Return the verdicts as a JUnit report: a test case for each SIP domain, in a suite named after the command."""
    entries, name = result.entries, f"xmpp-federation-dns {result.proof}"
    states = Counter(entry.outcome for entry in entries)
    numbers = {"tests": len(entries), "failures": states["failed"], "errors": states["unknown"]}
    counts = {key: str(number) for key, number in numbers.items()}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **counts})
    for entry in entries:
        case = ElementTree.SubElement(suite, "testcase", {"classname": name, "name": entry.domain})
        lines = [f"{found.check} {_as_text(mark, found).plain}" for mark, found in entry.findings]
        if entry.outcome != "proven":
            kind = "failure" if entry.outcome == "failed" else "error"
            # What is gone comes last.
            worst = next(f for _, f in entry.findings if f.severity in ("error", "unknown"))
            ElementTree.SubElement(case, kind, {"message": harmless(f"{worst.check} {worst}")})
        if lines:
            ElementTree.SubElement(case, "system-out").text = "\n".join(lines)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def as_metrics(result: Result) -> str:
    """Return gauges of what a proof found, for Prometheus."""
    verdicts, by = result.verdicts, {"proof": result.proof}
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
        *gauge("proof_timestamp_seconds", "When this was asked.", [(by, result.asked.timestamp())]),
    ]
    return "\n".join(lines)


def unanswered(verdicts: Iterable[Verdict]) -> list[str]:
    """Return in one line for each cause why nothing could be asked."""
    subjects: dict[str, dict[str, None]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            if finding.severity == "unknown":
                cause = harmless("; ".join([finding.text, *finding.answers]))
                subjects.setdefault(cause, {})[str(finding.subject)] = None
    return [f"{_first_of(list(names))}: {cause}" for cause, names in subjects.items()]


def _first_of(subjects: Sequence[str]) -> str:
    more = len(subjects) - 1
    return subjects[0] + (f" and {more} more" if more else "")


def _as_text(mark: Mark, finding: Finding) -> Text:
    text = Text(overflow="fold")
    colour = "dim" if mark == "gone" else _COLOURS[finding.severity]
    text.append(f"{mark} {finding.severity}: ".lstrip(), colour)
    text.append("\n".join(map(harmless, finding.lines)))
    return text


def with_unicode(name: str) -> str:
    """Return *name*, and its form in Unicode where that is another."""
    unicode = names.unicode_form(name)
    return name if unicode == name else f"{name} ({unicode})"
