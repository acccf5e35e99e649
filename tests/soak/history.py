"""A random history: what is changed and what goes wrong, step by step, chosen by nothing but its seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.faults.rows import BUSY, CHANGED, CUTTING, DENIED, DROPPING, FAILED, LOSING, SLOW, THROTTLED
from tests.soak.wanted import ZONE, Key, Pool, RecordSets, Wanted
from tests.standins.zones import Published

STEPS = 10
DOMAINS = (ZONE, *(f"d{number}.{ZONE}" for number in range(5)))
MOST = 4
"""SIP domains at a time, so that a run takes seconds."""
DIES = "dies before a change"
UNSYNCED = "denies to say whether a change is in sync"
PLUGIN, ENGINE, ALL = "the plugin is killed", "the engine is killed", "the whole run is killed"
KILLS = (PLUGIN, ENGINE, ALL)
_CLOUD = (THROTTLED, FAILED, DENIED, CHANGED, LOSING)
FAULTS = {
    "rfc2136": (BUSY, DROPPING, CUTTING, LOSING, SLOW, DIES),
    "aws": (*_CLOUD, UNSYNCED),
    "azure": _CLOUD,
}
"""What the server or the cloud does."""
READS = {"rfc2136": (BUSY, DROPPING, CUTTING, SLOW)}
"""What meets a run that only looks."""
COME, GO, LEAVE, ADDRESSES, HOST, TTL, OWN, BULK, REFRESH, DESTROY, NOTHING = (
    "a SIP domain comes",
    "a SIP domain goes",
    "a SIP domain goes, and its record sets stay (retainOnDelete)",
    "the Edge pool moves",
    "the Edge pool has another host",
    "another TTL",
    "a SIP domain has an Edge pool of its own, or no more",
    "bulk is switched",
    "refresh",
    "destroy, and up again",
    "nothing",
)
CHANGES: Mapping[str, int] = {
    COME: 5,
    GO: 3,
    LEAVE: 1,
    ADDRESSES: 3,
    HOST: 2,
    TTL: 2,
    OWN: 3,
    BULK: 1,
    REFRESH: 1,
    DESTROY: 1,
    NOTHING: 1,
}
"""How often each is chosen, beside the others."""
BESIDE, TAKEN_BACK, EDITED, DELETED, EQUAL, OTHER = (
    "adds a record set beside",
    "takes one of theirs back",
    "edits one of ours",
    "deletes an SRV record set of ours",
    "publishes what a SIP domain is about to, equal",
    "publishes what a SIP domain is about to, with other values",
)
OURS = (EDITED, DELETED)
WWW = f"www.{ZONE}"
FOREIGN: RecordSets = {
    (WWW, "A"): Published(60, ("192.0.2.1",)),
    (f"_sip._tls.{ZONE}", "SRV"): Published(3600, (f"0 0 443 {WWW}.",)),
}
"""What others have in the zone from the start, beside what it needs itself."""
ADDRESS = "131.107.155.{}"


@dataclass(frozen=True)
class Way:
    """A provider, and whether a history begins in bulk."""

    provider: str
    bulk: bool

    def __str__(self) -> str:
        """Say it as a person does."""
        name = {"rfc2136": "dynamic updates", "aws": "Route 53", "azure": "Azure DNS"}[self.provider]
        return f"{name} {'in bulk' if self.bulk else 'one by one'}"


WAYS = tuple(Way(provider, bulk) for provider in ("rfc2136", "aws", "azure") for bulk in (False, True))


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a run, after so many changes of the zone where it is something that ends it there."""

    kind: str
    after: int = 0
    carried_out: bool = True
    """Whether the change that a kill comes at is carried out, where that can be said."""
    seconds: float = 0
    """Where it is not 0, the time from the start of the run at which a kill comes, whatever is done by then."""

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.kind not in (DIES, *KILLS):
            return self.kind
        if self.seconds:
            return f"{self.kind} after {self.seconds} s"
        carried_out = "" if self.carried_out or self.kind == DIES else ", the next one not carried out"
        return f"{self.kind} after {self.after} changes{carried_out}"


@dataclass(frozen=True)
class Hand:
    """What somebody else does to the zone before a step: what is put where, or taken away."""

    kind: str
    put: RecordSets = field(default_factory=RecordSets)
    removed: tuple[Key, ...] = ()

    @property
    def keys(self) -> set[Key]:
        """All record sets that it touches."""
        return {*self.put, *self.removed}


@dataclass(frozen=True)
class Step:
    """One step: a change of the configuration to what is *wanted*, and what goes wrong.

    Each of *faults* meets the next run; where the configuration changes again before somebody sets it right,
    that is *then*. *foreign* is what others have in the zone after it.
    """

    change: str
    wanted: Wanted
    foreign: RecordSets
    hand: Hand | None = None
    faults: Sequence[Fault] = ()
    then: Wanted | None = None

    @property
    def last(self) -> Wanted:
        """What is wanted at the end."""
        return self.then or self.wanted

    def __str__(self) -> str:
        """Tell it in a line."""
        parts = [f"somebody {self.hand.kind}"] if self.hand else []
        parts += [self.change, *(str(fault) for fault in self.faults)]
        parts += ["changed again before it is set right"] if self.then else []
        return "; ".join(parts)


@dataclass(frozen=True)
class History:
    """Where a history is played, and its steps."""

    seed: int
    way: Way
    steps: Sequence[Step]


def history(seed: int) -> History:
    """Return the history of a *seed*: the same one every time."""
    return _Author(seed).written()


class _Author:
    """Chooses step after step, and knows what is wanted and what others have by then."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.choose = random.Random(seed)
        self.way = self.choose.choice(WAYS)
        self.wanted = Wanted(bulk=self.way.bulk)
        self.foreign = dict(FOREIGN)
        self.notes = 0

    def written(self) -> History:
        steps = [self._step(first=not number) for number in range(STEPS)]
        return History(self.seed, self.way, steps)

    def _step(self, *, first: bool) -> Step:
        change = COME if first else self.choose.choices(list(CHANGES), list(CHANGES.values()))[0]
        if change in (COME, LEAVE, GO, OWN) and not self._possible(change):
            change = TTL
        before = self.wanted
        after = self._changed(change, before)
        hand = self._hand(change, before, after) if self.choose.random() < 0.3 else None
        faults = self._faults(change, bulk=after.bulk)
        then = None
        if faults and change not in (LEAVE, BULK, DESTROY, REFRESH) and self.choose.random() < 0.2:
            again = self.choose.choice((COME, GO, ADDRESSES, TTL))
            if self._possible(again, after):
                then = self._changed(again, after)
        self.wanted = then or after
        if change == LEAVE:
            self.foreign |= {k: v for k, v in before.record_sets().items() if k not in after.record_sets()}
        if hand:
            self.foreign = {k: v for k, v in self.foreign.items() if k not in hand.removed}
            self.foreign |= hand.put if hand.kind == BESIDE else {}
        wanted = after.record_sets().keys() | self.wanted.record_sets().keys()
        self.foreign = {key: each for key, each in self.foreign.items() if key not in wanted}
        return Step(change, after, dict(self.foreign), hand, faults, then)

    def _possible(self, change: str, wanted: Wanted | None = None) -> bool:
        count = len((wanted or self.wanted).domains)
        return count < MOST if change == COME else count > 1 if change in (GO, LEAVE) else count > 0

    def _changed(self, change: str, before: Wanted) -> Wanted:
        choose = self.choose
        match change:
            case "a SIP domain comes":
                new = [each for each in DOMAINS if each not in before.domains]
                more = choose.sample(new, min(len(new), choose.choice((1, 1, 2)), MOST - len(before.domains)))
                return replace(before, domains=(*before.domains, *more))
            case "a SIP domain goes" | "a SIP domain goes, and its record sets stay (retainOnDelete)":
                gone = choose.choice(before.domains)
                domains = tuple(each for each in before.domains if each != gone)
                own = {each: pool for each, pool in before.own.items() if each != gone}
                return replace(before, domains=domains, own=own)
            case "the Edge pool moves":
                return replace(before, shared=self._pool(before.shared.host))
            case "the Edge pool has another host":
                host = "edge" if before.shared.host == "xmpp" else "xmpp"
                return replace(before, shared=replace(before.shared, host=host))
            case "another TTL":
                srv, address = choose.choice(((3600, 60), (7200, 300), (7200, 600), (3600, 600)))
                return replace(before, srv_ttl=srv, address_ttl=address)
            case "a SIP domain has an Edge pool of its own, or no more":
                domain = choose.choice(before.domains)
                own = {each: pool for each, pool in before.own.items() if each != domain}
                if domain not in before.own:
                    own[domain] = self._pool(choose.choice(("xmpp", "edge")))
                return replace(before, own=own)
            case "bulk is switched":
                return replace(before, bulk=not before.bulk)
            case _:
                return before

    def _pool(self, host: str) -> Pool:
        numbers = self.choose.sample(range(10, 40), self.choose.choice((1, 1, 2)))
        ipv6 = (f"2620:1ec::{numbers[0]}",) if self.choose.random() < 0.3 else ()
        return Pool(host, tuple(ADDRESS.format(number) for number in sorted(numbers)), ipv6)

    def _hand(self, change: str, before: Wanted, after: Wanted) -> Hand | None:
        choose, there = self.choose, before.record_sets()
        coming = after.of([each for each in after.domains if each not in before.domains])
        coming = {key: each for key, each in coming.items() if key not in self.foreign}
        if change == COME and coming and choose.random() < 0.5:
            addresses = {key: each for key, each in coming.items() if key[1] != "SRV"}
            if choose.random() < 0.5:
                # The addresses first: by hand, too, no SRV record is without one.
                return Hand(EQUAL, addresses | coming) if addresses else None
            services = [key for key in coming if key[1] == "SRV"]
            other = {key: Published(120, (ADDRESS.format(99),)) for key in addresses if key[1] == "A"}
            if choose.random() < 0.5 and services:
                other = {choose.choice(services): Published(120, (f"0 0 5269 {WWW}.",))}
            return Hand(OTHER, other) if other else None
        noted = [key for key in self.foreign if key[1] == "TXT"]
        kept = {key: each for key, each in there.items() if key in after.record_sets()}
        addresses = [key for key in kept if key[1] == "A"] if change not in (BULK, LEAVE) else []
        kinds = [BESIDE, *([TAKEN_BACK] if noted else []), *([EDITED, DELETED] if addresses else [])]
        match choose.choice(kinds):
            case "adds a record set beside":
                self.notes += 1
                name = choose.choice([ZONE, "mail." + ZONE, *(name for name, _ in there)])
                return Hand(BESIDE, {(name, "TXT"): Published(300, (f'"note-{self.notes}"',))})
            case "takes one of theirs back":
                return Hand(TAKEN_BACK, removed=(choose.choice(noted),))
            case "edits one of ours":
                key = choose.choice(addresses)
                return Hand(EDITED, {key: Published(kept[key].ttl, (ADDRESS.format(98),))})
            case _:
                return Hand(DELETED, removed=(choose.choice([key for key in kept if key[1] == "SRV"]),))

    def _faults(self, change: str, *, bulk: bool) -> Sequence[Fault]:
        choose, provider = self.choose, self.way.provider
        if change == NOTHING or choose.random() < 0.25:
            return ()
        again = change != REFRESH and choose.random() < 0.25
        # In bulk all of a step is one change, except at Azure DNS.
        after = (0,) if bulk and provider != "azure" else (0, 0, 0, 1, 1, 2, 3)
        kinds = FAULTS[provider] if change != REFRESH else READS.get(provider, ())
        if provider == "azure" and not bulk:
            # The published plugin waits 20 s and 60 s then.
            kinds = [each for each in kinds if each != FAILED]
        return [self._fault(kinds, after, change) for _ in range(1 + again)]

    def _fault(self, kinds: Sequence[str], after: Sequence[int], change: str) -> Fault:
        """Choose one; every second kills something, and of these every second the whole run."""
        choose = self.choose
        if kinds and choose.random() < 0.5:
            return Fault(choose.choice(kinds), choose.choice(after))
        fault = Fault(choose.choice((*KILLS, ALL)), choose.choice(after), choose.random() < 0.7)
        at_a_time = change == REFRESH or choose.random() < 0.15
        return replace(fault, seconds=round(choose.uniform(0.5, 3), 1)) if at_a_time else fault
