"""Dynamic updates of one record set (RFC 2136, RFC 8945), as a Pulumi dynamic provider.

The module and class names are part of every stack's state: Pulumi stores the provider by reference.
Every operation is one message, so it happens whole or not at all; prerequisites keep it off record sets
that somebody else made or changed.
"""

from typing import Any

import dns.update
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from xmpp_federation_dns.backends.errors import tell_update_errors
from xmpp_federation_dns.backends.primary import Primary, Rrset, add

_IDENTITY = ("zone", "name", "type")


class _SingleRecordSet(Primary):
    """The server, asked to keep one record set at a time."""

    def create(self, new: Rrset) -> None:
        self.publish(new, "created", "delete it there, or take the SIP domain out of the configuration")

    def replace(self, old: Rrset, new: Rrset) -> None:
        message = self.removal(old)
        add(message, new)
        if not self.update(message, f"{new.name} {new.type} not changed"):
            # Gone, already as wanted, or somebody else's by now: publish() tells these apart.
            self.publish(new, "changed", "pulumi up --refresh replaces it")

    def delete(self, old: Rrset) -> None:
        what = f"{old.name} {old.type} not deleted"
        if self.update(self.removal(old), what):
            return
        # Prerequisites alone see through wildcards (RFC 2136 §3.2); a query gets the wildcard's records.
        gone = self.change()
        gone.absent(old.owner, old.type)
        if not self.update(gone, what):
            raise self.error(
                f"{what}: it was changed on the server to {_shown(self.look_up(old))} and left as it is "
                "(with --refresh it is deleted all the same)"
            )

    def publish(self, new: Rrset, done: str, way_out: str) -> None:
        what = f"{new.name} {new.type} not {done}"
        message = self.change()
        message.absent(new.owner, new.type)
        # Servers ignore an addition beside a CNAME and answer NOERROR (RFC 2136 §3.4.2.2).
        message.absent(new.owner, "CNAME")
        add(message, new)
        if self.update(message, what):
            return
        found = self.look_up(new)
        # Exactly ours: the answer to an earlier attempt was lost.
        if found != new:
            raise self.error(
                f"{what}: the server has {_shown(found)} there, which this stack did not publish; "
                f"it was left as it is ({way_out})"
            )

    def removal(self, old: Rrset) -> dns.update.UpdateMessage:
        """Return a message that deletes *old* where it is still as it was published."""
        message = self.change()
        message.present(old.owner, old.type, *old.values)
        for value in old.values:
            message.delete(old.owner, old.type, value)
        return message


def _shown(found: Rrset | None) -> str:
    return f"'{found}'" if found else "something that it does not show"


class RecordSetProvider(ResourceProvider):
    """Keeps one record set on a primary server."""

    # By reference there is nothing secret in it.
    serialize_as_secret_always = False
    stack_secret: str | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Take the TSIG secret of the stack from its configuration, so that none is stored in state."""
        self.stack_secret = req.config.get("tsigSecret")
        tell_update_errors()

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace on another zone, name or type; everything else is an update."""
        changed = [key for key in {*_olds, *_news} - {"__provider"} if _olds.get(key) != _news.get(key)]
        return DiffResult(changes=bool(changed), replaces=[key for key in _IDENTITY if key in changed])

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Publish a record set that does not exist yet."""
        rrset = Rrset.of(props)
        self._primary(props).create(rrset)
        return CreateResult(f"{rrset.name}/{rrset.type}", props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask the server what it has."""
        wanted = Rrset.of(props)
        found = self._primary(props).look_up(wanted)
        if found is None or found.type != wanted.type:
            return ReadResult(None, {})
        # Equal values keep the order of the program, which is no drift.
        values = props["values"] if found.values == wanted.values else list(found.values)
        properties = {**props, "ttl": found.ttl, "values": values}
        return ReadResult(id_, properties, properties)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change values and TTL in one message, and publish them on a new server; a new key needs none."""
        old, new = Rrset.of(_olds), Rrset.of(_news)
        moved = (_olds["server"], _olds["port"]) != (_news["server"], _news["port"])
        if moved or old != new:
            self._primary(_news).replace(old, new)
        return UpdateResult(_news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the values that were published, unless somebody changed them."""
        self._primary(_props).delete(Rrset.of(_props))

    def _primary(self, properties: dict[str, Any]) -> _SingleRecordSet:
        return _SingleRecordSet(properties, self.stack_secret)
