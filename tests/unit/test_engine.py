"""How the engine is built where there is none, with a stand-in for Go."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tools.engine import build

GO = """\
#!/bin/sh
case $1 in
  version) echo 'go version go1.26.0 linux/amd64' ;;
  list) echo "$SDK" ;;
  build)
    sleep "$SECONDS_A_BUILD"
    [ -z "$BROKEN" ] || { echo "$PWD: $BROKEN" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    mkdir -p "${2%/*}"
    echo built > "$2" ;;
esac
"""
ALL = "pulumi, pulumi-language-python, pulumi-language-yaml"
ANNOUNCED = """\
engine: pulumi is not on PATH: {names} for 3.255.0 will be built once, which takes {minutes} minutes on two cores
engine: an installed pulumi spares that: https://www.pulumi.com/docs/install/; or one built before, in {cache}
"""
BUILT = """\
engine: pulumi is not on PATH: building pulumi, pulumi-language-python, pulumi-language-yaml for 3.255.0 from Go \
modules (6 to 11 minutes on two cores)
engine: compiling pulumi …
engine: compiling pulumi: N s
engine: compiling pulumi-language-python …
engine: compiling pulumi-language-python: N s
engine: compiling pulumi-language-yaml …
engine: compiling pulumi-language-yaml: N s
engine: built in N s
"""
YAML_BUILT = """\
engine: pulumi is not on PATH: building pulumi-language-yaml for 3.255.0 from Go modules (1 to 2 minutes on two cores)
engine: compiling pulumi-language-yaml …
engine: compiling pulumi-language-yaml: N s
engine: built in N s
"""
GENSDK_BUILT = """\
engine: building {name} for 3.255.0 from Go modules (1 to 4 minutes on two cores)
engine: compiling {name} …
engine: compiling {name}: N s
engine: built in N s
"""


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the engine will lie on a machine with Go and without `pulumi`."""
    program(tmp_path / "bin" / "go", GO)
    for name in build.PROGRAMS["pulumi-language-python"].beside:
        program(tmp_path / "sdk" / name, "")
    for name, value in {
        "PATH": f"{tmp_path}/bin:/usr/bin:/bin",
        "SDK": str(tmp_path / "sdk"),
        "SECONDS_A_BUILD": "0",
        "BROKEN": "",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(build, "ENGINE", tmp_path / "cache" / "pulumi")
    return build.ENGINE


def told(capfd: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Return what came as the result and what was said, with N for seconds."""
    result, said = capfd.readouterr()
    return result, re.sub(r"\d+ s\b", "N s", said)


def test_what_will_be_built_is_announced_with_its_time_and_with_what_spares_it(
    engine: Path, capfd: pytest.CaptureFixture[str]
):
    assert build.main(["--announce"]) == 0
    assert told(capfd) == ("", ANNOUNCED.format(names=ALL, minutes="6 to 11", cache=engine.parent))
    assert not engine.exists()


def test_of_an_engine_built_without_the_yaml_host_only_that_is_announced_and_built(
    engine: Path, capfd: pytest.CaptureFixture[str]
):
    for name in ("pulumi", "pulumi-language-python"):
        program(engine / name, "built before")
    assert build.main(["--announce"]) == 0
    expected = ANNOUNCED.format(names="pulumi-language-yaml", minutes="1 to 2", cache=engine.parent)
    assert told(capfd) == ("", expected)
    assert build.main([]) == 0
    assert told(capfd) == (f"{engine}\n", YAML_BUILT)
    assert {file.name: file.read_text() for file in engine.iterdir()} == {
        "pulumi": "built before",
        "pulumi-language-python": "built before",
        "pulumi-language-yaml": "built\n",
    }


@pytest.mark.usefixtures("engine")
def test_nothing_is_announced_and_nothing_built_where_pulumi_is_installed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    for name in ("pulumi", "pulumi-language-yaml"):
        program(tmp_path / "installed" / name, "")
    (tmp_path / "bin" / "pulumi").symlink_to(tmp_path / "installed" / "pulumi")
    assert build.main(["--announce"]) == 0
    assert told(capfd) == ("", "")
    assert build.main([]) == 0
    assert told(capfd) == (f"{tmp_path}/bin\n", f"engine: pulumi: {tmp_path}/bin/pulumi\n")


@pytest.mark.usefixtures("engine")
def test_of_an_installed_pulumi_without_the_yaml_host_it_is_said_what_will_fail(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    program(tmp_path / "bin" / "pulumi", "")
    assert build.main([]) == 0
    assert told(capfd) == (
        f"{tmp_path}/bin\n",
        f"engine: pulumi: {tmp_path}/bin/pulumi\n"
        "engine: pulumi-language-yaml, which comes with every published pulumi, is not beside it: "
        "tests of programs in YAML will fail\n",
    )


def test_it_is_built_once(engine: Path, capfd: pytest.CaptureFixture[str]):
    assert build.main([]) == 0
    assert told(capfd) == (f"{engine}\n", BUILT)
    assert sorted(file.name for file in engine.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-language-yaml",
    ]
    assert build.main(["--announce"]) == 0
    assert build.main([]) == 0
    assert told(capfd) == (f"{engine}\n", "")


def test_of_two_builds_at_once_the_second_waits_and_takes_what_the_first_has_made(
    engine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("SECONDS_A_BUILD", "0.2")
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(build.main, [[], []])) == [0, 0]
    results, said = told(capfd)
    # Two threads may write their lines into each other.
    assert (sorted(results.replace("\n", "")), said) == (sorted(f"{engine}{engine}"), BUILT)


def test_gensdk_is_built_once_for_its_source_and_without_the_engine(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(build, "HERE", tmp_path / "source")
    program(tmp_path / "source" / "gensdk" / "main.go", "package main")
    first, second = engine.parent / "gensdk-51284385", engine.parent / "gensdk-43e1e414"
    assert build.main(["--gensdk"]) == 0
    assert told(capfd) == (f"{first}\n", GENSDK_BUILT.format(name=first.name))
    assert build.main(["--gensdk"]) == 0
    assert told(capfd) == (f"{first}\n", "")
    program(tmp_path / "source" / "gensdk" / "main.go", "package main // changed")
    assert build.main(["--gensdk"]) == 0
    assert told(capfd) == (f"{second}\n", GENSDK_BUILT.format(name=second.name))
    assert not engine.exists()


@pytest.mark.usefixtures("engine")
def test_who_waits_is_told_how_long_already(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(build, "PAUSE", 0.2)
    monkeypatch.setenv("SECONDS_A_BUILD", "0.5")
    assert build.main([]) == 0
    lines = told(capfd)[1].splitlines()
    assert lines[1:3] == ["engine: compiling pulumi …", "engine: compiling pulumi … N s so far"]
    assert "engine: compiling pulumi-language-python … N s so far" in lines


def test_a_build_that_fails_says_so_and_leaves_nothing_half(
    engine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("BROKEN", "no space left on device")
    with pytest.raises(SystemExit) as ended:
        build.main([])
    assert ended.value.code == (
        "error: compiling pulumi failed, with the errors above; an installed pulumi spares it"
    )
    assert told(capfd)[1].splitlines()[-1] == f"{build.HERE}/pulumi: no space left on device"
    assert [file.name for file in engine.parent.iterdir()] == ["engine.lock"]


def test_a_program_in_go_is_compiled_where_it_lies_without_the_engine(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    (tmp_path / "program").mkdir()
    monkeypatch.chdir(tmp_path)
    assert build.main(["--compile", "program"]) == 0
    assert told(capfd) == ("", "")
    monkeypatch.setenv("BROKEN", "no such module")
    with pytest.raises(SystemExit) as ended:
        build.main(["--compile", "program"])
    assert ended.value.code == "error: compiling program failed, with the errors above"
    assert told(capfd) == ("", f"{tmp_path}/program: no such module\n")
    assert not engine.exists()


@pytest.mark.usefixtures("engine")
def test_gensdk_that_cannot_be_built_is_not_said_to_be_spared_by_pulumi(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BROKEN", "no space left on device")
    with pytest.raises(
        SystemExit, match=r"^error: compiling gensdk-[0-9a-f]{8} failed, with the errors above$"
    ):
        build.main(["--gensdk"])


@pytest.mark.usefixtures("engine")
def test_without_go_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        build.main([])
    assert ended.value.code == (
        "error: Go 1.25 or later is needed: install Go, or uv, which brings it along; an installed pulumi spares it"
    )
