"""A project that does not name the plugin: what this package says, and what the engine says after it."""

import os
import re
import sys
from pathlib import Path

import pytest
from tests.engine.rfc2136.lab import UNCHANGED, Lab, Run


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    file = lab.stack.project / "Pulumi.yaml"
    file.write_text(re.sub(r"(?m)^plugins:\n(?: .*\n)+", "", file.read_text()))
    return lab.run("preview")


def test_the_way_out_is_told_before_the_engine_fails(previewed: Run, lab: Lab):
    warnings = re.findall(r"^ +warning: (.*)$", previewed.output, re.MULTILINE)
    # The environment of the tests, which in a project of one's own is .venv.
    folder = os.path.relpath(Path(sys.prefix, "bin"), lab.stack.project)
    assert warnings == [
        "the provider plugin xmpp-federation-dns is named nowhere; in Pulumi.yaml, 'plugins: {providers: "
        f"[{{name: xmpp-federation-dns, path: {folder}}}]}}' does that (docs/languages.md)"
    ]


def test_the_engine_fails_and_publishes_nothing(previewed: Run):
    assert (previewed.status, previewed.changes) == (1, UNCHANGED)
    assert previewed.errors == [
        "no resource plugin 'pulumi-resource-xmpp-federation-dns' found in the workspace"
    ]


def test_there_is_no_traceback(previewed: Run):
    assert "Traceback" not in previewed.output
