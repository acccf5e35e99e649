"""The REST API of Cloud DNS: who is signed in, what is repeated, and what got no answer is known.

Whoever google-auth finds calls it (Application Default Credentials), or the service account that is impersonated.
"""

import itertools
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from xmpp_federation_dns.backends.attempts import (
    ANSWER,
    ATTEMPTS,
    CONNECT,
    TOO_MANY,
    as_asked,
    back_off,
    pause,
    unheard,
    untrusted,
)
from xmpp_federation_dns.backends.client import DeniedError, RefusedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.problems import one_line
from xmpp_federation_dns.untyped import json_object, mapping, mappings

SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
"""What a token is good for: Cloud DNS, and nothing else."""
PATIENCE = 300.0
"""Seconds for which a call is repeated, because of too many requests, before that is told: quotas are a minute's."""
PAGE = 1_000
"""Entries of a page that are asked for; the service may send fewer."""

# What gcloud reads, too: a private endpoint, for example (gcloud topic configurations, 2026-11).
_ENDPOINTS = {
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS": "https://dns.googleapis.com",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": "https://iamcredentials.googleapis.com",
}
_NOT_SENT = (
    "ConnectTimeout",
    "NameResolutionError",
    "NewConnectionError",
    "ProxyError",
    "SSLError",
    "TransportError",
)
_TOO_MANY = ("rateLimitExceeded", "userRateLimitExceeded")
# The record sets are not as a change says, or an alias is in the place.
_REFUSED = ("alreadyExists", "conditionNotMet", "preconditionFailed", "cnameResourceRecordSetConflict")
# Cloud DNS, error messages (2026-11). What is refused as a whole is told where a look finds nothing in the way.
_WAYS_OUT = {
    "accessNotConfigured": "enable the API: gcloud services enable dns.googleapis.com",
    "alreadyExists": "a look at the name does not show it: see gcloud dns record-sets list, and delete it there",
    "authError": "sign in again (docs/pipelines.md)",
    "forbidden": "on the zone, roles/dns.reader lets one read, and roles/dns.admin change (docs/pipelines.md)",
    "inactiveBillingState": "enable billing for the project",
    "preconditionFailed": (
        "the zone takes no such change now, as while DNSSEC is turned on or off: pulumi up again once that is done "
        "(gcloud dns operations list)"
    ),
    "quotaExceeded": "have the quota raised (IAM & Admin, Quotas), or take record sets out of the zone",
}
_NO_ANSWER_OF_IT = "it is not Cloud DNS that answers: see HTTPS_PROXY and the network where this runs"
_LISTING = (
    "zones are listed by roles/dns.reader on the project, not on a zone; a stack does without by managedZone "
    "(docs/pipelines.md)"
)
SIGN_IN = (
    "set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login (docs/pipelines.md)"
)
"""The way out for whoever is not signed in."""


@dataclass(frozen=True)
class Answer:
    """The answer to a call, or why there is none: then *status* is 0.

    *reached*: whether the service may have the call. *unanswered*: an attempt got no answer, and may have been carried
    out. *foreign*: it is in no form of the service, such as that of a proxy.
    """

    status: int
    reason: str
    message: str
    body: Any = None
    reached: bool = True
    unanswered: bool = False
    foreign: bool = False
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def ok(self) -> bool:
        """Whether there is what was asked for, or was done."""
        return 200 <= self.status < 300

    @property
    def lost(self) -> bool:
        """Whether it says nothing of what became of the call."""
        return self.status in (0, 408) or self.status >= 500

    @property
    def throttled(self) -> bool:
        """Whether there were too many requests."""
        return self.status == 429 or self.reason in _TOO_MANY

    def refusal(self, where: str, what: str) -> UpdateError:
        """Return the error of *what* was asked of *where*, in one line, with the way out."""
        ways = {**_WAYS_OUT, "forbidden": _LISTING} if what == "managedZones.list" else _WAYS_OUT
        told = _NO_ANSWER_OF_IT if self.foreign else ways.get(self.reason)
        way_out = f"; {told}" if told else ""
        text = f"{where}: {self.reason}: {self.message} ({what}){way_out}"
        if self.status == 404 and "'parameters.managedZone'" in self.message:
            return ZoneGoneError(f"{text}; create the zone, or correct its project or managedZone")
        if self.reason == "forbidden":
            return DeniedError(text)
        # 404 is also a record set that is to go and is not there: the text alone tells it from a zone.
        missing = self.status == 404 and "'entity.change." in self.message
        kind = RefusedError if missing or self.reason in _REFUSED else UpdateError
        return kind(text, unanswered=self.unanswered)


class CloudDns:
    """Cloud DNS in one project; *where* it is told that something went wrong."""

    def __init__(self, where: str, project: str, service_account: str | None) -> None:
        self.where = where
        self.tell: Callable[[str], None] = unheard
        self.url = f"{_endpoint('CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS')}/dns/v1/projects/{project}"
        self._service_account = service_account

    def call(self, method: str, path: str, what: str, body: object = None) -> Answer:
        """Return the answer to a call of *path* below the project.

        Raises :class:`UpdateError` where there is none, or none but that the service cannot do it now.
        """
        began, failures, unanswered = time.monotonic(), 0, False
        tries = itertools.count(1)
        while True:
            answer = self._attempt(method, path, what, body)
            unanswered |= answer.lost and answer.reached
            answer = replace(answer, unanswered=unanswered)
            if not (answer.lost or answer.throttled):
                return answer
            failures += answer.lost
            fault = answer.refusal(self.where, what)
            if failures == ATTEMPTS or time.monotonic() - began > PATIENCE:
                raise fault
            why = f"{self.where}: {TOO_MANY}" if answer.throttled else str(fault)
            wait = back_off(next(tries))
            pause(max(wait, as_asked(answer.headers, wait, PATIENCE, fault)), why, self.tell)

    def asked(self, method: str, path: str, what: str, body: object = None) -> Any:
        """Return what a call of *path* answers; raise :class:`UpdateError` where it is refused."""
        answer = self.call(method, path, what, body)
        if not answer.ok:
            raise answer.refusal(self.where, what)
        return answer.body

    def pages(self, path: str, what: str, **query: str) -> Iterator[Any]:
        """Yield what is listed at *path*, page by page: what its last part is called; raise :class:`UpdateError`."""
        asked = {**query, "maxResults": str(PAGE)}
        while True:
            page = self.asked("GET", f"{path}?{urlencode(asked)}", what)
            yield from page.get(path.rpartition("/")[2], ())
            if "nextPageToken" not in page:
                return
            asked["pageToken"] = page["nextPageToken"]

    def _attempt(self, method: str, path: str, what: str, body: object) -> Answer:
        from google.auth.exceptions import GoogleAuthError, OAuthError, RefreshError, TransportError

        try:
            session = self._signed_in(what)
            response = session.request(method, self.url + path, json=body, timeout=(CONNECT, ANSWER))
        except (TransportError, OSError) as error:
            text = one_line(error)
            if told := untrusted(text, "REQUESTS_CA_BUNDLE"):
                raise UpdateError(f"{self.where}: {told} ({what})") from None
            # What breaks on the way is an OSError of requests, and so are certificates that are not there.
            names = {
                type(each).__name__ for each in (error, getattr(next(iter(error.args), None), "reason", None))
            }
            return Answer(0, type(error).__name__, text, reached=names.isdisjoint(_NOT_SENT))
        except (GoogleAuthError, ValueError) as error:
            kind = DeniedError if isinstance(error, OAuthError | RefreshError) else UpdateError
            raise kind(f"{self.where}: {_denial(error)} ({what}); {self._way_in()}") from None
        return replace(_answer(response.status_code, response.text), headers=response.headers)

    def _signed_in(self, what: str) -> Any:
        try:
            return _session(self._service_account)
        except OSError as error:
            raise UpdateError(f"{self.where}: {one_line(error)} ({what}); {self._way_in()}") from None

    def _way_in(self) -> str:
        if self._service_account is None:
            return SIGN_IN
        role = "roles/iam.serviceAccountTokenCreator"
        return f"whoever is signed in needs {role} on {self._service_account}; {SIGN_IN}"


@cache
def _session(service_account: str | None) -> Any:
    """Return what calls as whoever is signed in, or as the *service_account*: one for all calls of a process."""
    # It takes as long to load as Pulumi, and most updates call nothing.
    import google.auth
    from google.auth import impersonated_credentials
    from google.auth.transport.requests import AuthorizedSession

    auth: Any = google.auth  # typed in parts
    # It looks for a project, too, and warns where there is none: that of the zone counts. With scopes, it would ask the
    # Resource Manager, which a private network may not reach.
    logging.getLogger("google.auth").setLevel(logging.ERROR)
    credentials, _ = auth.default()
    credentials = auth.credentials.with_scopes_if_required(credentials, [SCOPE])
    if service_account is not None:
        iam = _endpoint("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS")
        credentials = impersonated_credentials.Credentials(
            credentials,
            service_account,
            [SCOPE],
            iam_endpoint_override=f"{iam}/v1/projects/-/serviceAccounts/{service_account}:generateAccessToken",
        )
    return AuthorizedSession(credentials)


def _endpoint(variable: str) -> str:
    return (os.environ.get(variable) or _ENDPOINTS[variable]).rstrip("/")


def _answer(status: int, text: str) -> Answer:
    body = json_object(text)
    if body is None:  # a proxy, rather than the service
        return Answer(
            status if status >= 300 else 502, f"HTTP {status}", one_line(text), foreign=status < 500
        )
    error = mapping(body.get("error"))
    details = next(iter(mappings(error.get("errors"))), error)
    reason = details.get("reason") or error.get("status") or f"HTTP {status}"
    return Answer(status, one_line(reason), one_line(error.get("message", "")), body)


def _denial(error: Exception) -> str:
    """Return why nobody is signed in, without the rest of an answer, which may hold a token."""
    told = re.search(r'"message":\s*"([^"]+)"', " ".join(map(str, error.args[1:])))
    return one_line(error.args[0]) + (f": {one_line(told[1])}" if told else "")
