"""Google Cloud DNS on this machine, in memory: the REST API v1, and the tokens that it asks for.

Paths, statuses, reasons and JSON bodies are those of the service (Cloud DNS API v1, 2026-11; the texts as users report
them of Terraform's provider, external-dns and certbot). It signs nobody in for real: whoever sends a signed assertion
is given a token for the scopes that it asks for.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any

from tests.standins.cloud_dns_zone import LOOKS, ManagedZone, RefusedError, kinds
from tests.standins.emulation import CONTROL, Emulation, serve
from werkzeug.wrappers import Request, Response

Json = Any
SCOPES = {
    "https://www.googleapis.com/auth/ndev.clouddns.readwrite": "dns-token",
    "https://www.googleapis.com/auth/cloud-platform": "platform-token",
}
"""The token for each scope that lets one in here."""
IAM = {"https://www.googleapis.com/auth/iam": "iam-token"}
"""The one for which one is given the token of a service account."""
OF_THE_JOB = "token-of-the-job"
"""What a pipeline is given by its platform, and gives for a token of Google."""
STRANGER = "stranger@other.iam.gserviceaccount.com"
"""A service account whose token nobody is given."""
PAGE, MOST = 100, 1_000
"""Entries of a page where the client asks for no number, and at most; the service documents neither."""
PERMISSIONS = (
    "dns.managedZones.get",
    "dns.managedZones.list",
    "dns.changes.create",
    "dns.changes.get",
    "dns.resourceRecordSets.list",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.update",
    "dns.resourceRecordSets.delete",
)

_ZONES = r"/dns/v1/projects/(?P<project>[^/]+)/managedZones"
_ZONE = _ZONES + r"/(?P<zone>[^/:]+)"


class CloudDns(Emulation):
    """The projects that there are: all of them, each with its managed zones."""

    def __init__(self) -> None:
        super().__init__()
        self._projects: dict[str, dict[str, ManagedZone]] = {}
        self._one_at_a_time = RLock()
        self.held: Sequence[str] = PERMISSIONS
        self.looks = LOOKS

    def operation(self, request: Request) -> str:
        """Return the method as the reference of the API names it."""
        return _route(request)[0]

    def account(self, request: Request) -> str:
        """Return the project that a request is about."""
        return _route(request)[2].get("project", "")

    def answer(self, request: Request) -> Response:
        """Answer as the service would."""
        operation, handler, place = _route(request)
        try:
            if place.get("project"):
                _check_token(request)
                self._check(operation)
            with self._one_at_a_time:
                return _json(200, handler(self, request, place))
        except RefusedError as error:
            return _refusal(error.status, error.errors)

    def refusal(self, status: int, code: str, message: str) -> Response:
        """Return an error in the form of the service."""
        return _refusal(status, [(code, message)])

    def create_zone(self, request: Request, place: dict[str, str]) -> Json:
        body = request.get_json()
        zones = self._projects.setdefault(place["project"], {})
        if body["name"] in zones:
            text = f"The resource 'entity.managedZone' named '{body['name']}' already exists"
            raise RefusedError(409, [("alreadyExists", text)])
        zone = zones[body["name"]] = ManagedZone(
            place["project"], body["name"], body["dnsName"], body.get("visibility", "public"), self.looks
        )
        return zone.shown()

    def get_zone(self, _: Request, place: dict[str, str]) -> Json:
        return self._zone(place).shown()

    def delete_zone(self, _: Request, place: dict[str, str]) -> Json:
        self._zone(place)
        del self._projects[place["project"]][place["zone"]]
        return {}

    def list_zones(self, request: Request, place: dict[str, str]) -> Json:
        wanted = request.args.get("dnsName")
        zones = self._projects.get(place["project"], {}).values()
        found = [zone.shown() for zone in zones if wanted in (None, zone.dns_name)]
        return _page(request, "managedZones", found)

    def list_rrsets(self, request: Request, place: dict[str, str]) -> Json:
        name, rdtype = request.args.get("name"), request.args.get("type")
        name = name and name.lower()
        found = [
            rrset
            for _, rrset in sorted(self._zone(place).rrsets.items())
            if name in (None, rrset["name"].lower()) and rdtype in (None, rrset["type"])
        ]
        return _page(request, "rrsets", found)

    def create_change(self, request: Request, place: dict[str, str]) -> Json:
        zone, body = self._zone(place), request.get_json()
        for kind in kinds(body):
            self._permit(f"dns.resourceRecordSets.{kind}")
        change, noted = zone.carry_out(body)
        with self.ledger.lock:
            self.ledger.history.extend(noted)
        return change

    def get_change(self, _: Request, place: dict[str, str]) -> Json:
        return self._zone(place).looked_at(place["change"])

    def test_permissions(self, request: Request, place: dict[str, str]) -> Json:
        there = place["zone"] in self._projects.get(place["project"], {})
        asked = request.get_json()["permissions"]
        held = [each for each in asked if there and each in self.held]
        return {"permissions": held} if held else {}

    def token(self, request: Request, _: dict[str, str]) -> Json:
        claims = request.form["assertion"].split(".")[1]
        scope = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["scope"]
        return {"access_token": {**SCOPES, **IAM}[scope], "expires_in": 3_600, "token_type": "Bearer"}

    def exchange(self, request: Request, _: dict[str, str]) -> Json:
        """Give a token for that of a pipeline (Security Token Service, RFC 8693)."""
        if request.form["subject_token"] != OF_THE_JOB:
            raise RefusedError(
                400, [("invalid_grant", "The given credential is rejected by the attribute condition.")]
            )
        return {
            "access_token": SCOPES[request.form["scope"]],
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer",
            "expires_in": 3_600,
        }

    def generate_token(self, request: Request, place: dict[str, str]) -> Json:
        if place["account"] == STRANGER or _bearer(request) not in IAM.values():
            text = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
            raise RefusedError(403, [("PERMISSION_DENIED", text)])
        [scope] = request.get_json()["scope"]
        return {"accessToken": SCOPES[scope], "expireTime": "2100-01-01T00:00:00Z"}

    def _control(self, request: Request) -> Response:
        """Let tests set, too, what everybody may do, and how often a change of a new zone is looked at in vain."""
        if request.path == CONTROL + "permissions":
            self.held = request.get_json()
            return _json(200, None)
        if request.path == CONTROL + "looks":
            self.looks = request.get_json()
            return _json(200, None)
        return super()._control(request)

    def _zone(self, place: dict[str, str]) -> ManagedZone:
        zone = self._projects.get(place["project"], {}).get(place["zone"])
        if zone is None:
            text = f"The 'parameters.managedZone' resource named '{place['zone']}' does not exist."
            raise RefusedError(404, [("notFound", text)])
        return zone

    def _check(self, operation: str) -> None:
        permission = "dns." + operation.replace("testIamPermissions", "list")
        if permission in PERMISSIONS:
            self._permit(permission)

    def _permit(self, permission: str) -> None:
        if permission not in self.held:
            raise RefusedError(403, [("forbidden", "Forbidden")])


def _unknown(_: CloudDns, request: Request, __: dict[str, str]) -> Json:
    raise RefusedError(404, [("notFound", f"The path {request.path} is not known here.")])


_Handler = Callable[[CloudDns, Request, dict[str, str]], Json]
_ROUTES: dict[tuple[str, str], tuple[str, _Handler]] = {
    ("POST", r"/token"): ("token", CloudDns.token),
    ("POST", r"/v1/token"): ("exchange", CloudDns.exchange),
    ("POST", r"/v1/projects/-/serviceAccounts/(?P<account>[^:]+):generateAccessToken"): (
        "generateAccessToken",
        CloudDns.generate_token,
    ),
    ("POST", _ZONES): ("managedZones.create", CloudDns.create_zone),
    ("GET", _ZONES): ("managedZones.list", CloudDns.list_zones),
    ("GET", _ZONE): ("managedZones.get", CloudDns.get_zone),
    ("DELETE", _ZONE): ("managedZones.delete", CloudDns.delete_zone),
    ("POST", _ZONE + ":testIamPermissions"): (
        "managedZones.testIamPermissions",
        CloudDns.test_permissions,
    ),
    ("GET", _ZONE + "/rrsets"): ("resourceRecordSets.list", CloudDns.list_rrsets),
    ("POST", _ZONE + "/changes"): ("changes.create", CloudDns.create_change),
    ("GET", _ZONE + "/changes/(?P<change>[^/]+)"): ("changes.get", CloudDns.get_change),
}


def _route(request: Request) -> tuple[str, _Handler, dict[str, str]]:
    """Return operation, handler and the names in the path of a request."""
    for (method, path), (operation, handler) in _ROUTES.items():
        match = re.fullmatch(path, request.path)
        if match and request.method == method:
            return operation, handler, match.groupdict()
    return f"{request.method} {request.path}", _unknown, {}


def _bearer(request: Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _check_token(request: Request) -> None:
    if _bearer(request) not in SCOPES.values():
        text = "Request had invalid authentication credentials."
        raise RefusedError(401, [("authError", text)])


def _page(request: Request, key: str, entries: Sequence[Json]) -> Json:
    """Return a page of *entries*; the key is left out where there are none."""
    start = int(request.args.get("pageToken", 0))
    end = start + min(MOST, int(request.args.get("maxResults", PAGE)))
    body: Json = {"kind": f"dns#{key}ListResponse"}
    if page := list(entries[start:end]):
        body[key] = page
    if end < len(entries):
        body["nextPageToken"] = str(end)
    return body


def _refusal(status: int, errors: Sequence[tuple[str, str]]) -> Response:
    if errors[0][0] == "invalid_grant":  # tokens are refused in the form of RFC 6749 §5.2
        return _json(status, dict(zip(("error", "error_description"), errors[0], strict=True)))
    details = [{"message": text, "domain": "global", "reason": reason} for reason, text in errors]
    return _json(status, {"error": {"code": status, "message": errors[0][1], "errors": details}})


def _json(status: int, body: Json) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=UTF-8")


if __name__ == "__main__":
    serve(CloudDns())
