"""The guard: how much of what peers see one update may take away without a word of those who run it. Pure.

Its unit is the SIP domain. One that keeps its SRV record set, and at least the targets it had, with addresses, is not
concerned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

FEW = 3
"""SIP domains that an update may always take away, or point elsewhere."""
LOST = 10
"""Per cent of the SIP domains that an update may take away."""
MOVED = 30
"""Per cent of the SIP domains whose target an update may change."""


@dataclass(frozen=True, slots=True)
class Service:
    """What peers are told of one SIP domain: the targets of its SRV records, and the zone that these are in."""

    targets: frozenset[str]
    zone: str


Services = Mapping[str, Service]
"""The SIP domains that federate, by name."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an update takes away: SIP domains that lose federation or a target, and why that is too much."""

    lost: tuple[str, ...]
    moved: tuple[str, ...]
    reasons: tuple[str, ...]
    number: int
    """The SIP domains that the reasons are about: who says it lets the update through."""

    def refuses(self, allowed: int | str | None) -> bool:
        """Tell whether the update is refused where so many SIP domains are *allowed* to be concerned."""
        return bool(self.reasons) and allowed != self.number


def targets(values: Iterable[str]) -> frozenset[str]:
    """Return the targets of the *values* of an SRV record set, none for the root; or what stands for one in a plan."""
    return frozenset(value.rpartition(" ")[2].removesuffix(".") for value in values) - {""}


def service(values: Iterable[str], zone: str) -> Service | None:
    """Return what the *values* of an SRV record set say; nothing where they say that there is no service."""
    found = targets(values)
    return Service(found, zone) if found else None


def reached(services: Services, gone: AbstractSet[str]) -> dict[str, Service]:
    """Return *services* without the targets that are *gone*, since their addresses go, and what is left without any."""
    found = {domain: replace(each, targets=each.targets - gone) for domain, each in services.items()}
    return {domain: each for domain, each in found.items() if each.targets}


def judged(before: Services, after: Services) -> Judgement:
    """Return what becomes of the SIP domains of *before*, and each reason to refuse it."""
    lost = sorted(domain for domain in before if domain not in after)
    moved = sorted(
        domain for domain, each in before.items() if domain in after and each.targets - after[domain].targets
    )
    reasons: list[str] = []
    if len(lost) > max(FEW, len(before) * LOST / 100):
        reasons.append(f"{len(lost):,} of {len(before):,} SIP domains lose federation")
    gone = set(lost)
    zones: defaultdict[str, list[str]] = defaultdict(list)
    for domain, each in before.items():
        zones[each.zone].append(domain)
    if not reasons:
        reasons += [
            f"all {len(domains):,} SIP domains of zone {zone} lose federation"
            for zone, domains in sorted(zones.items())
            if len(domains) > FEW and gone.issuperset(domains)
        ]
    number = len(lost) if reasons else 0
    if len(moved) > max(FEW, len(before) * MOVED / 100):
        reasons.append(f"{len(moved):,} of {len(before):,} SIP domains lose a target that they had")
        number += len(moved)
    return Judgement(tuple(lost), tuple(moved), tuple(reasons), number)
