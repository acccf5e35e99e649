"""What an update of a zone of Cloudflare will be allowed, asked before it."""

from typing import Any

import pytest
from tests.standins.cloudflare_zone import CloudflareDnsZone as Watched
from tests.standins.clouds import Cloudflare
from tests.standins.emulation import Fault
from tests.unit.bulk.lab import domain, failed
from tests.unit.cloudflare.lab import client, told

from xmpp_federation_dns.backends.client import Right, UpdateError

TOKEN = "token-whose-rights-are-looked-at"
MISSING = "no policy of the token allows it; Zone > DNS > Edit on the zone does (docs/pipelines.md)"
ALL = ["Zone Read", "DNS Read", "DNS Write", "API Tokens Read"]
ALLOWED = [Right(name, "allowed") for name in ("Zone Read", "DNS Read", "DNS Write")]


def access(zone: Watched, account: Cloudflare, /, **token: Any) -> list[Right]:
    account.token(TOKEN, **token)
    return client(zone, apiToken=TOKEN).access(domain(1), one_by_one=False)


def test_what_the_token_allows_is_told_right_by_right(zone: Watched, account: Cloudflare):
    assert access(zone, account) == ALLOWED


@pytest.mark.parametrize("account_", ["", "a1"])
def test_a_token_of_the_zone_or_of_its_account_allows_it(zone: Watched, account: Cloudflare, account_: str):
    assert access(zone, account, zones=[zone.id], account=account_) == ALLOWED


def test_a_token_that_reads_alone_misses_the_right_to_write(zone: Watched, account: Cloudflare):
    found = access(zone, account, permissions=[each for each in ALL if each != "DNS Write"])
    assert found == [*ALLOWED[:2], Right("DNS Write", "missing", MISSING)]


def test_a_token_of_another_zone_misses_everything(zone: Watched, account: Cloudflare):
    found = access(zone, account, zones=["0" * 32])
    denied = (
        f"{told(zone)}: 9109: Unauthorized to access requested resource ({{}}); an active token may read the "
        "zone with Zone > Zone > Read and Zone > DNS > Read on it, and change it with Zone > DNS > Edit "
        "(docs/pipelines.md)"
    )
    assert found == [
        Right("Zone Read", "missing", denied.format("GET zone")),
        Right("DNS Read", "missing", denied.format("list")),
        Right("DNS Write", "missing", MISSING),
    ]


def test_a_policy_that_denies_stands_before_one_that_allows(zone: Watched, account: Cloudflare):
    assert access(zone, account, effect="deny")[-1] == Right("DNS Write", "missing", MISSING)


def test_a_token_that_may_not_read_itself_leaves_it_unknown(zone: Watched, account: Cloudflare):
    found = access(zone, account, permissions=ALL[:3])
    unread = "the token may not read its own policies (User > API Tokens > Read)"
    assert found == [*ALLOWED[:2], Right("DNS Write", "not known", unread)]


def test_a_token_that_is_not_active_is_told(zone: Watched, account: Cloudflare):
    found = access(zone, account, status="disabled")
    assert [right.state for right in found] == ["missing"] * 3
    assert found[-1] == Right("DNS Write", "missing", "the token is disabled")


def test_a_zone_that_peers_do_not_ask_is_in_the_way(zone: Watched, account: Cloudflare):
    zone.set(paused=True)
    text = "the zone is paused; enable Cloudflare on it (Overview, Advanced Actions)"
    assert access(zone, account) == [Right("the zone", "in the way", text), *ALLOWED]


def test_a_failure_of_the_service_is_no_answer(zone: Watched, account: Cloudflare):
    fault = Fault("VerifyToken", status=400, code="7000", message="Try again.")
    with account.server.faulty(fault):
        error = failed(UpdateError, access, zone, account)
    assert str(error) == f"{told(zone)}: 7000: Try again. (verify)"


def test_nothing_is_changed(zone: Watched, account: Cloudflare):
    access(zone, account)
    assert zone.history() == []
