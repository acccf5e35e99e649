"""Which files a stack includes, and what is told of one that cannot be read."""

import os
from pathlib import Path

import pytest
from tests.unit.included.lab import POOLS, included, stack, write

from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.included import joined
from xmpp_federation_dns.configuration.stackfile import StackFile
from xmpp_federation_dns.configuration.yamlfile import Document
from xmpp_federation_dns.problems import Unknown

NO_ZONE = "zones: no zone is configured; list at least one, with its provider and name"


REFUSED = [
    ("config/none.yaml", "config/none.yaml: No such file or directory"),
    ("config/x.json", "'config/x.json' is none of .yaml, .yml, .txt, .csv"),
    ("../x.yaml", "'../x.yaml' leads out of the project; write an absolute path"),
    ("config/../../x.yaml", "'config/../../x.yaml' leads out of the project; write an absolute path"),
    (3, "expected the name of a file, got 3"),
    ("config/empty.yaml", "config/empty.yaml: it is empty; it holds domains, edgePools and zones"),
    ("config/list.yaml", "config/list.yaml: it is no mapping; it holds domains, edgePools and zones"),
    ("config/broken.yaml", "config/broken.yaml:2: not YAML: did not find expected ',' or ']'"),
    ("config/deep.yaml", "config/deep.yaml: its values lie too deep in one another"),
    ("config/open.csv", "config/open.csv:2: not CSV: unexpected end of data"),
    ("config/two.yaml", "config/two.yaml: it has more than one document"),
    ("a\0.txt", "'a\\x00.txt' is not the name of a file"),
    ("config/no.csv", "config/no.csv: its first line names no column 'Name'"),
    ("config/empty.csv", "config/empty.csv: its first line names no column 'Name'"),
    ("config/long.csv", "config/long.csv:2: not CSV: field larger than field limit (131072)"),
    (
        "config/latin.txt",
        "config/latin.txt: not UTF-8 text; save it as UTF-8 (in PowerShell: -Encoding utf8)",
    ),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_file_that_cannot_be_included_is_told_with_its_place_in_the_stack(name: object, text: str):
    write(
        x__json="{}",
        empty__yaml="",
        list__yaml="- a.example\n",
        broken__yaml="domains: [a.example\n",
        deep__yaml="domains: " + "[" * 990 + "]" * 990,
        no__csv="Identity\nx\n",
        open__csv='Note,Name\n"a,a.example\nb,b.example\n',
        two__yaml="domains: []\n---\ndomains: [a.example]\n",
        empty__csv="",
        long__csv="Name\n" + "x" * 140_000,
        latin__txt="müller.example".encode("latin-1"),
    )
    given, problems = joined({"include": ["config/x.txt", name], "domains": []}, Path())
    assert {type(each) for items in given.values() for each in items} == {Unknown}
    assert [str(problem) for problem in problems][1:] == [f"include[1]: {text}"]


@pytest.mark.parametrize(("name", "missing"), [("x.yaml", []), ("x.csv", [NO_ZONE])])
def test_what_a_file_may_hold_that_cannot_be_read_is_not_missing(name: str, missing: list[str]):
    stack(f"include: [config/{name}, config/{name}]\n{POOLS}")
    told = [str(found.problem) for found in check(Path("config/Pulumi.test.yaml"))]
    assert told == [
        *missing,
        *[f"include[{position}]: config/{name}: No such file or directory" for position in (0, 1)],
    ]


def test_what_an_encrypted_list_of_files_adds_is_not_missing():
    stack("include: {secure: v1:abc}\n")
    told = [str(found.problem) for found in check(Path("config/Pulumi.test.yaml"))]
    assert told == ["include: it is encrypted; not checked"]


def test_values_that_lie_too_deep_are_told_in_a_line(monkeypatch: pytest.MonkeyPatch):
    write(x__yaml="domains: []\n")
    monkeypatch.setattr(Document, "value", lambda *_: (_ for _ in ()).throw(RecursionError()))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert included("x.yaml")[1] == ["include[0]: config/x.yaml: its values lie too deep in one another"]


def test_a_file_outside_the_project_is_named_absolutely(tmp_path: Path):
    write(x__txt="a.example\n")
    given, problems = joined({"include": [str(tmp_path / "config/x.txt")]}, Path())
    assert (given, problems) == ({"domains": ["a.example"]}, [])


def test_a_stack_of_the_project_here_includes_what_lies_here(project: Path, monkeypatch: pytest.MonkeyPatch):
    inner = project / "dns"
    inner.mkdir()
    (inner / "Pulumi.yaml").write_text("name: dns\nstackConfigDir: ../stacks\n")
    (inner / "names.txt").write_text("a.example\n")
    (project / "stacks").mkdir()
    (project / "stacks/Pulumi.test.yaml").write_text("config: {include: [names.txt]}\n")
    monkeypatch.chdir(inner)
    assert StackFile(Path("../stacks/Pulumi.test.yaml")).values == {"domains": ["a.example"]}


@pytest.mark.parametrize("again", ["./config/x.txt", "{here}/config/x.txt", "link.txt"])
def test_a_file_is_included_once_whatever_it_is_called(project: Path, again: str):
    write(x__txt="a.example\n")
    Path("link.txt").symlink_to("config/x.txt")
    again = again.format(here=project)
    given, problems = joined({"include": ["config/x.txt", again]}, Path())
    assert given == {"domains": ["a.example"]}
    assert [str(problem) for problem in problems] == [
        f"include[1]: {again.removeprefix('./')} is included twice"
    ]


def test_a_pipe_is_not_waited_for():
    os.mkfifo("config/x.txt")
    assert included("x.txt")[1] == ["include[0]: config/x.txt: not a regular file"]


def test_terminal_sequences_in_names_of_files_and_columns_are_shown_in_quotes():
    Path("config/\x1b[31m.csv").write_text("Name,\x1b[0m\n,x\n")
    assert included("\x1b[31m.csv")[1] == [
        "'config/\\x1b[31m.csv':1: not read but for the column Name: '\\x1b[0m' (Edge pools stand in YAML)",
        "'config/\\x1b[31m.csv':2: the column Name is empty",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            "config/x.yaml",
            "include: expected a list, got 'config/x.yaml' (pulumi config set --path 'include[0]' config/x.yaml)",
        ),
        (3, "include: expected a list, got 3"),
    ],
)
def test_what_is_included_is_a_list(value: object, text: str):
    given, problems = joined({"include": value, "domains": ["a.example"]}, Path())
    assert given == {"domains": ["a.example"]}
    assert [str(problem) for problem in problems] == [text]


@pytest.mark.parametrize("name", ["config/link.txt", "config/linked/names.txt"])
def test_a_link_does_not_lead_out_of_the_project(name: str, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "names.txt").write_text("a.example\n")
    Path("config/link.txt").symlink_to(outside / "names.txt")
    Path("config/linked").symlink_to(outside)
    assert included(name.removeprefix("config/"))[1] == [
        f"include[0]: '{name}' leads out of the project; write an absolute path"
    ]
