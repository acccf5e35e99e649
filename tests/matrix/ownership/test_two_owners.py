"""Two components, two stacks, or a stack and somebody's hands publish the same record sets."""

from tests.matrix.ownership.column import Column, way_in
from tests.matrix.ownership.program import Component

DOMAINS = ("contoso.com", "eu.contoso.com")
TWICE = (
    "component 'second' publishes xmpp.emea.contoso.com A and 3 more in zone contoso.com, and component 'federation' "
    "does too; a record set belongs to one of them"
)


@way_in
def test_a_domain_of_two_components_is_taken_out_of_one(column: Column, cell: str):
    new = "emea.contoso.com"
    column.up(Component(domains=(*DOMAINS, new)), Component("second", (new, "eu.contoso.com")))
    column.ends(cell, says=TWICE)


@way_in
def test_a_domain_of_two_stacks_is_destroyed_in_one(column: Column, cell: str):
    column.up_in_other(Component(domains=("eu.contoso.com",)))
    column.destroy_other()
    column.ends(cell)


@way_in
def test_a_copy_of_a_stack_is_destroyed(column: Column, cell: str):
    column.up_in_other()
    column.destroy_other()
    column.ends(cell)


@way_in
def test_records_made_by_hand_are_in_a_stack_that_is_destroyed(column: Column, cell: str):
    zone = column.zones["contoso.com"]
    zone.put("_xmpp-server._tcp.emea.contoso.com", "SRV", 3600, "0 0 5269 xmpp.emea.contoso.com.")
    zone.put("xmpp.emea.contoso.com", "A", 300, "131.107.155.10")
    column.watch()
    column.up_in_other(Component(domains=("emea.contoso.com",)))
    column.destroy_other()
    column.ends(cell)
