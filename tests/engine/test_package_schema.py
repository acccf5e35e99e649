"""What the engine says of the Pulumi package schema."""

import subprocess
from pathlib import Path

from tools.lab.stack import CHECKOUT, Stack

SCHEMA = CHECKOUT / "components" / "xmpp_federation_dns" / "plugin" / "schema.json"


def test_the_engine_finds_nothing_wrong_with_the_package_schema(tmp_path: Path):
    done = subprocess.run(
        ["pulumi", "schema", "check", SCHEMA],
        env=Stack(tmp_path).environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
