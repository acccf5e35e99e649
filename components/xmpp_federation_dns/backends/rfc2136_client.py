"""Dynamic updates (RFC 2136) of the record sets of a zone."""

import time
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import product
from typing import ClassVar, NamedTuple

import dns.name
import dns.rdata
import dns.update

from xmpp_federation_dns.backends.client import RefusedError, Right, ZoneClient
from xmpp_federation_dns.backends.rfc2136_lookup import listing, look_up
from xmpp_federation_dns.backends.rfc2136_primary import Primary
from xmpp_federation_dns.changes import (
    DELEGATED,
    Batch,
    Change,
    Content,
    Foreign,
    Live,
    Place,
    Weight,
    enclosing,
    listed,
)

LOOKS = 5
"""Looks at a server that does not show yet what it has, before that is an error."""
PAUSE = 1.0
"""Seconds between two of them."""
SAID_TWICE = 4_096
"""Names and data that are kept as read from text: a message says them as a condition, and again as a change."""
_RDATA = {"A": 4, "AAAA": 16}
"""Octets of the data of one record; an SRV record has at most one more than its text."""
_OWNER = 12
"""Octets of a record besides labels and data: a pointer to the zone's name, type, class, TTL and length."""
_FAULTS = {
    "NS": DELEGATED,
    "DNAME": "it lies below {}, which a DNAME record leads elsewhere (publish it there)",
}


class Condition(NamedTuple):
    """A prerequisite of a message (RFC 2136 §2.4): these *values*, or no record set of this name and type."""

    name: str
    type: str
    values: tuple[str, ...] = ()


class PrimaryZone(ZoneClient):
    """A zone at the server that takes its updates."""

    # Octets of a message over TCP (RFC 1035 §4.2.2), without header, zone section and TSIG record.
    atomic: ClassVar = True
    conditional: ClassVar = True
    sees_cuts: ClassVar = True
    most: ClassVar = (64_500,)

    def __init__(self, primary: Primary) -> None:
        self.primary = primary
        self._places = {self.place: True}
        self._sent: Change | None = None
        self._follows = True

    @property
    def place(self) -> Place:
        """Server, port and zone."""
        return self.primary.server, self.primary.port, self.primary.zone

    def __str__(self) -> str:
        """Name the server and the zone."""
        return str(self.primary)

    def is_at(self, place: Place) -> bool:
        """Tell whether *place* is that of this zone, by another name of the server perhaps."""
        if place not in self._places:
            server, port, zone = place
            same = zone == self.primary.zone and self.primary.is_at(str(server), int(port))
            self._places[place] = same
        return self._places[place]

    def weight(self, change: Change) -> Weight:
        """Return the octets that the prerequisites and updates of *change* take at most."""
        conditions = sum(self._octets(condition) for condition in self._conditions([change]))
        old, new = (
            self._octets(Condition(change.name, change.type, content.values)) if content else 0
            for content in (change.old, change.new)
        )
        return (conditions + old + new,)

    def read(self, expected: Mapping[str, Content | None]) -> dict[str, Live]:
        """Ask for each record set, and ask again by conditions: these alone tell what the zone itself has.

        What a query shows may be older than the last update (a secondary, a zone that is signed later), or
        come from a wildcard.
        """
        live: dict[str, Live | None] = {}
        for look in range(LOOKS):
            time.sleep(PAUSE if look else 0)
            live |= self._look({key: known for key, known in expected.items() if key not in live})
            if len(live) == len(expected):
                live |= self._hidden([key for key, known in expected.items() if known is live[key] is None])
                return {key: found for key, found in live.items() if found is not None}
        unclear = listed([key for key in expected if key not in live])
        raise self.primary.error(
            f"{unclear}: the server has something else there than it shows; try again later"
        )

    def listing(self) -> dict[str, Live]:
        """Transfer the zone."""
        return listing(self.primary)

    def access(self, keys: Collection[str], *, one_by_one: bool) -> list[Right]:  # noqa: ARG002 it is the same
        """Ask a query, and send a message with prerequisites and no update, which the key has to be allowed as well.

        Which names and types it may change, a server tells of an update alone.
        """
        signed = f"signed by the key '{self.primary.key_name}'" if self.primary.signed else "not signed"
        key = min(keys)
        owner, _, rdtype = key.partition(" ")
        message = self._message([Condition(owner, rdtype)])
        return [
            Right.tried("query", lambda: look_up(self.primary, [key])),
            Right.tried(f"update, {signed}", lambda: self.primary.update(message, "no updates from here")),
        ]

    def agrees(self, plan: Iterable[Batch]) -> bool:
        """Ask with messages that change nothing."""
        return all(self._hold(self._conditions(batch)) for batch in plan)

    def send(self, batch: Batch) -> None:
        """Send one message, with the condition that everything is as its change says."""
        if self._sent and self._follows:
            self._follows = self._shows(self._sent)
        message = self._message(self._conditions(batch))
        for change in batch:
            owner = _owner_name(change.name)
            for value in change.old.values if change.old else ():
                message.delete(owner, _rdata(change.type, value))
            if change.new:
                message.add(
                    owner, change.new.ttl, *(_rdata(change.type, value) for value in change.new.values)
                )
        what = (
            f"{len(batch):,} record sets not sent"
            if len(batch) > 1
            else f"{batch[0].key} not {_done(batch[0])}"
        )
        outcome = self.primary.update(message, what)
        if not outcome.done:
            raise RefusedError(
                f"{self}: {what}: the server has something else there, and does not show it",
                unanswered=outcome.unanswered,
            )
        self._sent = batch[-1]

    def _shows(self, sent: Change) -> bool:
        """Wait until the server shows what was *sent*, and tell whether it does.

        BIND with inline-signing passes over a large message while it signs the one before: queries do not get
        it until the zone changes again (BIND 9.18.49, seen 2026-11-29).
        """
        for look in range(LOOKS):
            time.sleep(PAUSE if look else 0)
            live = look_up(self.primary, [sent.key])[sent.key]
            if live == sent.new if sent.new else live != sent.old:
                return True
        return False

    def _look(self, expected: Mapping[str, Content | None]) -> dict[str, Live | None]:
        """Return what is shown, what is expected, or that nothing is there: whichever the conditions confirm."""
        shown = look_up(self.primary, expected)
        # Conditions do not compare TTLs; the server that is asked alone can tell.
        known = {
            key: shown[key] if _as(key, shown[key]) == _as(key, each) else each
            for key, each in expected.items()
        }
        live: dict[str, Live | None] = {}
        # An answer does not say which condition does not hold, and most often all are of one kind.
        for split, supposed in product((False, True), (shown, known, dict.fromkeys(shown))):
            asked = {key: _as(key, what) for key, what in supposed.items() if key not in live}
            live |= {key: supposed[key] for key in self._true(asked, split=split)}
        return live

    def _hidden(self, keys: Iterable[str]) -> dict[str, Foreign]:
        """Return what would hide record sets of these keys from everybody who asks for them."""
        asked = {key: self._in_sight(key.partition(" ")[0]) for key in keys}
        hidden = asked.keys() - self._true(asked, split=True)
        causes = {key: next(each for each in asked[key] if not self._hold([each])) for key in sorted(hidden)}
        return {
            key: Foreign(_FAULTS[each.type].format(each.name), hides=True) for key, each in causes.items()
        }

    def _in_sight(self, name: str) -> list[Condition]:
        """Return that no delegation and no DNAME record of this zone hides *name* (RFC 1034 §4.2.1, RFC 6672)."""
        above = list(enclosing(name, self.primary.zone))
        return [
            *(Condition(each, "NS") for each in above),
            *(Condition(each, "DNAME") for each in [*above, self.primary.zone][1:]),
        ]

    def _conditions(self, batch: Batch) -> list[Condition]:
        """Return that everything is as its change says, and that what is new will be seen."""
        found: list[Condition] = []
        for change in batch:
            found += _as(change.key, change.old)
            found += [] if change.old else self._in_sight(change.name)
        return list(dict.fromkeys(found))

    def _true(self, asked: Mapping[str, Collection[Condition]], *, split: bool) -> set[str]:
        """Return the keys whose conditions all hold, by messages that change nothing.

        Without *split*, those alone that are in a message of which every condition holds.
        """
        if not asked:
            return set()
        conditions = [condition for each in asked.values() for condition in each]
        fits = sum(map(self._octets, conditions)) <= self.most[0]
        if fits and self._hold(conditions):
            return set(asked)
        if len(asked) == 1 or (fits and not split):
            return set()
        keys = list(asked)
        halves = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        return set[str]().union(
            *(self._true({key: asked[key] for key in half}, split=split) for half in halves)
        )

    def _hold(self, conditions: Iterable[Condition]) -> bool:
        return self.primary.update(self._message(conditions), "what is there not asked for").done

    def _message(self, conditions: Iterable[Condition]) -> dns.update.UpdateMessage:
        message = self.primary.change()
        for condition in conditions:
            owner = _owner_name(condition.name)
            if condition.values:
                message.present(owner, *(_rdata(condition.type, value) for value in condition.values))
            else:
                message.absent(owner, condition.type)
        return message

    def _octets(self, condition: Condition) -> int:
        owner = len(condition.name) - len(self.primary.zone) + _OWNER
        data = [_RDATA.get(condition.type, len(value) + 1) for value in condition.values]
        return owner * max(1, len(data)) + sum(data)


@lru_cache(SAID_TWICE)
def _owner_name(name: str) -> dns.name.Name:
    return dns.name.from_text(name)


@lru_cache(SAID_TWICE)
def _rdata(rdtype: str, value: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text("IN", rdtype, value)


def _done(change: Change) -> str:
    return "created" if change.old is None else "deleted" if change.new is None else "changed"


def _as(key: str, found: Live | None) -> list[Condition]:
    """Return that under *key* there is what is *found*."""
    name, _, rdtype = key.partition(" ")
    match found:
        case Content(values=values):
            return [Condition(name, rdtype, values)]
        case Foreign(alias=alias):
            return [Condition(name, "CNAME", (alias,))]
        case _:
            # Servers ignore an addition beside a CNAME and answer NOERROR (RFC 2136 §3.4.2.2).
            return [Condition(name, rdtype), Condition(name, "CNAME")]
