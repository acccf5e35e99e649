"""What the caller of Azure DNS may do with a zone, and which locks keep it from that (Microsoft.Authorization)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from xmpp_federation_dns.backends.azure_resource_manager import ResourceManager
from xmpp_federation_dns.backends.client import DeniedError, Right

_AUTHORIZATION = "/providers/Microsoft.Authorization/"
# The newest versions that are no preview (2026-11).
_PERMISSIONS = f"{_AUTHORIZATION}permissions?api-version=2022-04-01"
_LOCKS = f"{_AUTHORIZATION}locks?api-version=2020-05-01"
_ZONE = "Microsoft.Network/dnsZones/"
_STOPS = {"CanNotDelete": "deletions fail", "ReadOnly": "creations, changes and deletions fail"}


def rights(azure: ResourceManager, zone: str, own: Mapping[str, str], *, one_by_one: bool) -> list[Right]:
    """Return the rights to publish record sets, and the locks in the way.

    *zone* is the path of the zone, *own* are the keys of the record sets by their paths in lower case. Raises
    :class:`xmpp_federation_dns.backends.client.UpdateError`.
    """
    answer = azure.call("GET", zone, "GET zone")
    if not answer.ok:
        error = answer.refusal(azure.where, "GET zone")
        if not isinstance(error, DeniedError):
            raise error
    types = sorted({key.partition(" ")[2] for key in own.values()})
    actions = [
        f"{_ZONE}read",
        # By these a zone in bulk is listed, and an alias is seen.
        *((f"{_ZONE}recordsets/read", f"{_ZONE}CNAME/read") if not one_by_one else ()),
        *(f"{_ZONE}{rdtype}/{verb}" for rdtype in types for verb in ("read", "write", "delete")),
    ]
    return [*_permissions(azure, zone, actions), *locks(azure, zone, own)]


def _permissions(azure: ResourceManager, zone: str, actions: Iterable[str]) -> Iterator[Right]:
    """Yield what roles allow at the zone; deny assignments are not among it (Permissions - List For Resource)."""
    try:
        granted = list(azure.pages(zone + _PERMISSIONS))
    except DeniedError as error:
        yield from (Right(action, "not known", str(error)) for action in actions)
        return
    for action in actions:
        held = any(
            _matches(each.get("actions"), action) and not _matches(each.get("notActions"), action)
            for each in granted
        )
        note = "" if held else "no role allows it; DNS Zone Contributor on the zone does (docs/pipelines.md)"
        yield Right(action, "allowed" if held else "missing", note)


def _matches(patterns: Iterable[str] | None, action: str) -> bool:
    return any(
        re.fullmatch(re.escape(each).replace(r"\*", ".*"), action, re.IGNORECASE) for each in patterns or ()
    )


def locks(azure: ResourceManager, zone: str, own: Mapping[str, str]) -> Iterator[Right]:
    """Yield the locks that hold for the zone, or for record sets of ours in it.

    Those of the subscription and the resource group are inherited, and listed at the zone, as those below it are
    (Get-AzResourceLock without AtScope, 2026-11).
    """
    try:
        found: list[Any] = list(azure.pages(zone + _LOCKS))
    except DeniedError as error:
        yield Right("locks", "not known", str(error))
        return
    # A path of a call is quoted, an id is not.
    own_path = unquote(zone).lower()
    for lock in found:
        scope = str(lock["id"]).lower().rpartition(_AUTHORIZATION.lower())[0]
        level = lock["properties"]["level"]
        if level in _STOPS and (scope in own or f"{own_path}/".startswith(f"{scope}/")):
            group = "the resource group" if "/resourcegroups/" in scope else "the subscription"
            place = own.get(scope) or ("the zone" if scope == own_path else group)
            note = f"on {place}: {_STOPS[level]}; take it off for this update (docs/access.md)"
            yield Right(f"lock '{lock['name']}' ({level})", "in the way", note)
