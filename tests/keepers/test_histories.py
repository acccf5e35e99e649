"""Random histories of stacks, driven through the keepers without the engine, against servers in memory."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.keepers.histories import Histories

MANY = os.environ.get("HISTORIES")
"""How many histories to try that nobody has tried; otherwise some that are the same every time."""


def test_no_history_loses_a_record_set_or_takes_one_over() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=int(MANY or 500),
            stateful_step_count=12,
            derandomize=not MANY,
            print_blob=bool(MANY),
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
