"""What record sets hold, which changes of a zone go together, and in which order. Pure.

A record set is known by its key, ``owner-name TYPE``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Self

from xmpp_federation_dns.records import sip_domain

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


def contents(texts: Mapping[str, str]) -> dict[str, Content]:
    """Return the record sets that the state has as texts."""
    return {key: Content.of(text) for key, text in texts.items()}


def texts(record_sets: Mapping[str, Content]) -> dict[str, str]:
    """Return record sets as the state has them."""
    return {key: str(each) for key, each in record_sets.items()}


def values(record_set: Content | None) -> tuple[str, ...]:
    """Return the values of a record set; none of a missing one."""
    return record_set.values if record_set else ()


def batches(
    changes: Sequence[Change], weight: Callable[[Change], Weight], most: Weight
) -> Iterator[list[Change]]:
    """Yield *changes* in as few batches as keep order, unity of SIP domains, and *most* of each weight."""
    batch: list[Change] = []
    size: Weight = (0,) * len(most)
    for together in _domains(changes):
        weights = [weight(change) for change in together]
        fits = _within(_sum(weights, most), most)
        # What no batch can hold as a whole is published in its order: addresses, service, what goes.
        for part in [together] if fits else [[change] for change in together]:
            more = _sum([weight(change) for change in part], most)
            if batch and not _within(_sum([size, more], most), most):
                yield batch
                batch, size = [], (0,) * len(most)
            batch.extend(part)
            size = _sum([size, more], most)
    if batch:
        yield batch


def phases(batch: Batch) -> list[list[Batch]]:
    """Return the changes of *batch* one by one, in groups within which no order matters.

    Addresses that come or change are there before the services that point to them, and go after them.
    """
    groups = groupby(sorted(batch, key=_phase), _phase)
    return [[[change] for change in group] for _, group in groups]


def difference(
    old: Mapping[str, Content], new: Mapping[str, Content], *, every: bool = False
) -> list[Change]:
    """Return what turns *old* into *new*; *every* record set is in it where it has to be looked at."""
    pairs = ((key, old.get(key), new.get(key)) for key in sorted({**old, **new}))
    return [
        Change(key, before, after, before.spelling if before else ())
        for key, before, after in pairs
        if every or before != after or (before and before.spelling)
    ]


def _phase(change: Change) -> int:
    return 1 if change.type == "SRV" else 0 if change.new else 2


def _domains(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield what belongs together: the services of a SIP domain and the addresses that come or go with them.

    New addresses come with the first service that points to them, old ones go with the last.
    """
    services: dict[str, list[Change]] = {}
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for change in sorted((c for c in changes if c.type == "SRV"), key=lambda c: (sip_domain(c.name), c.name)):
        domain = sip_domain(change.name)
        services.setdefault(domain, []).append(change)
        for target in _targets(change.new):
            first.setdefault(target, domain)
        for target in _targets(change.old):
            last[target] = domain
    coming: dict[str | None, list[Change]] = {}
    going: dict[str | None, list[Change]] = {}
    for change in changes:
        if change.type != "SRV" and change.new is not None:
            coming.setdefault(first.get(change.name), []).append(change)
        elif change.type != "SRV":
            going.setdefault(last.get(change.name), []).append(change)
    # Nothing here points to these: services of other zones may.
    yield from ([change] for change in coming.get(None, []))
    for domain, own in services.items():
        yield [*coming.get(domain, []), *own, *going.get(domain, [])]
    yield from ([change] for change in going.get(None, []))


def _targets(record_set: Content | None) -> list[str]:
    return [value.split()[-1].removesuffix(".") for value in values(record_set)]


def _sum(weights: Iterable[Weight], most: Weight) -> Weight:
    return tuple(map(sum, zip((0,) * len(most), *weights, strict=True)))


def _within(weight: Weight, most: Weight) -> bool:
    return all(part <= limit for part, limit in zip(weight, most, strict=True))
