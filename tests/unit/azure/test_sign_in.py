"""Who is signed in to Azure, and to which cloud: as pulumi-azure-native takes both from the environment."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from azure import identity
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.standins.arm_sign_in import TOKEN
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.tls import KEY, make_certificate
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import WAY_OUT, az, client, properties, refused, told
from tests.unit.bulk.lab import domain
from tests.unit.clients.lab import PROVIDER, published
from werkzeug.wrappers import Request


@pytest.fixture
def oidc(zone: DnsZone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in with a token of the pipeline."""
    assert zone.id
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_USE_OIDC", "true")


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


def test_a_tenant_that_is_none_is_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_TENANT_ID", "not a guid")
    assert refused(zone).startswith(f"{told(zone)}: ARM_TENANT_ID: Invalid tenant ID provided.")


def test_a_tenant_with_a_line_break_behind_it_signs_in(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_TENANT_ID", f"{os.environ['ARM_TENANT_ID']}\n")
    PROVIDER.create(properties(zone, domain(1)))
    assert published(zone) == domain(1)


def test_certificates_to_trust_that_are_missing_are_told(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")
    assert refused(zone).startswith(
        f"{told(zone)}: SSL_CERT_FILE: Could not find a suitable TLS CA certificate"
    )


def test_a_subscription_of_the_environment_that_is_none_is_told(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", "a/b c")
    assert refused(zone) == (
        f"{told(zone)}: ARM_SUBSCRIPTION_ID: 'a/b c' is not the id of a subscription, which is a GUID"
    )


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
