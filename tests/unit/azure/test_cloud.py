"""Which cloud of Azure is spoken to, and what is told where it does not answer."""

import ssl
from pathlib import Path

import pytest
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.tls import distrusted
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import WAY_OUT, az, client, refused, told
from tests.unit.bulk.lab import failed
from werkzeug.wrappers import Request

from xmpp_federation_dns.backends import azure_resource_manager
from xmpp_federation_dns.backends.client import UpdateError

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
    assert client(zone).azure.cloud == azure_resource_manager.Cloud(*urls, urls[1])


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
    monkeypatch.setattr(reader.azure, "cloud", azure_resource_manager.Cloud("", "https://127.0.0.1:1", ""))
    error = failed(UpdateError, reader.azure.call, "PUT", zone.path, "PUT")
    assert error.unanswered is False
    assert str(error).endswith("Connection refused (PUT)")


def test_a_certificate_of_the_service_that_is_not_trusted_is_told_at_once(
    zone: DnsZone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    reader = client(zone)
    reader.azure.call("GET", f"{zone.path}/A/www", "first")
    with distrusted(tmp_path) as (url, connections):
        monkeypatch.setattr(reader.azure, "cloud", azure_resource_manager.Cloud("", url, ""))
        text = str(failed(UpdateError, reader.azure.call, "PUT", zone.path, "PUT"))
    assert text.endswith("; what answers is not trusted here: see SSL_CERT_FILE, HTTPS_PROXY and the clock")
    assert connections == ["TLSV1_ALERT_UNKNOWN_CA"]


def test_nor_does_one_sign_in_where_it_is_not_trusted(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)
    assert "certificate verify failed" in refused(zone)


def test_an_answer_without_a_code_is_told_by_its_status(zone: DnsZone, monkeypatch: pytest.MonkeyPatch):
    reader = client(zone)
    monkeypatch.setattr(reader.azure, "cloud", azure_resource_manager.Cloud("", f"{zone.server.url}/-", ""))
    answer = reader.azure.call("GET", "/unknown", "GET")
    assert (answer.code, answer.body) == ("HTTP 404", {})
