"""What an update does to what peers see, SIP domain by SIP domain. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from xmpp_federation_dns import guard
from xmpp_federation_dns.backends import PROVIDERS, zone_class
from xmpp_federation_dns.changes import Content
from xmpp_federation_dns.costs import Cost
from xmpp_federation_dns.live.dangers import Danger, is_same
from xmpp_federation_dns.live.dangers import found as dangers_of
from xmpp_federation_dns.live.preview import Holder, Preview
from xmpp_federation_dns.records import XMPP_SERVER, XMPPS_SERVER, owner_name, sip_domain

Change = Literal["added", "loses federation", "left in the zone", "changed", "moved", "unchanged"]


@dataclass(frozen=True, slots=True)
class Side:
    """What peers see of a SIP domain before or after an update, by key, and who holds it."""

    holders: Mapping[str, Holder]

    @property
    def record_sets(self) -> dict[str, Content]:
        """The record sets by key."""
        return {key: each.content for key, each in self.holders.items()}

    @property
    def components(self) -> set[str]:
        """The components that hold them, as far as the plan says it."""
        return {each.component for each in self.holders.values()} - {"-"}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one SIP domain, or of a name whose SIP domain the plan does not show."""

    domain: str
    change: Change
    before: Side
    after: Side
    what: tuple[str, ...] = ()
    """What changes, in words."""
    risks: tuple[Danger, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What becomes of the SIP domains of a plan, and what the guard says of that."""

    fates: tuple[Fate, ...]
    judgement: guard.Judgement
    unseen: int = 0
    costs: Mapping[str, Cost] = field(default_factory=dict[str, Cost])
    """What the changes of each zone cost, where they are many."""
    created: Mapping[str, Holder] = field(default_factory=dict[str, Holder])
    """What the plan creates, by key, where nothing held it before."""

    def of(self, *changes: Change) -> list[Fate]:
        """Return the SIP domains with one of these changes."""
        return [each for each in self.fates if each.change in changes]

    @property
    def risks(self) -> dict[Danger, list[str]]:
        """The SIP domains of each danger."""
        found: defaultdict[Danger, list[str]] = defaultdict(list)
        for fate in self.fates:
            for danger in fate.risks:
                found[danger].append(fate.domain)
        return dict(sorted(found.items(), key=lambda each: each[0].severity))


def review(preview: Preview) -> Review:
    """Return what the plan does to what peers see."""
    before = _ours(preview.before)
    after = _ours(preview.after)
    left = {
        key: holder
        for key, holder in before.items()
        if key not in after and any(each.retains for each in preview.before[key].values())
    }
    stays = {**left, **after}
    gone = _hosts(before) - _hosts(stays)
    owners = _owners(before, after)
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for key in {*before, *after}:
        name, _, type_ = key.partition(" ")
        for domain in [sip_domain(name)] if type_ == "SRV" else owners.get(name, [name]):
            keys[domain].add(key)
    at_risk = {key: tuple(dict.fromkeys(dangers_of(preview, key))) for key in {*before, *after}}
    fates = [_fate(domain, each, before, after, left, gone, at_risk) for domain, each in sorted(keys.items())]
    judgement = guard.judged(_services(before), guard.reached(_services(stays), gone))
    created = {key: holder for key, holder in after.items() if not preview.before.get(key)}
    return Review(tuple(fates), judgement, preview.unseen, _costs(preview), created)


def _costs(preview: Preview) -> dict[str, Cost]:
    """Return what the changes of each zone cost, where they are many and it is known."""
    changes: Counter[tuple[str, str, bool]] = Counter()
    for key in {*preview.before, *preview.after}:
        sides = [preview.before.get(key, {}), preview.after.get(key, {})]
        old, new = ({(urn, each.content) for urn, each in side.items()} for side in sides)
        for holder in {(each.zone, each.provider, each.bulk) for side in sides for each in side.values()}:
            changes[holder] += old != new
    found = {
        zone: zone_class(provider).cost_of(count, bulk=bulk)
        for (zone, provider, bulk), count in sorted(changes.items())
        if provider in PROVIDERS
    }
    return {zone: cost for zone, cost in found.items() if cost}


def _ours(holders: Mapping[str, Mapping[str, Holder]]) -> dict[str, Holder]:
    """Return what components hold, by key."""
    found: dict[str, Holder] = {}
    for key, each in holders.items():
        name, _, type_ = key.partition(" ")
        federates = type_ in ("A", "AAAA") or (
            type_ == "SRV" and name.startswith((f"{XMPP_SERVER}.", f"{XMPPS_SERVER}."))
        )
        for holder in each.values():
            if holder.component and federates:
                found[key] = holder
    return found


def _services(held: Mapping[str, Holder]) -> dict[str, guard.Service]:
    found: dict[str, guard.Service] = {}
    for key, holder in held.items():
        if key.startswith(f"{XMPP_SERVER}.") and (each := guard.service(holder.content.values, holder.zone)):
            found[sip_domain(key.partition(" ")[0])] = each
    return found


def _hosts(held: Mapping[str, Holder]) -> set[str]:
    """Return the names with addresses."""
    return {key.partition(" ")[0] for key in held if not key.endswith(" SRV")}


def _owners(*sides: Mapping[str, Holder]) -> dict[str, list[str]]:
    """Return the SIP domains that point to each target."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for side in sides:
        for key, holder in side.items():
            name, _, type_ = key.partition(" ")
            if type_ == "SRV":
                for target in guard.targets(holder.content.values):
                    found[target][sip_domain(name)] = None
    return {target: list(domains) for target, domains in found.items()}


def _fate(  # noqa: PLR0913, PLR0917 what a SIP domain is judged by
    domain: str,
    keys: Iterable[str],
    before: Mapping[str, Holder],
    after: Mapping[str, Holder],
    left: Mapping[str, Holder],
    gone: AbstractSet[str],
    at_risk: Mapping[str, tuple[Danger, ...]],
) -> Fate:
    keys = sorted(keys)
    old, new = _side(keys, before), _side(keys, after)
    risks = tuple(dict.fromkeys(danger for key in keys for danger in at_risk[key]))
    change, what = _change(domain, old, new, left, gone)
    return Fate(domain, change, old, new, what, risks)


def _side(keys: Iterable[str], held: Mapping[str, Holder]) -> Side:
    return Side({key: held[key] for key in keys if key in held})


def _change(
    domain: str, old: Side, new: Side, left: Mapping[str, Holder], gone: AbstractSet[str]
) -> tuple[Change, tuple[str, ...]]:
    """Return what becomes of a SIP domain, and in words what changes; the addresses of hosts that are *gone* go."""
    service = f"{owner_name(domain)} SRV"
    targets, reached = (
        guard.targets(side.holders[service].content.values) if service in side.holders else frozenset[str]()
        for side in (old, new)
    )
    served, serves = bool(targets), bool(reached - gone)
    if (served and not serves) or not new.record_sets:
        return (
            ("left in the zone", ())
            if service in left or left.keys() >= old.record_sets.keys()
            else ("loses federation", ())
        )
    if not old.record_sets or (serves and not served):
        return "added", ()
    what: set[str] = set()
    for key in {**old.record_sets, **new.record_sets}:
        one, other = old.record_sets.get(key), new.record_sets.get(key)
        kind = "servers" if key.endswith(" SRV") else "addresses"
        if one is None or other is None or one.values != other.values:
            what.add(kind)
        elif one.ttl != other.ttl:
            what.add("TTL")
    moved = sorted(
        each.zone
        for key, each in new.holders.items()
        if key in old.holders and not is_same(each.place, old.holders[key].place)
    )
    moves = [f"to zone {zone}" for zone in dict.fromkeys(moved)]
    here, there = old.components, new.components
    moves += [f"to component {', '.join(sorted(there))}"] if here and there and here != there else []
    change: Change = "changed" if what else "moved" if moves else "unchanged"
    return change, (*(each for each in ("servers", "addresses", "TTL") if each in what), *moves)


def is_refused(found: Review, allowed: int | None) -> bool:
    """Tell whether the plan is not to be carried out: the guard's word, or what it does that it should not."""
    return found.judgement.refuses(allowed) or any(danger.severity == "error" for danger in found.risks)
