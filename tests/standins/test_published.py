"""The published plugins are downloaded before anything is held against them."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.standins.home import CHECKOUT
from tools import standins_published

NO_NETWORK = """\
#!/bin/sh
echo 'warning: Error downloading plugin: Get "https://plugins.example/aws": no such host' >&2
echo 'Will retry in 80ms [1/5]' >&2
echo 'error: [resource plugin aws] failed all 5 attempts' >&2
exit 1
"""


@pytest.mark.parametrize(
    ("pulumi", "cause"),
    [
        (NO_NETWORK, 'Get "https://plugins.example/aws": no such host'),
        ("#!/bin/sh\necho 'error: no space left on device' >&2\nexit 1\n", "error: no space left on device"),
        ("#!/bin/sh\nexit 3\n", "exit status 3"),
    ],
    ids=["no network", "no space", "silence"],
)
def test_a_plugin_that_cannot_be_had_is_told_in_one_line(tmp_path: Path, pulumi: str, cause: str) -> None:
    binary = tmp_path / "pulumi"
    binary.write_text(pulumi)
    binary.chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "tools.standins_published"],
        cwd=CHECKOUT,
        env={"PATH": f"{tmp_path}:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: cannot download the plugin aws {version('pulumi-aws')}: {cause}\n"


def test_every_table_of_a_plugin_is_held_against_it() -> None:
    directory = Path(__file__).parent
    tables = {path.name for path in directory.glob("test_*.py") if "_plugin(" in path.read_text()}

    assert tables - {Path(__file__).name} == set(standins_published.TESTS)
