"""`discover` in an account: its options, and the zones that are there."""

import json
from pathlib import Path

import pytest
import yaml
from tests.unit.cli import call
from tests.unit.live.accounts import ZONE_ID, Accounts, accounts, here

__all__ = ["accounts", "here"]

pytestmark = pytest.mark.usefixtures("here")


def test_a_whole_account_goes_to_standard_output_and_the_summary_beside_it(accounts: Accounts) -> None:
    code, out, err = call("discover", "--aws", "--profile", "dns", "--role", "arn")
    assert code == 0
    assert accounts.asked == [{"profile": "dns", "assume_role_arn": "arn"}]
    assert yaml.safe_load(out)["config"]["xmpp-federation-dns:domains"] == ["contoso.com"]
    assert err == "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n"


def test_a_subscription_is_asked_for_by_its_options(accounts: Accounts) -> None:
    code, out, _ = call(
        "discover", "--azure", "--subscription", "s", "--resource-group", "dns", "--zone", "contoso.com"
    )
    assert code == 0
    assert accounts.asked == [{"subscription_id": "s", "resource_group": "dns"}]
    assert yaml.safe_load(out)["config"]["xmpp-federation-dns:zones"][0]["provider"] == "azure"


def test_the_zones_of_a_token_are_asked_for_without_options(accounts: Accounts) -> None:
    code, out, _ = call("discover", "--cloudflare")
    assert (code, accounts.asked) == (0, [{}])
    [zone] = yaml.safe_load(out)["config"]["xmpp-federation-dns:zones"]
    assert zone == {"provider": "cloudflare", "name": "contoso.com", "zoneId": ZONE_ID, "existing": "adopt"}


def test_a_project_is_asked_for_by_its_options(accounts: Accounts) -> None:
    code, out, _ = call("discover", "--gcp", "--project", "dns", "--service-account", "dns@p")
    assert code == 0
    assert accounts.asked == [{"project": "dns", "service_account": "dns@p"}]
    [zone] = yaml.safe_load(out)["config"]["xmpp-federation-dns:zones"]
    assert zone == {
        "provider": "gcp",
        "name": "contoso.com",
        "project": "dns-production",
        "existing": "adopt",
    }


def test_a_zone_that_no_account_has_is_told(accounts: Accounts) -> None:
    assert accounts
    code, _, err = call("discover", "--aws", "--zone", "fabrikam.com")
    assert (code, err) == (2, "error: no public zone of the account is named fabrikam.com\n")


def test_an_account_without_zones_is_told(accounts: Accounts) -> None:
    accounts.holds = {}
    assert call("discover", "--cloudflare", "--output", "o.yaml") == (
        2,
        "",
        "error: provider cloudflare: no public zone is there for whoever asks; look at the credentials, and at what "
        "they are allowed to list (docs/discover.md)\n",
    )
    assert not Path("o.yaml").exists()


def test_an_option_that_no_zone_can_have_is_told(accounts: Accounts) -> None:
    accounts.options = {"service_account": "nobody"}
    code, out, err = call("discover", "--gcp", "--project", "dns", "--service-account", "nobody")
    assert (code, out) == (2, "")
    assert err.startswith(
        "error: provider gcp: serviceAccount: 'nobody' is not the address of a service account"
    )


def test_a_zone_that_peers_do_not_ask_is_left_out(accounts: Accounts) -> None:
    accounts.holds["fabrikam.com"] = {"xmpp.fabrikam.com A": "300 131.107.155.10"}
    accounts.unasked["fabrikam.com"] = "the zone is paused"
    code, out, _ = call("discover", "--cloudflare", "--output", "o.yaml", "--format", "json")
    assert (code, json.loads(out)["left"]) == (
        1,
        [{"what": "zone fabrikam.com", "why": "the zone is paused", "rule": ""}],
    )


def test_a_zone_that_is_named_twice_is_read_once(accounts: Accounts) -> None:
    code, _, err = call("discover", "--aws", "--zone", "contoso.com", "--zone", "CONTOSO.com.")
    assert (code, err) == (0, "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n"), accounts.asked
