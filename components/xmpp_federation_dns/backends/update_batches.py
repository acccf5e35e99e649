"""Dynamic updates of all record sets of a zone (RFC 2136), as a Pulumi dynamic provider.

The module and class names are part of every stack's state: Pulumi stores the provider by reference.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import dns.update
from pulumi.dynamic import ConfigureRequest

from xmpp_federation_dns.backends.batches import Batch, Change, Weight, batches, parsed, written
from xmpp_federation_dns.backends.bulk import BulkProvider
from xmpp_federation_dns.backends.bulk_run import RefusedError, ZoneClient
from xmpp_federation_dns.backends.primary import Primary, Rrset, add

_RDATA = {"A": 4, "AAAA": 16}
"""Octets of the data of one record; an SRV record has at most one more than its text."""
_OWNER = 12
"""Octets of a record besides labels and data: a pointer to the zone's name, type, class, TTL and length."""


class PrimaryZone(ZoneClient):
    """A zone at the server that takes its updates."""

    # Octets of a message over TCP (RFC 1035 §4.2.2), without header, zone section and TSIG record.
    most: ClassVar = (64_500,)

    def __init__(self, primary: Primary) -> None:
        self.primary = primary

    def __str__(self) -> str:
        """Name the server and the zone."""
        return str(self.primary)

    def weight(self, change: Change) -> Weight:
        """Return the octets that the prerequisites and updates of *change* take at most."""
        owner = len(change.name) - len(self.primary.zone) + _OWNER
        old, new = (
            [owner + _RDATA.get(change.type, len(value) + 1) for value in parsed(text)[1]]
            for text in (change.old, change.new)
        )
        # What was there is named twice, as a condition and to delete it; what is new must not be there.
        conditions = sum(old) if old else 2 * owner
        return (conditions + sum(old) + sum(new),)

    def read(self, keys: Collection[str]) -> dict[str, str]:
        """Ask for each record set."""
        found: dict[str, Change] = {}
        for key in keys:
            rrset = self.primary.look_up(_rrset(Change(key, None, None), None))
            if rrset is not None:
                text = written(rrset.ttl, rrset.values)
                found[key] = Change(f"{rrset.name} {rrset.type}", text, None)
        there = {change.key for change in self._there(list(found.values()))}
        return {
            key: str(change.old) if change.key == key else f"{change.type} {change.old}"
            for key, change in found.items()
            if change.key in there
        }

    def _there(self, changes: list[Change]) -> Iterator[Change]:
        """Yield what is in the zone itself: queries get the records of wildcards too, conditions do not."""
        for batch in batches(changes, self.weight, self.most):
            if self._holds(batch):
                yield from batch
            else:
                yield from (change for change in batch if self._holds([change]))

    def agrees(self, plan: Iterable[Batch]) -> bool:
        """Ask with messages that change nothing."""
        return all(self._holds(batch) for batch in plan)

    def send(self, batch: Batch) -> None:
        """Send one message, with the condition that everything is as its change says."""
        message = self._conditions(batch)
        for change in batch:
            old, new = _rrset(change, change.old), _rrset(change, change.new)
            for value in old.values:
                message.delete(old.owner, old.type, value)
            add(message, new)
        what = f"{len(batch):,} record sets not sent"
        if not self.primary.update(message, what):
            raise RefusedError(f"{self}: {what}: the server has something else there, and does not show it")

    def _holds(self, batch: Batch) -> bool:
        return self.primary.update(self._conditions(batch), f"{len(batch):,} record sets not asked for")

    def _conditions(self, batch: Batch) -> dns.update.UpdateMessage:
        message = self.primary.change()
        for change in batch:
            old = _rrset(change, change.old)
            if old.values:
                message.present(old.owner, old.type, *old.values)
            else:
                message.absent(old.owner, old.type)
                # Servers ignore an addition beside a CNAME and answer NOERROR (RFC 2136 §3.4.2.2).
                message.absent(old.owner, "CNAME")
        return message


class UpdateBatches(BulkProvider):
    """Keeps the record sets of one zone on its primary server."""

    stack_secret: str | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Take the TSIG secret of the stack from its configuration, so that none is stored in state."""
        super().configure(req)
        self.stack_secret = req.config.get("tsigSecret")

    def client(self, properties: dict[str, Any]) -> PrimaryZone:
        """Return the client of the zone."""
        return PrimaryZone(Primary(properties, self.stack_secret))

    def moved(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Tell whether another server takes the updates."""
        return (old["server"], old["port"]) != (new["server"], new["port"])


def _rrset(change: Change, text: str | None) -> Rrset:
    ttl, values = parsed(text)
    return Rrset(change.name, change.type, ttl, tuple(values))
