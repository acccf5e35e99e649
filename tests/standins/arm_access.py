"""Roles and locks of the Azure Resource Manager: what they show, and what they refuse.

Everybody has one role, which tests may take actions from; a lock is put and deleted as at the service, and holds for
everything below its scope.
"""

import re
from dataclasses import dataclass, field

from tests.standins.arm_dns import Json, RefusedError
from tests.standins.arm_sign_in import Answer, Call

_LOCKS = "/providers/microsoft.authorization/locks"
SCOPE = r"(?P<scope>/subscriptions/(?P<subscription>[^/]+)(/resourcegroups/.*)?)"
LOCKS = SCOPE + _LOCKS.replace(".", r"\.")
LOCK = LOCKS + r"/(?P<lock>[^/]+)"
PERMISSIONS = SCOPE + r"/providers/microsoft\.authorization/permissions"
_VERBS = {"GET": "read", "PUT": "write", "DELETE": "delete"}


@dataclass
class Access:
    """The one role and the locks."""

    actions: list[str] = field(default_factory=lambda: ["*"])
    not_actions: list[str] = field(default_factory=list[str])
    locks: dict[str, Json] = field(default_factory=dict[str, Json])

    def allow(self, actions: list[str], not_actions: list[str]) -> None:
        """Let everybody have these actions, and no others."""
        self.actions, self.not_actions = actions, not_actions

    def put_lock(self, call: Call) -> Answer:
        id_ = call.request.path
        level = call.request.get_json()["properties"]["level"]
        if level not in ("CanNotDelete", "ReadOnly"):
            raise RefusedError(400, "InvalidLockLevel", f"The level {level} is not known.")
        self.locks[id_.lower()] = {
            "id": id_,
            "name": call.place["lock"],
            "type": "Microsoft.Authorization/locks",
            "properties": {"level": level},
        }
        return 201, self.locks[id_.lower()]

    def delete_lock(self, call: Call) -> Answer:
        return (200 if self.locks.pop(call.request.path.lower(), None) else 204), None

    def list_locks(self, call: Call) -> Answer:
        """List the locks at a scope, above it and below it."""
        scope = call.place["scope"].lower()
        found = [
            lock
            for id_, lock in self.locks.items()
            if _is_in(_scope(id_), scope) or _is_in(scope, _scope(id_))
        ]
        return 200, {"value": found}

    def list_permissions(self, _: Call) -> Answer:
        """List the roles at a scope: everybody has the same everywhere."""
        role = {"actions": self.actions, "notActions": self.not_actions, "dataActions": []}
        return 200, {"value": [role]}

    def check(self, method: str, path: str, action: str) -> None:
        """Refuse an *action* that the role does not allow, or a lock stops."""
        if not _is_like(action, self.actions) or _is_like(action, self.not_actions):
            raise RefusedError(
                403,
                "AuthorizationFailed",
                f"The client 'b' with object id 'b' does not have authorization to perform action '{action}' over "
                f"scope '{path}' or the scope is invalid. If access was recently granted, please refresh your "
                "credentials.",
            )
        if action.startswith("Microsoft.Authorization/"):
            return
        stopping = {"PUT": ("ReadOnly",), "DELETE": ("ReadOnly", "CanNotDelete")}.get(method, ())
        for id_, lock in self.locks.items():
            if lock["properties"]["level"] in stopping and _is_in(path.lower(), _scope(id_)):
                raise RefusedError(
                    409,
                    "ScopeLocked",
                    f"The scope '{path}' cannot perform {_VERBS[method]} operation because following scope(s) are "
                    f"locked: '{_scope(id_)}'. Please remove the lock and try again.",
                )


def action_of(method: str, operation: str, place: dict[str, str]) -> str:
    """Return the action that a request is, as roles name it; nothing where no role is looked at."""
    kinds = {
        "ManagementLocks": "Authorization/locks",
        "Permissions": "Authorization/permissions",
        "Zones": "Network/dnsZones",
        "RecordSets": f"Network/dnsZones/{place.get('type', 'recordsets')}",
    }
    kind = kinds.get(operation.partition("_")[0])
    return f"Microsoft.{kind}/{_VERBS[method]}" if kind else ""


def _scope(lock: str) -> str:
    return lock.rpartition(_LOCKS)[0]


def _is_in(path: str, scope: str) -> bool:
    return f"{path}/".startswith(f"{scope}/")


def _is_like(action: str, patterns: list[str]) -> bool:
    return any(
        re.fullmatch(each.replace(".", r"\.").replace("*", ".*"), action, re.IGNORECASE) for each in patterns
    )
