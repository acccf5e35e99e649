"""What archives of a release are made of."""

import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import package

WORKFLOWS = package.CHECKOUT / ".github" / "workflows"
RELEASE: dict[Any, Any] = yaml.safe_load((WORKFLOWS / "release.yml").read_text())

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


def test_a_tag_that_is_not_the_version_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as raised:
        package.main(["--into", str(tmp_path / "dist"), "--tag", "v0.0.9"])
    told = capsys.readouterr().err.splitlines()[-1].partition(": error: ")[2]
    assert (raised.value.code, told) == (
        2,
        f"the tag v0.0.9 is not v{package.VERSION}, the version in pyproject.toml",
    )
    assert not (tmp_path / "dist").exists()


def commands(job: str) -> list[str]:
    return [step["run"] for step in RELEASE["jobs"][job]["steps"] if "run" in step]


def test_a_tag_releases_what_make_package_makes_of_it_for_every_platform():
    assert RELEASE[True] == {"push": {"tags": ["v*"]}}  # `on`, which YAML 1.1 takes for true
    platforms = " ".join(package.PLATFORMS)
    assert commands("package") == [f'make package PLATFORMS="{platforms}" TAG="$GITHUB_REF_NAME"']


def test_what_is_uploaded_to_pypi_is_the_wheel_and_the_sdist_alone(tmp_path: Path):
    names = [f"xmpp_federation_dns-0.1.0{end}" for end in (".tar.gz", "-py3-none-any.whl")]
    others = ["SHA256SUMS", "xmpp-federation-dns-sdk-go-0.1.0.tar.gz"]
    (tmp_path / "dist").mkdir()
    for name in (*names, *others):
        (tmp_path / "dist" / name).touch()
    [command] = commands("pypi")
    subprocess.run(["bash", "-e", "-c", command], cwd=tmp_path, check=True)
    assert {path.name for path in (tmp_path / "pypi").iterdir()} == {*names}


def test_each_job_of_a_release_may_do_its_own_alone():
    assert RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE["jobs"].items()} == {
        "package": {"contents": "read"},
        "pypi": {"id-token": "write"},
        "github": {"contents": "write"},
    }


def test_actions_are_named_by_the_hash_of_a_version():
    def used(text: str) -> set[tuple[str, str]]:
        return set(re.findall(r"uses: (\S+)@(.+)", text))

    others = {action for file in WORKFLOWS.glob("*.yml") for action in used(file.read_text())}
    # One version of each, in all of them.
    assert len(dict(others)) == len(others)
    by_branch = {name for name, version in others if not re.fullmatch(r"[0-9a-f]{40} # v[0-9.]+", version)}
    assert by_branch == {"pypa/gh-action-pypi-publish"}
    assert {name for name, _ in used((WORKFLOWS / "release.yml").read_text())} == {
        "actions/checkout",
        "actions/download-artifact",
        "actions/setup-go",
        "actions/upload-artifact",
        "pypa/gh-action-pypi-publish",
    }
