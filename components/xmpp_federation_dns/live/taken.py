"""What is in the way of what a plan creates, as the zones are now."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from xmpp_federation_dns.changes import Content, Foreign
from xmpp_federation_dns.live.preview import Holder
from xmpp_federation_dns.live.readings import Reading


class Taken(NamedTuple):
    """A record set that the plan creates, and what is in its place."""

    key: str
    wanted: Content
    found: str
    text: str


def taken(readings: Iterable[Reading], created: Mapping[str, Holder]) -> Iterator[Taken]:
    """Yield what is in the way of each record set of *created*, by key."""
    for reading in readings:
        for key, live in reading.live.items():
            if key not in created:
                continue
            wanted = created[key].content
            match live:
                case Foreign(shown, hides=True):
                    text = shown
                case Foreign():
                    text = "is in its place, and can be none of ours; delete it there, or leave the SIP domain out"
                case Content() if live == wanted and created[key].adopts:
                    continue
                case Content() if live == wanted and not reading.zone.adopts:
                    text = "is there already, and equal, and can be taken over by nobody; delete it there"
                case Content() if live == wanted:
                    text = "is there already, and equal; bring it in with pulumi import, or existing: adopt"
                case _:
                    text = "is there already, with other values; delete it there, or leave the SIP domain out"
            yield Taken(key, wanted, str(live), text)
