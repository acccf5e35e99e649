"""The benchmark in its short form: it still runs, counts and prints."""

import subprocess
import sys
from pathlib import Path

import pytest
from tools.bench import chart, table
from tools.bench.__main__ import BOUNDS_HEAD, Bench, terraform_versions, verdict
from tools.bench.bounds import Bound, bounds
from tools.bench.elsewhere import BatchesCloudflare, BatchesGoogle, BulkCloudflare, BulkGoogle, IncludedOnKnot
from tools.bench.programs import Batches, Bulk, Empty, HandWritten, Program
from tools.bench.session import Cell, Session
from tools.bench.terraform import Terraform
from tools.bench.usage import Usage
from tools.bench.workload import STEPS, Step, Wanted
from tools.lab.stack import CHECKOUT

SIZE = 3


@pytest.fixture(scope="module")
def bench() -> Bench:
    bench = Bench(minutes=1)
    bench.measure([Bulk, Batches], SIZE, STEPS[:3])
    return bench


def test_bulk_and_floor_write_as_often(bench: Bench):
    assert [(cell.program, cell.step, cell.writes) for cell in bench.cells] == [
        (Bulk.title, "create all", 1),
        (Batches.title, "create all", 1),
        (Bulk.title, "no change", 0),
        (Batches.title, "no change", 0),
        (Bulk.title, "change one domain", 1),
        (Batches.title, "change one domain", 1),
    ]


@pytest.mark.parametrize(
    "program", [BulkGoogle, BatchesGoogle, BulkCloudflare, BatchesCloudflare, IncludedOnKnot]
)
def test_a_program_elsewhere_publishes_as_well(program: type[Program]):
    with Session.of(program, SIZE) as session:
        done = [session.run(step) for step in STEPS[:3:2]]
    assert [cell.step for cell in done] == ["create all", "change one domain"]
    assert session.others.keys() <= {("ns1.contoso.com", "A")}


def test_time_and_memory_of_every_process_are_counted(bench: Bench):
    create, floor = (cell.used for cell in bench.cells[:2])
    assert create
    assert floor
    assert create.seconds > 1
    assert create.processor > floor.processor > 0
    assert create.megabytes > floor.megabytes > 10


def test_the_table_has_a_row_for_each(bench: Bench):
    lines = table.table(bench.cells).splitlines()
    assert lines[:2] == list(table.HEAD)
    assert [line.rpartition(" | ")[2] for line in lines[2:]] == [
        "1 ChangeResourceRecordSets, 1 GetChange, 1 GetHostedZone, 1 ListResourceRecordSets |",
        "1 ChangeResourceRecordSets |",
        "none |",
        "1 ListResourceRecordSets |",
        "1 ChangeResourceRecordSets, 1 GetChange |",
        "1 ChangeResourceRecordSets |",
    ]


def cell(program: str, size: int, step: Step, seconds: float, megabytes: float = 100) -> Cell:
    return Cell(program, size, step, Usage(seconds, seconds, megabytes), {"ChangeResourceRecordSets": 2})


def test_of_several_runs_the_medians_and_the_most_memory_count():
    runs = [Usage(3, 1, 90), Usage(1, 2, 100), Usage(2, 9, 80)]
    calls = {"ChangeResourceRecordSets": 2}
    cells = [Cell(Bulk.title, 100, "no change", used, calls) for used in runs]
    assert Cell.median(cells) == Cell(Bulk.title, 100, "no change", Usage(2, 2, 100), calls)


def test_a_bench_in_the_background_does_not_teach_plugins_to_ignore_their_end():
    shown = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    program = f"""
import subprocess, sys
from tools.lab.stack import heed_interrupts
show = [sys.executable, "-c", {shown!r}]
subprocess.run(show, check=True)
heed_interrupts()
subprocess.run(show, check=True)
"""
    background = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", program]
    done = subprocess.run(background, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\nFalse\n"


def test_a_step_that_would_take_too_long_is_not_run_and_says_so():
    bench = Bench(minutes=30)
    bench.cells = [
        cell(HandWritten.title, 100, "create all", 10),
        cell(HandWritten.title, 100, "no change", 3),
        cell(HandWritten.title, 100, "destroy", 5),
        cell(HandWritten.title, 1_000, "create all", 300),
        cell(HandWritten.title, 1_000, "change every TTL", 1_200),
    ]
    assert bench.too_long(HandWritten, 1_000, "destroy") == ""
    assert bench.too_long(HandWritten, 3_000, "create all") == ""
    assert bench.too_long(HandWritten, 3_000, "change every TTL") == (
        "would take at least 60 min, by the row of 1,000"
    )
    bench.minutes = 2
    assert bench.too_long(HandWritten, 1_000, "destroy") == (
        "would take at least 2 min, by its 'create all' and the row of 100"
    )
    assert bench.too_long(HandWritten, 1_000, "no change") == ""
    bench.minutes = 0.1
    assert bench.too_long(HandWritten, 1_000, "no change") == "no time was left"


def test_where_nothing_was_created_nothing_is_changed():
    bench = Bench(minutes=0)
    bench.cells = [cell(Batches.title, 1, "create all", 10), cell(Batches.title, 1, "no change", 0)]
    bench.measure([Batches], SIZE, STEPS[:2])
    assert [each.not_run for each in bench.cells[2:]] == ["no time was left", "nothing was created"]


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "terraform"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {CHECKOUT}/tests/standins/terraform.py "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


@pytest.mark.usefixtures("terraform")
def test_terraform_does_the_same_steps():
    bench = Bench(minutes=1)
    bench.measure([Terraform], SIZE)
    assert [(cell.step, cell.writes) for cell in bench.cells] == [
        ("create all", 6),
        ("no change", 0),
        ("change one domain", 1),
        ("change every TTL", 6),
        ("destroy", 6),
    ]


def test_terraform_is_measured_where_it_is_installed_with_its_provider(
    terraform: Path, capsys: pytest.CaptureFixture[str]
):
    assert terraform_versions() == "Terraform 1.11.4 with its AWS provider 5.100.0"
    terraform.write_text("#!/bin/sh\necho 'Failed to query available provider packages' >&2; exit 1\n")
    assert terraform_versions() == ""
    assert capsys.readouterr().err == (
        "Terraform is left out: terraform init -input=false -no-color: exit status 1\n"
        "Failed to query available provider packages\n\n"
    )
    terraform.unlink()
    assert terraform_versions() == ""
    assert capsys.readouterr().err == ""


class Failing(Batches):
    title = "failing"

    def command(self, step: Step, wanted: Wanted) -> list[str]:
        return ["false", step] if step == "no change" else [*map(str, super().command(step, wanted))]


def test_a_program_that_fails_is_told_and_the_others_go_on(capsys: pytest.CaptureFixture[str]):
    bench = Bench(minutes=1)
    bench.measure([Failing, Batches], SIZE, STEPS[:3])
    assert [cell.not_run for cell in bench.cells] == ["", "", "failed", "", "failed", ""]
    assert bench.failed == ["failing, 3 SIP domains, no change"]
    assert "false no change: exit status 1" in capsys.readouterr().err
    assert verdict([], bench.failed) == 1


def test_the_page_is_written_between_its_marks_and_its_picture_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = tmp_path / "benchmarks.md"
    page.write_text(table.PAGE.read_text())
    before = page.read_text()
    monkeypatch.setattr(table, "PAGE", page)
    rows = table.table(cell(Bulk.title, size, "create all", size / 100) for size in (100, 1_000))
    table.write(["What", rows])
    head, mark, rest = before.partition("<!-- measurements: generated by make bench -->\n")
    _, end, tail = rest.partition("<!-- measurements: end -->")
    assert page.read_text() == f"{head}{mark}\nWhat\n\n{rows}\n\n{end}{tail}"
    assert page.with_suffix(".svg").read_text() == chart.of_page(rows)


def test_a_bound_that_is_missed_fails_the_run(capsys: pytest.CaptureFixture[str]):
    cells = [
        cell(Empty.title, 0, "no change", 2),
        cell(Batches.title, 1_000, "create all", 1),
        cell(Bulk.title, 1_000, "create all", 5),
        cell(Bulk.title, 3_000, "create all", 18),
        cell(HandWritten.title, 1_000, "create all", 200, megabytes=80),
    ]
    found = list(bounds(cells))
    assert [str(bound) for bound in found] == [
        "| 1,000 SIP domains created in bulk: at most 4 write calls | 2 | kept |",
        "| the same at least 50 times faster than the hand-written program | 40.0 times | **missed** |",
        "| the same at most 3 s more than the floor and an empty `pulumi up` | 2.00 s | kept |",
        "| 1,000 SIP domains created in bulk: at most 1.5 times the hand-written program's memory | 1.25 times "
        "| kept |",
        "| bulk, create all: 3,000 SIP domains at most 3.5 times the 1,000 | 3.60 times | **missed** |",
    ]
    assert len(BOUNDS_HEAD[0].split("|")) == len(str(found[0]).split("|"))
    assert verdict(found, []) == 1
    assert capsys.readouterr().err == (
        "missed: the same at least 50 times faster than the hand-written program: 40.0 times\n"
        "missed: bulk, create all: 3,000 SIP domains at most 3.5 times the 1,000: 3.60 times\n"
    )
    assert verdict([Bound("", "", kept=True)], []) == 0
