"""Who is signed in to Google Cloud: whoever google-auth finds, or a service account that is impersonated."""

import json
import socket
from pathlib import Path

import pytest
from tests.standins.cloud_dns import OF_THE_JOB, STRANGER
from tests.standins.clouds import Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.standins.tls import distrusted
from tests.unit.bulk.lab import domain, failed
from tests.unit.clients.lab import PROVIDER, Calls, published
from tests.unit.gcp.lab import create, properties, refused, told

from xmpp_federation_dns.backends import gcp_cloud_dns
from xmpp_federation_dns.backends.client import DeniedError, UpdateError

PRINCIPAL = "dns@dns-production.iam.gserviceaccount.com"
OUT = "set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login (docs/pipelines.md)"
CREATOR = "whoever is signed in needs roles/iam.serviceAccountTokenCreator on"


def test_a_token_is_good_for_dns_alone(zone: ManagedZone, account: Google):
    calls = Calls(account)
    create(zone, domain(1))
    session = gcp_cloud_dns._session(None)  # pyright: ignore[reportPrivateUsage]
    assert (session.credentials.token, calls()["token"]) == ("dns-token", 1)


def test_a_service_account_is_impersonated(zone: ManagedZone, account: Google):
    calls = Calls(account)
    state = create(zone, domain(1), serviceAccount=PRINCIPAL)
    assert (state["serviceAccount"], published(zone)) == (PRINCIPAL, domain(1))
    assert {key: calls()[key] for key in ("token", "generateAccessToken")} == {
        "token": 1,
        "generateAccessToken": 1,
    }


def test_who_may_not_impersonate_is_told_what_it_takes(zone: ManagedZone):
    error = failed(DeniedError, PROVIDER.create, properties(zone, domain(1), serviceAccount=STRANGER))
    assert str(error) == (
        f"{told(zone)}: Unable to acquire impersonated credentials: Permission 'iam.serviceAccounts.getAccessToken' "
        f"denied on resource (or it may not exist). (managedZones.get); {CREATOR} {STRANGER}; {OUT}"
    )


def pipeline(directory: Path, account: Google, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in as google-github-actions/auth does: by a token of the platform, and no key."""
    (directory / "token").write_text(token)
    pool = "projects/123456789012/locations/global/workloadIdentityPools/github/providers/github"
    file = {
        "type": "external_account",
        "audience": f"//iam.googleapis.com/{pool}",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{account.server.url}/v1/token",
        "credential_source": {"file": str(directory / "token")},
    }
    (directory / "file.json").write_text(json.dumps(file))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(directory / "file.json"))


def test_a_token_of_the_pipeline_signs_in_and_nothing_else_is_asked_for(
    zone: ManagedZone,
    account: Google,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    pipeline(tmp_path, account, OF_THE_JOB, monkeypatch)
    calls = Calls(account)
    create(zone, domain(1))
    assert published(zone) == domain(1)
    assert {key: calls().get(key, 0) for key in ("exchange", "token")} == {"exchange": 1, "token": 0}
    assert caplog.records == []


def test_a_token_of_the_pipeline_that_is_refused_is_told_without_it(
    zone: ManagedZone, account: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pipeline(tmp_path, account, "hunter2", monkeypatch)
    error = failed(DeniedError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"{told(zone)}: Error code invalid_grant: The given credential is rejected by the attribute condition. "
        f"(managedZones.get); {OUT}"
    )


def test_who_is_not_signed_in_is_told_how(zone: ManagedZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    text = refused(zone)
    assert text.startswith(f"{told(zone)}: Your default credentials were not found.")
    assert text.endswith(f" (managedZones.get); {OUT}")


def test_a_folder_in_place_of_a_key_file_is_told(
    zone: ManagedZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path))
    fault = f"[Errno 21] Is a directory: '{tmp_path}'"
    assert refused(zone) == f"{told(zone)}: {fault} (managedZones.get); {OUT}"


def test_a_key_file_that_is_not_there_is_told(zone: ManagedZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    assert refused(zone) == f"{told(zone)}: File /nowhere/key.json was not found. (managedZones.get); {OUT}"


def test_a_key_that_is_none_is_told_without_it(
    zone: ManagedZone, account: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    key = json.loads(Path(account.environment["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    (tmp_path / "key.json").write_text(json.dumps({**key, "private_key": "hunter2"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    text = refused(zone)
    assert "hunter2" not in text
    assert text.endswith(f" (managedZones.get); {OUT}")


def test_a_key_that_is_refused_is_told(zone: ManagedZone, account: Google):
    with account.server.faulty(
        Fault("token", status=400, code="invalid_grant", message="Invalid JWT Signature.")
    ):
        error = failed(DeniedError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == f"{told(zone)}: invalid_grant: Invalid JWT Signature. (managedZones.get); {OUT}"


def test_a_token_that_is_refused_is_told_after_it_was_renewed(zone: ManagedZone, account: Google):
    text = "Request had invalid authentication credentials."
    calls = Calls(account)
    with account.server.faulty(Fault("managedZones.get", status=401, code="authError", message=text)):
        told_ = refused(zone)
    assert told_ == f"{told(zone)}: authError: {text} (managedZones.get); sign in again (docs/pipelines.md)"
    assert calls()["token"] == 3


def test_a_server_that_is_not_there_is_told_and_nothing_may_have_been_done(
    zone: ManagedZone, monkeypatch: pytest.MonkeyPatch
):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS", f"http://127.0.0.1:{port}")
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error).startswith(
        f"{told(zone)}: ConnectionError: HTTPConnectionPool(host='127.0.0.1', port={port})"
    )
    assert error.unanswered is False


def test_a_server_of_tokens_that_is_not_there_is_told(
    zone: ManagedZone, account: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    key = json.loads(Path(account.environment["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    (tmp_path / "key.json").write_text(json.dumps({**key, "token_uri": "http://127.0.0.1:9/token"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error).startswith(f"{told(zone)}: TransportError: ")
    assert error.unanswered is False


def test_a_certificate_that_is_not_trusted_is_told_at_once(
    zone: ManagedZone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    with distrusted(tmp_path) as (url, connections):
        monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS", url)
        text = refused(zone)
    assert text.startswith(f"{told(zone)}: HTTPSConnectionPool(host='127.0.0.1', port=")
    assert text.endswith(
        "; what answers is not trusted here: see REQUESTS_CA_BUNDLE, HTTPS_PROXY and the clock (managedZones.get)"
    )
    assert connections == ["TLSV1_ALERT_UNKNOWN_CA"]


def test_certificates_that_are_not_there_are_told(zone: ManagedZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS", "https://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    assert "/nowhere/ca.pem" in refused(zone)


@pytest.mark.parametrize(("status", "shown"), [(200, 502), (407, 407)])
def test_a_proxy_that_answers_in_place_of_the_service_is_no_answer_of_it(status: int, shown: int):
    answer = gcp_cloud_dns._answer(status, "<p>Sign in to\nthis network.</p>")  # pyright: ignore[reportPrivateUsage]
    assert (answer.status, answer.ok) == (shown, False)
    assert str(answer.refusal("zone contoso.com", "list")) == (
        f"zone contoso.com: HTTP {status}: <p>Sign in to this network.</p> (list); it is not Cloud DNS that answers: "
        "see HTTPS_PROXY and the network where this runs"
    )
