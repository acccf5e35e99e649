"""The API of Cloudflare on this machine, as far as zones, DNS records and tokens go, in memory.

Sources: API reference of Zones, DNS records and API tokens, with the OpenAPI description from which the SDKs are
generated (cloudflare-python 5.9, 2026-11); "Batch record changes" and "Rate limits" of the documentation (2026-11).
Statuses, codes and words of errors are those that users report in issues of Terraform, octoDNS and external-dns.
The code of a batch with too many records is documented nowhere.
"""

import json
import re
import time
import uuid
from collections import deque
from collections.abc import Callable
from threading import RLock

from tests.standins.cloudflare_dns import PLANS, Json, RefusedError, Zone
from tests.standins.cloudflare_tokens import TOKEN, Token
from tests.standins.emulation import CONTROL, Emulation, serve
from werkzeug.wrappers import Request, Response

PREFIX = "/client/v4"
RETRY_AFTER = {"Retry-After": "0"}
"""With a fault that there are too many requests."""
_ID = r"(?P<zone>[^/]+)"
_ZONE = rf"/zones/{_ID}"
_RECORDS = rf"{_ZONE}/dns_records"
_RECORD = rf"{_RECORDS}/(?P<record>[^/]+)"


class Cloudflare(Emulation):
    """The endpoints of zones, their records, and tokens."""

    def __init__(self) -> None:
        super().__init__()
        self._zones: dict[str, Zone] = {}
        self._tokens = {TOKEN: Token()}
        self._one_at_a_time = RLock()
        self._calls: deque[float] = deque()
        self._limit = (0, 0.0)

    def operation(self, request: Request) -> str:
        """Return method and path as the API reference names them."""
        return _route(request)[0]

    def account(self, request: Request) -> str:
        """Return the id of the zone that a request is about."""
        return _route(request)[2].get("zone", "")

    def answer(self, request: Request) -> Response:
        """Answer as the service would."""
        _, handler, place = _route(request)
        try:
            token = self._signed(request)
            self._count()
            with self._one_at_a_time:
                result, info = handler(self, request, place, token)
        except RefusedError as error:
            response = self._refused(error.status, error.errors)
            response.headers.update(error.headers)
            return response
        body: Json = {"success": True, "errors": [], "messages": [], "result": result}
        return _json(200, body | ({"result_info": info} if info else {}))

    def refusal(self, status: int, code: str, message: str) -> Response:
        """Return an error; one without a code is of a proxy on the way."""
        if not code:
            return Response(f"<p>{message}</p>", status, content_type="text/html")
        response = self._refused(status, [{"code": int(code), "message": message}])
        if status == 429:
            response.headers.update(RETRY_AFTER)
        return response

    def create_zone(self, request: Request, _place: Json, _token: Token) -> "Answer":
        """Create a zone, which is pending until its registrar names Cloudflare's name servers."""
        given = request.get_json()
        zone = Zone(given["name"], given["account"]["id"], given.get("type", "full"))
        self._zones[zone.id] = zone
        return zone.shown(), None

    def list_zones(self, request: Request, _place: Json, token: Token) -> "Answer":
        """List the zones that a token may read."""
        name = request.args.get("name")
        found = [
            zone.shown()
            for zone in self._zones.values()
            if token.may("Zone Read", zone.id) and (name is None or zone.goes_by(name))
        ]
        return _page(request, found, 20, 50)

    def get_zone(self, _request: Request, place: Json, token: Token) -> "Answer":
        """Return one zone."""
        return self._zone(place, token, "Zone Read").shown(), None

    def list_records(self, request: Request, place: Json, token: Token) -> "Answer":
        """List the records of a zone, by name and type where these are given."""
        zone = self._zone(place, token, "DNS Read")
        given = request.args
        name, type_ = given.get("name.exact") or given.get("name"), given.get("type")
        found = [
            zone.record_shown(record)
            for record in (zone.records.values() if name is None else zone.named(name))
            if type_ in (None, record["type"])
        ]
        return _page(request, found, 100, 5_000_000)

    def batch(self, request: Request, place: Json, token: Token) -> "Answer":
        """Carry out a batch as a whole, or nothing of it."""
        zone = self._zone(place, token, "DNS Write")
        body = request.get_json()
        if sum(map(len, body.values())) > PLANS[zone.plan].batch:
            raise RefusedError(400, 1004, "DNS Validation Error: too many records in one batch")
        return self._change(zone, lambda draft: draft.carry_out(body)), None

    def change_record(self, request: Request, place: Json, token: Token) -> "Answer":
        """Create, overwrite, update or delete one record."""
        zone = self._zone(place, token, "DNS Write")
        kind = {"POST": "posts", "PUT": "puts", "PATCH": "patches", "DELETE": "deletes"}[request.method]
        given: Json = {} if request.method == "DELETE" else request.get_json()
        body: Json = {kind: [{**given, "id": place["record"]} if "record" in place else given]}
        return self._change(zone, lambda draft: draft.carry_out(body))[kind][0], None

    def verify_token(self, _request: Request, _place: Json, token: Token) -> "Answer":
        """Tell whether a token is active."""
        return {"id": token.id, "status": token.status}, None

    def get_token(self, _request: Request, place: Json, token: Token) -> "Answer":
        """Return a token with its policies."""
        if "API Tokens Read" not in token.permissions or place["token"] != token.id:
            raise RefusedError(403, 9109, "Unauthorized to access requested resource")
        return token.shown(), None

    def _change(self, zone: Zone, change: Callable[[Zone], Json]) -> Json:
        draft = zone.draft()
        result = change(draft)
        self.ledger.history += draft.changes_since(zone)
        self._zones[zone.id] = draft
        return result

    def _zone(self, place: Json, token: Token, right: str) -> Zone:
        zone = self._zones.get(place["zone"])
        if zone is None:
            text = f"Could not route to /zones/{place['zone']}, perhaps your object identifier is invalid?"
            raise RefusedError(404, 7003, text, chain=[{"code": 7000, "message": "No route for that URI"}])
        if not token.may(right, zone.id):
            visible = token.may("Zone Read", zone.id)
            code, text = (
                (10000, "Authentication error")
                if visible
                else (9109, "Unauthorized to access requested resource")
            )
            raise RefusedError(403, code, text)
        return zone

    def _signed(self, request: Request) -> Token:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or len(text) < 16:
            chain = [{"code": 6111, "message": "Invalid format for Authorization header"}]
            raise RefusedError(400, 6003, "Invalid request headers", chain=chain)
        token = self._tokens.get(text)
        # What a token is, it may ask also where it is not active any more.
        if token is None or (token.status != "active" and not request.path.endswith("/verify")):
            raise RefusedError(401, 1000, "Invalid API Token")
        return token

    def _count(self) -> None:
        """Refuse a call where there were too many, with the seconds to wait, rounded up."""
        most, seconds = self._limit
        now = time.monotonic()
        while self._calls and self._calls[0] < now - seconds:
            self._calls.popleft()
        if most and len(self._calls) >= most:
            wait = {"Retry-After": str(int(self._calls[0] + seconds - now) + 1)}
            raise RefusedError(429, 10429, "Rate limited. Please wait and try again", wait)
        self._calls.append(now)

    def _control(self, request: Request) -> Response:
        """Let tests say, too, what zones and tokens are, and how many calls a token has."""
        match request.path.removeprefix(CONTROL):
            case "zone":
                given = request.get_json()
                self._zones[given.pop("id")].set(**given)
            case "delete":
                del self._zones[request.get_json()["id"]]
            case "token":
                given = request.get_json()
                token = given.pop("token")
                self._tokens[token] = Token(**given)
            case "limit":
                self._limit = tuple(request.get_json())
                self._calls.clear()
            case _:
                return super()._control(request)
        return _json(200, None)

    def _refused(self, status: int, errors: Json) -> Response:
        return _json(status, {"success": False, "errors": errors, "messages": [], "result": None})


Answer = tuple[Json, Json]
"""Result and, of a list, what page it is."""
_Handler = Callable[[Cloudflare, Request, dict[str, str], Token], Answer]
_ROUTES: dict[tuple[str, str], tuple[str, _Handler]] = {
    ("POST", "/zones"): ("CreateZone", Cloudflare.create_zone),
    ("GET", "/zones"): ("ListZones", Cloudflare.list_zones),
    ("GET", _ZONE): ("GetZone", Cloudflare.get_zone),
    ("GET", _RECORDS): ("ListRecords", Cloudflare.list_records),
    ("POST", rf"{_RECORDS}/batch"): ("Batch", Cloudflare.batch),
    ("POST", _RECORDS): ("CreateRecord", Cloudflare.change_record),
    ("PUT", _RECORD): ("OverwriteRecord", Cloudflare.change_record),
    ("PATCH", _RECORD): ("UpdateRecord", Cloudflare.change_record),
    ("DELETE", _RECORD): ("DeleteRecord", Cloudflare.change_record),
    ("GET", "/user/tokens/verify"): ("VerifyToken", Cloudflare.verify_token),
    ("GET", "/user/tokens/(?P<token>[^/]+)"): ("GetToken", Cloudflare.get_token),
}


def _unknown(_: Cloudflare, request: Request, _place: Json, _token: Token) -> Answer:
    raise RefusedError(400, 7000, f"No route for that URI: {request.path}")


def _route(request: Request) -> tuple[str, _Handler, dict[str, str]]:
    """Return operation, handler and the names in the path of a request."""
    path = request.path.removeprefix(PREFIX)
    for (method, form), (operation, handler) in _ROUTES.items():
        match = re.fullmatch(form, path)
        if match and request.method == method:
            return operation, handler, match.groupdict()
    return f"{request.method} {path}", _unknown, {}


def _page(request: Request, found: list[Json], usual: int, most: int) -> Answer:
    """Return one page of what was *found*."""
    size = min(int(float(request.args.get("per_page", usual))), most)
    page = int(float(request.args.get("page", 1)))
    shown = found[(page - 1) * size : page * size]
    return shown, {
        "page": page,
        "per_page": size,
        "count": len(shown),
        "total_count": len(found),
        "total_pages": -(-len(found) // size),
    }


def _json(status: int, body: Json) -> Response:
    return Response(
        json.dumps(body), status, content_type="application/json", headers={"cf-ray": uuid.uuid4().hex}
    )


if __name__ == "__main__":
    serve(Cloudflare())
