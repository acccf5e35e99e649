"""A resource that keeps record sets of one zone: one of them, or all, with a journal. Whatever hosts it."""

import contextlib
import uuid
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any, NamedTuple

from xmpp_federation_dns.backends import Zone, zone_class
from xmpp_federation_dns.backends.client import UnservedError, UpdateError, ZoneClient, ZoneGoneError
from xmpp_federation_dns.changes import Content, Foreign, contents, listed, texts
from xmpp_federation_dns.keepers import journal, ownership
from xmpp_federation_dns.keepers.run import Run, Tell, print_line


class UnfinishedError(UpdateError):
    """An operation that did not end well and leaves a state: *outs*.

    *refresh*: whether the next update begins with a refresh of it, so that its preview names what is missing.
    """

    def __init__(self, text: str, id_: str, outs: Mapping[str, Any], *, refresh: bool) -> None:
        super().__init__(text)
        self.id = id_
        self.outs = outs
        self.refresh = refresh


class Diff(NamedTuple):
    """The properties in which state and program differ, and those for which the resource is replaced."""

    changed: frozenset[str]
    replaces: list[str]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changed)


class Created(NamedTuple):
    """The id and the state of a new resource."""

    id: str
    outs: dict[str, Any]


class Updated(NamedTuple):
    """The state of a resource that was changed."""

    outs: dict[str, Any]


class Read(NamedTuple):
    """What a resource has become: no id where it is gone."""

    id: str | None
    outs: dict[str, Any]
    inputs: dict[str, Any]


class Keeper:
    """Keeps record sets of one zone; one with a journal keeps all of them.

    *secret*: the TSIG secret of all keys without one of their own. *tell*: who hears what is done.
    """

    def __init__(self, secret: str | None = None, tell: Tell = print_line) -> None:
        self.secret = secret
        self.tell = tell

    def client(self, properties: Mapping[str, Any]) -> ZoneClient:
        """Return the client of the zone that *properties* name."""
        client = self.zone(properties).signed_by(self.secret).opened(properties)
        client.tells(partial(self.tell, passing=True))
        return client

    def zone(self, properties: Mapping[str, Any]) -> Zone:
        """Return the zone that *properties* of a resource name."""
        return zone_class(properties["provider"]).of(properties)

    def learnt(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of *properties* the program does not say."""
        known = zone_class(properties["provider"]).learnt
        return {key: value for key, value in properties.items() if key in known}

    def compare(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Replace in another zone; everything else is an update."""
        keys = {*old, *new} - self.learnt(old).keys()
        changed = frozenset(key for key in keys if old.get(key) != new.get(key))
        another = [] if "provider" in changed else self.zone(new).replaced(old)
        return Diff(changed, [*sorted(changed & {"provider", "zone"}), *another])

    def diff(self, id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Compare state and program; what this resource keeps is no other's to delete in this update."""
        result = self.compare(old, new)
        if not result.replaces:
            kept = set(old["recordSets"]).intersection(new["recordSets"])
            ownership.CLAIMS.hold(id_, self.zone(new).place(old), kept)
            if old["recordSets"] and (stays := self.zone(new).left_behind(old)):
                self.tell(f"zone {new['zone']}: {stays}")
        return result

    def create(self, props: Mapping[str, Any]) -> Created:
        """Publish record sets that do not exist yet."""
        what = props["zone"] if "journal" in props else next(iter(props["recordSets"]))
        # Unlike any other, so that it tells a resource from the one that takes its place.
        id_ = f"{what} {uuid.uuid4().hex[:8]}"
        with ownership.CLAIMS.publishing():
            return Created(id_, self._publish(id_, {}, props))

    def update(self, id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Updated:
        """Send the difference between what is in the state and what is wanted; nothing where there is none."""
        with ownership.CLAIMS.publishing():
            return Updated(self._publish(id_, old, {**self.learnt(old), **new}))

    def delete(self, id_: str, props: Mapping[str, Any]) -> None:
        """Delete the record sets of the state, unless somebody changed them or another resource holds them.

        Not in an update that goes on after something failed: what depends on that is not even tried, and may be
        what the record sets are to be replaced by.
        """
        if ownership.CLAIMS.failed:
            raise UpdateError(
                f"{listed(list(props['recordSets']))} not deleted: something else failed in this update, which may be "
                "to take the place; the next pulumi up deletes it"
            )
        with contextlib.suppress(ZoneGoneError), _with_way_out():
            Run(id_, self.client(props), contents(props["recordSets"]), {}, tell=self.tell).publish()
        ownership.CLAIMS.release(id_)

    def read(self, id_: str, props: Mapping[str, Any]) -> Read:
        """Ask the server for the record sets of the state, and for no others; an import knows their names alone."""
        client = self.client(props)
        texts_: Mapping[str, str] = props["recordSets"]
        try:
            with _with_way_out():
                live = client.read({key: Content.of(text) if text else None for key, text in texts_.items()})
        except ZoneGoneError:
            return Read(None, {}, {})
        for key, found in live.items():
            if isinstance(found, Foreign):
                self.tell(
                    f"{client}: {key} is gone: {found.shown if found.hides else f'{found} is in its place'}"
                )
        own = {key: found for key, found in live.items() if isinstance(found, Content)}
        if not own and "journal" not in props:
            return Read(None, {}, {})
        properties = {**props, **client.learnt(), "recordSets": texts(own)}
        if props.get("journal"):
            properties["journal"] = journal.read(props["journal"])
            if run := journal.failed_run(properties["journal"]):
                ownership.CLAIMS.after_failure[run] = properties["recordSets"]
        learnt = self.learnt(properties)
        return Read(id_, properties, {key: each for key, each in properties.items() if key not in learnt})

    def _publish(self, id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
        """Return the state after *old* has become *new*."""
        held, wanted = contents(old.get("recordSets", {})), contents(new["recordSets"])
        moved = bool(old) and self.zone(old).place(old) != self.zone(new).place(old)
        left, looked = journal.left(
            old.get("journal"), new.get("journal"), new["recordSets"], ownership.CLAIMS.after_failure
        )
        if held == wanted and not moved and not left:
            return dict(new)
        client = self.client(new)
        adopt, retain = new.get("existing") == "adopt", bool(new.get("retainOnDelete"))
        run = Run(
            id_, client, held, wanted, moved=moved, left=left, adopt=adopt, retain=retain, tell=self.tell
        )
        try:
            run.publish(looked=looked)
        except UpdateError as error:
            raise self._ended(error, run, old, new) from None
        return {**new, **client.learnt()}

    def _ended(
        self, error: UpdateError, run: Run, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> UpdateError:
        """Return *error* with the state that *run* leaves, where that is not the *old* one."""
        done = run.held != contents(old.get("recordSets", {}))
        before = old.get("journal", [])
        # A refresh takes for held what somebody edited: after a mere refusal, that is for the operator to say, where
        # anything is held. And whose zone does not answer has to get rid of it without a look.
        refresh = (done or not run.held) and not isinstance(error, UnservedError | ZoneGoneError)
        journal_now = new.get("journal", before)
        if run.unknown:
            # What a run may have left without a word of it, the next one finds by the journal of before.
            journal_now = before
        elif refresh and journal_now:
            journal_now = journal.failed(journal_now)
        if not done and journal_now == before:
            return error
        state = old if old and not done else {**new, **run.client.learnt(), "recordSets": texts(run.held)}
        if "journal" in new:
            state = {**state, "journal": journal_now}
        text = f"{error} (the state holds what is done)" if done else str(error)
        return UnfinishedError(text, run.owner, state, refresh=refresh)


class JournalKeeper:
    """Writes the journal of the zone that *keeper* keeps; only the engine's state holds it."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    def diff(self, _id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Replace where the record sets are replaced."""
        return self.keeper.compare(*({**each, "runs": None} for each in (old, new)))

    def create(self, props: Mapping[str, Any]) -> Created:
        """Write what is to be published; raise :class:`UpdateError` where any of it is there already."""
        wanted = journal.unpacked(props["recordSets"])
        with ownership.CLAIMS.publishing():
            learnt = self._look(props, wanted)
        return Created(
            props["zone"], {**props, **learnt, "runs": [[journal.PROCESS, journal.digest(wanted)]]}
        )

    def update(self, _id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Updated:
        """Write what is to be published now, beside what was before."""
        known = self.keeper.learnt(olds)
        old, new = journal.unpacked(olds["recordSets"]), journal.unpacked(news["recordSets"])
        runs: list[journal.Entry] = olds["runs"]
        if old == new:
            return Updated({**known, **news, "runs": runs})
        before = {key: old.get(key, "") for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
        earlier = [key for _, text in runs[1:] for key in journal.unpacked(text)]
        fresh = {key: new[key] for key in new.keys() - old.keys() - set(earlier)}
        with ownership.CLAIMS.publishing():
            known |= self._look({**known, **news}, fresh)
        runs = [[journal.PROCESS, journal.digest(new)], [runs[0][0], journal.packed(before)], *runs[1:]]
        return Updated({**known, **news, "runs": runs[: journal.MOST]})

    def read(self, id_: str, props: Mapping[str, Any]) -> Read:
        """Return what the state has, since nothing else could have changed; of an import, what is there."""
        if "runs" not in props:
            found = self.keeper.read(id_, props)
            if found.id is None:
                return found
            texts_: Mapping[str, str] = found.outs["recordSets"]
            runs = [[journal.PROCESS, journal.digest(texts_)]]
            props = {**found.outs, "recordSets": journal.packed(texts_), "runs": runs}
        said = {key: each for key, each in props.items() if key not in {"runs", *self.keeper.learnt(props)}}
        return Read(id_, dict(props), said)

    def delete(self, _id: str, _props: Mapping[str, Any]) -> None:
        """Forget what was written."""

    def _look(self, properties: Mapping[str, Any], fresh: Mapping[str, str]) -> dict[str, Any]:
        """Look whether any of *fresh* is there, and return what the client learnt."""
        if not fresh:
            return {}
        client = self.keeper.client(properties)
        Run(journal.PROCESS, client, {}, contents(fresh), adopt=properties.get("existing") == "adopt").look()
        return client.learnt()


@contextlib.contextmanager
def _with_way_out() -> Generator[None]:
    """Add the way out for a zone that was served once and is gone for good."""
    try:
        yield
    except UnservedError as error:
        way_out = "retainOnDelete: true on it for one pulumi up without --refresh, or pulumi state delete"
        raise UpdateError(f"{error}; where the zone is gone for good: {way_out}") from None
