"""A resource is to be replaced: because somebody says so, or because its zone is spelled otherwise."""

from tests.matrix.ownership.column import Column, way_in
from tests.matrix.ownership.program import Component

ADOPTS = Component(zone={"existing": "adopt"})


@way_in
def test_the_zone_id_is_spelled_otherwise(column: Column, cell: str):
    column.up(Component(zone={"zoneId": f"/hostedzone/{column.zones['contoso.com'].id}"}))
    column.up(Component())
    column.ends(cell)


@way_in
def test_the_server_is_spelled_otherwise(column: Column, cell: str):
    column.up(Component(zone={"server": "localhost"}))
    column.up(Component(zone={"server": "LOCALHOST"}))
    column.ends(cell)


@way_in
def test_a_resource_is_to_be_replaced(column: Column, cell: str):
    column.up(arguments=["--replace", column.service])
    column.ends(cell)


@way_in
def test_a_resource_that_adopts_is_to_be_replaced(column: Column, cell: str):
    column.up(ADOPTS, arguments=["--replace", column.service])
    column.ends(cell)


@way_in
def test_a_resource_is_tainted(column: Column, cell: str):
    column.pulumi("state", "taint", column.service)
    column.up()
    column.ends(cell, back=lambda: column.pulumi("state", "untaint", column.service))
