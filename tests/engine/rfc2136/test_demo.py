"""The demo: it does what it shows, and the README shows what it does."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tools.lab.stack import CHECKOUT


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("demo") / "demo.svg"
    command = [sys.executable, "-m", "tools.demo", "--picture", str(file)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return file


def shown(picture: Path) -> str:
    """Return what a picture shows, with one port in place of any."""
    svg = ElementTree.parse(picture)
    texts = ["".join(each.itertext()) for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    return re.sub(
        r"(127\.0\.0\.1(?::| port ))\d+", r"\g<1>53", "".join(texts).replace("\N{NO-BREAK SPACE}", " ")
    )


def test_the_picture_in_the_readme_is_what_the_demo_shows_today(picture: Path):
    committed = CHECKOUT / "docs" / "demo.svg"
    assert shown(committed) == shown(picture), "make demo-picture"


def test_the_demo_proves_what_it_published_and_notices_what_somebody_changed(picture: Path):
    told = shown(picture)
    assert re.findall(r"2 SIP domains: [\w ,]+?(?=\n)", told) == [
        "2 SIP domains: 2 proven",
        "2 SIP domains: 1 proven, 1 not",
    ]


def test_a_picture_takes_nothing_from_a_network(picture: Path):
    addresses = re.findall(r"\w+://[^\s\"']+", picture.read_text())
    assert addresses == ["http://www.w3.org/2000/svg"]
