"""Moves that lose record sets when they are made in one step, refused where the program can know of them.

The plugin of a published Pulumi provider deletes what leaves its state, after everything else, and asks nobody.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.configuration.exported import last_rows
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.problems import ConfigurationError, Problem


def safe_moves(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *given*, unless a zone in bulk would adopt what a plugin deletes in the same update.

    What the last update exported as ``records`` says how it kept each zone; of a stack that exports none,
    nothing is known. Raises :class:`ConfigurationError` before anything is registered.
    """
    args, origin, _ = parse(given)
    if any(map(_adopts, args.zones)):
        plan = read(given)
        left = Counter(row["zone"] for row in last_rows() if not {"bulk", "retainOnDelete"} & row.keys())
        problems = [
            Problem(
                origin.path(("zones", position, "existing")),
                f"the last update published {left[zone.name]:,} record sets of this zone one by one, and the plugin "
                f"of {zone.package} deletes them after they are adopted: run pulumi up with retainOnDelete: true "
                "and without bulk first (docs/bulk.md); where that update failed and the zone is in bulk still, leave "
                "existing: adopt out",
            )
            for position, zone in enumerate(plan.zones)
            if _adopts(zone) and left[zone.name]
        ]
        if problems:
            raise ConfigurationError(problems)
    return given


def _adopts(zone: Zone) -> bool:
    return zone.bulk and zone.existing == "adopt" and bool(zone.package)
