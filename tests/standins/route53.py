"""Route 53 on this machine: moto behind a layer that refuses what the service refuses.

moto accepts what Route 53 does not: malformed values, a second record set for a name and type, a name that
only ends with the text of the zone, half a batch; and it refuses a record set that was there before and is
not any more. Here a batch is judged by :mod:`tests.standins.route53_rules` first, as a whole and against the
record sets there are. What passes is written into moto's zone, from which moto lists it.

STS answers too, so that a role in another account can be assumed: moto keeps accounts apart by their
credentials. So does IAM, whose simulations moto does not have.
"""

import io
import random
import re
import string
import xml.etree.ElementTree as ET
from threading import RLock
from xml.sax.saxutils import escape

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.route53.models import FakeZone, HostedZoneIdentifier, route53_backends
from moto.sts.models import sts_backends
from moto.utilities.id_generator import IdSourceContext, moto_id_manager
from tests.standins.emulation import Emulation, serve
from tests.standins.iam import simulated
from tests.standins.route53_content import NAMESPACE, Content, page, parsed
from tests.standins.route53_rules import batch_faults, input_fault
from werkzeug.wrappers import Request, Response

REQUEST_ID = "5f3c2a10-9d1e-4b7f-8a53-0c6e7d2b9f41"

# moto leaves out whether there are more; here there never are any.
_NO_HEALTH_CHECKS = (
    f'<?xml version="1.0"?>\n<ListHealthChecksResponse xmlns="{NAMESPACE}"><HealthChecks/><Marker/>'
    "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHealthChecksResponse>"
)
_ACCEPTED = (
    f'<?xml version="1.0"?>\n<ChangeResourceRecordSetsResponse xmlns="{NAMESPACE}"><ChangeInfo>'
    "<Id>/change/C2682N5HXP0BZ4</Id><Status>INSYNC</Status><SubmittedAt>2026-11-25T00:00:00Z</SubmittedAt>"
    "</ChangeInfo></ChangeResourceRecordSetsResponse>"
)
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
    ("GET", r"/2013-04-01/healthcheck/?"): "ListHealthChecks",
}


class Route53(Emulation):
    """The APIs of Route 53, STS and IAM."""

    def __init__(self) -> None:
        super().__init__()
        moto_id_manager.add_id_source(_zone_id)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = RLock()
        self._contents: dict[str, Content] = {}

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
        if self.operation(request) == "ListHealthChecks":
            return Response(_NO_HEALTH_CHECKS, content_type="text/xml")
        account = self.account(request)
        if self.operation(request) == "SimulatePrincipalPolicy":
            try:
                return Response(simulated(account, request), content_type="text/xml")
            except LookupError as error:
                return self.refusal(404, "NoSuchEntity", str(error))
        zone_id = match[1] if (match := _ZONE.match(request.path)) else ""
        # moto is not made for several threads; a batch must not see half of another.
        with self._one_at_a_time:
            zone = _zones(account).get(zone_id)
            if zone is None and _is_anywhere(zone_id):
                message = f"User: {_user(account, request)} is not authorized to access this resource"
                return self.refusal(403, "AccessDenied", message)
            if zone is not None and zone_id not in self._contents:
                self._contents[zone_id] = Content(zone)
            if zone is not None and self.operation(request) == "ChangeResourceRecordSets":
                return self._change(request, self._contents[zone_id])
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

    def _change(self, request: Request, content: Content) -> Response:
        tree = ET.fromstring(request.get_data(cache=True))
        elements = list(tree.iter(f"{{{NAMESPACE}}}Change"))
        changes = [parsed(element) for element in elements]
        if fault := input_fault(changes):
            return self.refusal(400, "InvalidInput", fault)
        if faults := list(batch_faults(changes, content.record_sets, content.name)):
            return self.refusal(400, "InvalidChangeBatch", f"[{', '.join(faults)}]")
        accepted = [content.carry_out(*each) for each in zip(elements, changes, strict=True)]
        with self.ledger.lock:
            self.ledger.history += accepted
        return Response(_ACCEPTED, content_type="text/xml")

    def _pass_on(self, request: Request, body: bytes) -> Response:
        environ = {**request.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        response = Response.from_app(self._moto, environ, buffered=True)
        response.headers["x-amzn-RequestId"] = REQUEST_ID
        return response


def _zone_id(context: IdSourceContext) -> str | None:
    """Return the id of a new hosted zone, which begins with Z as none of moto's need to."""
    if isinstance(context.get("resource_identifier"), HostedZoneIdentifier):
        return "Z" + "".join(random.choices(string.ascii_uppercase + string.digits, k=20))
    return None


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


if __name__ == "__main__":
    FakeZone.get_record_sets = page
    serve(Route53())
