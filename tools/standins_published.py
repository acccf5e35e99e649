"""Hold the stand-ins' tables of cases against the published plugins of the installed SDKs, which are downloaded.

Source: docs/dev/standins.md. Ends with the exit status of the tests, or with one line where a plugin cannot be had.
"""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tests.standins.client import published_variable
from tests.standins.home import CHECKOUT, PLUGINS, plugin_path

HOME = CHECKOUT / ".tools" / "pulumi"
TESTS = ("test_aws_plugin.py", "test_aws_refusals.py", "test_aws_zones.py", "test_azure_native_plugin.py")
CAUSE = "warning: Error downloading plugin: "


def main() -> None:
    """Download what is not there yet, and run the tests."""
    variables = {published_variable(name): str(installed(name)) for name in PLUGINS}
    files = [str(CHECKOUT / "tests" / "standins" / name) for name in TESTS]
    # The plugin waits 15 s after every change, as the tests then do most of the time.
    command = [sys.executable, "-m", "pytest", "-n", "4", *files]
    sys.exit(subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **variables}, check=False).returncode)


def installed(name: str) -> Path:
    """Return the binary of a plugin, in the version that its SDK asks for; end with one line where there is none."""
    wanted = version(PLUGINS[name][0])
    done = subprocess.run(
        ["pulumi", "plugin", "install", "resource", name, wanted],
        env={**os.environ, "PULUMI_HOME": str(HOME), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [f"exit status {done.returncode}", *done.stderr.strip().splitlines()]
        causes = [line.removeprefix(CAUSE) for line in said if line.startswith(CAUSE)]
        sys.exit(f"error: cannot download the plugin {name} {wanted}: {(causes or said)[-1]}")
    return plugin_path(HOME, name)


if __name__ == "__main__":
    main()
