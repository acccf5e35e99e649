"""Make what a release consists of: wheel, sdist, SDKs of other languages, plugin archives, and their SHA-256 sums.

The same sources give the same files: order, owners, modes and times in archives are fixed, and what a plugin archive
brings along is what requirements.lock locks.
"""

import argparse
import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.engine import build

CHECKOUT = Path(__file__).parents[1]
NAME = "xmpp-federation-dns"
SCHEMA = CHECKOUT / "components" / "xmpp_federation_dns" / "plugin" / "schema.json"
VERSION: str = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
EXTRAS = "aws,aws-bulk,azure,azure-bulk,cloudflare,gcp,octodns"
PYTHONS = ("3.14", "3.13", "3.12", "3.11")
PLATFORMS = {
    "linux-amd64": "x86_64-unknown-linux-gnu",
    "linux-arm64": "aarch64-unknown-linux-gnu",
    "darwin-arm64": "aarch64-apple-darwin",
}
"""By the name that Pulumi has for it: what uv installs for."""
LANGUAGES = ("nodejs", "go", "python")
SUMS = "SHA256SUMS"
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1577836800"))
"""The time of every file in archives, in seconds: that of hatchling, 2020-01-01, where it is not given."""
OF_THE_RUN = (".lock", "bin/*", *(f"*.dist-info/{name}" for name in ("*.json", "RECORD", "REQUESTED")))
"""What an installation leaves that says where and when it was, or lists what differs by Python."""
LAUNCHER = """\
#!/bin/sh
# What is compiled in lib fits these; nothing else that the machine has installed is loaded. One that is found need not
# start: pyenv has a shim for whatever any of its versions has.
for version in {versions}; do
    if "python$version" -I -S -c "" 2>/dev/null; then
        exec "python$version" -I -S "$(dirname -- "$0")/lib" "$@"
    fi
done
echo "pulumi-resource-xmpp-federation-dns needs one of these on PATH: {names}" >&2
exit 1
"""


def main(arguments: list[str]) -> int:
    """Make all of it in a folder that is emptied first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=CHECKOUT / "dist", metavar="FOLDER")
    parser.add_argument("--platform", action="append", choices=PLATFORMS, help="default: this machine's")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="default: all of them")
    parser.add_argument("--tag", help="the tag of the release, which has to name the version")
    options = parser.parse_args(arguments)
    if options.tag not in (None, f"v{VERSION}"):
        parser.error(f"the tag {options.tag} is not v{VERSION}, the version in pyproject.toml")
    folder: Path = options.into
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wheel = distributions(folder)
    with tempfile.TemporaryDirectory() as made:
        for language in LANGUAGES:
            sdk(Path(made) / language, language, folder)
        for each in options.platform or [this_platform()]:
            plugin(Path(made) / each, each, options.python or PYTHONS, wheel, folder)
    files = sorted(folder.iterdir())
    (folder / SUMS).write_text("".join(f"{digest(file)}  {file.name}\n" for file in files))
    print((folder / SUMS).read_text(), end="")
    return 0


def distributions(folder: Path) -> Path:
    """Make the sdist and the wheel, and return the wheel."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder.resolve())]
    subprocess.run(command, cwd=CHECKOUT, check=True, stdout=sys.stderr)
    [wheel] = folder.glob("*.whl")
    return wheel


def sdk(made: Path, language: str, folder: Path) -> None:
    """Make the archive of the SDK for *language*; npm wants its folder to be named `package`."""
    subprocess.run([build.gensdk(), SCHEMA, language, made], check=True)
    root = "package" if language == "nodejs" else f"{NAME}-sdk-{language}-{VERSION}"
    write(folder / f"{NAME}-sdk-{language}-{VERSION}.tar.gz", made, root)


def plugin(made: Path, target: str, pythons: Iterable[str], wheel: Path, folder: Path) -> None:
    """Make the archive of the plugin for *target*, under the name by which Pulumi looks for it."""
    lib = made / "lib"
    for python in pythons:
        # What is compiled is named by its Python; all else is the same.
        installed = install(made / python, target, python, wheel)
        shutil.copytree(installed, lib, dirs_exist_ok=True)
        shutil.rmtree(installed)
    shutil.copy(CHECKOUT / "plugin" / "__main__.py", lib)
    executable = made / f"pulumi-resource-{NAME}"
    executable.write_text(launcher(pythons))
    executable.chmod(0o755)
    write(folder / f"pulumi-resource-{NAME}-v{VERSION}-{target}.tar.gz", made)


def launcher(pythons: Iterable[str]) -> str:
    """Return the executable, which runs what lies in lib beside it by the first of *pythons* that starts."""
    names = ", ".join(f"python{python}" for python in pythons)
    return LAUNCHER.format(versions=" ".join(pythons), names=names)


def install(place: Path, target: str, python: str, wheel: Path) -> Path:
    """Put the package with all its extras, and what it needs, into *place*, and return that."""
    subprocess.run(
        [
            *(uv(), "pip", "install", "--quiet", "--target", place),
            *("--python-platform", PLATFORMS[target], "--python-version", python, "--only-binary", ":all:"),
            *("--constraint", CHECKOUT / "requirements.lock", f"{wheel.resolve()}[{EXTRAS}]"),
        ],
        check=True,
    )
    for pattern in OF_THE_RUN:
        for file in place.glob(pattern):
            file.unlink()
    return place


def write(archive: Path, folder: Path, root: str = "") -> None:
    """Write what lies in *folder* to a gzipped *archive*, below *root* there."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, EPOCH) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _files(folder):
            entry = tar.gettarinfo(path, str(Path(root, path.relative_to(folder))))
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = EPOCH, 0, 0, "", ""
            entry.mode = 0o755 if entry.mode & 0o100 else 0o644
            with path.open("rb") as content:
                tar.addfile(entry, content)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def this_platform() -> str:
    """Return the name that Pulumi has for this machine."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


def uv() -> str:
    """Return the uv on PATH, or the one that `make` has installed."""
    return shutil.which("uv") or str(CHECKOUT / ".tools" / "bin" / "uv")


def digest(file: Path) -> str:
    """Return the SHA-256 sum of *file*."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
