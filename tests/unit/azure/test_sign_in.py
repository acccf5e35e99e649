"""Who is signed in to Azure, and to which cloud: as pulumi-azure-native takes both from the environment."""

import json
import os
import ssl
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from azure import identity
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.standins.arm import TOKEN
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.tls import KEY, make_certificate
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import PROVIDER, client, properties, published
from tests.unit.bulk.lab import domain, failed
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from xmpp_federation_dns.backends import resource_manager
from xmpp_federation_dns.keepers.errors import UpdateError

WAY_OUT = (
    "set ARM_CLIENT_ID and ARM_TENANT_ID with ARM_CLIENT_SECRET or ARM_USE_OIDC=true, set ARM_USE_MSI=true, or run "
    "az login (docs/pipelines.md)"
)


def told(zone: DnsZone) -> str:
    return f"zone contoso.com (resource group {zone.group})"


def refused(zone: DnsZone) -> str:
    """Return the text with which publishing fails."""
    return str(failed(UpdateError, PROVIDER.create, properties(zone, domain(1))))


def az(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Azure CLI be one that has the token of the stand-in."""
    token = {"accessToken": TOKEN, "expires_on": 4_102_444_800, "expiresOn": "2100-01-01 00:00:00.0"}
    program = directory / "az"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(token)}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def oidc(zone: DnsZone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in with a token of the pipeline."""
    assert zone.id
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_USE_OIDC", "true")


@pytest.fixture
def issuer() -> Generator[tuple[str, list[Request]]]:
    """Run what issues tokens to pipelines; return its URL and what it is asked for."""
    asked: list[Request] = []

    @Request.application
    def issue(request: Request) -> Response:
        asked.append(request)
        if request.path.startswith("/metadata"):
            return Response('{"name": "printer"}', content_type="application/json")
        if request.headers.get("Authorization") == "Bearer of the job":
            return Response('{"value": "assertion"}', content_type="application/json")
        return Response("<p>Who is that?\n</p>", 401, content_type="text/html")

    server = make_server("127.0.0.1", 0, issue)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/token?job=1", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_secret_that_is_refused_is_told_once_and_without_it(
    zone: DnsZone,
    account: Azure,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setenv("ARM_CLIENT_SECRET", "hunter2")
    fault = Fault("Token", status=401, code="invalid_client", message="AADSTS7000215: Invalid client secret.")
    before = account.server.calls().get("Token", 0)
    with account.server.faulty(fault):
        text = refused(zone)
    assert text == (
        f"{told(zone)}: Authentication failed: {{'code': 'invalid_client', 'message': 'AADSTS7000215: Invalid client "
        f"secret.'}}; {WAY_OUT}"
    )
    assert (account.server.calls().get("Token", 0) - before, caplog.records) == (1, [])


def test_all_calls_share_one_sign_in_until_its_token_expires(
    zone: DnsZone, account: Azure, monkeypatch: pytest.MonkeyPatch
):
    before = account.server.calls().get("Token", 0)
    reader = client(zone)
    reader.read(dict.fromkeys(domain(1)))
    assert account.server.calls().get("Token", 0) == before + 1
    # The token of the stand-in is good for an hour.
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3400)
    reader.read(dict.fromkeys(domain(1)))
    assert account.server.calls().get("Token", 0) == before + 2


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["ARM_TENANT_ID"], "ARM_TENANT_ID"),
        (["ARM_TENANT_ID", "ARM_CLIENT_ID"], "ARM_TENANT_ID and ARM_CLIENT_ID"),
    ],
)
def test_half_a_principal_is_told(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch, missing: list[str], named: str
):
    for variable in missing:
        monkeypatch.delenv(variable)
    assert refused(zone) == f"{told(zone)}: {named} missing; {WAY_OUT}"


@pytest.mark.usefixtures("oidc")
def test_a_token_of_the_pipeline_signs_in(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_OIDC_TOKEN", "assertion")
    PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)


@pytest.mark.usefixtures("oidc")
def test_a_token_in_a_file_signs_in(zone: DnsZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "token").write_text("assertion\n")
    monkeypatch.setenv("ARM_OIDC_TOKEN_FILE_PATH", str(tmp_path / "token"))
    PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)


@pytest.mark.usefixtures("oidc")
@pytest.mark.parametrize("prefix", ["ARM_OIDC", "ACTIONS_ID_TOKEN"])
def test_a_token_is_asked_for_where_the_pipeline_issues_it(
    zone: DnsZone, issuer: tuple[str, list[Request]], prefix: str, monkeypatch: pytest.MonkeyPatch
):
    url, asked = issuer
    monkeypatch.setenv(f"{prefix}_REQUEST_URL", url)
    monkeypatch.setenv(f"{prefix}_REQUEST_TOKEN", "of the job")
    PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)
    assert asked[0].args.to_dict() == {"job": "1", "audience": "api://AzureADTokenExchange"}


@pytest.mark.usefixtures("oidc")
def test_a_token_that_the_pipeline_does_not_issue_is_told(
    zone: DnsZone, issuer: tuple[str, list[Request]], monkeypatch: pytest.MonkeyPatch
):
    url = issuer[0].partition("?")[0]
    monkeypatch.setenv("ARM_OIDC_REQUEST_URL", url)
    monkeypatch.setenv("ARM_OIDC_REQUEST_TOKEN", "hunter2")
    assert f"HTTP 401: <p>Who is that? </p> ({url})" in (text := refused(zone))
    assert "hunter2" not in text


@pytest.mark.usefixtures("oidc")
def test_no_token_of_the_pipeline_is_told(zone: DnsZone):
    assert refused(zone) == (
        f"{told(zone)}: ARM_USE_OIDC is set, and none of ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH and "
        "ARM_OIDC_REQUEST_URL is"
    )


@pytest.mark.usefixtures("oidc")
def test_a_file_without_a_token_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_OIDC_TOKEN_FILE_PATH", "/no/such/token")
    assert refused(zone) == (
        f"{told(zone)}: ARM_OIDC_TOKEN_FILE_PATH: [Errno 2] No such file or directory: '/no/such/token'"
    )


def test_a_certificate_signs_in_before_a_secret(
    zone: DnsZone, account: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = make_certificate(tmp_path, rsa.generate_private_key(65537, 2048))
    path.write_bytes(path.read_bytes() + (tmp_path / KEY).read_bytes())
    monkeypatch.setenv("ARM_CLIENT_CERTIFICATE_PATH", str(path))
    with account.server.faulty(Fault("Token", match="client_secret=", code="invalid_client")):
        PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)


def test_a_certificate_that_is_missing_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_CLIENT_CERTIFICATE_PATH", "/no/such.pem")
    assert refused(zone) == (
        f"{told(zone)}: ARM_CLIENT_CERTIFICATE_PATH: [Errno 2] No such file or directory: '/no/such.pem'"
    )


def test_the_azure_cli_signs_in_where_nothing_else_does(
    zone: DnsZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    az(tmp_path, monkeypatch)
    PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)


def test_nobody_signed_in_is_told(zone: DnsZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(zone) == f"{told(zone)}: Azure CLI not found on path; {WAY_OUT}"


@pytest.mark.parametrize(("client_id", "passed"), [("id", "id"), ("", None)])
def test_a_managed_identity_signs_in_where_that_is_wanted(
    account: Azure, monkeypatch: pytest.MonkeyPatch, client_id: str, passed: str | None
):
    made: list[dict[str, Any]] = []

    class Managed:
        def __init__(self, **given: Any) -> None:
            made.append(given)

        def get_token(self, *_: str) -> AccessToken:
            return AccessToken(TOKEN, 4_102_444_800)

    monkeypatch.setattr(identity, "ManagedIdentityCredential", Managed)
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_USE_MSI", "true")
    monkeypatch.setenv("ARM_CLIENT_ID", client_id)
    PROVIDER.create(properties(zone := account.zone("contoso.com"), domain(1)))
    assert published(zone) == domain(1)
    assert made == [{"client_id": passed}]


PUBLIC = ("https://login.microsoftonline.com", "https://management.azure.com")


@pytest.mark.parametrize(
    ("name", "urls"),
    [
        ("", PUBLIC),
        ("public", PUBLIC),
        ("usGovernment", ("https://login.microsoftonline.us", "https://management.usgovcloudapi.net")),
        ("china", ("https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn")),
    ],
)
def test_the_environment_names_the_cloud(
    zone: DnsZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, urls: tuple[str, str]
):
    monkeypatch.delenv("ARM_METADATA_HOSTNAME")
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    az(tmp_path, monkeypatch)
    monkeypatch.setenv("ARM_ENVIRONMENT", name)
    assert client(zone).azure.cloud == resource_manager.Cloud(*urls, urls[1])


def test_a_cloud_that_nobody_knows_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ARM_METADATA_HOSTNAME")
    monkeypatch.setenv("ARM_ENVIRONMENT", "german")
    assert refused(zone) == (
        f"{told(zone)}: ARM_ENVIRONMENT is 'german', and not one of public, usgovernment, china"
    )


def test_what_does_not_describe_a_cloud_is_told(
    zone: DnsZone, issuer: tuple[str, list[Request]], monkeypatch: pytest.MonkeyPatch
):
    url = issuer[0].partition("/token")[0]
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", url)
    assert refused(zone) == (
        f"{told(zone)}: {url}/metadata/endpoints answers something else than what is asked for"
    )


def test_a_cloud_that_cannot_be_reached_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", "https://127.0.0.1:1")
    text = refused(zone)
    assert text.startswith(f"{told(zone)}: ")
    assert text.endswith("Connection refused")


@pytest.mark.parametrize("operation", ["OpenId", "Token"])
def test_a_cloud_that_breaks_off_where_one_signs_in_is_told(zone: DnsZone, account: Azure, operation: str):
    with account.server.faulty(Fault(operation, effect="lose")):
        text = refused(zone)
    assert text.startswith(f"{told(zone)}: Authentication failed: ")
    assert text.endswith(f"; {WAY_OUT}")


def test_a_connection_that_is_not_made_was_no_attempt(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    reader = client(zone)
    reader.azure.call("GET", f"{zone.path}/A/www", "first")
    monkeypatch.setattr(reader.azure, "cloud", resource_manager.Cloud("", "https://127.0.0.1:1", ""))
    error = failed(UpdateError, reader.azure.call, "PUT", zone.path, "PUT")
    assert error.unanswered is False
    assert str(error).endswith("Connection refused (PUT)")


def test_a_certificate_of_the_service_that_is_not_trusted_is_told(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)
    assert "certificate verify failed" in refused(zone)


def test_an_answer_without_a_code_is_told_by_its_status(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    reader = client(zone)
    monkeypatch.setattr(reader.azure, "cloud", resource_manager.Cloud("", f"{zone.server.url}/-", ""))
    answer = reader.azure.call("GET", "/unknown", "GET")
    assert (answer.code, answer.body) == ("HTTP 404", None)
