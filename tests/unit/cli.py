"""The command in a project of three stacks."""

import os
import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from xmpp_federation_dns.commands import app

COMMAND = Path(sys.executable).with_name("xmpp-federation-dns")
CORRECT = """\
config:
  zones: [{provider: aws, name: contoso.com}]
  domains: [contoso.com]
  edgePools: [{ipv4: [131.107.155.10]}]
"""
WRONG = CORRECT.replace("131.107.155.10", "10.0.0.5")
UNWISE = CORRECT + "  addressTtl: 7200\n"
PRIVATE = (
    "edgePools[0].ipv4[0]: '10.0.0.5' is a private address; peers on the internet cannot reach it "
    "(allowPrivateAddresses: true for a lab)"
)
SLOW = "addressTtl: peers use the old addresses for up to 7200 seconds after an Edge pool moved"


def call(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner(env={"COLUMNS": "100", "TERM": "dumb"}).invoke(app, arguments)
    return done.exit_code, done.stdout, done.stderr


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, check=False, env={**os.environ, **environment}
    )


def words(text: str) -> str:
    return " ".join(re.sub(r"[─│╭╮╰╯┏┓┃━┳┡┩╇└┘┴•]", " ", text).split())
