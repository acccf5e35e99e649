"""Who is signed in to Azure, and to which cloud: what pulumi-azure-native reads from the environment.

The variables: docs/pipelines.md. Nothing of them goes into a state or a message.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xmpp_federation_dns.backends import attempts, azure_resource_manager
from xmpp_federation_dns.backends.azure_resource_manager import SIGN_IN, Cloud, ResourceManager
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.problems import one_line

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

T = TypeVar("T")
EARLY = 300.0
"""Seconds before a token expires in which it is not used any more."""


def signed_in(where: str) -> ResourceManager:
    """Return the Resource Manager of the cloud that the environment names; *where* it is told what is wrong."""
    cloud = _cloud(where)
    credential = _SignedIn(_credential(where, cloud))
    # Who is not let in is told once, and not by each of the callers.
    azure_resource_manager.attempt(lambda: credential.get_token(cloud.scope), where)
    return ResourceManager(where, cloud, credential)


_CLOUDS = {
    "public": ("https://login.microsoftonline.com", "https://management.azure.com"),
    "usgovernment": ("https://login.microsoftonline.us", "https://management.usgovcloudapi.net"),
    "china": ("https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn"),
}


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


def _on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in ("1", "true")


def _cloud(where: str) -> Cloud:
    """Return the cloud that the environment names, described by itself where it is none of Microsoft's."""
    if host := os.environ.get("ARM_METADATA_HOSTNAME"):
        url = host if "://" in host else f"https://{host}"
        return _fetched(f"{url}/metadata/endpoints?api-version=2022-09-01", where, _described)
    name = os.environ.get("ARM_ENVIRONMENT") or "public"
    if name.lower() not in _CLOUDS:
        raise UpdateError(f"{where}: ARM_ENVIRONMENT is '{name}', and not one of {', '.join(_CLOUDS)}")
    login, endpoint = _CLOUDS[name.lower()]
    return Cloud(login, endpoint, endpoint)


def _described(found: Any) -> Cloud:
    login = found["authentication"]
    audience, endpoint = login["audiences"][0].rstrip("/"), found["resourceManager"].rstrip("/")
    return Cloud(login["loginEndpoint"], endpoint, audience)


def _fetched(url: str, where: str, what: Callable[[Any], T], headers: Mapping[str, str] | None = None) -> T:
    """Return *what* is to be known of the JSON at *url*, which no credential of Azure is sent to."""
    from azure.core.rest import HttpRequest

    request, place = HttpRequest("GET", url, headers=dict(headers or {})), url.partition("?")[0]
    fault, _, response = azure_resource_manager.attempt(
        lambda: azure_resource_manager.pipeline().run(request), where
    )
    if response is None:
        raise UpdateError(f"{where}: {place}: {fault}")
    answer = azure_resource_manager.answered(response)
    if not answer.ok:
        raise answer.refusal(where, place)
    try:
        return what(answer.body)
    except (IndexError, KeyError, TypeError):
        raise UpdateError(f"{where}: {place} answers something else than what is asked for") from None


def _credential(where: str, cloud: Cloud) -> "TokenCredential":
    """Return who is signed in: a certificate before a secret, then OIDC, managed identity and the Azure CLI."""
    from azure.identity import (
        AzureCliCredential,
        CertificateCredential,
        ClientAssertionCredential,
        ClientSecretCredential,
        ManagedIdentityCredential,
    )

    # What it warns of is in the error, too.
    logging.getLogger("azure.identity").setLevel(logging.ERROR)
    given = os.environ.get
    common: Any = {
        "authority": cloud.login,
        "disable_instance_discovery": _on("ARM_DISABLE_INSTANCE_DISCOVERY"),
        "connection_verify": azure_resource_manager.trusted(),
        "retry_total": attempts.ATTEMPTS - 1,
        "retry_backoff_max": attempts.LONGEST,
    }
    tenant, client = given("ARM_TENANT_ID", "").strip(), given("ARM_CLIENT_ID", "").strip()
    certificate, secret = given("ARM_CLIENT_CERTIFICATE_PATH"), given("ARM_CLIENT_SECRET")
    named, password = "ARM_TENANT_ID", given("ARM_CLIENT_CERTIFICATE_PASSWORD")
    try:
        if certificate or secret or _on("ARM_USE_OIDC"):
            if missing := [key for key in ("ARM_TENANT_ID", "ARM_CLIENT_ID") if not given(key)]:
                raise UpdateError(f"{where}: {' and '.join(missing)} missing; {SIGN_IN}")
            if certificate:
                named = "ARM_CLIENT_CERTIFICATE_PATH"
                return CertificateCredential(tenant, client, certificate, password=password, **common)
            if secret:
                return ClientSecretCredential(tenant, client, secret, **common)
            return ClientAssertionCredential(tenant, client, lambda: _assertion(where), **common)
        if _on("ARM_USE_MSI"):
            return ManagedIdentityCredential(client_id=client or None)
        return AzureCliCredential(tenant_id=tenant)
    except (OSError, ValueError) as error:
        raise UpdateError(f"{where}: {named}: {one_line(error)}") from None


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
    return _fetched(audience, where, itemgetter("value"), {"Authorization": f"Bearer {token}"})
