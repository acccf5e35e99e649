"""A zone becomes one resource, or one resource a record set, in one step."""

from tests.matrix.ownership.column import Column, way_in
from tests.matrix.ownership.program import Component

BULK = {"bulk": True}
ADOPT = {"existing": "adopt"}
RETAIN = {"retainOnDelete": True}
LOSES = "deletes them after they are adopted: run pulumi up with retainOnDelete: true and without bulk first"
ADOPTS_NONE = "creates record sets, and takes over none; set bulk: true, or use pulumi import"


@way_in
def test_bulk_is_added(column: Column, cell: str):
    column.up(Component(zone=BULK))
    column.ends(cell, says=column.equal(bulk=True))


@way_in
def test_bulk_is_added_and_adopts(column: Column, cell: str):
    column.up(Component(zone={**BULK, **ADOPT}))
    column.ends(cell, says=LOSES)


@way_in
def test_bulk_is_added_by_a_program_without_exports_and_adopts(column: Column, cell: str):
    column.given(Component(), exports=False)
    column.configure(Component(zone={**BULK, **ADOPT}), exports=False)
    column.up()
    column.ends(cell)


@way_in
def test_bulk_is_added_and_retains(column: Column, cell: str):
    column.up(Component(zone={**BULK, **RETAIN}))
    column.ends(cell, says=column.equal(bulk=True))


@way_in
def test_bulk_is_added_by_a_renamed_component_that_adopts(column: Column, cell: str):
    column.up(Component("edge", zone={**BULK, **ADOPT}))
    column.ends(cell, says=LOSES)


@way_in
def test_bulk_is_taken_out(column: Column, cell: str):
    column.up(Component(zone={"bulk": None}))
    column.ends(cell, says=column.equal(bulk=False))


@way_in
def test_bulk_is_taken_out_and_adopts(column: Column, cell: str):
    column.up(Component(zone={"bulk": None, **ADOPT}))
    column.ends(cell, says=ADOPTS_NONE)


@way_in
def test_bulk_is_taken_out_and_retains(column: Column, cell: str):
    column.up(Component(zone={"bulk": None, **RETAIN}))
    column.ends(cell, says=column.equal(bulk=False))
