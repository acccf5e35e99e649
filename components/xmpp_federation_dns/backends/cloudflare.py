"""Cloudflare DNS, through its REST API: the published Pulumi provider has one resource a record, not a record set."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import pulumi

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.cloudflare_api import TOKEN, is_token, token_of
from xmpp_federation_dns.backends.options import Text, fault, when_known
from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.costs import Budget
from xmpp_federation_dns.problems import Problem, Secret, StackSecret, described

if TYPE_CHECKING:
    from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class CloudflareZone(Zone):
    """A zone of Cloudflare, whose name servers are Cloudflare's."""

    client_sdk: ClassVar = "requests"
    learnt: ClassVar = frozenset({"zoneTag"})
    secrets: ClassVar = frozenset({"api_token"})
    # API token permissions (developers.cloudflare.com/fundamentals, 2026-10).
    rights_to_read: ClassVar = ("Zone > Zone > Read on the zone", "Zone > DNS > Read on the zone")
    where: ClassVar = "at Cloudflare"
    # A token has 1,200 calls in five minutes (rate limits of the API, 2026-04); each new record set looks the zone
    # up, reads its name and the delegations, sends, and reads again, at half a second a call.
    budget: ClassVar = Budget(waits=2.5, calls=5, a_second=4)
    # A batch of 200 records is three calls at least, and half as many record sets of a domain with two servers.
    bulk_budget: ClassVar = Budget(each=0.0075)

    provider: Literal["cloudflare"] = "cloudflare"
    zone_id: Text | None = None
    """Id of the zone, which has to have this name; looked up by name when left out."""
    api_token: Text | None = None
    """API token that may edit its records; by default `CLOUDFLARE_API_TOKEN_CONTOSO_COM`, or `CLOUDFLARE_API_TOKEN`."""

    def problems(self, secret: object) -> Iterator[Problem]:  # noqa: ARG002 no TSIG here
        """Yield what is wrong with the id of the zone or the token."""
        yield from fault("zoneId", self.zone_id, _zone_id)
        if not isinstance(self.api_token, str):
            return
        if not is_token(self.api_token):
            text = "this is no API token (not shown): letters, digits and - . _ ~ + / alone, without 'Bearer'"
            yield Problem(("apiToken",), text)
        elif not isinstance(self.api_token, Secret):
            text = f"the token stands in plain text; encrypt it with --secret --path, or set {TOKEN}"
            yield Problem(("apiToken",), text, "warning")

    def lookup(self, opts: pulumi.InvokeOptions) -> Self:  # noqa: ARG002 its client looks the zone up
        """See that an id from an output is one."""
        if self.zone_id is None or isinstance(self.zone_id, str):
            return self
        return replace(self, zone_id=when_known(self, "zoneId", self.zone_id, _zone_id))

    @classmethod
    def zones_of_account(cls, account: Mapping[str, str]) -> Sequence[Self]:  # noqa: ARG003 the token tells all
        """Return the zones that the token of the environment may read, of whatever account."""
        from xmpp_federation_dns.backends.cloudflare_client import zones

        return [cls(name=name, zone_id=zone_id) for name, zone_id in zones(os.environ.get(TOKEN, ""))]

    def client(self, properties: Mapping[str, Any]) -> "CloudflareDnsZone":
        """Return what sends batches of records."""
        from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone

        # A command does not decrypt what a stack file holds; an update has it.
        own = None if isinstance(self.api_token, StackSecret) else self.api_token
        token = str(own or os.environ.get(token_of(self.name)) or os.environ.get(TOKEN, ""))
        return CloudflareDnsZone(self.name, str(properties.get("zoneTag") or self.zone_id or ""), token)

    def place(self, properties: Mapping[str, Any]) -> Place:
        """Return the id of the zone; the program may know it before the state does."""
        return (str(properties.get("zoneTag") or self.zone_id or ""),)

    def replaced(self, properties: Mapping[str, Any]) -> list[str]:
        """Tell by its id whether this is another zone."""
        return ["zoneId"] if self.zone_id not in (None, properties["zoneTag"]) else []


def _zone_id(text: str) -> str:
    """Return the id of a zone; raise ``ValueError`` where it is none."""
    if _ID.fullmatch(text):
        return text
    raise ValueError(
        f"{described(text)} is not the id of a zone, which is 32 hexadecimal digits in lower case: Overview of the "
        "zone has it, under API"
    )
