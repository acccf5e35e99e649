"""The page in a browser: it holds every verdict, says nothing on its console, and is all there on paper."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.proof.test_forms import CHANGED, INFO, SILENT, WRONG
from tests.proof.test_page import HOSTILE, SHOWN, Reader
from tools.lab import browser

from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.page import as_html
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict
from xmpp_federation_dns.proof.result import Result

ASKED = datetime(2026, 11, 30, 17, tzinfo=UTC)
SYMBOLS = {"proven": "✓", "failed": "✗", "unknown": "?"}
KINDS = (WRONG, SILENT, INFO, *[Verdict("well.example")] * 7)


def stack(size: int) -> list[Verdict]:
    """Return *size* verdicts, of which three in ten have findings, with certificates."""
    return [
        replace(
            KINDS[number % len(KINDS)],
            domain=f"d{number}.example",
            expiries={f"192.0.2.1 port 5269 (xmpp.d{number}.example)": ASKED + timedelta(days=number)},
        )
        for number in range(size)
    ]


def file(directory: Path, result: Result) -> Path:
    path = directory / "page.html"
    path.write_text(as_html(result))
    return path


@pytest.mark.parametrize("size", [300, 3_000])
def test_the_browser_holds_every_verdict_and_says_nothing_on_its_console(tmp_path: Path, size: int):
    verdicts = stack(size)
    page, console = browser.dom(file(tmp_path, Result("probe", ASKED, verdicts)))
    reader = Reader(page)
    said = " ".join(reader.text.split())
    told = [f"{each.domain} {SYMBOLS[each.state]} {each.state}" for each in verdicts if each.findings]
    clean = [f"✓ {each.domain} proven" for each in verdicts if not each.findings]
    assert len(told) + len(clean) == size
    assert [each for each in (*told, *clean) if f" {each} " not in said] == []
    assert console == []


def test_changes_and_partners_are_in_the_browser(tmp_path: Path):
    cells = {("contoso.com", f"p{number}.example"): Cell("failed", f"C{number}") for number in range(40)}
    matrix = Matrix(("contoso.com",), tuple(partner for _, partner in cells), cells)
    page, console = browser.dom(file(tmp_path, replace(CHANGED, matrix=matrix)))
    lines = Reader(page).lines()
    assert [line for line in lines if line.startswith("p")] == [
        f"p{n}.example ✗ failed C{n}" for n in range(40)
    ]
    assert [line for line in lines if "→" in line and "V9" not in line] != []
    assert console == []


def test_whatever_a_server_says_is_text_in_the_browser(tmp_path: Path):
    said = Finding("V9", "error", Subject(HOSTILE), HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE})
    verdict = Verdict("a.example", (said,), {HOSTILE: ASKED})
    page, console = browser.dom(file(tmp_path, Result("verify", ASKED, [verdict])))
    reader = Reader(page)
    assert (reader.text.count(SHOWN), console) == (7, [])
    assert "script" not in {tag for tag, _ in reader.tags}


def test_the_browser_would_say_what_a_page_may_not_load_or_run(tmp_path: Path):
    more = "<script>document.title = 'ran'</script><img src='https://192.0.2.1/x.png'>"
    path = tmp_path / "page.html"
    path.write_text(as_html(Result("verify", ASKED, stack(1))).replace("</main>", f"{more}</main>"))
    page, console = browser.dom(path)
    assert "<title>ran" not in page
    assert [line.count("violates the following Content Security Policy directive") for line in console] == [
        1,
        1,
    ]


def test_on_paper_everything_is_open(tmp_path: Path):
    text = " ".join(browser.printed(file(tmp_path, Result("probe", ASKED, stack(20)))).split())
    assert text.count("ns2 (192.0.2.2) A 10.0.0.5") == 2
    assert [f"d{n}.example" for n in range(20) if f"(xmpp.d{n}.example)" not in text] == []
    assert text.count("✓ d") == 14


@pytest.mark.parametrize(("dark", "colour"), [(False, (251, 251, 249)), (True, (22, 24, 27))])
def test_it_is_light_or_dark_as_the_machine_of_the_reader(tmp_path: Path, dark: bool, colour: Sequence[int]):
    picture = tmp_path / "page.png"
    browser.screenshot(file(tmp_path, Result("verify", ASKED, stack(3))), picture, 400, 300, dark=dark)
    assert tuple(first_pixel(picture.read_bytes())) == colour


def first_pixel(png: bytes) -> bytes:
    """Return red, green and blue of the upper left corner, which no filter of PNG changes."""
    data = b""
    position = 8
    while position < len(png):
        length, kind = int.from_bytes(png[position : position + 4]), png[position + 4 : position + 8]
        data += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += 12 + length
    return zlib.decompress(data)[1:4]
