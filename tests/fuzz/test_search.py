"""What `make fuzz` does with what it cannot go on with."""

import subprocess
import sys
from pathlib import Path

from tools.lab.stack import CHECKOUT


def test_the_search_itself_ends_with_that_line(tmp_path: Path):
    (tmp_path / "plan").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz", "plan", "--minutes", "1", "--found", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"make fuzz: {tmp_path / 'plan'}: File exists\n")
