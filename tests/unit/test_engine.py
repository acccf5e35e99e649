"""How the engine is built where there is none, with a stand-in for Go."""

import re
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
    [ -z "$BROKEN" ] || { echo "$BROKEN" >&2; exit 1; }
    mkdir -p "${8%/*}"
    echo built > "$8" ;;
esac
"""
ANNOUNCED = """\
engine: pulumi is not on PATH: 3.255.0 will be built once, which takes 5 to 9 minutes on two cores
engine: an installed pulumi spares that: https://www.pulumi.com/docs/install/; or one built before, in {cache}
"""
BUILT = """\
engine: pulumi is not on PATH: building 3.255.0 from Go modules (5 to 9 minutes on two cores)
engine: compiling pulumi …
engine: compiling pulumi: N s
engine: compiling pulumi-language-python …
engine: compiling pulumi-language-python: N s
engine: built in N s: {engine}
"""


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the engine will lie on a machine with Go and without `pulumi`."""
    program(tmp_path / "bin" / "go", GO)
    for name in build.BESIDE_THE_CLI:
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
    assert told(capfd) == ("", ANNOUNCED.format(cache=engine.parent))
    assert not engine.exists()


@pytest.mark.usefixtures("engine")
def test_nothing_is_announced_and_nothing_built_where_pulumi_is_installed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    program(tmp_path / "bin" / "pulumi", "")
    assert build.main(["--announce"]) == 0
    assert told(capfd) == ("", "")
    assert build.main([]) == 0
    assert told(capfd) == (f"{tmp_path}/bin\n", f"engine: pulumi: {tmp_path}/bin/pulumi\n")


def test_it_is_built_once(engine: Path, capfd: pytest.CaptureFixture[str]):
    assert build.main([]) == 0
    assert told(capfd) == (f"{engine}\n", BUILT.format(engine=engine))
    assert sorted(file.name for file in engine.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ]
    assert build.main(["--announce"]) == 0
    assert build.main([]) == 0
    assert told(capfd) == (f"{engine}\n", "")


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


def test_a_build_that_fails_says_so_and_leaves_nothing_behind(
    engine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("BROKEN", "no space left on device")
    with pytest.raises(SystemExit) as ended:
        build.main([])
    assert ended.value.code == (
        "error: compiling pulumi failed, with the errors above; an installed pulumi spares it"
    )
    assert told(capfd)[1].splitlines()[-1] == "no space left on device"
    assert [file.name for file in engine.parent.iterdir()] == ["engine.lock"]
