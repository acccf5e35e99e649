"""What `pulumi config set` writes, and what the hints of `check` make of it."""

import shlex
from pathlib import Path

import pytest
from tools.lab.stack import Stack

from xmpp_federation_dns.configuration.check import check

CONFIGURATION = """\
config:
  xmpp-federation-dns:zones: [{provider: aws, name: contoso.com}]
  xmpp-federation-dns:domains: [contoso.com]
  xmpp-federation-dns:edgePools:
    - ipv4: [131.107.155.10]
"""


def told(stack: Stack) -> list[str]:
    return [str(finding.problem) for finding in check(stack.file)]


@pytest.mark.parametrize(
    ("key", "first", "then", "expected"),
    [
        ("edgePools[0].port", "05269", "5269", "a whole number"),
        ("edgePools[0].priority", "010", "10", "a whole number"),
        ("zones[0].retainOnDelete", "True", "true", "true or false"),
    ],
)
def test_what_was_set_as_text_stays_text_until_the_commands_of_the_hint(
    tmp_path: Path, key: str, first: str, then: str, expected: str
):
    stack = Stack(tmp_path)
    stack.pulumi("stack", "init")
    stack.file.write_text(stack.file.read_text() + CONFIGURATION)
    commands = f"pulumi config rm --path '{key}' && pulumi config set --path '{key}' {then}"
    for value in (first, then):
        stack.pulumi("config", "set", "--path", key, value)
        hint = f"write {then} without quotes, or {commands}"
        assert told(stack) == [f"{key}: expected {expected}, got '{value}' ({hint})"]
    for command in commands.split(" && "):
        stack.pulumi(*shlex.split(command)[1:])
    assert told(stack) == []
