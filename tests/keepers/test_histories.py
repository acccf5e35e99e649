"""Random histories of stacks, driven through the keepers without the engine, against servers in memory."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.keepers.histories import Histories
from tests.keepers.world import Up

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


def test_what_somebody_published_in_the_moment_of_a_refusal_survives_a_replacement() -> None:
    """Found among those above: equal to what the refused run wanted, it went with the resource that was replaced."""
    history = Histories()
    try:
        by_hand = (("contoso.com", "_xmpp-server._tcp.d1.contoso.com", "SRV"), "equal")
        history.publish(bulk=True, domains=2, how=Up(trouble=(1, by_hand)))
        history.remove(domain=("prod", "federation", "d1.contoso.com"), then=Up(replaced=1))
    finally:
        history.teardown()
