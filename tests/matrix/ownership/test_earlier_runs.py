"""Another stack publishes what an earlier run of a zone in bulk wanted: it is that stack's."""

import pytest
from tests.matrix.ownership.column import Column
from tests.matrix.ownership.program import Component

ALL = ("contoso.com", "eu.contoso.com")
POOL = {"edgePools": [{"ipv4": ["131.107.155.11"]}]}
in_bulk = pytest.mark.parametrize(
    "column",
    [
        "rfc2136 in bulk",
        "Route 53 in bulk",
        "Cloudflare in bulk",
        "Google Cloud in bulk",
        "PowerDNS by octoDNS",
    ],
    indirect=True,
)


def taken_by_another(column: Column, component: Component) -> None:
    """Let the second stack publish what the first one does not have, and see that it stays."""
    run = column.up_in_other(component)
    assert run.status == 0, run.output
    column.runs.clear()
    column.watch()


@in_bulk
def test_what_was_taken_out_stays_where_the_record_sets_are_replaced(column: Column):
    column.given(Component(domains=("contoso.com",)))
    taken_by_another(column, Component(domains=("eu.contoso.com",)))
    column.up(arguments=("--replace", column.service))
    column.ends("unchanged")


@in_bulk
def test_what_was_refused_is_not_taken_over_by_a_later_run(column: Column):
    column.zones["contoso.com"].put("xmpp.contoso.com", "A", 60, "192.0.2.1")
    wanted = Component(domains=(*ALL, "emea.contoso.com"), arguments=POOL)
    refused = column.up(wanted)
    assert (
        "'60 192.0.2.1' is not what this stack published (pulumi up --refresh replaces it)" in refused.output
    )
    taken_by_another(column, Component(domains=("emea.contoso.com",), arguments=POOL))
    again = column.up(arguments=("--refresh",))
    assert "xmpp.emea.contoso.com A: what is there is equal, but not of this resource" in again.output
    assert column.ending() == "refused"
