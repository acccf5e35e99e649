"""Hosted zones of Route 53 and their ids: the one form of an id, and whose it is."""

import re
from typing import Any

import pulumi

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.options import looked_up, when_known
from xmpp_federation_dns.problems import described

_GET_ZONE = "aws:route53/getZone:getZone"
# The length is that of the API reference (HostedZone); the rest is how the service has always made ids.
_FORM = re.compile("Z[A-Z0-9]{1,31}")
_INSIDE = re.compile(r"(?<![A-Za-z0-9])Z[A-Z0-9]{7,31}(?![A-Za-z0-9])")
_RIGHTS = "docs/pipelines.md has the rights"


def canonical(given: object) -> str:
    """Return the id of a hosted zone as it goes into state and calls: without ``/hostedzone/`` in front.

    Raises ``ValueError``, which says what an id looks like.
    """
    zone_id = str(given).removeprefix("/hostedzone/")
    if not _FORM.fullmatch(zone_id):
        inside = _INSIDE.search(zone_id)
        form = "which is Z with upper-case letters and digits, such as Z0123456789ABCDEFGHIJ"
        hint = f"; write '{inside[0]}'" if inside else f", {form}"
        raise ValueError(f"{described(given)} is not the id of a hosted zone{hint}")
    return zone_id


def fault(name: str, zone_id: str, found: str, *, private: bool) -> str | None:
    """Return why *zone_id* is not the id of the public zone *name*; nothing where it is.

    *found* and *private* are what Route 53 says of the zone behind the id, with or without final dot.
    """
    found = found.lower().removesuffix(".")
    if found == name and not private:
        return None
    kind = "private zone" if private else "zone"
    return (
        f"{zone_id} is the id of the {kind} {found}; set that of the public zone {name}, or leave zoneId out"
    )


def by_name(zone: Zone, opts: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Return the id of the one public hosted zone that has the name of *zone*."""
    arguments = {"name": zone.name, "privateZone": False}
    way_out = f"set its zoneId, or use credentials of its account ({_RIGHTS})"
    return looked_up(_GET_ZONE, arguments, zone, way_out, opts).apply(lambda found: found["zoneId"])


def known(zone: Zone, given: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return the canonical form of the id *given* for *zone*, once it is known."""
    return when_known(zone, "zoneId", given, canonical)


def confirmed(zone: Zone, given: pulumi.Input[str], opts: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Return the id *given* for *zone*, once Route 53 has said that it is the id of this public zone."""

    def compared(found: dict[str, Any]) -> str:
        if text := fault(zone.name, found["zoneId"], found["name"], private=bool(found["privateZone"])):
            raise pulumi.RunError(f"zone {zone.name} of provider {zone.provider}, zoneId: {text}")
        return found["zoneId"]

    way_out = f"set the zoneId of a zone in the account of the credentials ({_RIGHTS})"
    return looked_up(_GET_ZONE, {"zoneId": known(zone, given)}, zone, way_out, opts).apply(compared)
