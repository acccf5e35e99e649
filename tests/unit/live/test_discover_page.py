"""The commands of docs/discover.md are such as the program takes."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from xmpp_federation_dns.commands import app

PAGE = (Path(__file__).parents[3] / "docs" / "discover.md").read_text()
BLOCKS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("xmpp-")]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_has_options_that_there_are(line: str):
    _, name, *arguments = shlex.split(line)
    command = typer.main.get_group(app).commands[name]
    assert command.make_context(name, arguments).params


def test_the_page_has_every_source():
    assert {
        option
        for line in COMMANDS
        for option in re.findall(r"--(?:aws|azure|cloudflare|gcp|server|domains)", line)
    } == {
        "--aws",
        "--azure",
        "--cloudflare",
        "--gcp",
        "--server",
        "--domains",
    }
