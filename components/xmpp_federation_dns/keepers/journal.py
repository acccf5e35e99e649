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

from xmpp_federation_dns.changes import Content

PROCESS = uuid.uuid4().hex
"""This process: one of its own for every update."""
MOST = 8
"""Runs that a journal remembers: the last, and what the ones before it had in another way."""

Entry = Sequence[str]
"""One run: its process, and of the last run a digest, of each before it what it had otherwise than the next."""
NOBODY = ("", "")
"""Goes before a journal with which a run failed: the next one may do the same, and the journal stays as it is."""


def packed(texts: Mapping[str, str]) -> str:
    """Return record sets as one short text."""
    return base64.b64encode(zlib.compress(_as_json(texts), 9)).decode()


def unpacked(text: str) -> dict[str, str]:
    """Return the record sets of a short text."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def failed(runs: Sequence[Entry]) -> list[Entry]:
    """Return the journal with which a run failed in order: whoever reads it next leaves its mark."""
    return [NOBODY, *runs]


def read(ended: Sequence[Entry]) -> list[Entry]:
    """Return the journal of a state that this process reads, in which a run that failed leaves room for its mark."""
    mark, *rest = ended
    return [(PROCESS, ""), *rest] if tuple(mark) == NOBODY else list(ended)


def failed_run(ended: Sequence[Entry]) -> str | None:
    """Return the process of the run that failed, of a state that this process alone has read since."""
    return ended[1][0] if tuple(ended[0]) == (PROCESS, "") else None


def left(
    ended: Sequence[Entry] | None,
    runs: Sequence[Entry] | None,
    wanted: Mapping[str, str],
    failed: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, list[Content]], bool]:
    """Return what interrupted runs may have left, and whether what is new was found missing in this process.

    *ended*: the journal as it was when the resource's last run ended. *runs*: the journal now, of *wanted*. *failed*:
    what resources hold, by the process of the run that failed.
    """
    found: defaultdict[str, list[Content]] = defaultdict(list)
    # A journal of something else proves nothing: it was left out of the update (--target).
    if not runs or runs[0][1] != digest(wanted):
        return found, False
    tried = ""
    if ended and not ended[0][1]:
        (tried, _), *ended = ended
    last = ended[0][0] if ended else None
    # It wanted what the one that failed had wanted, or has an entry of its own.
    again = tried not in ("", PROCESS, *(process for process, _ in runs))
    texts = dict(wanted)
    for position, (process, text) in enumerate(runs):
        if position:
            texts |= unpacked(text)
        if process == last and not again:
            break
        if process != PROCESS:
            # Of a resource that is replaced a read may have told what it holds: no more than that is its own.
            for key, each in (texts if ended else failed.get(process, texts)).items():
                # What a run did not want it may have deleted: it is looked for, and nothing is its own.
                found[key] += [Content.of(each)] if each else []
            # A resource that is replaced is created, too: what it published before its last run may be another's.
            if process == last or not ended:
                break
    return found, runs[0][0] == PROCESS


def digest(texts: Mapping[str, str]) -> str:
    """Return what tells record sets from others."""
    return hashlib.sha256(_as_json(texts)).hexdigest()[:16]


def _as_json(texts: Mapping[str, str]) -> bytes:
    return json.dumps(texts, sort_keys=True, separators=(",", ":")).encode()
