"""The zones in which `discover` looks: whole accounts, or single zones, read a few at a time."""

from collections.abc import Callable, Mapping, Sequence

from xmpp_federation_dns.backends import Zone, zone_class
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Live
from xmpp_federation_dns.live.readings import at_once, client
from xmpp_federation_dns.live.services import LeftOut

Listing = tuple[Zone, Mapping[str, Live]]


def account(provider: str, options: Mapping[str, str], wanted: Sequence[str]) -> list[Zone]:
    """Return the public zones of an account, or those of them that are *wanted*; raise :class:`UpdateError`."""
    kind = zone_class(provider)
    try:
        found = kind.zones_of_account(options)
    except ModuleNotFoundError as error:
        raise UpdateError(kind.needs(provider, error)) from None
    if not found:
        raise UpdateError(
            f"provider {provider}: no public zone is there for whoever asks; look at the credentials, and at what "
            "they are allowed to list (docs/discover.md)"
        )
    # An option that is wrong is wrong in each of them.
    for problem in found[0].problems(None):
        if problem.severity == "error":
            raise UpdateError(f"provider {provider}: {problem}")
    missing = [name for name in wanted if name not in {zone.name for zone in found}]
    if missing:
        raise UpdateError(f"no public zone of the account is named {', '.join(missing)}")
    return [zone for zone in found if not wanted or zone.name in wanted]


def read(
    zones: Sequence[Zone], secret: str | None, done: Callable[[int], None]
) -> tuple[list[Listing], list[str], list[LeftOut]]:
    """Return what is in *zones*, why some cannot be read, and which nobody asks; *done* hears how many are read."""
    found: list[Listing] = []
    faults: list[str] = []
    left: list[LeftOut] = []

    def look(zone: Zone) -> Mapping[str, Live] | LeftOut:
        there = client(zone, secret)
        return LeftOut(f"zone {zone.name}", there.unasked) if there.unasked else there.listing()

    for zone, each in at_once(zones, look, done):
        if isinstance(each, UpdateError):
            faults.append(str(each))
        elif isinstance(each, LeftOut):
            left.append(each)
        else:
            found.append((zone, each))
    return found, faults, left
