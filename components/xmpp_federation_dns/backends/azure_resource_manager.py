"""The Azure Resource Manager over HTTPS: all callers wait where one has to, and what got no answer is known."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from xmpp_federation_dns.backends.attempts import (
    ANSWER,
    ATTEMPTS,
    CONNECT,
    TOO_MANY,
    as_asked,
    back_off,
    pause,
    tell_of,
    unheard,
    untrusted,
)
from xmpp_federation_dns.backends.client import DeniedError, RefusedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.problems import one_line
from xmpp_federation_dns.untyped import json_object, mapping

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline import Pipeline, PipelineResponse

    Response = PipelineResponse[Any, Any]

T = TypeVar("T")
API_VERSION = "2018-05-01"
"""The newest version of Microsoft.Network/dnsZones that is no preview (2026-11)."""
WRITERS = 4
"""Calls at a time: at 0.3 s each, four times the 200 a minute and zone that the service takes."""
PATIENCE = 300.0
"""Seconds for which nothing at all may get through, because of too many requests, before that is told."""

_NOT_SENT = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ConnectTimeout",
    "ProxyError",
)
_GONE = ("ParentResourceNotFound", "ResourceNotFound", "ResourceGroupNotFound")
_RECORD_SET_MISSING = "NotFound"
_WAYS_OUT = {
    "AuthorizationFailed": "on the zone, Reader lets one read, and DNS Zone Contributor change (docs/pipelines.md)",
    "ExpiredAuthenticationToken": "sign in again",
    "InvalidAuthenticationToken": "ARM_TENANT_ID is the tenant of the subscription, and ARM_ENVIRONMENT its cloud",
    "InvalidAuthenticationTokenTenant": "ARM_TENANT_ID is to be the tenant of the subscription",
    "InvalidSubscriptionId": "set subscriptionId on the zone, or ARM_SUBSCRIPTION_ID",
    "ParentResourceNotFound": "create the zone, or correct its resourceGroup or subscriptionId",
    "ResourceGroupNotFound": "correct resourceGroup or subscriptionId of the zone",
    "ResourceNotFound": "create the zone, or correct its resourceGroup or subscriptionId",
    "ScopeLocked": "take the lock off for this update; one on the SOA record set alone keeps the zone as well",
    "SubscriptionNotFound": "set subscriptionId on the zone, or ARM_SUBSCRIPTION_ID",
}
SIGN_IN = (
    "set ARM_CLIENT_ID and ARM_TENANT_ID with ARM_CLIENT_SECRET or ARM_USE_OIDC=true, set ARM_USE_MSI=true, or run "
    "az login (docs/pipelines.md)"
)
"""The way out for whoever is not let in."""


@dataclass(frozen=True)
class Cloud:
    """Where one signs in, where resources are managed, and for whom a token is."""

    login: str
    endpoint: str
    audience: str

    @property
    def scope(self) -> str:
        """What a token is asked for."""
        return f"{self.audience}/.default"


@dataclass(frozen=True)
class Answer:
    """The answer to a call; *unanswered*: an earlier attempt got none, and may have been carried out."""

    status: int
    body: Mapping[str, Any]
    unanswered: bool = False

    @property
    def code(self) -> str:
        """The code of an error."""
        return one_line(self._error.get("code") or f"HTTP {self.status}")

    @property
    def _error(self) -> Mapping[str, Any]:
        # Azure DNS leaves the envelope out where a record set is missing.
        return mapping(self.body.get("error")) or self.body

    @property
    def ok(self) -> bool:
        """Whether there is what was asked for, or was done."""
        return self.status < 300

    @property
    def lost(self) -> bool:
        """Whether it says nothing of what became of the call."""
        return self.status == 408 or self.status >= 500

    @property
    def missing(self) -> bool:
        """Whether there is no such record set in a zone that is there."""
        return self.status == 404 and self.code == _RECORD_SET_MISSING

    def refusal(self, where: str, what: str) -> UpdateError:
        """Return the error of *what* was asked of *where*, in one line, with the way out."""
        message = one_line(self._error.get("message") or "")
        way_out = f"; {_WAYS_OUT[self.code]}" if self.code in _WAYS_OUT else ""
        text = f"{where}: {self.code}: {message} ({what}){way_out}"
        if self.code in _GONE:
            return ZoneGoneError(text)
        if self.code == "AuthorizationFailed":
            return DeniedError(text)
        # What is in the place of a record set has changed, or an alias (CNAME) is there.
        kind = RefusedError if self.status in (409, 412) else UpdateError
        return kind(text, unanswered=self.unanswered)


class ResourceManager:
    """One cloud, for one principal; *where* it is told that something went wrong."""

    def __init__(self, where: str, cloud: Cloud, credential: "TokenCredential") -> None:
        self.where = where
        self.cloud = cloud
        self.tell: Callable[[str], None] = unheard
        self._pipeline = pipeline(credential, cloud.scope)
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._through = time.monotonic()

    def call(
        self,
        method: str,
        path: str,
        what: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a call of *path*, with the version of its API or without, or of a whole URL.

        Raises :class:`UpdateError` where there is none, or none but that the service cannot do it now.
        """
        from azure.core.rest import HttpRequest

        url = path if "://" in path else self.cloud.endpoint + path
        url += "" if "api-version=" in url else f"?api-version={API_VERSION}"
        unanswered = False
        tries, throttled = itertools.count(1), itertools.count(1)
        while True:
            self._wait()
            request = HttpRequest(method, url, json=body, headers=dict(headers or {}))
            fault, sent, response = attempt(partial(self._pipeline.run, request), f"{self.where} ({what})")
            answer = None if response is None else answered(response, unanswered)
            if response is not None and answer is not None and answer.status == 429:
                self._slow_down(response, back_off(next(throttled)), answer.refusal(self.where, what))
                continue
            unanswered |= sent and (answer is None or answer.lost)
            if answer is not None:
                answer = replace(answer, unanswered=unanswered)
                if not (answer.lost or answer.code == "AnotherOperationInProgress"):
                    self._through = time.monotonic()
                    return answer
                error = answer.refusal(self.where, what)
            else:
                error = UpdateError(f"{self.where}: {fault} ({what})", unanswered=unanswered)
            done = next(tries)
            if done == ATTEMPTS:
                raise error
            wait = back_off(done)
            said: Mapping[str, str] = response.http_response.headers if response is not None else {}
            pause(max(wait, as_asked(said, wait, PATIENCE, error)), str(error), self.tell)

    def pages(self, path: str) -> Iterator[Any]:
        """Yield what is listed at *path*, page by page; raises :class:`UpdateError`."""
        page: str | None = path
        while page:
            answer = self.call("GET", page, "list")
            if not answer.ok:
                raise answer.refusal(self.where, "list")
            yield from answer.body["value"]
            page = answer.body.get("nextLink")

    def _wait(self) -> None:
        while (left := self._not_before - time.monotonic()) > 0:
            time.sleep(left)

    def _slow_down(self, response: "Response", otherwise: float, error: UpdateError) -> None:
        """Let all callers wait as the service asks one to, or *otherwise*; raise *error* where that never helps."""
        wait = as_asked(response.http_response.headers, otherwise, PATIENCE, error)
        with self._lock:
            now = time.monotonic()
            if now - self._through > PATIENCE:
                raise error
            self._not_before = max(self._not_before, now + wait)
        tell_of(wait, f"{self.where}: {TOO_MANY}", self.tell)


def attempt(act: Callable[[], T], where: str) -> tuple[str, bool, T | None]:
    """Return why there is no answer, whether the request may have arrived, and the answer."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        return "", True, act()
    except ClientAuthenticationError as error:
        raise UpdateError(f"{where}: {one_line(error.message)}; {SIGN_IN}") from None
    except AzureError as error:
        text = one_line(error.message)
        if told := untrusted(text, "SSL_CERT_FILE"):
            raise UpdateError(f"{where}: {told}") from None
        sent = type(error.inner_exception).__name__ not in _NOT_SENT
        return text, sent, None
    except OSError as error:
        # Certificates that are not there; what breaks on the way is an error of the SDK.
        raise UpdateError(f"{where}: SSL_CERT_FILE: {one_line(error)}") from None


def answered(response: "Response", unanswered: bool = False) -> Answer:
    """Return an answer as it is read here."""
    http = response.http_response
    body = json_object(http.content or "{}")
    if body is None:  # a proxy, rather than the service
        body = {"message": http.text()}
    return Answer(http.status_code, body, unanswered)


def trusted() -> str | bool:
    """Return the certificates to trust: those that the published plugin trusts (Go reads SSL_CERT_FILE)."""
    return os.environ.get("SSL_CERT_FILE") or True


def pipeline(credential: "TokenCredential | None" = None, scope: str = "") -> "Pipeline[Any, Any]":
    """Return what calls go through, signed in where there is a *credential*."""
    # The SDK takes half a second to load, and most updates call nothing.
    from azure.core.pipeline import Pipeline
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.core.pipeline.transport import RequestsTransport

    transport = RequestsTransport(
        connection_verify=trusted(), connection_timeout=CONNECT, read_timeout=ANSWER
    )
    policies: list[Any] = [BearerTokenCredentialPolicy(credential, scope)] if credential else []
    return Pipeline(transport, policies)
