"""The rule of ownership: equal is not ours. Which record sets are a resource's own, and what one update knows.

A record set is a resource's own by its state, by an attempt that got no answer, by an interrupted run that a
journal proves, or because it is to be adopted. What another resource holds is not deleted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Content, Foreign, Live, Place


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record set that is not as it has to be, by its key: what is *held*, *wanted* and *found*."""

    key: str
    held: Content | None
    wanted: Content | None
    found: Live

    @property
    def equal(self) -> bool:
        """Whether there is exactly what is wanted, without a proof that it is ours."""
        return self.found == self.wanted

    def __str__(self) -> str:
        match self.found:
            case Foreign(shown, hides=True):
                return f"{self.key}: {shown}"
            case Content() if self.held and self.wanted:
                why = "is not what this stack published (pulumi up --refresh replaces it)"
            case Content() if self.held:
                why = "is not what this stack published (with --refresh it is deleted all the same)"
            case _ if self.equal:
                # What is wanted may be secret.
                return f"{self.key}: what is there is equal, but not of this resource"
            case _:
                why = (
                    "is not of this resource (renamed: give the component aliases; else "
                    "delete it there, or take the SIP domain out of the configuration)"
                )
        return f"{self.key}: '{self.found}' {why}"


ADOPT, DELETE = "existing: adopt on the zone for one pulumi up", "delete it at the provider"
WAYS_OUT = (
    "\n  What is equal counts as somebody else's. Renamed or moved: give the component aliases; after a "
    "refusal, run pulumi up with the name of before first. Replaced: pulumi state untaint. Published before, or by a "
    f"run that was killed: {ADOPT}. In another stack: leave it there, or move it "
    "as docs/lifecycle.md says."
)
"""What to do about record sets that are equal."""


def recognised(  # noqa: PLR0913 what a judgement rests on
    keys: Iterable[str],
    held: Mapping[str, Content],
    wanted: Mapping[str, Content],
    live: Mapping[str, Live],
    *,
    left: Mapping[str, Collection[Content]],
    adopt: bool,
    partial: bool = False,
) -> tuple[dict[str, Content], list[Conflict]]:
    """Return the resource's own record sets, of *held* and of what is *live* under *keys*, and all conflicts.

    *left* is what attempts without an answer and interrupted runs may have left, *partial* whether in part.
    """
    own = dict(held)
    conflicts: list[Conflict] = []
    for key in keys:
        found, mine, aim = live.get(key), own.pop(key, None), wanted.get(key)
        match found:
            case None:
                pass
            case Content() if found == mine or found in left.get(key, ()):
                own[key] = found
            # What a run was to delete, its journal does not name.
            case Content() if partial and left and _is_part(found, mine, left.get(key, ())):
                own[key] = found
            case Content() if found == aim and (mine is not None or adopt):
                own[key] = found
            case Content() if mine is not None:
                conflicts.append(Conflict(key, mine, aim, found))
            case _ if aim is not None:
                conflicts.append(Conflict(key, mine, aim, found))
            case _:
                # Ours is gone, and what is in its place is left as it is.
                pass
    return own, conflicts


def _is_part(found: Content, mine: Content | None, left: Collection[Content]) -> bool:
    """Tell whether *found* has nothing but what was there and what was to come, of a change that may be half done."""
    both = [*left, *([mine] if mine else [])]
    values = {value for each in both for value in each.values}
    return values.issuperset(found.values) and found.ttl in {each.ttl for each in both}


class Claims:
    """What one update knows of who holds which record set: Pulumi gives each update a process of its own.

    Pulumi creates before it deletes, so a resource may go whose record sets another one holds by then.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        """Held while record sets are dropped, and while it is decided that one is refused."""
        self.failed = False
        """Whether something was not published: what is deleted then may be what it was to take the place of."""
        self.after_failure: dict[str, Mapping[str, str]] = {}
        """What resources hold whose last run failed, by the process of that run: what was read of them."""
        self._held: defaultdict[str, dict[str, Place]] = defaultdict(dict)
        self._refused: defaultdict[str, set[Place]] = defaultdict(set)

    @contextmanager
    def publishing(self) -> Generator[None]:
        """Note where publishing fails."""
        try:
            yield
        except UpdateError:
            self.failed = True
            raise

    def hold(self, owner: str, place: Place, keys: Iterable[str]) -> None:
        """Note that a resource, by its id, created, adopted, or keeps these record sets."""
        with self.lock:
            for key in keys:
                self._held[key][owner] = place

    def release(self, owner: str) -> None:
        """Forget what a resource held: it is gone."""
        with self.lock:
            for owners in self._held.values():
                owners.pop(owner, None)

    def refuse(self, place: Place, keys: Iterable[str]) -> None:
        """Note that a resource of this stack wants these record sets, and did not get them."""
        with self.lock:
            for key in keys:
                self._refused[key].add(place)

    def held(self, keys: Iterable[str], same: Callable[[Place], bool], owner: str) -> list[str]:
        """Return the keys that another resource than *owner* holds in the *same* place."""
        others = {key: self._held[key].items() for key in keys if key in self._held}
        return [
            key for key, each in others.items() if any(id_ != owner and same(place) for id_, place in each)
        ]

    def refused(self, keys: Iterable[str], same: Callable[[Place], bool]) -> list[str]:
        """Return the keys that were refused to another resource in the *same* place."""
        return [key for key in keys if any(map(same, self._refused.get(key, ())))]


CLAIMS = Claims()
"""The claims of this process."""
