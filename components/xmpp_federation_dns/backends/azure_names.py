"""What the Azure Resource Manager calls subscriptions and resource groups."""

import re

from xmpp_federation_dns.changes import Place
from xmpp_federation_dns.problems import described

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Azure Resource Manager, naming rules (2026-11).
_RESOURCE_GROUP = re.compile(r"[\w().-]{0,89}[\w()-]")
_RESOURCE_ID = re.compile(r".*/subscriptions/([^/]+)(?:/resourceGroups/([^/]+))?(?:/.*)?", re.IGNORECASE)


def resource_group(name: str) -> str:
    """Return the name of a resource group; raise ``ValueError`` where it is none."""
    if (whole := _RESOURCE_ID.fullmatch(name)) and whole[2]:
        raise ValueError(f"{described(name)} is the id of a resource; write '{whole[2]}'")
    if _RESOURCE_GROUP.fullmatch(name):
        return name
    raise ValueError(
        f"{described(name)} is not the name of a resource group: up to 90 letters, digits, hyphens, underscores, "
        "dots and parentheses, and no dot at the end"
    )


def subscription(guid: str) -> str:
    """Return the id of a subscription; raise ``ValueError`` where it is none."""
    if _GUID.fullmatch(guid):
        return guid
    if (whole := _RESOURCE_ID.fullmatch(guid)) and _GUID.fullmatch(whole[1]):
        raise ValueError(f"{described(guid)} is the id of a resource; write '{whole[1]}'")
    raise ValueError(f"{described(guid)} is not the id of a subscription, which is a GUID")


def place(subscription_id: str, group: str, zone: str) -> Place:
    """Return what tells a zone from another one: none of the first two knows a case."""
    return subscription_id.lower(), group.lower(), zone
