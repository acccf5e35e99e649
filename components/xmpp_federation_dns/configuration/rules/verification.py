"""The rule about proof: whom `verify` asks, and for how long."""

from collections.abc import Iterator

from xmpp_federation_dns.configuration.rules.view import View, rule
from xmpp_federation_dns.endpoints import parse_endpoint
from xmpp_federation_dns.problems import Problem, described, within

TIMEOUTS = range(1, 3_601)
"""Seconds: each record set of an update may wait that long."""


@rule("P24", source="design of this component", example="verifyTimeout: 0")
def verification(view: View) -> Iterator[Problem]:
    """A proof inside an update waits 1 to 3600 seconds; the servers that a zone names for it can be found."""
    yield from within(TIMEOUTS, view.args.verify_timeout, ("verifyTimeout",), " seconds")
    for position, zone in enumerate(view.args.zones):
        path = ("zones", position, "nameservers")
        if zone.nameservers is not None and not zone.nameservers:
            yield Problem(path, "the list is empty; name at least one server, or leave the key out")
        for place, server in enumerate(zone.nameservers or ()):
            try:
                parse_endpoint(server)
            except ValueError as error:
                yield Problem((*path, place), f"{described(server)}: {error}")
