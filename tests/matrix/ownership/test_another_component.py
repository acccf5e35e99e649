"""A SIP domain moves from one component of a program to another, which comes before it or waits for it."""

from dataclasses import replace

from tests.matrix.ownership.column import Column, way_in
from tests.matrix.ownership.program import Component

GIVING = Component(domains=("contoso.com",))
TAKING = Component("second", domains=("eu.contoso.com",))
BEFORE = Component("second", domains=("emea.contoso.com",))
TAKING_BEFORE = Component("second", domains=("emea.contoso.com", "eu.contoso.com"))
ADOPT = {"existing": "adopt"}


@way_in
def test_a_domain_moves_to_a_component_before(column: Column, cell: str):
    column.given(BEFORE, Component())
    column.up(TAKING_BEFORE, GIVING)
    column.ends(cell)


@way_in
def test_a_domain_moves_to_a_component_after(column: Column, cell: str):
    column.up(GIVING, TAKING)
    column.ends(cell)


@way_in
def test_a_domain_moves_to_a_component_before_that_adopts(column: Column, cell: str):
    column.given(BEFORE, Component())
    column.up(replace(TAKING_BEFORE, zone=ADOPT), GIVING)
    column.ends(cell)


@way_in
def test_a_domain_moves_to_a_component_after_that_adopts(column: Column, cell: str):
    column.up(GIVING, replace(TAKING, zone=ADOPT))
    column.ends(cell)


@way_in
def test_a_domain_moves_from_a_zone_that_retains_from_now_on(column: Column, cell: str):
    column.up(replace(GIVING, zone={"retainOnDelete": True}), replace(TAKING, zone=ADOPT))
    column.ends(cell)


@way_in
def test_a_domain_moves_to_a_component_that_is_not_as_it_was(column: Column, cell: str):
    bulk = not column.options.get("bulk")
    column.up(GIVING, replace(TAKING, zone={"bulk": bulk}))
    column.ends(cell, says=column.equal(bulk=bulk))
