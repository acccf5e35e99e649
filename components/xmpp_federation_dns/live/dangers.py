"""What a plan does to a record set that one resource lets go of and another one takes, in the same update. Pure.

The cases are those of docs/lifecycle.md: the plugin of a published provider refuses what is there, and deletes what
leaves its state after everything else; what this package keeps is not deleted where another of its resources holds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.live.preview import PENDING, Holder, Preview


@dataclass(frozen=True, slots=True)
class Danger:
    """One way to lose records, or to be refused, and the way out."""

    severity: Literal["error", "warning"]
    text: str
    way_out: str


REFUSED = Danger(
    "error",
    "created while another resource still holds it: refused, and with --continue-on-error it may be lost",
    "renamed or moved: give the component aliases; taken to a zone in bulk: existing: adopt for one update; "
    "docs/lifecycle.md has each move",
)
LOST = Danger(
    "error",
    "taken over, and then deleted by the plugin that held it: lost",
    "set retainOnDelete: true and run pulumi up first",
)
LEFT = Danger(
    "error",
    "left in the zone by one resource and created by another: refused, since it is there",
    "bring it in with pulumi import, or existing: adopt where the zone has that",
)
REPLACED = Danger(
    "error",
    "created anew while it is still there: refused",
    "pulumi state untaint, or no --replace",
)
TWICE = Danger("error", "published by two resources", "take the SIP domain out of one of the components")
MOMENT = Danger(
    "warning",
    "given by one resource and taken by another: for a moment without records, or refused, as the order has it",
    "retainOnDelete: true on the zone that gives it, and a pulumi up, first",
)


def found(preview: Preview, key: str) -> Iterator[Danger]:
    """Yield what the plan does to the record set *key* that it should not."""
    before, after = preview.before.get(key, {}), preview.after.get(key, {})
    takers = [each for urn, each in after.items() if urn not in before]
    givers = [each for urn, each in before.items() if urn not in after]
    for taker in takers:
        for giver in (each for each in givers if is_same(each.place, taker.place)):
            if danger := _between(preview, giver, taker):
                yield danger
    for urn, taker in after.items():
        again = urn in preview.replaced - preview.imported and urn in before
        # A zone in bulk knows its own by the journal.
        if again and is_same(before[urn].place, taker.place) and not taker.bulk and not taker.adopts:
            yield REPLACED
    places = [each.place for each in after.values()]
    if takers and any(is_same(a, b) for position, a in enumerate(places) for b in places[:position]):
        yield TWICE


def _between(preview: Preview, giver: Holder, taker: Holder) -> Danger | None:
    """Return what is wrong where *giver* lets go of what *taker* takes."""
    deleted = giver.urn in preview.deleted
    if taker.urn in preview.imported:
        return None if giver.retains else LOST
    if giver.kept and not deleted and not giver.retains:
        return MOMENT
    if not taker.adopts:
        return LEFT if giver.retains else REFUSED
    return None if giver.kept or giver.retains else LOST


def is_same(one: Place, other: Place) -> bool:
    """Tell whether two places may be the same: what a plan does not say counts as equal."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or _open(a) or _open(b) for a, b in pairs)


def _open(part: str | int) -> bool:
    return part == "" or part in PENDING
