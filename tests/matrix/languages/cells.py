"""What is done in each language with each way of publishing, and why some of it is not."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

LANGUAGES = ("Python", "YAML", "TypeScript", "Go")
PLACES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Knot": ("rfc2136", {}),
    "Route 53": ("aws", {}),
    "Route 53 in bulk": ("aws", {"bulk": True}),
    "Azure": ("azure", {}),
}
"""Each way to publish, by its title: the provider, and the options of its zone."""
OPERATIONS = {
    "test_a_wrong_configuration_is_told_and_nothing_is_published": "wrong configuration",
    "test_an_address_of_another_resource_is_published": "up",
    "test_the_next_run_changes_nothing": "again",
    "test_what_is_secret_is_in_no_output_and_in_plain_text_in_no_file": "secret",
    "test_what_is_destroyed_is_gone": "destroy",
    "test_a_provider_that_the_component_is_given_publishes": "explicit provider of the component",
    "test_a_provider_that_a_zone_is_given_publishes": "explicit provider of the zone",
    "test_what_is_imported_is_unchanged_in_the_program": "import",
}
"""What is done, by the test that does it."""


class Gap(NamedTuple):
    """Cells without a test; None stands for all of a kind."""

    operation: str
    language: str | None
    place: str | None
    why: str


_COMPONENT = "explicit provider of the component"
_ZONE = "explicit provider of the zone"
_BULK = "A zone in bulk signs in by its own options; a provider of AWS is a warning (docs/bulk.md)."
_KEPT = "This package publishes the zone itself; an `explicitProvider` of AWS is refused (P22)."
_PUBLISHED = (
    "A resource of the published provider, and so is its import (tests/engine/clouds/test_import.py)."
)
GAPS = (
    Gap(_COMPONENT, None, "Route 53 in bulk", _BULK),
    Gap(_ZONE, None, "Route 53 in bulk", _KEPT),
    Gap("import", None, "Route 53", _PUBLISHED),
    Gap("import", None, "Azure", _PUBLISHED),
)


def why_not(operation: str, language: str, place: str) -> str | None:
    """Return why a cell has no test, or nothing where it has one."""
    for gap in GAPS:
        if gap.operation == operation and gap.language in (None, language) and gap.place in (None, place):
            return gap.why
    return None


def tried(operation: str, language: str) -> Iterator[str]:
    """Yield the ways of publishing with which an operation is tried."""
    return (place for place in PLACES if why_not(operation, language, place) is None)
