"""What all that reads what others write made of octets that are known: seeds, and what searches found."""

from pathlib import Path

import pytest
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
FOUND = sorted(path.relative_to(CORPUS) for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("target", TARGETS)
def test_what_it_is_meant_for_ends_in_order(target: str):
    for octets in SEEDS[target]:
        TARGETS[target](octets)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_cut_short_or_has_an_octet_more_ends_in_order(target: str):
    for octets in SEEDS[target][:6]:
        for end in range(0, len(octets), max(1, len(octets) // 20)):
            TARGETS[target](octets[:end])
            TARGETS[target](octets[:end] + b"\xff" + octets[end:])


@pytest.mark.parametrize("path", FOUND, ids=str)
def test_what_a_search_found_ends_in_order_now(path: Path):
    TARGETS[path.parent.name]((CORPUS / path).read_bytes())


def test_all_that_was_found_belongs_to_a_target():
    assert {path.parent.name for path in FOUND} <= TARGETS.keys() == SEEDS.keys()
