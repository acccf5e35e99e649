"""Programs that run the engine themselves, by the Automation API of their language."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.engine.languages.lab import Go, TypeScript
from tools.lab.stack import Stack


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (TypeScript, {"greeting": {"value": "hello from TypeScript", "secret": False}}),
        (Go, {"greeting": {"Value": "hello from Go", "Secret": False}}),
    ],
)
def test_an_inline_program_publishes_its_outputs(
    tmp_path: Path, language: type[TypeScript | Go], expected: dict[str, Any]
):
    program = language(tmp_path / "program")
    assert program.errors == ""
    stack = Stack(tmp_path)
    done = subprocess.run(program.command, env=stack.environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == expected
