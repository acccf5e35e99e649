"""Moves that would lose record sets in one step, and what the last update says of them."""

from typing import Any

import pytest
from tests.recorder import PROJECT, run
from tests.unit.table import BASE

from xmpp_federation_dns import ConfigurationError, published, safe_moves
from xmpp_federation_dns.configuration.plan import read

OUTPUTS = "pulumi:pulumi:readStackOutputs"
ZONE: dict[str, Any] = {"provider": "aws", "name": "contoso.com"}
ADOPTING = {**ZONE, "bulk": True, "existing": "adopt"}
RFC2136: dict[str, Any] = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53"}


def given(zone: dict[str, Any]) -> dict[str, Any]:
    return BASE | {"zones": [zone], "domains": ["contoso.com"]}


def asked(last: dict[str, Any] | None, now: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return what is asked of the engine before *now* may follow on *last*."""
    outputs = {} if last is None else {"records": published.rows(read(given(last)))}
    done = run(lambda: safe_moves(given(now)), {OUTPUTS: {"outputs": outputs}})
    return done.calls


@pytest.mark.parametrize(
    "last",
    [{**ZONE, "retainOnDelete": True}, {**ZONE, "bulk": True}, {**ZONE, "name": "com"}, None],
    ids=["retained", "in bulk", "in another zone", "nothing exported"],
)
def test_a_zone_is_adopted_in_bulk_where_nothing_deletes_its_record_sets(last: dict[str, Any] | None):
    assert asked(last, ADOPTING) == [(OUTPUTS, {"name": f"organization/{PROJECT}/test"})]


def test_a_zone_whose_record_sets_a_plugin_would_delete_is_refused():
    with pytest.raises(ConfigurationError) as raised:
        asked(ZONE, ADOPTING)
    assert [str(problem) for problem in raised.value.problems] == [
        "zones[0].existing: the last update published 2 record sets of this zone one by one, and the plugin of aws "
        "deletes them after they are adopted: run pulumi up with retainOnDelete: true and without bulk first "
        "(docs/bulk.md); where that update failed and the zone is in bulk still, leave existing: adopt out"
    ]


@pytest.mark.parametrize(
    "now",
    [ZONE, {**ZONE, "bulk": True}, {**RFC2136, "bulk": True, "existing": "adopt"}],
    ids=["one by one", "in bulk without adopting", "dynamic updates"],
)
def test_the_last_update_is_not_asked_for_where_no_plugin_is_left_behind(now: dict[str, Any]):
    assert asked(None, now) == []


def test_what_is_wrong_is_told_before_anything_is_asked():
    with pytest.raises(ConfigurationError) as raised:
        run(lambda: safe_moves(given(ADOPTING) | {"domains": ["contoso_com"]}))
    assert "domains[0]: 'contoso_com' is not a host name" in str(raised.value)


def test_the_arguments_are_returned_as_they_are():
    returned: list[Any] = []
    arguments = given(ZONE)
    run(lambda: returned.append(safe_moves(arguments)))
    assert returned[0] is arguments
