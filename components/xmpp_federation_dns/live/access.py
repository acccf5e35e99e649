"""Whether an update will be allowed to change what a stack wants changed, asked before it begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import DeniedError, Right, UpdateError
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.live.readings import at_once, client, wanted


@dataclass(frozen=True)
class Access:
    """The rights to publish into a zone; *fault* is why nobody could be asked, in one line."""

    zone: Zone
    rights: Sequence[Right] = ()
    fault: str = ""


def looked_at(plan: Plan, secret: str | None, done: Callable[[int], None]) -> list[Access]:
    """Return the rights to publish the record sets of *plan*, zone by zone; *done* hears how many are asked for."""
    aims = wanted(plan)

    def rights(zone: Zone) -> list[Right]:
        try:
            return client(zone, secret).access(aims[zone.name], one_by_one=not zone.is_kept)
        except DeniedError as error:
            # Before the zone itself: a role that cannot be assumed, or a zone that is looked up by its name.
            return [Right("the zone", "missing", str(error))]

    zones = [zone for zone in plan.zones if aims[zone.name]]
    return [
        Access(zone, fault=str(found)) if isinstance(found, UpdateError) else Access(zone, found)
        for zone, found in at_once(zones, rights, done)
    ]
