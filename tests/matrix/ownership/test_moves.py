"""The moves of docs/lifecycle.md: none of their steps touches a record set that peers use, and the new owner owns."""

from dataclasses import replace

import pytest
from tests.matrix.ownership.column import Column
from tests.matrix.ownership.program import Component
from tests.matrix.ownership.rows import COLUMNS

ADOPT = {"existing": "adopt"}
RETAIN = {"retainOnDelete": True}
ADOPTING = [
    "rfc2136",
    "rfc2136 in bulk",
    "Route 53 in bulk",
    "Cloudflare",
    "Cloudflare in bulk",
    "Google Cloud",
    "Google Cloud in bulk",
]
ONE_BY_ONE = ["rfc2136", "Route 53", "Azure", "Cloudflare", "Google Cloud"]
PUBLISHED_BY_PLUGINS = ["Route 53", "Azure"]
ALL = Component()
GIVING = Component(domains=("contoso.com",))
TAKING = Component("second", domains=("eu.contoso.com",))


def in_columns(*titles: str) -> pytest.MarkDecorator:
    """Run a test in these columns."""
    return pytest.mark.parametrize("column", titles, indirect=True)


def retaining(component: Component) -> Component:
    """Return *component* with zones that leave record sets where they are."""
    return replace(component, zone=RETAIN)


def adopting(component: Component) -> Component:
    """Return *component* with zones that take over what is equal."""
    return replace(component, zone=ADOPT)


def ends(column: Column, *left: str) -> None:
    """See that peers saw nothing, and that what is destroyed now goes, but for the names that are *left*."""
    column.ends("unchanged")
    run = column.lab.destroy()
    assert run.status == 0, run.output
    assert column.names() == set(left)


@in_columns(*COLUMNS)
def test_aliases_keep_everything_under_another_name_and_another_component(column: Column):
    column.up(Component("edge", aliases=["federation"]))
    column.up(Component("edge", under="site", aliases=["edge"]))
    column.up(Component("edge", under="site"))
    ends(column)


@in_columns(*ADOPTING)
def test_what_is_adopted_stays_under_another_name_and_another_component(column: Column):
    column.up(Component("edge", zone=ADOPT))
    column.up(Component("edge", under="site", zone=ADOPT))
    column.up(Component("edge", under="site"))
    ends(column)


@in_columns("rfc2136", "Azure", "Route 53 in bulk", "Cloudflare")
def test_an_alias_helps_after_a_refused_rename_where_the_old_name_was_published_again(column: Column):
    renamed = Component("edge", aliases=["federation"])
    for refused in replace(renamed, aliases=()), renamed:
        column.configure(refused)
        assert column.lab.up().status != 0
    column.up(ALL)
    column.up(renamed)
    ends(column)


@in_columns("rfc2136", "Cloudflare", "Google Cloud")
def test_a_domain_moves_to_a_component_that_adopts(column: Column):
    column.up(GIVING, adopting(TAKING))
    column.up(GIVING, TAKING)
    ends(column)


@in_columns("rfc2136 in bulk", "Route 53 in bulk", "Cloudflare in bulk", "Google Cloud in bulk")
def test_a_domain_moves_from_a_zone_in_bulk_that_retains(column: Column):
    column.up(retaining(ALL))
    column.up(retaining(GIVING), adopting(TAKING))
    column.up(GIVING, TAKING)
    ends(column)


@in_columns(*ONE_BY_ONE)
def test_a_domain_moves_by_aliases_of_its_record_sets(column: Column):
    column.up(GIVING, replace(TAKING, takes=True))
    column.up(GIVING, TAKING)
    ends(column)


@in_columns(*PUBLISHED_BY_PLUGINS)
def test_a_domain_moves_to_a_component_that_imports(column: Column):
    column.up(retaining(ALL))
    column.configure(retaining(GIVING), TAKING)
    column.import_new(column.lab)
    column.up(retaining(GIVING), TAKING)
    column.up(GIVING, TAKING)
    ends(column)


@in_columns(*ADOPTING)
def test_a_domain_moves_to_a_stack_that_adopts(column: Column):
    column.up_in_other(adopting(TAKING))
    column.up(retaining(ALL))
    column.up(retaining(GIVING))
    column.up(GIVING)
    column.up_in_other(TAKING)
    ends(column, "_xmpp-server._tcp.eu.contoso.com", "xmpp.eu.contoso.com")
    assert column.destroy_other().status == 0
    assert column.names() == set()


@in_columns(*PUBLISHED_BY_PLUGINS)
def test_a_domain_moves_to_a_stack_that_imports(column: Column):
    column.configure_other(TAKING)
    column.import_new(column.other)
    column.up_in_other(TAKING)
    column.up(retaining(ALL))
    column.up(retaining(GIVING))
    column.up(GIVING)
    ends(column, "_xmpp-server._tcp.eu.contoso.com", "xmpp.eu.contoso.com")
    assert column.destroy_other().status == 0
    assert column.names() == set()
