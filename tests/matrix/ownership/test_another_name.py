"""A component gets another name, and does not say so: what it published is there already, and stays."""

from tests.matrix.ownership.column import Column, way_in
from tests.matrix.ownership.program import Component

ADOPT = {"existing": "adopt"}


@way_in
def test_a_component_is_renamed_without_aliases(column: Column, cell: str):
    column.up(Component("edge"))
    column.ends(cell)


@way_in
def test_a_component_is_put_under_another_without_aliases(column: Column, cell: str):
    column.up(Component(under="site"))
    column.ends(cell)


@way_in
def test_a_component_is_renamed_with_another_ttl(column: Column, cell: str):
    column.up(Component("edge", arguments={"srvTtl": 7200}))
    column.ends(cell)


@way_in
def test_a_component_is_renamed_and_adopts(column: Column, cell: str):
    column.up(Component("edge", zone=ADOPT))
    column.ends(cell)


@way_in
def test_a_component_is_renamed_and_errors_do_not_stop_the_update(column: Column, cell: str):
    column.up(Component("edge"), arguments=["--continue-on-error"])
    column.ends(cell)


def adopt_and_fail(column: Column) -> None:
    """Adopt under another name, and fail before the resources of the first name are deleted."""
    foreign = ("_xmpp-server._tcp.fabrikam.com", "SRV")
    column.zones["fabrikam.com"].put(*foreign, 60, "0 0 5269 fabrikam.com.")
    column.configure(Component("edge", zone=ADOPT), Component("second", ("fabrikam.com",)))
    failed = column.lab.up()
    assert failed.status != 0
    assert failed.of(column.zones["contoso.com"]) == []
    of_zone = [name for name in column.lab.state() if "contoso.com" in name]
    adopted = {name for name in of_zone if name.startswith("edge")}
    assert {name.replace("edge", "federation", 1) for name in adopted} == {*of_zone} - adopted


@way_in
def test_an_update_that_adopts_ends_before_it_deletes(column: Column, cell: str):
    adopt_and_fail(column)
    column.up(Component("edge", zone=ADOPT))
    column.ends(cell)


@way_in
def test_an_update_that_adopts_ends_before_it_deletes_and_is_taken_back(column: Column, cell: str):
    adopt_and_fail(column)
    column.up(Component())
    column.ends(cell)


@way_in
def test_a_component_is_renamed_and_the_server_respelled(column: Column, cell: str):
    column.given(Component(zone={"server": "localhost"}))
    column.up(Component("edge", zone={"server": "LOCALHOST", **ADOPT}))
    column.ends(cell)
