"""What archives of a release are made of."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from tools import package

TOLD = "pulumi-resource-xmpp-federation-dns needs one of these on PATH: python3.13, python3.12\n"


def folder(path: Path, *, time: int, mode: int) -> Path:
    (path / "b").mkdir(parents=True)
    for name in ("b/text", "a"):
        (path / name).write_text(name)
        (path / name).chmod(mode)
        os.utime(path / name, (time, time))
    return path


def test_archives_of_the_same_files_are_the_same_whenever_and_by_whomever_they_were_written(tmp_path: Path):
    package.write(tmp_path / "1.tar.gz", folder(tmp_path / "1", time=1_000_000_000, mode=0o600), "root")
    package.write(tmp_path / "2.tar.gz", folder(tmp_path / "2", time=2_000_000_000, mode=0o664), "root")
    assert package.digest(tmp_path / "1.tar.gz") == package.digest(tmp_path / "2.tar.gz")
    with tarfile.open(tmp_path / "1.tar.gz") as tar:
        entries = [(each.name, each.mode, each.uid, each.uname, each.mtime) for each in tar]
    assert entries == [
        ("root/a", 0o644, 0, "", package.EPOCH),
        ("root/b/text", 0o644, 0, "", package.EPOCH),
    ]


def test_an_archive_keeps_what_can_be_executed(tmp_path: Path):
    package.write(tmp_path / "1.tar.gz", folder(tmp_path / "1", time=0, mode=0o700))
    with tarfile.open(tmp_path / "1.tar.gz") as tar:
        assert [(each.name, each.mode) for each in tar] == [("a", 0o755), ("b/text", 0o755)]


class Launched:
    """The executable of an archive in a folder of its own, on a machine with some commands."""

    def __init__(self, directory: Path, **commands: str) -> None:
        self.executable = directory / "plugin" / "pulumi-resource-xmpp-federation-dns"
        self.executable.parent.mkdir()
        self.executable.write_text(package.launcher(("3.13", "3.12")))
        self.executable.chmod(0o755)
        (directory / "bin").mkdir()
        (directory / "bin" / "dirname").symlink_to("/usr/bin/dirname")
        for name, text in commands.items():
            command = directory / "bin" / name.replace("_", ".")
            command.write_text(f"#!/bin/sh\n{text}\n")
            command.chmod(0o755)
        self.done = subprocess.run(
            [self.executable, "127.0.0.1:1"],
            env={"PATH": str(directory / "bin")},
            capture_output=True,
            text=True,
            check=False,
        )


def test_the_newest_python_that_starts_runs_what_the_archive_brings_and_nothing_that_is_installed(
    tmp_path: Path,
):
    shim = "echo 'pyenv: python3.13: command not found' >&2; exit 127"
    launched = Launched(tmp_path, python3_13=shim, python3_12='[ "$3" = -c ] || echo "3.12 $@"')
    assert launched.done.stdout == f"3.12 -I -S {launched.executable.parent}/lib 127.0.0.1:1\n"
    assert launched.done.stderr == ""


@pytest.mark.parametrize("commands", [{}, {"python3_11": "echo 3.11"}], ids=["no Python", "another one"])
def test_without_a_python_that_fits_it_names_those_that_would(tmp_path: Path, commands: dict[str, str]):
    done = Launched(tmp_path, **commands).done
    assert (done.returncode, done.stdout, done.stderr) == (1, "", TOLD)
