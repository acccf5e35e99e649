"""Each command of docs/review.md runs."""

import re
from pathlib import Path

import pytest
from tests.unit.cli import call
from tests.unit.live.plans import plan
from tests.unit.live.test_review import many
from tests.unit.live.test_review_command import STACK, reads

PAGE = (Path(__file__).parents[3] / "docs" / "review.md").read_text()
COMMANDS = [
    line.split()
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.replace("pulumi preview --json | ", "")
    .replace("review -", "review plan.json")
    .splitlines()
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_of_the_page_runs(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    reads(monkeypatch, {})
    Path("Pulumi.yaml").write_text("name: xmpp-federation-dns\nruntime: python\n")
    Path("Pulumi.production.yaml").write_text(STACK)
    Path("plan.json").write_bytes(plan(*many(100, 12)))
    status, text, error = call(*command[1:])
    assert (status, error) == (0 if "--allow" in command else 1, "")
    assert "12 of 100 SIP domains lose federation" in " ".join(text.split())
