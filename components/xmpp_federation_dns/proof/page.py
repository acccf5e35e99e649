"""What a proof found as one page of HTML: nothing is loaded, no script runs, and whatever servers say is text."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from itertools import starmap

from xmpp_federation_dns import proof
from xmpp_federation_dns.problems import harmless
from xmpp_federation_dns.proof.forms import ORDER, changed, summary, with_unicode
from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.report import Finding
from xmpp_federation_dns.proof.result import NOT_ASKED, Entry, Mark, Result

_SYMBOLS = {
    "proven": "✓",
    "failed": "✗",
    "error": "✗",
    "unknown": "?",
    "warning": "!",
    "info": "i",
    "gone": "-",
    NOT_ASKED: "-",
}
_WORDS = {"proven": "proven", "failed": "not proven", "unknown": "could not be asked about"}
_RANKS = ("error", "unknown", "warning", "info", "gone")
"""Of findings, where what matters most comes first."""
# The browser holds the page to it, should a text ever be more than text.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_html(result: Result) -> str:
    """Return *result* as a page that needs nothing beside it; end tags that HTML lets be left out are left out."""
    entries = sorted(result.entries, key=_order)
    told = [entry for entry in entries if entry.findings]
    clean = [entry for entry in entries if not entry.findings]
    title = f"XMPP federation: {result.proof}"
    parts = [
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(f'{title}: {summary(result)}')}</title>",
        f"<style>\n{(files(proof) / 'page.css').read_text('utf-8')}</style>",
        f"<header>\n<h1>{_text(title)}</h1>",
        f"<p>{_domains(len(result.verdicts))}, asked until {_time(result.asked, '%Y-%m-%d %H:%M UTC')}.",
        *([f"<p>What follows is what has changed: {changed(result.since)}."] if result.since else ()),
        *_counts(result),
        "</header>\n<main>",
        *(_partners(result.matrix) if result.matrix else ()),
        *(_grid(told) if told else ()),
        *(_findings(told) if told else ()),
        *(_clean(clean) if clean else ()),
        *_certificates(result),
        *(_legend(told) if told else ()),
        "</main>\n",
    ]
    return "\n".join(parts)


def _order(entry: Entry) -> tuple[int, int]:
    return ORDER[entry.state], min(starmap(_rank, entry.findings), default=len(_RANKS))


def _rank(mark: Mark, found: Finding) -> int:
    return _RANKS.index(mark if mark == "gone" else found.severity)


def _counts(result: Result) -> Iterator[str]:
    counts = Counter(verdict.state for verdict in result.verdicts)
    yield '<ul class="counts">'
    for state, words in _WORDS.items():
        if counts[state] or state == "proven":
            yield f'<li class="{state}"><b>{counts[state]:,}</b> {_SYMBOLS[state]} {words}'
    yield "</ul>"


def _partners(matrix: Matrix) -> Iterator[str]:
    """Yield the table of our SIP domains and partners; the fewer of them have the columns."""
    turned = len(matrix.ours) < len(matrix.theirs)
    first, rows, columns = (
        ("Partner", matrix.theirs, matrix.ours) if turned else ("SIP domain", matrix.ours, matrix.theirs)
    )
    yield "<section>\n<h2>SIP domains and partners</h2>"
    head = "".join(f'<th scope="col">{_name(column)}' for column in columns)
    yield from _wide(
        "SIP domains and partners",
        f'<table class="grid turned">\n<thead><tr><th scope="col">{first}{head}',
    )
    yield "<tbody>"
    for row in rows:
        cells = (matrix.cells[(column, row) if turned else (row, column)] for column in columns)
        shown = "".join(f'<td class="{cell.state}">{_decided(cell)}' for cell in cells)
        yield f'<tr><th scope="row">{_name(row)}{shown}</tr>'
    yield "</table>\n</div>\n</section>"


def _decided(cell: Cell) -> str:
    side = f"({cell.side})" if cell.side else ""
    return " ".join(filter(None, (_symbol(cell.state), _text(cell.check), side)))


def _grid(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the table of SIP domains against the checks that found something."""
    checks = sorted({found.check for entry in entries for _, found in entry.findings}, key=_number)
    yield "<section>\n<h2>SIP domains and checks</h2>"
    head = "".join(f'<th scope="col"><a href="#{_text(check)}">{_text(check)}</a>' for check in checks)
    yield from _wide(
        "SIP domains and checks",
        f'<table class="grid">\n<thead><tr><th scope="col">SIP domain<th scope="col">Verdict{head}',
    )
    yield "<tbody>"
    for position, entry in enumerate(entries):
        # The worst comes last, and stays.
        ranked = sorted(((_rank(*each), each[1].check) for each in entry.findings), reverse=True)
        worst = {check: _RANKS[rank] for rank, check in ranked}
        link = f'<a href="#d{position}">'
        cells = (
            f'<td class="{worst[check]}">{link}{_symbol(worst[check])}</a>' if check in worst else "<td>"
            for check in checks
        )
        verdict = f'<td class="verdict {_class(entry)}">{_SYMBOLS[entry.state]} {_text(entry.text)}'
        yield f'<tr><th scope="row">{link}{_name(entry.domain)}</a>{verdict}{"".join(cells)}</tr>'
    yield "</table>\n</div>\n</section>"


def _findings(entries: Iterable[Entry]) -> Iterator[str]:
    yield "<section>\n<h2>Findings</h2>"
    for position, entry in enumerate(entries):
        verdict = f'<span class="{_class(entry)}">{_SYMBOLS[entry.state]} {_text(entry.text)}</span>'
        yield f'<article id="d{position}">\n<h3>{_name(entry.domain)} {verdict}</h3>\n<ul>'
        for mark, found in entry.findings:
            yield from _finding(mark, found)
        yield "</ul>\n</article>"
    yield "</section>"


def _finding(mark: Mark, found: Finding) -> Iterator[str]:
    severity = found.severity
    marked = f'<span class="mark">{mark}</span> ' if mark else ""
    head = f'<b class="{severity}">{_SYMBOLS[severity]} {severity}</b> <code>{_text(found.check)}</code>'
    yield f'<li class="is-{severity} {mark}"><p>{marked}{head} {_label(str(found.subject))}: {_prose(found.text)}'
    if found.way_out:
        yield f'<p><span class="soft">Way out:</span> {_prose(found.way_out)}'
    if found.expected:
        yield f'<p><span class="soft">Expected:</span> <code>{_text(found.expected)}</code>'
    if found.seen:
        count = "the server" if len(found.seen) == 1 else f"each of {len(found.seen)} servers"
        yield f"<details><summary>What {count} said</summary>"
        yield '<table><thead><tr><th scope="col">Server<th scope="col">Answer<tbody>'
        for server, answer in found.seen.items():
            yield f'<tr><th scope="row">{_label(server)}<td><code>{_text(answer)}</code>'
        yield "</table></details>"


def _clean(entries: Sequence[Entry]) -> Iterator[str]:
    yield f"<section>\n<h2>Nothing found</h2>\n<details open><summary>{_domains(len(entries))}</summary>"
    yield '<ul class="names">'
    for entry in entries:
        text = f' <span class="soft">{_text(entry.text)}</span>'
        yield f'<li><span class="{_class(entry)}">{_SYMBOLS[entry.state]}</span> {_name(entry.domain)}{text}'
    yield "</ul></details>\n</section>"


def _certificates(result: Result) -> Iterator[str]:
    """Yield the table of certificates that servers showed, the one that ends first at the top."""
    servers: defaultdict[tuple[float, str], list[str]] = defaultdict(list)
    for verdict in result.verdicts:
        for server, end in verdict.expiries.items():
            servers[end.timestamp(), verdict.domain].append(server)
    if not servers:
        return
    ends = {end.timestamp(): end for verdict in result.verdicts for end in verdict.expiries.values()}
    first = ends[min(ends)]
    yield "<section>\n<h2>Certificates</h2>"
    yield f"<details><summary>{len(servers):,}, of which the first ends on {first:%Y-%m-%d}</summary>"
    head = "".join(f'<th scope="col">{each}' for each in ("Ends", "Left", "SIP domain", "Servers"))
    yield from _wide("Certificates", f"<table>\n<thead><tr>{head}\n<tbody>")
    for (time, domain), shown_by in sorted(servers.items()):
        days = (ends[time] - result.asked).days
        left = "expired" if days < 0 else "1 day" if days == 1 else f"{days:,} days"
        end = _time(ends[time], "%Y-%m-%d")
        yield f'<tr><td>{end}<td>{left}<th scope="row">{_name(domain)}<td>{"<br>".join(map(_label, shown_by))}'
    yield "</table>\n</div></details>\n</section>"


def _legend(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield what the checks mean that found something."""
    # Loads what asks name servers as well as what asks XMPP servers.
    from xmpp_federation_dns.proof.checks import CHECKS

    found = {finding.check for entry in entries for _, finding in entry.findings}
    yield "<section>\n<h2>Checks that found something</h2>"
    head = '<th scope="col">Check<th scope="col">What holds<th scope="col">Otherwise'
    yield from _wide("Checks", f"<table>\n<thead><tr>{head}\n<tbody>")
    for check in sorted(found & CHECKS.keys(), key=_number):
        holds, otherwise = map(_prose, CHECKS[check])
        yield f'<tr id="{check}"><th scope="row"><code>{check}</code><td>{holds}<td>{otherwise}'
    yield "</table>\n</div>\n</section>"


def _wide(label: str, table: str) -> Iterator[str]:
    # Who has no pointer scrolls it with the keyboard.
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{label}">'
    yield table


def _time(time: datetime, form: str) -> str:
    return f'<time datetime="{time.isoformat()}">{time:{form}}</time>'


def _domains(count: int) -> str:
    return f"{count:,} SIP domain{'' if count == 1 else 's'}"


def _class(entry: Entry) -> str:
    return "none" if entry.state == NOT_ASKED else entry.state


def _symbol(state: str) -> str:
    """Return the symbol of a state or severity, and the word for who does not see it."""
    return f'{_SYMBOLS[state]}<span class="unseen"> {state}</span>'


def _number(check: str) -> tuple[str, int]:
    """Return by what checks are sorted: V3 comes before V12."""
    letter, digits = check[:1], check[1:]
    return letter, int(digits) if digits.isdecimal() else 0


def _name(domain: str) -> str:
    return _label(with_unicode(domain))


def _label(text: str) -> str:
    """Return what may be written from right to left, which is not to reorder what follows."""
    return f"<bdi>{_text(text)}</bdi>"


def _prose(text: str) -> str:
    """Return a text of ours, in which commands stand between backticks."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return escape(harmless(text))
