"""Which changes of a zone go together, and in which order. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from xmpp_federation_dns.changes import Batch, Change, Content, Weight, values
from xmpp_federation_dns.records import sip_domain


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


def phases(batch: Batch, *, together: bool) -> list[list[Batch]]:
    """Return the changes of *batch* in groups within which no order matters, each one by one or *together*.

    Addresses that come or change are there before the services that point to them, and go after them.
    """
    groups = (list(group) for _, group in groupby(sorted(batch, key=_phase), _phase))
    return [[group] if together else [[change] for change in group] for group in groups]


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
