"""The zones in which `discover` looks: whole accounts, or single zones, read a few at a time."""

from collections.abc import Callable, Mapping, Sequence

from xmpp_federation_dns.backends import Zone, zone_class
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Live
from xmpp_federation_dns.live.readings import at_once, client

Listing = tuple[Zone, Mapping[str, Live]]


def account(provider: str, options: Mapping[str, str], wanted: Sequence[str]) -> list[Zone]:
    """Return the public zones of an account, or those of them that are *wanted*; raise :class:`UpdateError`."""
    kind = zone_class(provider)
    try:
        found = kind.zones_of_account(options)
    except ModuleNotFoundError as error:
        extra = f"pip install 'xmpp-federation-dns[{kind.client_extra(provider)}]'"
        raise UpdateError(f"zones are listed by the Python package {error.name}: {extra}") from None
    missing = [name for name in wanted if name not in {zone.name for zone in found}]
    if missing:
        raise UpdateError(f"no public zone of the account is named {', '.join(missing)}")
    return [zone for zone in found if not wanted or zone.name in wanted]


def read(
    zones: Sequence[Zone], secret: str | None, done: Callable[[int], None]
) -> tuple[list[Listing], list[str]]:
    """Return what is in *zones*, and why some cannot be read; *done* hears how many are."""
    found: list[Listing] = []
    faults: list[str] = []
    for zone, each in at_once(zones, lambda zone: client(zone, secret).listing(), done):
        if isinstance(each, UpdateError):
            faults.append(str(each))
        else:
            found.append((zone, each))
    return found, faults
