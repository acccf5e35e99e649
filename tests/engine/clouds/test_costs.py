"""What many record sets cost is told by a preview, for as many resources at a time as it was told itself."""

import pytest
from tests.engine.clouds.lab import COMPONENT, FEDERATION, Lab
from tests.standins.clouds import Aws


@pytest.mark.parametrize(
    ("parallel", "bulk", "told"),
    [
        ("8", False, "one by one at Route 53: about 7 min, 8 at a time; bulk: true takes seconds"),
        ("32", False, "one by one at Route 53: about 2 min, 32 at a time"),
        ("32", True, "in bulk at Route 53: seconds"),
    ],
)
def test_a_preview_tells_what_changes_of_all_record_sets_would_take(
    aws: Aws, tmp_path_factory: pytest.TempPathFactory, parallel: str, bulk: bool, told: str
):
    lab = Lab.of(tmp_path_factory.mktemp("costs"), aws)
    zone = lab.zone(aws, "contoso.com")
    lab.configure(
        zones=[{**zone.configuration(), "bulk": bulk}],
        domains=[f"d{number:03}.contoso.com" for number in range(100)],
        edgePools=[{"ipv4": ["131.107.155.10"]}],
    )
    run = lab.run("preview", "--parallel", parallel)
    assert run.status == 0, run.output
    line = f"zone contoso.com, where all of it changes: 200 record sets {told}"
    assert run.errors == {f"{COMPONENT} ({FEDERATION})": [line]}
