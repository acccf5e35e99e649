import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from tests.unit.cli import COMMAND, CORRECT, PRIVATE, SLOW, WRONG, call, run, words

from xmpp_federation_dns import commands
from xmpp_federation_dns.commands.terminal import lasting
from xmpp_federation_dns.configuration.schema import stack_file_schema

pytestmark = pytest.mark.usefixtures("project")


def test_a_correct_stack_is_clean():
    assert call("check", "correct") == (0, "1 stack file: no problems\n", "")


def test_errors_are_a_table_with_a_summary_below_it_and_status_1():
    status, out, err = call("check", "wrong")
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == "1 error in 1 stack file"
    assert words(out) == f"File Rule Problem Pulumi.wrong.yaml:4 error P6 {PRIVATE} 1 error in 1 stack file"


def test_a_table_that_goes_to_a_file_has_160_columns():
    out = call("check", "wrong")[1]
    assert {len(line) for line in out.splitlines()[:-1]} == {160}


def test_warnings_alone_are_clean():
    status, out, err = call("check", "unwise")
    assert (status, err) == (0, "")
    assert words(out) == f"File Rule Problem Pulumi.unwise.yaml:5 warning P9 {SLOW} 1 warning in 1 stack file"


def test_warnings_count_as_errors_with_strict():
    assert call("check", "unwise", "--strict")[0] == 1
    assert call("check", "correct", "--strict")[0] == 0


def test_without_names_all_stacks_are_checked():
    status, out, _ = call("check")
    assert (status, out.splitlines()[-1]) == (1, "1 error and 1 warning in 3 stack files")


def test_in_a_project_without_stacks_nothing_is_checked_which_is_a_warning():
    for file in Path().glob("Pulumi.*.yaml"):
        file.unlink()
    Path("Pulumi.yaml").touch()
    told = "warning: this project has no stacks yet: nothing was checked\n"
    assert call("check") == (0, "", told)
    assert call("check", "--strict") == (1, "", told)
    assert call("check", "--format", "json") == (0, "[]\n", told)
    assert call("check", "--format", "github") == (0, "", told)


def test_hundreds_of_files_are_checked_in_one_call(tmp_path: Path):
    files = [tmp_path / f"Pulumi.s{number}.yaml" for number in range(300)]
    for file in files:
        file.write_text(CORRECT)
    files[123].write_text(WRONG)
    status, out, err = call("check", "--format", "json", *map(str, files))
    assert (status, err) == (1, "")
    assert [(row["file"], row["line"], row["rule"]) for row in json.loads(out)] == [
        (str(files[123]), 4, "P6")
    ]
    assert call("check", *map(str, files[:123]))[1] == "123 stack files: no problems\n"


def test_findings_come_as_json():
    status, out, err = call("check", "wrong", "unwise", "--format", "json")
    assert (status, err) == (1, "")
    assert [(row["file"], row["severity"], f"{row['path']}: {row['text']}") for row in json.loads(out)] == [
        ("Pulumi.wrong.yaml", "error", PRIVATE),
        ("Pulumi.unwise.yaml", "warning", SLOW),
    ]


def test_no_findings_are_an_empty_list_in_json():
    assert call("check", "correct", "--format", "json") == (0, "[]\n", "")


def test_findings_come_as_annotations_of_a_workflow_run():
    assert call("check", "wrong", "unwise", "--format", "github") == (
        1,
        f"::error file=Pulumi.wrong.yaml,line=4,title=XMPP federation P6::{PRIVATE}\n"
        f"::warning file=Pulumi.unwise.yaml,line=5,title=XMPP federation P9::{SLOW}\n",
        "",
    )


def test_no_findings_are_no_annotations():
    assert call("check", "correct", "--format", "github") == (0, "", "")


def test_a_file_that_cannot_be_read_is_one_line_and_status_2():
    assert call("check", "gone.yaml") == (2, "", "error: gone.yaml: No such file or directory\n")


def test_a_stack_that_is_not_there_is_one_line_and_status_2():
    told = "error: 'gone' is neither a file nor a stack: there is no 'Pulumi.gone.yaml'\n"
    assert call("check", "gone") == (2, "", told)
    assert call("export", "gone") == (2, "", told)


def test_the_other_files_are_checked_though_one_cannot_be_read():
    Path("broken.yaml").write_text("[")
    status, out, err = call("check", "wrong", "broken.yaml", "correct")
    assert (status, out.splitlines()[-1]) == (2, "1 error in 2 stack files")
    assert err == "error: broken.yaml:2: not YAML: did not find expected node content\n"


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        (".", ".: not a regular file"),
        ("/dev/zero", "/dev/zero: not a regular file"),
        ("gone.yaml", "gone.yaml: No such file or directory"),
        ("empty.yaml", "empty.yaml: not a stack file: it is empty"),
        ("binary.yaml", "binary.yaml: not UTF-8 text; save it as UTF-8 (in PowerShell: -Encoding utf8)"),
        ("deep.yaml", "deep.yaml: its values lie too deep in one another"),
        ("other.yaml", "other.yaml: not a stack file: it has no 'config'"),
    ],
)
@pytest.mark.parametrize("command", ["check", "export"])
def test_what_cannot_be_read_is_told_in_one_line_by_every_command(command: str, argument: str, told: str):
    Path("empty.yaml").touch()
    Path("binary.yaml").write_bytes(b"\xff")
    Path("deep.yaml").write_text(f"config: {{domains: '{'[' * 600}{']' * 600}'}}")
    Path("other.yaml").write_text("name: x")
    assert call(command, argument) == (2, "", f"error: {told}\n")


def test_the_schema_is_written():
    status, out, err = call("schema")
    assert (status, json.loads(out), err) == (0, stack_file_schema(), "")


def test_the_help_shows_what_to_type():
    status, out, _ = call("--help")
    assert status == 0
    assert "Example: xmpp-federation-dns check" in words(out)
    assert "A stack goes by its name or its file: production or config/Pulumi.production.yaml." in words(out)


@pytest.mark.parametrize(
    ("command", "taught"),
    [
        (
            "check",
            [
                "Exit status: 0 clean, 1 errors (or warnings with --strict), 2 a file cannot be read.",
                "All stacks of the project, warnings as errors: xmpp-federation-dns check --strict",
                "In a workflow: xmpp-federation-dns check production --format github",
            ],
        ),
        (
            "export",
            [
                "Exit status: 0 written, 1 the file has errors, 2 it cannot be read.",
                "For whoever runs the zone: xmpp-federation-dns export production --zone contoso.com",
                "For a pull request: xmpp-federation-dns export production --format markdown",
            ],
        ),
        (
            "schema",
            [
                "Example: xmpp-federation-dns schema > config/stack.schema.json",
                "For an SDK in another language: xmpp-federation-dns schema --package > schema.json",
            ],
        ),
    ],
)
def test_the_help_of_a_command_shows_what_to_type(command: str, taught: list[str]):
    status, out, _ = call(command, "--help")
    assert status == 0
    assert [text for text in taught if text not in words(out)] == []


def test_an_unknown_format_is_told_with_the_formats_there_are():
    status, _, err = call("check", "correct", "--format", "xml")
    assert status == 2
    assert "'xml' is not one of 'text', 'json', 'github'" in words(err)


def test_the_installed_command_ends_with_the_same_status():
    done = run("check", "correct")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"1 stack file: no problems\n", b"")
    done = run("check", "wrong", "--format", "github")
    assert (done.returncode, done.stderr) == (1, b"")
    done = run("check", "gone.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        b"",
        b"error: gone.yaml: No such file or directory\n",
    )


def test_a_file_name_that_is_no_text_is_shown_in_escapes():
    name = os.fsdecode(b"\xff.yaml")
    Path(name).write_text(WRONG)
    for form, start in (("text", "\n│ '\\udcff.yaml':4 "), ("github", "::error file=\\udcff.yaml,line=4,")):
        done = run("check", name, "--format", form)
        assert (done.returncode, done.stderr) == (1, b"")
        assert start in done.stdout.decode()


def test_a_terminal_without_lines_gets_a_table_without_them():
    done = run("check", "wrong", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"| Pulumi.wrong.yaml:4 | error | P6   | edgePools[0].ipv4[0]: '10.0.0.5' is a" in done.stdout


def test_a_key_with_line_breaks_stays_in_one_line():
    Path("key.yaml").write_text(CORRECT + '  "do\\nm\\e[31m": 5\n')
    out = call("check", "key.yaml", "--format", "github")[1]
    assert out.startswith(
        "::error file=key.yaml,line=5,title=XMPP federation S1::'do\\nm\\x1b[31m': unknown key; known are "
    )
    assert out.count("\n") == 1


@pytest.mark.parametrize("arguments", [["schema"], ["check", "correct"]], ids=["much", "little"])
def test_a_full_disk_behind_standard_output_is_told_in_one_line(arguments: list[str]):
    program = "from xmpp_federation_dns.commands import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "error: standard output: No space left on device\n")


def test_standard_output_that_was_closed_before_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert (ended.value.code, capfd.readouterr().err) == (
        2,
        "error: standard output: it is closed; > /dev/null drops what is printed\n",
    )


def test_standard_input_that_was_closed_before_is_empty(monkeypatch: pytest.MonkeyPatch):
    read: list[bytes] = []
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(commands, "app", lambda: read.append(sys.stdin.buffer.read()))
    commands.main()
    assert read == [b""]


@pytest.mark.parametrize(
    ("closed", "arguments", "told"),
    [
        (1, ["schema"], "error: standard output: it is closed; > /dev/null drops what is printed\n"),
        (0, ["peer", "--file", "-"], "error: standard input: no domain in it\n"),
    ],
    ids=["output", "input"],
)
def test_a_descriptor_that_was_closed_before_is_a_stream_that_was(
    closed: int, arguments: list[str], told: str
):
    program = f"import os; os.close({closed}); os.execv({sys.executable!r}, [{sys.executable!r}, '-c', "
    program += f"'from xmpp_federation_dns.commands import main; main()', *{arguments!r}])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "error: standard output: full\n"), (errno.ENOENT, "")],
    ids=["standard output", "anything else"],
)
def test_no_other_fault_is_taken_for_one_of_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], number: int, told: str
):
    def fail(*_: object) -> NoReturn:
        raise OSError(number, "full")

    monkeypatch.setattr(commands, "app", fail)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which is another one after that
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(OSError if not told else SystemExit):
        commands.main()
    assert capfd.readouterr().err == told


def test_a_reader_that_goes_changes_no_exit_status():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for stack, status in (("correct", 0), ("wrong", 1)):
            done = subprocess.run(
                [COMMAND, "check", stack], stdout=writing, stderr=subprocess.PIPE, check=False
            )
            assert (done.returncode, done.stderr) == (status, b"")
        with open(writing, "w", closefd=False) as stream, lasting(stream) as output:
            assert output.write("nobody reads this")
    finally:
        os.close(writing)
