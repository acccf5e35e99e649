"""What `make fuzz` cannot go on with is told in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tools import fuzz_options

TARGETS = ("plan", "stream")
NONE = Path("corpus") / "of" / "none"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["plans"], "there is no TARGET 'plans'; there are plan, stream"),
        (["plan", "--minutes", "x"], "MINUTES is 'x', and not a number above 0, at most 1440"),
        (["plan", "--minutes", "0"], "MINUTES is '0', and not a number above 0, at most 1440"),
        (["plan", "--minutes", "-1"], "MINUTES is '-1', and not a number above 0, at most 1440"),
        (["plan", "--minutes", "nan"], "MINUTES is 'nan', and not a number above 0, at most 1440"),
        (["plan", "--minutes", "1e9"], "MINUTES is '1e9', and not a number above 0, at most 1440"),
        (["plan", "stream"], "unrecognized arguments: stream"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
):
    with pytest.raises(SystemExit) as ended:
        fuzz_options.read(arguments, TARGETS)
    assert (ended.value.code, capsys.readouterr().err) == (2, f"make fuzz: {line}\n")


def test_what_is_asked_rightly_is_read():
    found = [fuzz_options.read(each, TARGETS) for each in ([], ["plan", "--minutes", "0.5", "--found", "x"])]
    assert found == [
        fuzz_options.Options(None, 20.0, Path(".fuzz")),
        fuzz_options.Options("plan", 0.5, Path("x")),
    ]


def folder_that_is_a_file(place: Path) -> Path:
    place.write_text("")
    return place


def seed_that_is_a_folder(place: Path) -> Path:
    (place / "seed-0").mkdir(parents=True)
    return place / "seed-0"


def link_to_nothing(place: Path) -> Path:
    place.mkdir()
    (place / "link").symlink_to("nowhere")
    return place / "link"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (folder_that_is_a_file, "File exists"),
        (seed_that_is_a_folder, "Is a directory"),
        (link_to_nothing, "No such file or directory"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, broken: Callable[[Path], Path], why: str
):
    place = broken(tmp_path / "plan")
    with pytest.raises(SystemExit) as ended:
        fuzz_options.prepared((tmp_path / "plan", tmp_path / "found"), NONE, [b"{}"])
    assert ended.value.code == f"make fuzz: {place}: {why}"


def test_a_search_goes_on_from_seeds_what_grew_and_what_was_kept(tmp_path: Path):
    kept = tmp_path / "kept"
    kept.mkdir()
    folders = fuzz_options.prepared((tmp_path / "plan", tmp_path / "found"), kept, [b"{}", b"[]"])
    assert folders == [str(tmp_path / "plan"), str(kept)]
    assert sorted(path.read_bytes() for path in (tmp_path / "plan").iterdir()) == [b"[]", b"{}"]
    assert (tmp_path / "found").is_dir()
