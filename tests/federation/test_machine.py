"""A machine that cannot run the federation test: the run says so and fails, unless that is allowed."""

import subprocess
import sys
from pathlib import Path

from tools.lab.stack import CHECKOUT

TEST = "tests/federation/test_prosody.py::test_before_anything_is_published_nobody_is_found"
TOLD = "NO FEDERATION TEST ON THIS MACHINE: not installed: prosody, util-linux (apt-get install prosody util-linux)"


def pytest_without_programs(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a federation test where PATH leads to an empty *directory*."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TEST]
    environment = {"PATH": str(directory), "COLUMNS": "250", **environment}
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_the_run_says_so_and_fails(tmp_path: Path) -> None:
    done = pytest_without_programs(tmp_path)
    assert done.returncode == 1
    assert f"{TOLD}; ALLOW_NO_FEDERATION=1 lets the run pass without it" in done.stdout


def test_the_run_says_so_and_passes_where_that_is_allowed(tmp_path: Path) -> None:
    done = pytest_without_programs(tmp_path, ALLOW_NO_FEDERATION="1")
    assert done.returncode == 0
    assert TOLD in done.stdout
