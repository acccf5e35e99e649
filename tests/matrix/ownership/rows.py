"""Ways in that lost records elsewhere, and how each ends: the table of docs/lifecycle.md."""

from collections.abc import Mapping
from typing import Any, NamedTuple

COLUMNS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "rfc2136": ("rfc2136", {}),
    "rfc2136 in bulk": ("rfc2136", {"bulk": True}),
    "Route 53": ("aws", {}),
    "Azure": ("azure", {}),
    "Route 53 in bulk": ("aws", {"bulk": True}),
    "Azure in bulk": ("azure", {"bulk": True}),
    "Cloudflare": ("cloudflare", {}),
    "Cloudflare in bulk": ("cloudflare", {"bulk": True}),
    "PowerDNS by octoDNS": ("octodns", {}),
    "Google Cloud": ("gcp", {}),
    "Google Cloud in bulk": ("gcp", {"bulk": True}),
}
"""Each way to publish, by its title: the provider, and the options of its zones."""
LIKE: Mapping[str, str] = {"Google Cloud": "rfc2136", "Google Cloud in bulk": "rfc2136 in bulk"}
"""Columns in which everything ends as in another one: whatever the server, this package publishes it."""

ENDINGS = {
    "unchanged": "unchanged",
    "refused": "refused",
    "gap": "unchanged, with a moment without",
    "lost": "lost",
    "gone": "lost",
}
"""What a cell may say, in words."""
NOTES = {
    ENDINGS["lost"]: "Where a published plugin deletes, nothing of this package runs after it.",
    ENDINGS["gap"]: "The component that gives the SIP domain is made to go first, by `depends_on`. With "
    "`retainOnDelete: true` on its zone and a `pulumi up` before, no name is without its records.",
}
"""What has to be said of those that are not as they should be."""


class Row(NamedTuple):
    """One change of a published stack."""

    title: str
    endings: str
    """How it ends in each column that is like no other, or `-` where it cannot be made."""
    everywhere: bool = True
    """Whether it can be made at other providers, too."""

    @property
    def cells(self) -> Mapping[str, str]:
        """How it ends, by the columns in which it can be made."""
        own = [column for column in COLUMNS if column not in LIKE]
        found = dict(zip(own, self.endings.split(), strict=True))
        if self.everywhere:
            found |= {column: found[other] for column, other in LIKE.items()}
        return {column: ending for column, ending in found.items() if ending != "-"}


ROWS: Mapping[str, Row] = {
    "test_a_component_is_renamed_without_aliases": Row(
        "component renamed without `aliases`",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_component_is_put_under_another_without_aliases": Row(
        "component put under another without `aliases`",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_component_is_renamed_with_another_ttl": Row(
        "component renamed, and another `srvTtl`",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_component_is_renamed_and_adopts": Row(
        "component renamed, and `existing: adopt`",
        "unchanged unchanged - - unchanged unchanged unchanged unchanged -",
    ),
    "test_a_component_is_renamed_and_errors_do_not_stop_the_update": Row(
        "component renamed, `pulumi up --continue-on-error`",
        "refused refused lost lost refused refused refused refused refused",
    ),
    "test_an_update_that_adopts_ends_before_it_deletes": Row(
        "component renamed, `existing: adopt`, and the update failed before it deleted: the next one",
        "unchanged unchanged - - unchanged unchanged unchanged unchanged -",
    ),
    "test_an_update_that_adopts_ends_before_it_deletes_and_is_taken_back": Row(
        "… the configuration before", "unchanged unchanged - - unchanged unchanged unchanged unchanged -"
    ),
    "test_a_component_is_renamed_and_the_server_respelled": Row(
        "component renamed, `existing: adopt`, and `server` in capitals",
        "unchanged unchanged - - - - - - -",
        everywhere=False,
    ),
    "test_a_domain_moves_to_a_component_after": Row(
        "SIP domain moved to a component that comes after",
        "refused gap refused refused gap gap refused gap gap",
    ),
    "test_a_domain_moves_to_a_component_before": Row(
        "SIP domain moved to a component that comes before",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_domain_moves_to_a_component_before_that_adopts": Row(
        "… before, with `existing: adopt`",
        "unchanged unchanged - - unchanged unchanged unchanged unchanged -",
    ),
    "test_a_domain_moves_to_a_component_after_that_adopts": Row(
        "… after, with `existing: adopt`", "unchanged gap - - gap gap unchanged gap -"
    ),
    "test_a_domain_moves_from_a_zone_that_retains_from_now_on": Row(
        "… after, with `existing: adopt`, and with `retainOnDelete: true` where it was",
        "unchanged unchanged - - unchanged unchanged unchanged unchanged -",
    ),
    "test_a_domain_moves_to_a_component_that_is_not_as_it_was": Row(
        "SIP domain moved to a component that has the zone in bulk, or has it no more",
        "refused gap refused refused gap gap refused gap -",
    ),
    "test_a_domain_of_two_components_is_taken_out_of_one": Row(
        "same SIP domain, new or not, in two components, one of them taken out again",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_domain_of_two_stacks_is_destroyed_in_one": Row(
        "same SIP domain in two stacks, the second destroyed",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_a_copy_of_a_stack_is_destroyed": Row(
        "copy of the stack file as `test`: `up`, `destroy`",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_records_made_by_hand_are_in_a_stack_that_is_destroyed": Row(
        "equal records made by hand: `up`, `destroy`",
        "refused refused refused refused refused refused refused refused refused",
    ),
    "test_bulk_is_added": Row("`bulk: true` added in one step", "refused - refused refused - - refused - -"),
    "test_bulk_is_added_and_adopts": Row(
        "… with `existing: adopt`", "unchanged - refused refused - - unchanged - -"
    ),
    "test_bulk_is_added_by_a_program_without_exports_and_adopts": Row(
        "… with `existing: adopt`, by a program that exports no `records`",
        "unchanged - gone gone - - unchanged - -",
    ),
    "test_bulk_is_added_and_retains": Row(
        "`bulk: true` and `retainOnDelete: true` added in one step",
        "refused - refused refused - - refused - -",
    ),
    "test_bulk_is_added_by_a_renamed_component_that_adopts": Row(
        "`bulk: true` and `existing: adopt` added, and the component renamed",
        "unchanged - refused refused - - unchanged - -",
    ),
    "test_bulk_is_taken_out": Row(
        "`bulk` taken out in one step", "- refused - - refused refused - refused -"
    ),
    "test_bulk_is_taken_out_and_adopts": Row(
        "… with `existing: adopt`", "- unchanged - - refused refused - unchanged -"
    ),
    "test_bulk_is_taken_out_and_retains": Row(
        "`bulk` taken out and `retainOnDelete: true` added in one step",
        "- refused - - refused refused - refused -",
    ),
    "test_the_zone_id_is_spelled_otherwise": Row(
        "`zoneId: Z…` → `zoneId: /hostedzone/Z…` → `zoneId: Z…`", "- - unchanged - unchanged - - - -"
    ),
    "test_the_server_is_spelled_otherwise": Row(
        "`server` as name instead of address, and in capitals",
        "unchanged unchanged - - - - - - -",
        everywhere=False,
    ),
    "test_a_resource_is_to_be_replaced": Row(
        "`pulumi up --replace URN`",
        "refused unchanged refused refused unchanged unchanged refused unchanged unchanged",
    ),
    "test_a_resource_that_adopts_is_to_be_replaced": Row(
        "… with `existing: adopt`", "unchanged unchanged - - unchanged unchanged unchanged unchanged -"
    ),
    "test_a_resource_is_tainted": Row(
        "`pulumi state taint URN`, `up`, `pulumi state untaint URN`",
        "refused unchanged refused refused unchanged unchanged refused unchanged unchanged",
    ),
}
"""The ways in, by the test that goes each."""
