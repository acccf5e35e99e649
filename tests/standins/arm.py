"""The Azure Resource Manager on this machine, as far as public DNS zones go, in memory.

Paths, api-versions, statuses, error codes and JSON bodies are those of the service, and so is the way to
it: ``ARM_METADATA_HOSTNAME`` names this server, which describes itself as a cloud of its own, hands out
tokens and speaks TLS only. The published plugin can be pointed at it as well as the stand-in.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from threading import RLock

from tests.standins.arm_access import LOCK, LOCKS, PERMISSIONS, Access, action_of
from tests.standins.arm_dns import Json, Key, RefusedError, Zone
from tests.standins.arm_sign_in import TOKEN, Answer, Call, metadata, openid, token
from tests.standins.arm_throttling import Throttle
from tests.standins.emulation import CONTROL, Change, Emulation, serve
from tests.standins.tls import server_context
from werkzeug.wrappers import Request, Response

DNS_VERSIONS = ("2018-05-01", "2023-07-01-preview")
RETRY_AFTER = {"x-ms-retry-after-ms": "50"}
"""With a fault that there are too many requests: clients wait as long as this."""
PAGE = 100
"""Record sets of a page, where the client asks for no other number."""

_SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
_GROUP = _SUBSCRIPTION + r"/resourcegroups/(?P<group>[^/]+)"
_ZONES = r"/providers/microsoft\.network/dnszones"
_ZONE = _GROUP + r"/providers/microsoft\.network/dnszones/(?P<zone>[^/]+)"
_RECORD_SET = _ZONE + r"/(?P<type>[^/]+)/(?P<name>[^/]+)"


class Arm(Emulation):
    """The metadata, token and resource endpoints of a cloud."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: dict[tuple[str, str], dict[str, Zone]] = {}
        self._one_at_a_time = RLock()
        self._throttle = Throttle()
        self.access = Access()

    def operation(self, request: Request) -> str:
        """Return the operation as the API specification names it."""
        return _route(request)[0]

    def account(self, request: Request) -> str:
        """Return the id of the subscription that a request is about."""
        return _route(request)[2].get("subscription", "")

    def answer(self, request: Request) -> Response:
        """Answer as the service would."""
        operation, handler, place = _route(request)
        try:
            if place:
                _check(request, dns="zone" in place)
            if action := action_of(request.method, operation, place):
                self.access.check(request.method, request.path, action)
            with self._one_at_a_time:
                status, body = handler(self, Call(request, place))
        except RefusedError as error:
            response = self.refusal(error.status, error.code, error.message)
            response.headers.update(error.headers)
            return response
        return _json(status, body)

    def refusal(self, status: int, code: str, message: str) -> Response:
        """Return an error in JSON; that a record set is missing, Azure DNS says without the envelope."""
        error = {"code": code, "message": message}
        response = _json(status, error if code == "NotFound" else {"error": error})
        if status == 429:
            response.headers.update(RETRY_AFTER)
        return response

    def put_group(self, call: Call) -> Answer:
        key = (call.place["subscription"].lower(), call.place["group"].lower())
        status = 200 if key in self._groups else 201
        self._groups.setdefault(key, {})
        return status, _group(call)

    def get_group(self, call: Call) -> Answer:
        self._zones(call)
        return 200, _group(call)

    def move_resources(self, call: Call) -> Answer:
        """Move zones, with everything in them, to another resource group; done at once."""
        body = call.request.get_json()
        target = re.fullmatch(_GROUP, body["targetResourceGroup"], re.IGNORECASE)
        there = Call(call.request, target.groupdict() if target else {})
        zones, other_zones = self._zones(call), self._zones(there)
        for path in body["resources"]:
            zone = zones.pop(path.rpartition("/")[2].lower())
            zone.move(f"{there.group_path}/providers/Microsoft.Network/dnszones/{zone.name}")
            other_zones[zone.name] = zone
        return 204, None

    def put_zone(self, call: Call) -> Answer:
        zones = self._zones(call)
        if call.request.get_json().get("location") != "global":
            raise RefusedError(400, "LocationNotAvailableForResourceType", "The location is not 'global'.")
        status = 200 if call.zone_name in zones else 201
        zone = zones.setdefault(call.zone_name, Zone(call.zone_path, call.zone_name))
        return status, zone.shown()

    def get_zone(self, call: Call) -> Answer:
        zone = self._zones(call).get(call.zone_name)
        if zone is None:
            raise RefusedError(
                404,
                "ResourceNotFound",
                f"The Resource 'Microsoft.Network/dnszones/{call.place['zone']}' under resource group "
                f"'{call.place['group']}' was not found. For more details please go to "
                "https://aka.ms/ARMResourceNotFoundFix",
            )
        return 200, zone.shown()

    def list_zones(self, call: Call) -> Answer:
        """List the zones of a resource group, or of all of the subscription."""
        subscription, group = call.place["subscription"].lower(), call.place.get("group", "").lower()
        if group:
            self._zones(call)
        found = [
            zone.shown()
            for (owner, name), zones in self._groups.items()
            if owner == subscription and group in ("", name)
            for zone in zones.values()
        ]
        given = call.request.args
        start = int(given.get("$skipToken", 0))
        body: Json = {"value": found[start : start + PAGE]}
        if start + PAGE < len(found):
            query = f"api-version={given['api-version']}&$skipToken={start + PAGE}"
            body["nextLink"] = f"{call.host}{call.request.path}?{query}"
        return 200, body

    def delete_zone(self, call: Call) -> Answer:
        return (204 if self._zones(call).pop(call.zone_name, None) is None else 200), None

    def list_record_sets(self, call: Call) -> Answer:
        zone = self._parent(call, "read")
        self._take(zone, "list")
        given = call.request.args
        start, top = int(given.get("$skipToken", 0)), int(given.get("$top", PAGE))
        each = list(zone.record_sets.values())
        body: Json = {"value": each[start : start + top]}
        if start + top < len(each):
            version = given["api-version"]
            query = f"api-version={version}&$top={top}&$skipToken={start + top}"
            body["nextLink"] = f"{call.host}{call.request.path}?{query}"
        return 200, body

    def get_record_set(self, call: Call) -> Answer:
        place = call.place
        key = Key(place["type"].upper(), place["name"].lower())
        zone = self._parent(call, "read")
        self._take(zone, "get")
        found = zone.record_sets.get(key)
        if found is None:
            raise RefusedError(
                404,
                "NotFound",
                f"The resource record '{place['name']}' does not exist in resource group "
                f"'{place['group']}' of subscription '{place['subscription']}'.",
            )
        return 200, found

    def put_record_set(self, call: Call) -> Answer:
        zone, type_, name = self._parent(call, "write"), call.place["type"], call.place["name"]
        key = Key(type_.upper(), name.lower())
        self._take(zone, "update" if key in zone.record_sets else "create")
        given = call.request.headers
        zone.check(key, given.get("If-Match"), given.get("If-None-Match"))
        change = zone.put(type_, name, call.request.get_json())
        self._note(change)
        shown = zone.record_sets[key]
        return (201 if change.action == "create" else 200), shown

    def delete_record_set(self, call: Call) -> Answer:
        zone, type_, name = self._parent(call, "delete"), call.place["type"], call.place["name"]
        self._take(zone, "delete")
        key = Key(type_.upper(), name.lower())
        if key not in zone.record_sets:
            return 204, None
        zone.check(key, call.request.headers.get("If-Match"), None)
        change = zone.delete(key)
        self._note(change)
        return 200, None

    def _control(self, request: Request) -> Response:
        """Let tests set, too, what roles allow, and how much faster than time limits are refilled."""
        if request.path == CONTROL + "role":
            self.access.allow(**request.get_json())
            return _json(200, None)
        if request.path == CONTROL + "throttle":
            self._throttle = Throttle(**request.get_json())
            return _json(200, None)
        return super()._control(request)

    def _take(self, zone: Zone, action: str) -> None:
        if seconds := self._throttle.wait(zone.path, action):
            # On a clock that runs faster, seconds are shorter than the header can say.
            wait = {"x-ms-retry-after-ms": str(1000 * seconds / self._throttle.speed)}
            headers = {"Retry-After": str(seconds)} if self._throttle.speed == 1 else wait
            raise RefusedError(429, "TooManyRequests", "The request was throttled.", headers)

    def _note(self, change: Change) -> None:
        with self.ledger.lock:
            self.ledger.history.append(change)

    def _zones(self, call: Call) -> dict[str, Zone]:
        subscription, group = call.place["subscription"].lower(), call.place["group"].lower()
        if not any(known == subscription for known, _ in self._groups):
            message = f"The subscription '{call.place['subscription']}' could not be found."
            raise RefusedError(404, "SubscriptionNotFound", message)
        if (subscription, group) not in self._groups:
            message = f"Resource group '{call.place['group']}' could not be found."
            raise RefusedError(404, "ResourceGroupNotFound", message)
        return self._groups[subscription, group]

    def _parent(self, call: Call, action: str) -> Zone:
        zone = self._zones(call).get(call.zone_name)
        if zone is None:
            type_ = call.place.get("type", "recordsets")
            raise RefusedError(
                404,
                "ParentResourceNotFound",
                f"Failed to perform '{action}' on resource(s) of type 'dnszones/{type_}', because the parent "
                f"resource '{call.zone_path}' could not be found.",
            )
        return zone


def _unknown(_: Arm, call: Call) -> Answer:
    raise RefusedError(404, "InvalidResourceType", f"The path {call.request.path} is not known here.")


_Handler = Callable[[Arm, Call], Answer]
_ROUTES: dict[tuple[str, str], tuple[str, _Handler]] = {
    ("GET", r"/metadata/endpoints"): ("Metadata", metadata),
    ("GET", r"/[^/]+(/v2\.0)?/\.well-known/openid-configuration"): ("OpenId", openid),
    ("POST", r"/[^/]+/oauth2/v2\.0/token"): ("Token", token),
    ("PUT", _GROUP): ("ResourceGroups_CreateOrUpdate", Arm.put_group),
    ("GET", _GROUP): ("ResourceGroups_Get", Arm.get_group),
    ("POST", _GROUP + "/moveResources"): ("Resources_MoveResources", Arm.move_resources),
    ("PUT", _ZONE): ("Zones_CreateOrUpdate", Arm.put_zone),
    ("GET", _ZONE): ("Zones_Get", Arm.get_zone),
    ("GET", _SUBSCRIPTION + _ZONES): ("Zones_List", Arm.list_zones),
    ("GET", _GROUP + _ZONES): ("Zones_ListByResourceGroup", Arm.list_zones),
    ("DELETE", _ZONE): ("Zones_Delete", Arm.delete_zone),
    ("GET", _ZONE + "/recordsets"): ("RecordSets_ListByDnsZone", Arm.list_record_sets),
    ("PUT", _RECORD_SET): ("RecordSets_CreateOrUpdate", Arm.put_record_set),
    ("GET", _RECORD_SET): ("RecordSets_Get", Arm.get_record_set),
    ("DELETE", _RECORD_SET): ("RecordSets_Delete", Arm.delete_record_set),
    ("GET", PERMISSIONS): (
        "Permissions_ListForResource",
        lambda arm, call: arm.access.list_permissions(call),
    ),
    ("GET", LOCKS): ("ManagementLocks_List", lambda arm, call: arm.access.list_locks(call)),
    ("PUT", LOCK): ("ManagementLocks_CreateOrUpdate", lambda arm, call: arm.access.put_lock(call)),
    ("DELETE", LOCK): ("ManagementLocks_Delete", lambda arm, call: arm.access.delete_lock(call)),
}


def _route(request: Request) -> tuple[str, _Handler, dict[str, str]]:
    """Return operation, handler and the names in the path of a request; paths know no case."""
    for (method, path), (operation, handler) in _ROUTES.items():
        match = re.fullmatch(path, request.path, re.IGNORECASE)
        if match and request.method == method:
            return operation, handler, match.groupdict()
    return f"{request.method} {request.path}", _unknown, {}


def _check(request: Request, *, dns: bool) -> None:
    """Refuse a request without a token, or of an api-version that the service does not have."""
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        raise RefusedError(401, "InvalidAuthenticationToken", "The access token is missing or invalid.")
    version = request.args.get("api-version")
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise RefusedError(400, "MissingApiVersionParameter", message)
    if dns and version not in DNS_VERSIONS:
        raise RefusedError(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location 'global' and API version '{version}' for "
            f"type 'dnszones'. The supported api-versions are '{', '.join(DNS_VERSIONS)}'. The supported "
            "locations are 'global'.",
        )


def _json(status: int, body: Json) -> Response:
    text = "" if body is None else json.dumps(body)
    return Response(text, status, content_type="application/json; charset=utf-8")


def _group(call: Call) -> Json:
    return {"id": call.group_path, "name": call.place["group"], "location": "westeurope"}


if __name__ == "__main__":
    serve(Arm(), server_context(Path(sys.argv[1])))
