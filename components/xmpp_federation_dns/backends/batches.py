"""Which changes of a zone go together, in which order, and which of them are done already. Pure.

A record set is known by its key, ``owner-name TYPE``, and written as its TTL in seconds and its values:
``"300 131.107.155.10, 131.107.155.11"``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Weight = tuple[int, ...]
"""What a batch may hold only so much of, such as records and characters."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record set to be created (no *old*), changed or deleted (no *new*)."""

    key: str
    old: str | None
    new: str | None

    @property
    def name(self) -> str:
        """The owner name: absolute, without final dot."""
        return self.key.partition(" ")[0]

    @property
    def type(self) -> str:
        """The type of the records."""
        return self.key.partition(" ")[2]


Batch = Sequence[Change]


class ConflictError(Exception):
    """Record sets are there that are not of this stack, or are not as it left them: *found* by their changes."""

    def __init__(self, found: Sequence[tuple[Change, str]]) -> None:
        super().__init__(f"{len(found)} conflicts")
        self.found = found


def written(ttl: int, values: Iterable[str]) -> str:
    """Return a record set as text; the order of its values means nothing."""
    return f"{ttl} {', '.join(sorted(values))}"


def parsed(text: str | None) -> tuple[int, list[str]]:
    """Return TTL and values of a record set; none of a missing one."""
    ttl, _, values = (text or "0").partition(" ")
    return int(ttl), values.split(", ") if values else []


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


def difference(old: Mapping[str, str], new: Mapping[str, str], *, every: bool = False) -> list[Change]:
    """Return what turns *old* into *new*; *every* record set is in it where it has to be looked at."""
    pairs = ((key, old.get(key), new.get(key)) for key in sorted({**old, **new}))
    return [Change(key, before, after) for key, before, after in pairs if every or before != after]


def recognised(
    plan: Iterable[Batch], held: Mapping[str, str], live: Mapping[str, str], *, adopt: bool
) -> dict[str, str]:
    """Return the record sets that are this stack's own, of *held* and of what *plan* finds done in *live*.

    What is as wanted counts as done where this stack had published it before, where it is to *adopt* what it
    finds, and where an interrupted run of the same plan left it: batches happen whole and in order.
    Raises :class:`ConflictError` with everything else that is there.
    """
    own = dict(held)
    conflicts: list[tuple[Change, str]] = []
    interrupted = True
    for batch in plan:
        interrupted = interrupted and all(live.get(change.key) == change.new for change in batch)
        for change in batch:
            found = live.get(change.key)
            if found is None:
                own.pop(change.key, None)
            elif found == change.new and (change.old is not None or adopt or interrupted):
                own[change.key] = found
            elif found != change.old:
                conflicts.append((change, found))
    if conflicts:
        raise ConflictError(conflicts)
    return own


def _domains(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield what belongs together: the services of a SIP domain and the addresses that come or go with them.

    New addresses come with the first service that points to them, old ones go with the last.
    """
    services: dict[str, list[Change]] = {}
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for change in sorted((c for c in changes if c.type == "SRV"), key=lambda c: (_sip_domain(c), c.name)):
        domain = _sip_domain(change)
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


def _sip_domain(service: Change) -> str:
    return service.name.split(".", 2)[2]


def _targets(text: str | None) -> list[str]:
    return [value.split()[-1].removesuffix(".") for value in parsed(text)[1]]


def _sum(weights: Iterable[Weight], most: Weight) -> Weight:
    return tuple(map(sum, zip((0,) * len(most), *weights, strict=True)))


def _within(weight: Weight, most: Weight) -> bool:
    return all(part <= limit for part, limit in zip(weight, most, strict=True))
