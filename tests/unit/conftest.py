import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cli import CORRECT, UNWISE, WRONG


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name, text in (("correct", CORRECT), ("wrong", WRONG), ("unwise", UNWISE)):
        Path(f"Pulumi.{name}.yaml").write_text(text)
    yield
    gc.enable()  # which the command disables in its process
