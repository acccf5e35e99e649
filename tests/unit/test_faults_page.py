"""Each row of docs/dev/faults.md names a test that there is."""

import re
from pathlib import Path

import pytest
from tests.faults.rows import ROWS, Row

FAULTS = Path(__file__).parents[1] / "faults"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_a_fault_names_a_test_that_there_is(row: Row):
    file, name = row.test.split("::")
    assert re.search(rf"^def {name}\(", (FAULTS / file).read_text(), re.MULTILINE)
