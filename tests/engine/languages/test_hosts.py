"""The language hosts beside the engine, each with a program that needs no provider."""

from pathlib import Path

from tools.lab.stack import Stack

PROGRAM = """\
name: hosts
runtime: yaml
outputs:
  greeting: hello from ${pulumi.stack}
"""


def test_a_program_in_yaml_runs(tmp_path: Path):
    stack = Stack(tmp_path)
    (stack.project / "Pulumi.yaml").write_text(PROGRAM)
    stack.pulumi("stack", "init")
    stack.pulumi("up", "--yes", "--skip-preview")
    assert stack.outputs() == {"greeting": "hello from demo"}
