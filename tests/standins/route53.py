"""Route 53 on this machine: moto behind a layer that refuses what the service refuses.

moto accepts what Route 53 does not: malformed values, a second record set for a name and type, a name that
only ends with the text of the zone, half a batch; and it refuses a record set that was there before and is
not any more. Here a batch is judged by :mod:`tests.standins.route53_rules` first, as a whole and against the
record sets there are. What passes reaches moto in a form that its own checks let through.

STS answers too, so that a role in another account can be assumed: moto keeps accounts apart by their
credentials.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock
from typing import Any
from xml.sax.saxutils import escape

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.route53.models import FakeZone, route53_backends
from moto.sts.models import sts_backends
from tests.standins.emulation import Change, Emulation, serve
from tests.standins.route53_rules import MAX_RECORDS, BatchChange, Key, RecordSet, batch_faults, input_fault
from werkzeug.wrappers import Request, Response

NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"
REQUEST_ID = "5f3c2a10-9d1e-4b7f-8a53-0c6e7d2b9f41"

_N = f"{{{NAMESPACE}}}"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")
_ZONE = re.compile(r"/2013-04-01/hostedzone/([^/]+)")
_OPERATIONS = {
    ("POST", r"/2013-04-01/hostedzone/[^/]+/rrset/?"): "ChangeResourceRecordSets",
    ("GET", r"/2013-04-01/hostedzone/[^/]+/rrset/?"): "ListResourceRecordSets",
    ("GET", r"/2013-04-01/hostedzone/[^/]+"): "GetHostedZone",
    ("DELETE", r"/2013-04-01/hostedzone/[^/]+"): "DeleteHostedZone",
    ("POST", r"/2013-04-01/hostedzone/?"): "CreateHostedZone",
    ("GET", r"/2013-04-01/hostedzone/?"): "ListHostedZones",
    ("GET", r"/2013-04-01/hostedzonesbyname/?"): "ListHostedZonesByName",
    ("GET", r"/2013-04-01/change/[^/]+"): "GetChange",
    ("GET", r"/2013-04-01/tags/hostedzone/[^/]+"): "ListTagsForResource",
}


class Route53(Emulation):
    """The APIs of Route 53 and STS."""

    def __init__(self) -> None:
        super().__init__()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = RLock()

    def operation(self, request: Request) -> str:
        """Return the action of STS, or the operation of Route 53."""
        if action := re.search(rb"(?:^|&)Action=(\w+)", request.get_data(cache=True)):
            return action[1].decode()
        for (method, path), name in _OPERATIONS.items():
            if request.method == method and re.fullmatch(path, request.path):
                return name
        return f"{request.method} {request.path}"

    def account(self, request: Request) -> str:
        """Return the id of the account that the credentials belong to."""
        return get_account_id_from(_access_key(request))

    def answer(self, request: Request) -> Response:
        """Answer as the service would."""
        account = self.account(request)
        zone_id = match[1] if (match := _ZONE.match(request.path)) else ""
        # moto is not made for several threads; a batch must not see half of another.
        with self._one_at_a_time:
            zone = _zones(account).get(zone_id)
            if zone is None and _is_anywhere(zone_id):
                message = f"User: {_user(account, request)} is not authorized to access this resource"
                return self.refusal(403, "AccessDenied", message)
            if zone is not None and self.operation(request) == "ChangeResourceRecordSets":
                return self._change(request, zone)
            return self._pass_on(request, request.get_data(cache=True))

    def refusal(self, status: int, code: str, message: str) -> Response:
        """Return an error in XML."""
        body = (
            f'<?xml version="1.0"?>\n<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type>'
            f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
            f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        )
        headers = {"x-amzn-RequestId": REQUEST_ID}
        return Response(body, status, headers, content_type="text/xml")

    def _change(self, request: Request, zone: FakeZone) -> Response:
        tree = ET.fromstring(request.get_data(cache=True))
        elements = list(tree.iter(f"{_N}Change"))
        changes = [_parsed(element) for element in elements]
        existing = _record_sets(zone)
        name = _absolute(zone.name)
        if fault := input_fault(changes):
            return self.refusal(400, "InvalidInput", fault)
        if faults := list(batch_faults(changes, existing, name)):
            return self.refusal(400, "InvalidChangeBatch", f"[{', '.join(faults)}]")
        there = dict(existing)
        accepted: list[Change] = []
        for element, change in zip(elements, changes, strict=True):
            _rewrite(element, change, there.get(change.record_set.key))
            accepted.append(_entry(zone, change, replaced=change.record_set.key in there))
            there[change.record_set.key] = change.record_set
            if change.action == "DELETE":
                del there[change.record_set.key]
        batch = next(tree.iter(f"{_N}Changes"))
        response = Response(status=400)
        for part in _parts(elements):
            batch[:] = part
            response = self._pass_on(request, ET.tostring(tree))
            if response.status_code != 200:
                raise AssertionError(f"moto refused what is right: {response.get_data(as_text=True)}")
        with self.ledger.lock:
            self.ledger.history += accepted
        return response

    def _pass_on(self, request: Request, body: bytes) -> Response:
        environ = {**request.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        response = Response.from_app(self._moto, environ, buffered=True)
        response.headers["x-amzn-RequestId"] = REQUEST_ID
        return response


def _zones(account: str) -> dict[str, FakeZone]:
    return route53_backends[account]["aws"].zones


def _is_anywhere(zone_id: str) -> bool:
    return any(zone_id in _zones(account) for account in list(route53_backends))


def _user(account: str, request: Request) -> str:
    role = sts_backends[account]["aws"].get_assumed_role_from_access_key(_access_key(request))
    return role.arn if role else f"arn:aws:iam::{account}:user/moto"


def _access_key(request: Request) -> str:
    match = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    return match[1] if match else ""


def _record_sets(zone: FakeZone) -> dict[Key, RecordSet]:
    found: dict[Key, RecordSet] = {}
    stored: Iterable[Any] = zone.rrsets
    for rrset in stored:
        key = Key(_absolute(rrset.name), str(rrset.type), rrset.set_identifier or "")
        ttl = None if rrset.ttl is None else int(rrset.ttl)
        found[key] = RecordSet(key, ttl, tuple(rrset.records or ()), bool(rrset.alias_target))
    return found


def _absolute(name: str) -> str:
    """Return *name* as Route 53 keeps it: lower case, with final dot."""
    return name.lower().removesuffix(".") + "."


def _parsed(element: ET.Element) -> BatchChange:
    def text(path: str) -> str | None:
        return element.findtext(f"{_N}ResourceRecordSet/{_N}{path}")

    ttl = text("TTL")
    key = Key(_absolute(text("Name") or ""), text("Type") or "", text("SetIdentifier") or "")
    values = tuple(value.text or "" for value in element.iter(f"{_N}Value"))
    alias = element.find(f".//{_N}AliasTarget") is not None
    record_set = RecordSet(key, None if ttl is None else int(ttl), values, alias)
    return BatchChange(element.findtext(f"{_N}Action") or "", record_set)


def _parts(elements: Sequence[ET.Element]) -> Iterator[list[ET.Element]]:
    """Cut a batch up: for moto every CREATE has become an UPSERT, whose records count twice."""
    part: list[ET.Element] = []
    size = 0
    for element in elements:
        records = sum(1 for _ in element.iter(f"{_N}ResourceRecord"))
        if part and size + records > MAX_RECORDS // 2:
            yield part
            part, size = [], 0
        part.append(element)
        size += records
    yield part


def _rewrite(element: ET.Element, change: BatchChange, there: RecordSet | None) -> None:
    """Give a change the form that moto carries out."""
    action = element.find(f"{_N}Action")
    name = element.find(f"{_N}ResourceRecordSet/{_N}Name")
    if action is None or name is None:
        raise AssertionError("a change without action or name was judged to be right")
    name.text = change.record_set.key.name
    if change.action == "CREATE":
        # moto remembers record sets that are gone and takes them for existing ones.
        action.text = "UPSERT"
    if change.action == "DELETE" and there is not None:
        # moto compares values with those of the creation, in their order.
        for value, stored in zip(element.iter(f"{_N}Value"), there.values, strict=True):
            value.text = stored


def _entry(zone: FakeZone, change: BatchChange, *, replaced: bool) -> Change:
    key, zone_id = change.record_set.key, zone.resource_id
    if change.action == "DELETE":
        return Change("delete", zone_id, key.name.removesuffix("."), key.type)
    action = "update" if replaced else "create"
    ttl = change.record_set.ttl or 0
    return Change(action, zone_id, key.name.removesuffix("."), key.type, ttl, change.record_set.values)


if __name__ == "__main__":
    serve(Route53())
