import json
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.table import NAMES

from xmpp_federation_dns.commands.check import as_annotations, as_json, as_table, summary
from xmpp_federation_dns.configuration.check import Located, check, size, stack_files, stacks
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.problems import Problem

CORRECT = """\
config:
  zones: [{provider: aws, name: contoso.com}]
  domains: [contoso.com]
  edgePools: [{ipv4: [131.107.155.10]}]
"""
PRIVATE = (
    "'10.0.0.5' is a private address; peers on the internet cannot reach it "
    "(allowPrivateAddresses: true for a lab)"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text("name: xmpp-federation-dns\nstackConfigDir: config\n")
    Path("config").mkdir()
    return Path("config")


def notice(path: str) -> Located:
    return Located(Path(path), 1, Problem(("domains",), "it is encrypted; not checked", "notice", "S5"))


def finding(path: str, line: int, *place: str | int, text: str = "x", warn: bool = False) -> Located:
    return Located(Path(path), line, Problem(place, text, "warning" if warn else "error", rule="P6"))


def test_a_correct_file_has_no_findings(project: Path):
    (project / "Pulumi.a.yaml").write_text(CORRECT)
    assert check(project / "Pulumi.a.yaml") == []


def test_findings_carry_line_rule_and_severity_and_come_from_top_to_bottom(project: Path):
    path = project / "Pulumi.a.yaml"
    path.write_text(
        "config:\n"
        "  zones: [{provider: aws, name: contoso.com}]\n"
        "  edgePools:\n"
        "    - ipv4:\n"
        "        - 131.107.155.10\n"
        "        - 10.0.0.5\n"
        "  domains:\n"
        "    - contoso.com\n"
        "    - name: contoso_com\n"
        "      colour: blue\n"
        "  addressTtl: 7200\n"
    )
    assert [(f.line, f.problem.rule, f.problem.severity, str(f.problem)) for f in check(path)] == [
        (6, "P6", "error", f"edgePools[0].ipv4[1]: {PRIVATE}"),
        (
            9,
            "P1",
            "error",
            "domains[1].name: 'contoso_com' is not a host name: labels hold letters, digits and hyphens",
        ),
        (10, "S1", "error", "domains[1].colour: unknown key; known are name, edgePools, federation"),
        (
            11,
            "P9",
            "warning",
            "addressTtl: peers use the old addresses for up to 7200 seconds after an Edge pool moved",
        ),
    ]


def test_what_is_missing_is_found_where_it_is_missing(project: Path):
    path = project / "Pulumi.a.yaml"
    path.write_text(CORRECT.replace("provider: aws, ", ""))
    assert [(f.line, str(f.problem)) for f in check(path)] == [
        (2, f"zones[0]: 'provider' is missing; it is one of {NAMES}"),
    ]


def test_an_encrypted_secret_needs_no_secret_to_be_checked(project: Path):
    path = project / "Pulumi.a.yaml"
    zone = "{provider: rfc2136, name: contoso.com, server: 192.0.2.53, tsigKeyName: k}"
    path.write_text(
        CORRECT.replace("{provider: aws, name: contoso.com}", zone) + "  tsigSecret: {secure: v1:x}\n"
    )
    assert check(path) == []


def test_values_too_deep_for_the_rules_are_told_as_a_file_that_cannot_be_read(project: Path):
    path = project / "Pulumi.a.yaml"
    path.write_text(f"config: {{domains: '{'[' * 600}{']' * 600}'}}")
    with pytest.raises(StackFileError) as raised:
        check(path)
    assert str(raised.value) == f"{path}: its values lie too deep in one another"


def test_a_stack_goes_by_its_name_or_its_file(project: Path):
    for name in ("a", "b"):
        (project / f"Pulumi.{name}.yaml").write_text(CORRECT)
    Path("other.txt").write_text(CORRECT)
    assert stack_files(["b", "config/Pulumi.a.yaml", "other.txt", "gone.yaml", "gone.yml"]) == [
        project / "Pulumi.b.yaml",
        project / "Pulumi.a.yaml",
        Path("other.txt"),
        Path("gone.yaml"),
        Path("gone.yml"),
    ]


def test_a_file_goes_before_a_stack_of_the_same_name(project: Path):
    Path("a").write_text(CORRECT)
    (project / "Pulumi.a.yaml").write_text(CORRECT)
    assert stack_files(["a"]) == [Path("a")]


def test_without_names_all_stacks_of_the_project_are_meant(project: Path):
    for name in ("b", "a"):
        (project / f"Pulumi.{name}.yaml").write_text(CORRECT)
    (project / "stack.schema.json").write_text("{}")
    assert stack_files([]) == [project / "Pulumi.a.yaml", project / "Pulumi.b.yaml"]


def test_the_stacks_of_the_project_have_names(project: Path):
    for name in ("Pulumi.b.yaml", "Pulumi.a.b.yaml", "stack.schema.json"):
        (project / name).touch()
    assert stacks() == ["a.b", "b"]


@pytest.mark.usefixtures("project")
def test_without_a_project_the_stacks_of_this_directory_are_meant():
    Path("Pulumi.yaml").unlink()
    Path("Pulumi.a.yaml").write_text(CORRECT)
    assert stack_files([]) == [Path("Pulumi.a.yaml")]


@pytest.mark.usefixtures("project")
def test_a_project_may_have_no_stacks_yet():
    assert stack_files([]) == []


@pytest.mark.usefixtures("project")
def test_a_directory_with_neither_a_project_nor_stacks_is_told_so():
    Path("Pulumi.yaml").unlink()
    with pytest.raises(StackFileError) as raised:
        stack_files([])
    assert str(raised.value) == "no project and no stack files here; name a stack file"


@pytest.mark.parametrize("name", ["production", "x" * 300])
@pytest.mark.usefixtures("project")
def test_an_unknown_stack_is_told_with_the_file_it_would_have(name: str):
    with pytest.raises(StackFileError) as raised:
        stack_files([name])
    shown = [text if len(text) < 80 else f"{text[:76]}…" for text in (name, f"config/Pulumi.{name}.yaml")]
    assert str(raised.value) == f"'{shown[0]}' is neither a file nor a stack: there is no '{shown[1]}'"


def rows(width: int, *found: Located) -> list[str]:
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        console.print(as_table(found))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_findings_are_told_as_a_table():
    assert rows(
        70,
        finding("config/Pulumi.a.yaml", 8, "edgePools", 0, "ipv4", 1, text="'10.0.0.5' is a private address"),
        finding("b.yaml", 12, "zones", 0, text="no record", warn=True),
    ) == [
        "┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━┓",
        "┃ File                   ┃         ┃ Rule ┃ Problem                  ┃",
        "┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━┩",
        "│ config/Pulumi.a.yaml:8 │ error   │ P6   │ edgePools[0].ipv4[1]:    │",
        "│                        │         │      │ '10.0.0.5' is a private  │",
        "│                        │         │      │ address                  │",
        "│ b.yaml:12              │ warning │ P6   │ zones[0]: no record      │",
        "└────────────────────────┴─────────┴──────┴──────────────────────────┘",
    ]


def test_terminal_sequences_in_the_name_of_a_file_are_shown_in_quotes():
    [row] = [line for line in rows(100, finding("\x1b[31m.yaml", 1, "domains")) if "domains" in line]
    assert row == "│ '\\x1b[31m.yaml':1 │ error │ P6   │ domains: x │"


@pytest.mark.parametrize(
    ("largest", "way"),
    [("zones", "move its items into files under 'include'"), ("other:text", "make it shorter")],
)
def test_the_way_out_of_a_large_configuration_is_about_its_largest_key(largest: str, way: str):
    [problem] = size(101, largest, 100)
    assert problem.text.endswith(f"takes 101 of 100 octets; the largest key is '{largest}': {way}")


def test_brackets_and_colons_of_values_stay_as_they_are_in_a_table():
    text = "'[/red]' '[bold]' '2620:100::1' ':smile:'"
    [row] = [line for line in rows(100, finding("[b].yaml", 1, "domains", 0, text=text)) if "domains" in line]
    assert row == f"│ [b].yaml:1 │ error │ P6   │ domains[0]: {text} │"


def test_errors_are_red_warnings_yellow_and_notices_blue():
    console = Console(width=100, force_terminal=True, color_system="standard")
    with console.capture() as capture:
        console.print(as_table([finding("a", 1), finding("b", 1, warn=True), notice("c")]))
    assert "\x1b[31merror  \x1b[0m" in capture.get()
    assert "\x1b[33mwarning\x1b[0m" in capture.get()
    assert "\x1b[34mnotice \x1b[0m" in capture.get()


@pytest.mark.parametrize(
    ("found", "files", "told"),
    [
        ([], 1, "1 stack file: no problems"),
        ([], 2, "2 stack files: no problems"),
        ([finding("a", 1)], 1, "1 error in 1 stack file"),
        ([finding("a", 1, warn=True)] * 2, 3, "2 warnings in 3 stack files"),
        ([finding("a", 1, warn=True), *[finding("a", 1)] * 2], 2, "2 errors and 1 warning in 2 stack files"),
        ([notice("a")], 1, "1 notice in 1 stack file"),
        (
            [finding("a", 1, warn=True), finding("a", 1), notice("a"), notice("a")],
            1,
            "1 error, 1 warning and 2 notices in 1 stack file",
        ),
    ],
)
def test_the_summary_counts_errors_warnings_notices_and_files(found: list[Located], files: int, told: str):
    assert summary(found, files) == told


def test_findings_are_told_as_json():
    found = [finding("ä.yaml", 8, "edgePools", 0, text="'ü'", warn=True)]
    text = as_json(found)
    assert json.loads(text) == [
        {
            "file": "ä.yaml",
            "line": 8,
            "severity": "warning",
            "rule": "P6",
            "path": "edgePools[0]",
            "text": "'ü'",
        }
    ]
    assert "'ü'" in text
    assert as_json([]) == "[]"


def test_findings_are_told_as_annotations_of_a_workflow_run():
    found = [
        finding("config/Pulumi.a.yaml", 8, "domains", 0, text="50% of 'a,b::c'\r\nx"),
        finding("a,b:c%.yaml", 9, text="y", warn=True),
        notice("a"),
    ]
    assert as_annotations(found).splitlines() == [
        "::error file=config/Pulumi.a.yaml,line=8,title=XMPP federation P6"
        "::domains[0]: 50%25 of 'a,b::c'%0D%0Ax",
        "::warning file=a%2Cb%3Ac%25.yaml,line=9,title=XMPP federation P6::y",
        "::notice file=a,line=1,title=XMPP federation S5::domains: it is encrypted; not checked",
    ]
    assert as_annotations([]) == ""
