"""What Pulumi says of the project before anything is installed."""

import subprocess
from pathlib import Path

from tools.lab.stack import CHECKOUT, Stack


def test_pulumi_begins_to_install_in_a_clone_that_has_no_environment_yet(tmp_path: Path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "-C", CHECKOUT, "checkout-index", "--all", f"--prefix={clone}/"], check=True)
    done = subprocess.run(
        ["pulumi", "install", "--no-dependencies", "--no-plugins", "--color", "never"],
        cwd=clone,
        env=Stack(tmp_path / "stack").environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
