"""What record sets hold and how they change, as a keeper and the client of a zone speak of it. Pure.

A record set is known by its key, ``owner-name TYPE``.
"""

import ipaddress
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeGuard, cast

Place = tuple[str | int, ...]
"""Where a zone is kept: what tells it from another zone, as far as a configuration says it."""

DELEGATED = (
    "it lies in a zone of its own, which is delegated to other name servers (publish it in the zone {})"
)
"""Why a record set would not be seen."""
SHOWN = 8
"""Record sets that a line names before it counts the rest."""

Weight = tuple[int, ...]
"""What a batch may hold only so much of, such as records and characters."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a record set of ours holds: its TTL in seconds, and its values in canonical zone-file form, sorted."""

    ttl: int
    values: tuple[str, ...]
    spelling: tuple[str, ...] = field(default=(), compare=False)
    """The values as the server writes them, where it writes them otherwise: equal in DNS is equal."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Return what the state has as text."""
        ttl, _, values = text.partition(" ")
        return cls(int(ttl), tuple(values.split(", ")))

    def __str__(self) -> str:
        """Return the text in the state: ``300 131.107.155.10, 131.107.155.11``."""
        return f"{self.ttl} {', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What is in the place of a record set and can be none of ours, as a message shows it."""

    shown: str
    hides: bool = False
    """Whether nothing that is published there would be seen: *shown* is then why, and the way out."""
    alias: str = ""
    """The target of a CNAME record."""

    def __str__(self) -> str:
        return self.shown


Live = Content | Foreign
"""What a server has in the place of one record set."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record set to be created (no *old*), changed or deleted (no *new*)."""

    key: str
    old: Content | None
    new: Content | None
    spelling: tuple[str, ...] = ()
    """The values of *old* as the server writes them, where it writes them otherwise."""

    @property
    def name(self) -> str:
        """The owner name: absolute, without final dot."""
        return self.key.partition(" ")[0]

    @property
    def type(self) -> str:
        """The type of the records."""
        return self.key.partition(" ")[2]

    @property
    def goes(self) -> tuple[str, ...]:
        """The values that go, as the server writes them."""
        return self.spelling or values(self.old)


Batch = Sequence[Change]


def content(ttl: int, values: Iterable[str]) -> Content:
    """Return a record set; the order of its values means nothing."""
    return Content(ttl, tuple(sorted(values)))


def planned(ttl: object, values: object) -> Content:
    """Return a record set as a plan has it: what is not known yet, or secret, is a text in the place of values."""
    each = cast("list[object]", values) if isinstance(values, list) else [values] if values else []
    return content(ttl if isinstance(ttl, int) else 0, map(str, each))


def is_made_of(found: Live | None, change: Change) -> TypeGuard[Content]:
    """Tell whether *found* has no value but those that *change* sent, or that were there before it."""
    return isinstance(found, Content) and {*values(change.old), *values(change.new)}.issuperset(found.values)


def contents(texts: Mapping[str, str]) -> dict[str, Content]:
    """Return the record sets that the state has as texts."""
    return {key: Content.of(text) for key, text in texts.items()}


def texts(record_sets: Mapping[str, Content]) -> dict[str, str]:
    """Return record sets as the state has them."""
    return {key: str(each) for key, each in record_sets.items()}


def values(record_set: Content | None) -> tuple[str, ...]:
    """Return the values of a record set; none of a missing one."""
    return record_set.values if record_set else ()


def canonical_value(rdtype: str, value: str) -> str:
    """Return a value in zone-file form as every name server sends it; of other types than ours, as it is."""
    if rdtype == "SRV":
        *numbers, target = value.lower().split()
        return " ".join([*(str(int(number)) for number in numbers), f"{target.removesuffix('.')}."])
    return str(ipaddress.ip_address(value)) if rdtype in ("A", "AAAA") else value


def in_sight(record_sets: Mapping[str, Live], zone: str, cuts: Iterable[str]) -> dict[str, Live]:
    """Return *record_sets* of *zone*, those below its *cuts* as what nobody sees.

    A cut is a name with NS records (RFC 1034 §4.2.1); those of the zone itself are none.
    """
    delegated = {*cuts} - {zone}
    hidden = {key: out_of_sight(key, zone, delegated) for key in (record_sets if delegated else ())}
    return {**record_sets, **{key: there for key, there in hidden.items() if there}}


def out_of_sight(key: str, zone: str, cuts: Container[str]) -> Foreign | None:
    """Return what hides a record set from everybody who asks for it, where it lies at or below one of *cuts*."""
    for name in enclosing(key.partition(" ")[0], zone):
        if name in cuts:
            return Foreign(DELEGATED.format(name), hides=True)
    return None


def cuts(keys: Iterable[str]) -> set[str]:
    """Return the names that have NS records among *keys*."""
    return {key.removesuffix(" NS") for key in keys if key.endswith(" NS")}


def above(expected: Mapping[str, Content | None], zone: str) -> set[str]:
    """Return the names at which a delegation would hide what of *expected* is thought not to be there."""
    unseen = (key.partition(" ")[0] for key, known in expected.items() if known is None)
    return {name for owner in unseen for name in enclosing(owner, zone)}


def with_hidden(
    expected: Mapping[str, Content | None],
    live: Mapping[str, Live | None],
    zone: str,
    delegated: Container[str],
) -> dict[str, Live]:
    """Return what is *live* of *expected*, and in place of nothing what hides a record set thought not to be there."""
    hidden = {key: out_of_sight(key, zone, delegated) for key, known in expected.items() if known is None}
    return {key: there for key in expected if (there := live.get(key) or hidden.get(key))}


def enclosing(name: str, zone: str) -> Iterator[str]:
    """Yield *name* and those above it, up to the one below *zone*."""
    while name and name != zone:
        yield name
        name = name.partition(".")[2]


def listed(keys: Sequence[str], most: int = SHOWN) -> str:
    """Return as many *keys* as fit into a line, *most* of them, and how many more there are."""
    more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more
