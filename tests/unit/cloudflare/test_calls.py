"""The API of Cloudflare: what is sent again, how long is waited, and what the token may be."""

import time
from pathlib import Path

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.standins.emulation import Fault
from tests.standins.tls import distrusted
from tests.unit.bulk.lab import domain, failed
from tests.unit.clients.lab import PROVIDER, Calls, published
from tests.unit.cloudflare.lab import BATCH, GET, HOST, client, create, properties, refused, told

from xmpp_federation_dns.backends import attempts, cloudflare_api
from xmpp_federation_dns.backends.client import DeniedError, UpdateError
from xmpp_federation_dns.backends.cloudflare_api import Api, token_of
from xmpp_federation_dns.keepers.keeper import Keeper
from xmpp_federation_dns.problems import StackSecret

SIGN_IN = "set CLOUDFLARE_API_TOKEN, or apiToken on the zone, to an API token that is active, not to the Global API Key"


def throttling(zone: Watched, times: int = 1_000_000) -> Fault:
    return Fault(BATCH, times=times, match=zone.id, status=429, code="10429", message="Slow down.")


def test_what_is_throttled_is_sent_again(zone: Watched, account: Cloudflare):
    with account.server.faulty(throttling(zone, 20)):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_it_waits_as_long_as_the_service_asks_one_to(zone: Watched, account: Cloudflare):
    began = time.monotonic()
    with account.limited(3, 1.0):
        create(zone, domain(1))
    assert 1.0 <= time.monotonic() - began < 20.0
    assert published(zone) == domain(1)


def test_throttling_that_does_not_end_is_told(
    zone: Watched, account: Cloudflare, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cloudflare_api, "PATIENCE", 0.1)
    with account.server.faulty(throttling(zone)):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert error.unanswered is False
    assert str(error).startswith(
        f"{told(zone)}: 10429: Slow down. (2 record sets); 0 of 2 record sets are done"
    )


def test_without_a_number_of_seconds_it_backs_off(
    zone: Watched, account: Cloudflare, monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(attempts, "LONGEST", 20.0)
    lines: list[str] = []
    keeper = Keeper(tell=lambda line, *, passing=False: lines.append(f"{passing} {line}"))
    monkeypatch.setattr("random.uniform", max)
    with account.server.faulty(Fault(GET, times=1, match=zone.id, status=429)):
        keeper.create(properties(zone, domain(1)))
    assert lines == [f"True {told(zone)}: more calls than the service takes; waiting 1 s"]
    # The other is that of the first look.
    assert slept[1:] == [0]
    assert slept[0] == 1.0


@pytest.mark.parametrize("effect", ["refuse", "lose"])
def test_a_failure_of_the_service_is_tried_again(zone: Watched, account: Cloudflare, effect: str):
    fault = Fault(BATCH, times=3, match=zone.id, effect="lose") if effect == "lose" else None
    with account.server.faulty(fault or Fault(BATCH, times=3, match=zone.id, status=503)):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_a_failure_that_does_not_end_is_told_after_the_last_attempt(zone: Watched, account: Cloudflare):
    calls = Calls(account)
    fault = Fault(BATCH, match=zone.id, status=500, code="1000", message="Sorry.")
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert calls()[BATCH] == 8
    assert str(error).startswith(f"{told(zone)}: 1000: Sorry. (2 record sets); ")


def api(token: str = "token-of-a-test-that-is-long") -> Api:
    return Api("Cloudflare", token)


def test_a_server_that_cannot_be_reached_is_told_and_got_nothing(
    account: Cloudflare, monkeypatch: pytest.MonkeyPatch
):
    assert account
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/client/v4")
    error = failed(UpdateError, api().call, "GET", "/zones", "list zones")
    assert (error.unanswered, str(error).startswith("Cloudflare: HTTPConnectionPool(")) == (False, True)
    assert "Connection refused" in str(error)


def test_a_certificate_that_is_not_trusted_is_told_at_once(
    account: Cloudflare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    assert account
    with distrusted(tmp_path) as (url, connections):
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", url)
        text = str(failed(UpdateError, api().call, "GET", "/zones", "list zones"))
    assert text.startswith("Cloudflare: HTTPSConnectionPool(host='127.0.0.1', port=")
    assert text.endswith(
        "; what answers is not trusted here: see REQUESTS_CA_BUNDLE, HTTPS_PROXY and the clock (list zones)"
    )
    assert connections == ["TLSV1_ALERT_UNKNOWN_CA"]


def test_an_answer_that_does_not_come_may_have_been_carried_out(zone: Watched, account: Cloudflare):
    with account.server.faulty(Fault(BATCH, match=zone.id, effect="lose")):
        error = failed(
            UpdateError, client(zone).api.call, "POST", f"/zones/{zone.id}/dns_records/batch", "x", {}
        )
    assert error.unanswered is True


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        (
            "REQUESTS_CA_BUNDLE",
            "/nowhere.pem",
            "Cloudflare: Could not find a suitable TLS CA certificate bundle",
        ),
        ("CLOUDFLARE_BASE_URL", "api.cloudflare.com", "Cloudflare: Invalid URL 'api.cloudflare.com/zones'"),
    ],
)
def test_what_the_environment_says_wrongly_is_told_at_once(
    account: Cloudflare, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, text: str
):
    assert account
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://127.0.0.1:1")
    monkeypatch.setenv(variable, value)
    assert str(failed(UpdateError, api().call, "GET", "/zones", "list zones")).startswith(text)


@pytest.mark.parametrize("status", [200, 302, 407])
def test_what_a_proxy_answers_is_no_answer_of_the_service(zone: Watched, account: Cloudflare, status: int):
    with account.server.faulty(Fault(GET, match=zone.id, status=status, message="Who are you?")):
        text = refused(zone)
    assert text == (
        f"{told(zone)}: HTTP {status}: <p>Who are you?</p> (GET zone); it is not Cloudflare that answers: see "
        "HTTPS_PROXY, CLOUDFLARE_BASE_URL and the network where this runs"
    )


def test_no_token_at_all_is_told(zone: Watched, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN")
    assert refused(zone) == (
        f"{told(zone)}: no API token here; set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_API_TOKEN_CONTOSO_COM for this zone "
        "alone (an update takes apiToken of the zone, too)"
    )


def test_a_zone_has_a_token_of_its_own_in_the_environment(
    zone: Watched, account: Cloudflare, monkeypatch: pytest.MonkeyPatch
):
    own, given = "token-of-this-one-zone-alone", "token-that-the-program-gives"
    for token in (own, given):
        account.token(token, zones=[zone.id])
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "token-of-another-account")
    invalid = f"{told(zone)}: 1000: Invalid API Token"
    assert str(failed(DeniedError, client(zone).read, {HOST: None})).startswith(invalid)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN_CONTOSO_COM", own)
    assert client(zone).read({HOST: None}) == {}
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN_CONTOSO_COM", "token-that-nobody-has")
    encrypted = StackSecret(given, encrypted=True)
    assert client(zone, apiToken=given).read({HOST: None}) == {}
    # A command does not decrypt it.
    sealed = client(zone, apiToken=encrypted)
    assert str(failed(DeniedError, sealed.read, {HOST: None})).startswith(invalid)


def test_the_variable_of_a_zone_tells_hyphens_from_dots():
    assert [token_of(name) for name in ("a-b.example", "a.b.example")] == [
        "CLOUDFLARE_API_TOKEN_A__B_EXAMPLE",
        "CLOUDFLARE_API_TOKEN_A_B_EXAMPLE",
    ]


def test_a_token_that_is_none_is_told_and_not_shown(zone: Watched):
    assert refused(zone, apiToken="Bearer of-a-secret\n") == (
        f"{told(zone)}: the API token (not shown) has characters that none has; {SIGN_IN}"
    )


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("c2547eb745079dac9320", f"1000: Invalid API Token (GET zone); {SIGN_IN}"),
        (
            "short",
            "6003: Invalid request headers; Invalid format for Authorization header (GET zone); " + SIGN_IN,
        ),
    ],
)
def test_a_token_that_nobody_knows_is_told_with_the_way_out(zone: Watched, token: str, text: str):
    kind = DeniedError if text.startswith("1000") else UpdateError
    error = failed(kind, PROVIDER.create, properties(zone, domain(1), apiToken=token))
    assert str(error) == f"{told(zone)}: {text}"


def test_the_token_of_the_zone_stands_before_that_of_the_environment(zone: Watched, account: Cloudflare):
    account.token("token-of-nothing-at-all", permissions=[])
    error = failed(
        DeniedError, client(zone, apiToken="token-of-nothing-at-all").read, {"contoso.com A": None}
    )
    assert str(error) == (
        f"{told(zone)}: 9109: Unauthorized to access requested resource (list); an active token may read the "
        "zone with Zone > Zone > Read and Zone > DNS > Read on it, and change it with Zone > DNS > Edit "
        "(docs/pipelines.md)"
    )


def test_a_netrc_does_not_take_the_place_of_the_token(
    zone: Watched, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
):
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    create(zone, domain(1))
    assert published(zone) == domain(1)
