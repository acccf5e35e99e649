"""API tokens of Cloudflare: what they may do with which zones (API reference of API tokens, 2026-11)."""

from dataclasses import dataclass
from typing import Any

TOKEN = "stand-in-token-that-may-edit-all-zones-1"
"""The token of tests, which may do anything."""
_ALL = ("Zone Read", "DNS Read", "DNS Write", "API Tokens Read")
_ZONE = "com.cloudflare.api.account.zone"


@dataclass(frozen=True)
class Token:
    """A token: the names of its permission groups, and the zones that these are for; all where none is named."""

    id: str = "0123456789abcdef0123456789abcdef"
    status: str = "active"
    permissions: tuple[str, ...] = _ALL
    zones: tuple[str, ...] = ()
    effect: str = "allow"
    account: str = ""
    """The account whose zones these are, where that is how a policy says it."""

    def may(self, right: str, zone: str) -> bool:
        """Tell whether the token has a *right* to a *zone*; to write is to read."""
        held = right in self.permissions or (right == "DNS Read" and "DNS Write" in self.permissions)
        return held and self.effect == "allow" and (not self.zones or zone in self.zones)

    def shown(self) -> dict[str, Any]:
        """Return the token as a GET answers it."""
        resources: dict[str, Any] = {f"{_ZONE}.{zone}": "*" for zone in self.zones or ("*",)}
        if self.account:
            resources = {f"com.cloudflare.api.account.{self.account}": resources}
        groups = [{"id": name.lower().replace(" ", "-"), "name": name} for name in self.permissions]
        policy = {"id": "p", "effect": self.effect, "permission_groups": groups, "resources": resources}
        return {"id": self.id, "name": "dns", "status": self.status, "policies": [policy]}
