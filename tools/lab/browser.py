"""Debian's Chromium without a window, which looks at one page at a time and reaches no network."""

import os
import subprocess
import tempfile
from pathlib import Path

# In a network namespace without an interface. Chromium's own sandbox refuses to run as root.
_NO_NETWORK = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)))
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
_DARK = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")
_LIGHT = ("--blink-settings=preferredColorScheme=1",)
SECONDS = 120
"""After which a page is given up."""


def dom(page: Path) -> tuple[str, list[str]]:
    """Return what the browser made of *page*, as HTML, and what the page made it write to its console."""
    done = _run(page, "--dump-dom")
    console = [line for line in done.stderr.splitlines() if ":CONSOLE:" in line]
    return done.stdout, [line for line in console if "source: chrome:" not in line]


def screenshot(page: Path, picture: Path, width: int, height: int, *, dark: bool = False) -> None:
    """Draw the top of *page* into the PNG file *picture*; sizes are in pixels."""
    scheme = _DARK if dark else _LIGHT
    _run(page, *scheme, f"--window-size={width},{height}", f"--screenshot={picture.absolute()}")


def printed(page: Path) -> str:
    """Return the text of *page* on paper."""
    with tempfile.TemporaryDirectory() as directory:
        paper = Path(directory) / "page.pdf"
        _run(page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
        command = ["pdftotext", "-layout", str(paper), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _run(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as profile:
        command = [*_NO_NETWORK, "chromium", *_OPTIONS, f"--user-data-dir={profile}", *options]
        return subprocess.run(
            [*command, page.absolute().as_uri()], capture_output=True, text=True, check=True, timeout=SECONDS
        )
