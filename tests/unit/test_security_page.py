"""Each threat of SECURITY.md is a full row, and names a test that there is."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "SECURITY.md").read_text()
[TABLE] = re.findall(r"^\| who \| could .*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
ROWS = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in TABLE.splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_threat_is_a_full_row_and_names_a_test_that_there_is(row: list[str]):
    assert (len(row), all(row)) == (4, True)
    [file, name] = row[3].strip("` ").split("::")
    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE)
