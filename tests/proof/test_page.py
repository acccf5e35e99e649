"""The page: what it says, and that whatever servers say is text in it. `make matrix` looks at it in a browser."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from tests.proof.test_forms import CHANGED, CLEAN, INFO, SILENT, WRONG

from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.page import as_html
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict
from xmpp_federation_dns.proof.result import Result, compared

ASKED = datetime(2026, 11, 30, 17, tzinfo=UTC)
SERVER = "192.0.2.1 port 5269 (xmpp.contoso.com)"
HOSTILE = "</style></code><script>alert(1)</script>\"' &amp; \x1b[31m\u202egnp.\u2066\x00\udcff"
SHOWN = "</style></code><script>alert(1)</script>\"' &amp; �[31m�gnp.���"


class Reader(HTMLParser):
    """The tags and attributes of a page, and its text without the style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._in_style = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"
        if tag in ("td", "th", "tr", "li", "p"):
            self.text += "\n" if tag == "tr" else " "

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_style else data

    def lines(self) -> list[str]:
        return [" ".join(line.split()) for line in self.text.splitlines() if line.strip()]


def page(*verdicts: Verdict, **more: Any) -> Reader:
    return Reader(as_html(Result("verify", ASKED, verdicts, **more)))


def test_a_page_needs_nothing_beside_it_and_runs_nothing():
    text = as_html(Result("verify", ASKED, [CLEAN, WRONG, SILENT, INFO]))
    tags = Reader(text).tags
    assert {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in tags} == set()
    keys = {key for _, attributes in tags for key in attributes}
    assert {key for key in keys if key.startswith("on")} | keys & {"src", "style"} == set()
    assert {str(found["href"])[0] for _, found in tags if "href" in found} == {"#"}
    assert not re.search(r"url\(|@import|https?:", text)
    assert ("html", {"lang": "en"}) in tags
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in tags


def test_every_link_leads_to_a_place_of_the_page():
    tags = page(CLEAN, WRONG, SILENT, INFO).tags
    links = {str(found["href"])[1:] for _, found in tags if "href" in found}
    assert links == {found["id"] for _, found in tags if "id" in found}


def test_every_cell_of_a_head_says_what_it_is_the_head_of():
    matrix = Matrix(("contoso.com",), ("a.example",), {("contoso.com", "a.example"): Cell("proven")})
    heads = [
        found
        for tag, found in page(replace(CLEAN, expiries={SERVER: ASKED}), WRONG, matrix=matrix).tags
        if tag == "th"
    ]
    assert {found["scope"] for found in heads} == {"row", "col"}


def test_what_matters_most_comes_first_in_the_table_of_checks():
    warned = Verdict("warned.example", (replace(WRONG.findings[1], severity="warning"),))
    lines = page(CLEAN, INFO, warned, SILENT, WRONG).lines()
    start = lines.index("SIP domain Verdict V1 V9 V13 V17")
    assert lines[start + 1 : start + 5] == [
        "xn--mnchen-3ya.example (münchen.example) ✗ failed ✗ error ! warning",
        "fabrikam.com ? unknown ? unknown",
        "warned.example ✓ proven ! warning",
        "fourth.example ✓ proven i info",
    ]


def test_of_several_findings_of_a_check_the_table_shows_the_worst():
    error, warning = WRONG.findings
    [row] = [
        line
        for line in page(Verdict("a.example", (replace(warning, check="V9"), error))).lines()
        if "failed" in line
    ][:1]
    assert row.startswith("a.example ✗ failed ✗ error")


def test_findings_have_the_way_out_and_what_each_server_said():
    text = " ".join(page(WRONG, SILENT).text.split())
    assert (
        "✗ error V9 xmpp.example A: other addresses are published Way out: run pulumi up --refresh "
        "Expected: 131.107.155.10 What each of 2 servers said Server Answer ns1 (192.0.2.1) A 10.0.0.5 "
        "ns2 (192.0.2.2) A 10.0.0.5 ! warning V13"
    ) in text
    assert "? unknown V1 fabrikam.com: none answers Way out: wait What the server said Server Answer" in text


def test_a_domain_of_which_nothing_was_found_is_listed_by_its_name():
    text = " ".join(page(CLEAN).text.split())
    assert text.endswith(
        "1 SIP domain, asked until 2026-11-30 17:00 UTC. 1 ✓ proven Nothing found 1 SIP domain ✓ contoso.com proven"
    )


def test_what_a_check_means_stands_below():
    lines = page(WRONG, INFO).lines()
    assert lines[-3:] == [
        "V9 the addresses of the target are the configured ones, of both families error",
        "V13 the TTL is the configured one, the same in all records, and 60 to 86,400 s warning",
        "V17 no wildcard answers for names that nobody published info",
    ]


def test_checks_of_several_letters_and_without_a_number_have_their_column():
    found = [replace(WRONG.findings[0], check=check) for check in ("X", "V12", "C5", "V3")]
    assert "SIP domain Verdict C5 V3 V12 X" in page(Verdict("a.example", tuple(found))).lines()


def test_certificates_come_by_their_end_with_the_days_left():
    ends = {"192.0.2.1": ASKED + timedelta(days=90), "192.0.2.2": ASKED + timedelta(days=90)}
    early = Verdict(
        "b.example", (), {SERVER: ASKED + timedelta(days=1, hours=3), "192.0.2.9": ASKED - timedelta(hours=1)}
    )
    lines = page(Verdict("a.example", (), ends), early).lines()
    start = lines.index("Ends Left SIP domain Servers")
    assert lines[start - 1] == "3, of which the first ends on 2026-11-30"
    assert lines[start + 1 :] == [
        "2026-11-30 expired b.example 192.0.2.9",
        f"2026-12-01 1 day b.example {SERVER}",
        "2027-02-28 90 days a.example 192.0.2.1192.0.2.2",
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "shown"),
    [
        (
            ("contoso.com",),
            ("a.example", "xn--mnchen-3ya.example"),
            [
                "Partner contoso.com",
                "a.example ✓ proven",
                "xn--mnchen-3ya.example (münchen.example) ✗ failed C5 (theirs)",
            ],
        ),
        (
            ("contoso.com", "fabrikam.com"),
            ("a.example", "b.example"),
            [
                "SIP domain a.example b.example",
                "contoso.com ✓ proven ✗ failed C5 (theirs)",
                "fabrikam.com ✓ proven ✗ failed C5 (theirs)",
            ],
        ),
    ],
)
def test_partners_are_a_table_of_what_decided(
    ours: tuple[str, ...], theirs: tuple[str, ...], shown: list[str]
):
    outcomes = (Cell("proven"), Cell("failed", "C5", "theirs"))
    cells = {(our, their): cell for our in ours for their, cell in zip(theirs, outcomes, strict=True)}
    lines = page(CLEAN, matrix=Matrix(ours, theirs, cells)).lines()
    start = lines.index(shown[0])
    assert lines[start : start + 3] == shown


def test_with_a_baseline_the_page_has_what_has_changed():
    text = " ".join(Reader(as_html(CHANGED)).text.split())
    assert (
        "What follows is what has changed: since 2026-11-30 17:00 UTC 3 changed (2 new findings, 2 gone), 1 as before."
        in text
    )
    assert (
        "xn--mnchen-3ya.example (münchen.example) ✗ not asked → failed new ✗ error V9 xmpp.example A" in text
    )
    assert "contoso.com ✓ failed → proven - gone - gone Findings" in text
    assert "contoso.com ✓ failed → proven gone ✗ error V9 xmpp.contoso.com A: not published" in text
    assert "Nothing found 1 SIP domain - fabrikam.com unknown → not asked" in text


def test_where_nothing_has_changed_the_page_says_so():
    since = compared(Result("verify", ASKED, [CLEAN]), [CLEAN])
    assert " ".join(page(CLEAN, since=since).text.split()).endswith(
        "What follows is what has changed: since 2026-11-30 17:00 UTC 0 changed (0 new findings, 0 gone), 1 as before. "
        "1 ✓ proven"
    )


def test_whatever_a_server_says_is_text():
    said = Finding("V9", "error", Subject(HOSTILE), HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE})
    result = Result("verify", ASKED, [Verdict("a.example", (said,), {HOSTILE: ASKED})])
    harmless = replace(
        result,
        verdicts=[
            Verdict(
                "a.example",
                (replace(said, subject=Subject("a"), text="b", way_out="c", expected="d", seen={"e": "f"}),),
                {"g": ASKED},
            )
        ],
    )
    text = as_html(result)
    assert [tag for tag, _ in Reader(text).tags] == [tag for tag, _ in Reader(as_html(harmless)).tags]
    assert Reader(text).text.count(SHOWN) == 7
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour in hexadecimal (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa_on_every_ground(scheme: int):
    style = (files("xmpp_federation_dns.proof") / "page.css").read_text()
    block = re.findall(r":root \{([^}]*)\}", style)[scheme]
    colours = {name: luminance(value) for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)}
    grounds = {"paper", "card"}
    pairs = [
        (text, ground)
        for text in colours.keys() - grounds - {"line"}
        for ground in grounds
        if "tint" not in text
    ]
    pairs += [(text, f"{text}-tint") for text in ("bad", "doubt", "note")]
    assert len(pairs) == 17
    for text, ground in pairs:
        low, high = sorted((colours[text], colours[ground]))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground}"


@pytest.mark.parametrize(("size", "most"), [(300, 300_000), (3_000, 3_000_000)])
def test_a_page_of_many_domains_stays_small(size: int, most: int):
    sick = [replace(WRONG, domain=f"w{number}.example") for number in range(size // 10)]
    well = [
        replace(CLEAN, domain=f"d{number}.example", expiries={SERVER: ASKED})
        for number in range(size - len(sick))
    ]
    text = as_html(Result("verify", ASKED, [*sick, *well]))
    assert len(text.encode()) < most
    assert text.count("✓</span> <bdi>") == len(well)
