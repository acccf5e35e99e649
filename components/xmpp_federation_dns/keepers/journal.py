"""The journal of a zone: what is about to be published there is in the state before the first batch is sent.

A run that is killed leaves record sets that its own resource does not know of. The next one finds a journal
that another process wrote, later than what its own state ends with, and knows what it may find.
"""

import base64
import hashlib
import json
import uuid
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import ConfigureRequest, CreateResult, DiffResult, ResourceProvider, UpdateResult

from xmpp_federation_dns.keepers import ownership
from xmpp_federation_dns.keepers.batches import Content, contents
from xmpp_federation_dns.keepers.run import Run

if TYPE_CHECKING:
    from xmpp_federation_dns.keepers.resource import Keeper

PROCESS = uuid.uuid4().hex
"""This process: one of its own for every update."""
MOST = 8
"""Runs that a journal remembers: the last, and what the ones before it had in another way."""

Entry = Sequence[str]
"""One run: its process, and of the last run a digest, of each before it what it had otherwise than the next."""


def packed(texts: Mapping[str, str]) -> str:
    """Return record sets as one short text."""
    return base64.b64encode(zlib.compress(_written(texts), 9)).decode()


def unpacked(text: str) -> dict[str, str]:
    """Return the record sets of a short text."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def left(
    ended: Sequence[Entry] | None, runs: Sequence[Entry] | None, wanted: Mapping[str, str]
) -> tuple[dict[str, list[Content]], bool]:
    """Return what interrupted runs may have left, and whether what is new was found missing in this process.

    *ended*: the journal as it was when the resource's last run ended. *runs*: the journal now, of *wanted*.
    """
    found: defaultdict[str, list[Content]] = defaultdict(list)
    # A journal of something else proves nothing: it was left out of the update (--target).
    if not runs or runs[0][1] != _digest(wanted):
        return found, False
    last = ended[0][0] if ended else None
    texts = dict(wanted)
    for position, (process, text) in enumerate(runs):
        if position:
            texts |= unpacked(text)
        if process == last:
            break
        if process != PROCESS:
            for key, each in texts.items():
                # What a run did not want it may have deleted: it is looked for, and nothing is its own.
                found[key] += [Content.of(each)] if each else []
            if not ended:
                # A resource that is replaced is created, too: what it published before its last run may be another's.
                break
    return found, runs[0][0] == PROCESS


class JournalProvider(ResourceProvider):
    """Writes the journal of the zone that *keeper* keeps; only the engine's state holds it."""

    # By reference there is nothing secret in it.
    serialize_as_secret_always = False

    def __init__(self, keeper: "Keeper") -> None:
        super().__init__()
        self.keeper = keeper

    def configure(self, req: ConfigureRequest) -> None:
        """Prepare the keeper."""
        self.keeper.configure(req)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace where the record sets are replaced."""
        return self.keeper.compare(*({**each, "runs": None} for each in (_olds, _news)))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Write what is to be published; raise :class:`UpdateError` where any of it is there already."""
        wanted = unpacked(props["recordSets"])
        with ownership.CLAIMS.publishing():
            learnt = self._look(props, wanted)
        return CreateResult(props["zone"], {**props, **learnt, "runs": [[PROCESS, _digest(wanted)]]})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Write what is to be published now, beside what was before."""
        known = {key: value for key, value in _olds.items() if key in self.keeper.learnt}
        old, new = unpacked(_olds["recordSets"]), unpacked(_news["recordSets"])
        runs: list[Entry] = _olds["runs"]
        if old == new:
            return UpdateResult({**known, **_news, "runs": runs})
        before = {key: old.get(key, "") for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
        earlier = [key for _, text in runs[1:] for key in unpacked(text)]
        fresh = {key: new[key] for key in new.keys() - old.keys() - set(earlier)}
        with ownership.CLAIMS.publishing():
            known |= self._look({**known, **_news}, fresh)
        runs = [[PROCESS, _digest(new)], [runs[0][0], packed(before)], *runs[1:]]
        return UpdateResult({**known, **_news, "runs": runs[:MOST]})

    def _look(self, properties: dict[str, Any], fresh: Mapping[str, str]) -> dict[str, Any]:
        """Look whether any of *fresh* is there, and return what the client learnt."""
        if not fresh:
            return {}
        client = self.keeper.client(properties)
        Run(PROCESS, client, {}, contents(fresh), adopt=properties.get("existing") == "adopt").look()
        return client.learnt()


def _digest(texts: Mapping[str, str]) -> str:
    return hashlib.sha256(_written(texts)).hexdigest()[:16]


def _written(texts: Mapping[str, str]) -> bytes:
    return json.dumps(texts, sort_keys=True, separators=(",", ":")).encode()
