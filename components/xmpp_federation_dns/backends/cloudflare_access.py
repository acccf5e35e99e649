"""What an API token of Cloudflare may do with a zone (API references of Zones, DNS records and API tokens, 2026-11)."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from xmpp_federation_dns.backends.client import DeniedError, Right
from xmpp_federation_dns.backends.cloudflare_api import Api

_ZONE = "com.cloudflare.api.account.zone"
_WRITE = "DNS Write"
_MISSING = "no policy of the token allows it; Zone > DNS > Edit on the zone does (docs/pipelines.md)"
_UNREAD = "the token may not read its own policies (User > API Tokens > Read)"


def rights(api: Api, zone: str, fault: Callable[[], str]) -> list[Right]:
    """Return the rights to publish into the zone of this id, and what else is in the way by its *fault*.

    Raises :class:`xmpp_federation_dns.backends.client.UpdateError`.
    """
    found = Right.tried("Zone Read", fault)
    return [
        *(stops(fault()) if found.state == "allowed" else []),
        found,
        Right.tried("DNS Read", lambda: api.call("GET", f"/zones/{zone}/dns_records", "list", per_page=5)),
        _write(api, zone),
    ]


def stops(fault: str) -> list[Right]:
    """Return the *fault* of a zone, if any, as what is in the way."""
    return [Right("the zone", "in the way", fault)] if fault else []


def _write(api: Api, zone: str) -> Right:
    """Return whether the policies of the token allow it to edit DNS records; reading them is a right of its own."""
    try:
        token = api.call("GET", "/user/tokens/verify", "verify")["result"]
        if token["status"] != "active":
            return Right(_WRITE, "missing", f"the token is {token['status']}")
        policies: list[Any] = api.call("GET", f"/user/tokens/{token['id']}", "GET token")["result"][
            "policies"
        ]
    except DeniedError:
        return Right(_WRITE, "not known", _UNREAD)
    effects = {
        policy["effect"]
        for policy in policies
        if any(group["name"] == _WRITE for group in policy["permission_groups"])
        and _covers(policy["resources"], zone)
    }
    return Right(_WRITE, "allowed") if effects == {"allow"} else Right(_WRITE, "missing", _MISSING)


def _covers(resources: Mapping[str, Any], zone: str) -> bool:
    """Tell whether *resources* are the zone: by its id, all zones, or those of an account."""
    return any(
        key in (f"{_ZONE}.{zone}", f"{_ZONE}.*")
        or (isinstance(below, dict) and _covers(cast("dict[str, Any]", below), zone))
        for key, below in resources.items()
    )
