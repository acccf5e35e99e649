"""The Azure Resource Manager: signed in as pulumi-azure-native does, and all callers wait where one has to.

What is read from the environment: docs/pipelines.md. Nothing of it goes into a state or a message.
"""

import itertools
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xmpp_federation_dns.keepers.errors import UpdateError
from xmpp_federation_dns.keepers.run import RefusedError, ZoneGoneError

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.pipeline import Pipeline, PipelineResponse

    _Response = PipelineResponse[Any, Any]

T = TypeVar("T")
API_VERSION = "2018-05-01"
"""The newest version of Microsoft.Network/dnsZones that is no preview (2026-11)."""
WRITERS = 4
"""Calls at a time: at 0.3 s each, four times the 200 a minute and zone that the service takes."""
ATTEMPTS = 8
"""How often a call is sent that breaks off or ends in the service's own failure."""
PATIENCE = 300.0
"""Seconds for which nothing at all may get through, because of too many requests, before that is told."""
LONGEST = 20.0
"""Most seconds between two attempts, where the service does not say how many."""
EARLY = 300.0
"""Seconds before a token expires in which it is not used any more."""
CONNECT, ANSWER = 10.0, 60.0
"""Seconds in which a connection is made, and an answer comes."""

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
    "AuthorizationFailed": "the role DNS Zone Contributor on the zone allows it (docs/pipelines.md)",
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
_SIGN_IN = (
    "set ARM_CLIENT_ID and ARM_TENANT_ID with ARM_CLIENT_SECRET or ARM_USE_OIDC=true, set ARM_USE_MSI=true, or run "
    "az login (docs/pipelines.md)"
)


@dataclass(frozen=True)
class Cloud:
    """Where one signs in, where resources are managed, and for whom a token is."""

    login: str
    endpoint: str
    audience: str


_CLOUDS = {
    "public": ("https://login.microsoftonline.com", "https://management.azure.com"),
    "usgovernment": ("https://login.microsoftonline.us", "https://management.usgovcloudapi.net"),
    "china": ("https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn"),
}


@dataclass(frozen=True)
class Answer:
    """The answer to a call; *unanswered*: an earlier attempt got none, and may have been carried out."""

    status: int
    body: Any
    unanswered: bool = False

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self._error.get("code") or f"HTTP {self.status}")

    @property
    def _error(self) -> Mapping[str, Any]:
        # Azure DNS leaves the envelope out where a record set is missing.
        body: Any = self.body or {}
        return body.get("error") or body

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
        message = " ".join(str(self._error.get("message") or "").split())
        way_out = f"; {_WAYS_OUT[self.code]}" if self.code in _WAYS_OUT else ""
        text = f"{where}: {self.code}: {message} ({what}){way_out}"
        if self.code in _GONE:
            return ZoneGoneError(text)
        # What is in the place of a record set has changed, or an alias (CNAME) is there.
        kind = RefusedError if self.status in (409, 412) else UpdateError
        return kind(text, unanswered=self.unanswered)


class ResourceManager:
    """One cloud, for one principal; *where* it is told that something went wrong."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._through = time.monotonic()
        self.cloud = _cloud(where)
        scope = f"{self.cloud.audience}/.default"
        signed_in = _SignedIn(_credential(where, self.cloud))
        # Who is not let in is told once, and not by each of the callers.
        _attempt(lambda: signed_in.get_token(scope), where)
        self._pipeline = _pipeline(signed_in, scope)

    def call(
        self,
        method: str,
        path: str,
        what: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a call of *path*, or of the whole URL of a next page.

        Raises :class:`UpdateError` where there is none, or none but that the service cannot do it now.
        """
        from azure.core.rest import HttpRequest

        url = path if "://" in path else f"{self.cloud.endpoint}{path}?api-version={API_VERSION}"
        unanswered = False
        tries = itertools.count(1)
        while True:
            self._wait()
            request = HttpRequest(method, url, json=body, headers=dict(headers or {}))
            fault, sent, response = _attempt(partial(self._pipeline.run, request), f"{self.where} ({what})")
            if response is not None and response.http_response.status_code == 429:
                self._slow_down(response, _answer(response, unanswered).refusal(self.where, what))
                continue
            unanswered |= sent and (response is None or _answer(response).lost)
            if response is not None:
                answer = _answer(response, unanswered)
                if not (answer.lost or answer.code == "AnotherOperationInProgress"):
                    self._through = time.monotonic()
                    return answer
                error = answer.refusal(self.where, what)
            else:
                error = UpdateError(f"{self.where}: {fault} ({what})", unanswered=unanswered)
            attempt = next(tries)
            if attempt == ATTEMPTS:
                raise error
            time.sleep(_back_off(attempt))

    def _wait(self) -> None:
        while (left := self._not_before - time.monotonic()) > 0:
            time.sleep(left)

    def _slow_down(self, response: "_Response", error: UpdateError) -> None:
        """Let all callers wait as long as the service asks one to; raise *error* where that never helps."""
        from azure.core.pipeline.policies import RetryPolicy

        asked = RetryPolicy().get_retry_after(response)
        with self._lock:
            now = time.monotonic()
            if now - self._through > PATIENCE:
                raise error
            self._not_before = max(self._not_before, now + (_back_off(1) if asked is None else asked))


class _SignedIn:
    """A credential that signs in once for all callers: the Azure CLI is a process each time."""

    def __init__(self, credential: "TokenCredential") -> None:
        self._credential = credential
        self._lock = threading.Lock()
        self._token: AccessToken | None = None

    def get_token(self, *scopes: str, **_: Any) -> "AccessToken":
        """Return a token that is good for some minutes."""
        with self._lock:
            if self._token is None or self._token.expires_on - time.time() < EARLY:
                self._token = self._credential.get_token(*scopes)
            return self._token


def _attempt(act: Callable[[], T], where: str) -> tuple[str, bool, T | None]:
    """Return why there is no answer, whether the request may have arrived, and the answer."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        return "", True, act()
    except ClientAuthenticationError as error:
        raise UpdateError(f"{where}: {_line(error.message)}; {_SIGN_IN}") from None
    except AzureError as error:
        sent = type(error.inner_exception).__name__ not in _NOT_SENT
        return _line(error.message), sent, None


def _answer(response: "_Response", unanswered: bool = False) -> Answer:
    http = response.http_response
    try:
        body: Any = http.json() if http.content else None
    except ValueError:  # a proxy, rather than the service
        body = {"message": http.text()[:200]}
    return Answer(http.status_code, body, unanswered)


def _back_off(attempt: int) -> float:
    """Return seconds to wait after so many attempts: twice as long each time, and never together with others."""
    return random.uniform(0.5, 1) * min(2.0 ** (attempt - 1), LONGEST)  # noqa: S311 nothing secret


def _line(text: object) -> str:
    return " ".join(str(text).split())


def _on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in ("1", "true")


def _verified() -> str | bool:
    """Return the certificates to trust: those that the published plugin trusts (Go reads SSL_CERT_FILE)."""
    return os.environ.get("SSL_CERT_FILE") or True


def _pipeline(credential: "TokenCredential | None" = None, scope: str = "") -> "Pipeline[Any, Any]":
    # The SDK takes half a second to load, and most updates call nothing.
    from azure.core.pipeline import Pipeline
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.core.pipeline.transport import RequestsTransport

    transport = RequestsTransport(
        connection_verify=_verified(), connection_timeout=CONNECT, read_timeout=ANSWER
    )
    policies: list[Any] = [BearerTokenCredentialPolicy(credential, scope)] if credential else []
    return Pipeline(transport, policies)


def _cloud(where: str) -> Cloud:
    """Return the cloud that the environment names, described by itself where it is none of Microsoft's."""
    if host := os.environ.get("ARM_METADATA_HOSTNAME"):
        url = host if "://" in host else f"https://{host}"
        found = _fetched(f"{url}/metadata/endpoints?api-version=2022-09-01", where)
        login = found["authentication"]
        return Cloud(
            login["loginEndpoint"], found["resourceManager"].rstrip("/"), login["audiences"][0].rstrip("/")
        )
    name = os.environ.get("ARM_ENVIRONMENT") or "public"
    if name.lower() not in _CLOUDS:
        raise UpdateError(f"{where}: ARM_ENVIRONMENT is '{name}', and not one of {', '.join(_CLOUDS)}")
    login, endpoint = _CLOUDS[name.lower()]
    return Cloud(login, endpoint, endpoint)


def _fetched(url: str, where: str, headers: Mapping[str, str] | None = None) -> Any:
    """Return the JSON at *url*, which no credential of Azure is sent to."""
    from azure.core.rest import HttpRequest

    request = HttpRequest("GET", url, headers=dict(headers or {}))
    fault, _, response = _attempt(lambda: _pipeline().run(request), where)
    if response is None:
        raise UpdateError(f"{where}: {fault}")
    answer = _answer(response)
    if not answer.ok:
        raise answer.refusal(where, url.partition("?")[0])
    return answer.body


def _credential(where: str, cloud: Cloud) -> "TokenCredential":
    """Return who is signed in: a certificate before a secret, then OIDC, managed identity and the Azure CLI."""
    from azure import identity

    # What it warns of is in the error, too.
    logging.getLogger("azure.identity").setLevel(logging.ERROR)
    given = os.environ.get
    common: Any = {
        "authority": cloud.login,
        "disable_instance_discovery": _on("ARM_DISABLE_INSTANCE_DISCOVERY"),
        "connection_verify": _verified(),
        "retry_total": ATTEMPTS - 1,
        "retry_backoff_max": LONGEST,
    }
    tenant, client = given("ARM_TENANT_ID", ""), given("ARM_CLIENT_ID", "")
    certificate, secret = given("ARM_CLIENT_CERTIFICATE_PATH"), given("ARM_CLIENT_SECRET")
    if certificate or secret or _on("ARM_USE_OIDC"):
        if missing := [key for key in ("ARM_TENANT_ID", "ARM_CLIENT_ID") if not given(key)]:
            raise UpdateError(f"{where}: {' and '.join(missing)} missing; {_SIGN_IN}")
        if certificate:
            password = given("ARM_CLIENT_CERTIFICATE_PASSWORD")
            try:
                return identity.CertificateCredential(
                    tenant, client, certificate, password=password, **common
                )
            except (OSError, ValueError) as error:
                raise UpdateError(f"{where}: ARM_CLIENT_CERTIFICATE_PATH: {_line(error)}") from None
        if secret:
            return identity.ClientSecretCredential(tenant, client, secret, **common)
        return identity.ClientAssertionCredential(tenant, client, lambda: _assertion(where), **common)
    if _on("ARM_USE_MSI"):
        return identity.ManagedIdentityCredential(client_id=client or None)
    return identity.AzureCliCredential(tenant_id=tenant)


def _assertion(where: str) -> str:
    """Return the token of the pipeline: as it is, from a file, or asked for (GitHub Actions, Azure Pipelines)."""
    given = os.environ.get
    if token := given("ARM_OIDC_TOKEN"):
        return token
    if path := given("ARM_OIDC_TOKEN_FILE_PATH"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UpdateError(f"{where}: ARM_OIDC_TOKEN_FILE_PATH: {error}") from None
    url = given("ARM_OIDC_REQUEST_URL") or given("ACTIONS_ID_TOKEN_REQUEST_URL")
    if not url:
        raise UpdateError(
            f"{where}: ARM_USE_OIDC is set, and none of ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH and "
            "ARM_OIDC_REQUEST_URL is"
        )
    token = given("ARM_OIDC_REQUEST_TOKEN") or given("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    audience = f"{url}{'&' if '?' in url else '?'}audience=api://AzureADTokenExchange"
    return _fetched(audience, where, {"Authorization": f"Bearer {token}"})["value"]
