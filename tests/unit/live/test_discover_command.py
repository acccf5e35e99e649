"""The command `discover`: its options, its files and its exit status."""

import gc
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dns.rcode
import pytest
import yaml
from tests.unit.cli import call, words
from tests.unit.dynamic_update.lab import SECRET, ZONE, answering, says
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

from xmpp_federation_dns import AzureZone, CloudflareZone, GoogleZone, Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Live, contents
from xmpp_federation_dns.live import sources

APEX = {
    "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com.",
    "xmpp.contoso.com A": "300 131.107.155.10",
}
PRIVATE = {
    "_xmpp-server._tcp.b.contoso.com SRV": "3600 0 0 5269 x.b.contoso.com.",
    "x.b.contoso.com A": "300 10.0.0.5",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSIG_SECRET", raising=False)
    yield
    gc.enable()  # which the command disables in its process


ZONE_ID = "023e105f4ecef8ad9ca31a8372d0c353"


class Accounts:
    """What the accounts of both clouds hold, and how they were asked for it."""

    def __init__(self) -> None:
        self.holds: dict[str, dict[str, str]] = {"contoso.com": APEX}
        self.asked: list[Mapping[str, str]] = []
        self.broken: set[str] = set()
        self.unasked: dict[str, str] = {}
        self.options: dict[str, Any] = {}


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    found = Accounts()

    def aws(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [Route53Zone(name=name, zone_id="Z1") for name in found.holds]

    def azure(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [AzureZone(name=name, resource_group="dns") for name in found.holds]

    def gcp(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [GoogleZone(name=name, project="dns-production", **found.options) for name in found.holds]

    def cloudflare(account: Mapping[str, str]) -> list[Zone]:
        found.asked.append(account)
        return [CloudflareZone(name=name, zone_id=ZONE_ID) for name in found.holds]

    class Client:
        def __init__(self, zone: Zone) -> None:
            self.zone = zone
            self.unasked = found.unasked.get(zone.name, "")

        def listing(self) -> dict[str, Live]:
            if self.zone.name in found.broken:
                raise UpdateError(f"zone {self.zone.name}: AccessDenied")
            return dict(contents(found.holds[self.zone.name]))

    def client(zone: Zone, secret: str | None) -> Client:
        assert secret is None
        return Client(zone)

    monkeypatch.setattr(Route53Zone, "zones_of_account", aws)
    monkeypatch.setattr(AzureZone, "zones_of_account", azure)
    monkeypatch.setattr(GoogleZone, "zones_of_account", gcp)
    monkeypatch.setattr(CloudflareZone, "zones_of_account", cloudflare)
    monkeypatch.setattr(sources, "client", client)
    return found


def test_a_whole_account_goes_to_standard_output_and_the_summary_beside_it(accounts: Accounts):
    code, out, err = call("discover", "--aws", "--profile", "dns", "--role", "arn")
    assert code == 0
    assert accounts.asked == [{"profile": "dns", "assume_role_arn": "arn"}]
    assert yaml.safe_load(out)["config"]["xmpp-federation-dns:domains"] == ["contoso.com"]
    assert err == "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n"


def test_a_subscription_is_asked_for_by_its_options(accounts: Accounts):
    code, out, _ = call(
        "discover", "--azure", "--subscription", "s", "--resource-group", "dns", "--zone", "contoso.com"
    )
    assert code == 0
    assert accounts.asked == [{"subscription_id": "s", "resource_group": "dns"}]
    assert yaml.safe_load(out)["config"]["xmpp-federation-dns:zones"][0]["provider"] == "azure"


def test_the_zones_of_a_token_are_asked_for_without_options(accounts: Accounts):
    code, out, _ = call("discover", "--cloudflare")
    assert (code, accounts.asked) == (0, [{}])
    [zone] = yaml.safe_load(out)["config"]["xmpp-federation-dns:zones"]
    assert zone == {"provider": "cloudflare", "name": "contoso.com", "zoneId": ZONE_ID, "existing": "adopt"}


def test_a_project_is_asked_for_by_its_options(accounts: Accounts):
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


def test_a_zone_that_no_account_has_is_told(accounts: Accounts):
    assert accounts
    code, _, err = call("discover", "--aws", "--zone", "fabrikam.com")
    assert (code, err) == (2, "error: no public zone of the account is named fabrikam.com\n")


def test_an_account_without_zones_is_told(accounts: Accounts):
    accounts.holds = {}
    assert call("discover", "--cloudflare", "--output", "o.yaml") == (
        2,
        "",
        "error: provider cloudflare: no public zone is there for whoever asks; look at the credentials, and at what "
        "they are allowed to list (docs/discover.md)\n",
    )
    assert not Path("o.yaml").exists()


def test_an_option_that_no_zone_can_have_is_told(accounts: Accounts):
    accounts.options = {"service_account": "nobody"}
    code, out, err = call("discover", "--gcp", "--project", "dns", "--service-account", "nobody")
    assert (code, out) == (2, "")
    assert err.startswith(
        "error: provider gcp: serviceAccount: 'nobody' is not the address of a service account"
    )


def test_a_zone_that_peers_do_not_ask_is_left_out(accounts: Accounts):
    accounts.holds["fabrikam.com"] = {"xmpp.fabrikam.com A": "300 131.107.155.10"}
    accounts.unasked["fabrikam.com"] = "the zone is paused"
    code, out, _ = call("discover", "--cloudflare", "--output", "o.yaml", "--format", "json")
    assert (code, json.loads(out)["left"]) == (
        1,
        [{"what": "zone fabrikam.com", "why": "the zone is paused", "rule": ""}],
    )


def test_a_zone_that_is_named_twice_is_read_once(accounts: Accounts):
    code, _, err = call("discover", "--aws", "--zone", "contoso.com", "--zone", "CONTOSO.com.")
    assert (code, err) == (0, "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n"), accounts.asked


def test_one_file_cannot_be_both():
    given = ("--output", "a.yaml", "--include", "./a.yaml", "--force")
    assert call("discover", "--aws", *given) == (2, "", "error: --include and --output name the same file\n")


def test_where_there_is_nothing_no_file_is_written(accounts: Accounts):
    accounts.holds["contoso.com"] = {}
    assert call("discover", "--aws", "--output", "a.yaml")[0] == 1
    assert not Path("a.yaml").exists()


def test_something_left_out_is_exit_status_1_and_a_row_of_the_report(accounts: Accounts):
    accounts.holds["contoso.com"] = APEX | PRIVATE
    code, out, _ = call("discover", "--aws", "--output", "Pulumi.production.yaml", "--format", "json")
    assert code == 1
    told = json.loads(out)
    assert told["taken"] == ["_xmpp-server._tcp.contoso.com SRV", "xmpp.contoso.com A"]
    assert [(each["what"], each["rule"]) for each in told["left"]] == [
        ("_xmpp-server._tcp.b.contoso.com SRV", "P6")
    ]
    assert call("check", "Pulumi.production.yaml")[0] == 0


def test_the_report_is_a_table_for_people(accounts: Accounts):
    accounts.holds["contoso.com"] = APEX | PRIVATE
    code, out, _ = call("discover", "--aws", "--output", "Pulumi.production.yaml")
    assert code == 1
    assert "_xmpp-server._tcp.b.contoso.com SRV" in words(out)
    assert out.endswith("1 SIP domain, 2 record sets of 1 zone taken in, 1 left out\n")


def test_where_there_is_nothing_the_exit_status_is_1(accounts: Accounts):
    accounts.holds["contoso.com"] = {}
    code, _, err = call("discover", "--aws")
    assert (code, err) == (1, "0 SIP domains, 0 record sets of 1 zone taken in, 0 left out\n")


def test_a_zone_that_cannot_be_read_is_exit_status_2_and_the_others_are_written(accounts: Accounts):
    accounts.holds["fabrikam.com"] = {}
    accounts.broken.add("fabrikam.com")
    code, out, err = call("discover", "--aws")
    assert code == 2
    assert err.endswith("error: zone fabrikam.com: AccessDenied\n")
    assert "- contoso.com" in out


def test_where_no_zone_can_be_read_nothing_is_written(accounts: Accounts):
    accounts.broken.add("contoso.com")
    assert call("discover", "--aws", "--output", "x.yaml") == (
        2,
        "",
        "error: zone contoso.com: AccessDenied\n",
    )
    assert not Path("x.yaml").exists()


def test_sip_domains_go_into_a_file_that_the_stack_includes(accounts: Accounts):
    assert accounts
    assert call("discover", "--aws", "--output", "Pulumi.p.yaml", "--include", "sip.yaml")[0] == 0
    assert yaml.safe_load(Path("sip.yaml").read_text()) == {"domains": ["contoso.com"]}
    assert call("check", "Pulumi.p.yaml")[0] == 0


def test_many_sip_domains_are_told_of_a_file_of_their_own(accounts: Accounts):
    accounts.holds["contoso.com"] = {
        f"_xmpp-server._tcp.d{n}.contoso.com SRV": "3600 0 0 0 ." for n in range(501)
    }
    assert call("discover", "--aws")[2] == (
        "501 SIP domains, 501 record sets of 1 zone taken in, 0 left out\n"
        "These are many for a stack file: --include FILE puts SIP domains into one of their own\n"
    )


def test_a_file_that_is_there_is_overwritten_by_force_alone(accounts: Accounts):
    assert accounts
    Path("x.yaml").write_text("mine")
    code, _, err = call("discover", "--aws", "--output", "x.yaml")
    assert (code, err) == (2, "error: x.yaml is there already; --force overwrites it\n")
    assert Path("x.yaml").read_text() == "mine"
    assert call("discover", "--aws", "--output", "x.yaml", "--force")[0] == 0


def test_a_file_that_cannot_be_written_is_told(accounts: Accounts):
    assert accounts
    code, _, err = call("discover", "--aws", "--output", "nowhere/x.yaml")
    assert (code, err) == (2, "error: nowhere/x.yaml: No such file or directory\n")


def test_a_package_that_is_missing_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch):
    def missing(account: Mapping[str, str]) -> list[Zone]:
        raise ModuleNotFoundError("", name=f"boto3{len(account) or ''}")

    monkeypatch.setattr(Route53Zone, "zones_of_account", missing)
    code, _, err = call("discover", "--aws")
    assert (code, err) == (
        2,
        "error: zones are listed by the Python package boto3: pip install 'xmpp-federation-dns[aws-bulk]'\n",
    )


REFUSED: dict[tuple[str, ...], str] = {
    (): "name one source: --aws, --azure, --cloudflare, --gcp, --octodns, --server, --domains",
    (
        "--aws",
        "--azure",
    ): "name one source: --aws, --azure, --cloudflare, --gcp, --octodns, --server, --domains",
    ("--azure", "--profile", "dns"): "--profile belongs to --aws, and not to --azure",
    ("--aws", "--project", "dns"): "--project belongs to --gcp, and not to --aws",
    ("--azure", "--service-account", "dns"): "--service-account belongs to --gcp, and not to --azure",
    (
        "--aws",
        "--format",
        "json",
    ): "--format is the form of the report; name a file for the stack with --output",
    ("--aws", "--include", "x.yaml"): "--include is a second file; name the first with --output",
    ("--aws", "--output", "x", "--include", "y.txt"): "--include: 'y.txt' is to end with .yaml",
    (
        "--aws",
        "--zone",
        "a b",
    ): "--zone: 'a b' is not a zone name: labels hold letters, digits, hyphens and underscores",
    ("--server", "192.0.2.53"): "--server: a server does not tell its zones; name them with --zone",
    ("--server", "a b", "--zone", ZONE): "--server: 'a b': neither an address nor a host name",
    ("--server", "192.0.2.53", "--zone", ZONE, "--tsig-key-name", "demo"): (
        "--tsig-key-name: set the secret of the key in the environment variable TSIG_SECRET"
    ),
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_options_that_do_not_fit_are_told(arguments: tuple[str, ...]):
    assert call("discover", *arguments) == (2, "", f"error: {REFUSED[arguments]}\n")


def test_a_secret_in_place_of_the_name_of_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    code, _, err = call("discover", "--server", "192.0.2.53", "--zone", ZONE, "--tsig-key-name", SECRET)
    assert code == 2
    assert err.startswith("error: tsigKeyName: it looks like the secret of a key")
    assert SECRET not in err


def test_a_zone_of_a_server_is_transferred(knot: Knot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    for key, each in contents(APEX).items():
        name, _, rdtype = key.partition(" ")
        knot.change(ZONE, ("add", f"{name}.", str(each.ttl), rdtype, each.values[0]))
    server = f"{ADDRESS}:{knot.port}"
    code, out, _ = call("discover", "--server", server, "--zone", ZONE, "--tsig-key-name", KEY_NAME)
    assert code == 0
    config = yaml.safe_load(out)["config"]
    assert config["xmpp-federation-dns:zones"] == [
        {
            "provider": "rfc2136",
            "name": ZONE,
            "existing": "adopt",
            "server": ADDRESS,
            "port": knot.port,
            "tsigKeyName": KEY_NAME,
        }
    ]
    assert SECRET not in out


def test_a_server_that_does_not_serve_the_zone_is_told():
    with answering(says(dns.rcode.REFUSED, secret=None)) as port:
        code, _, err = call("discover", "--server", f"{ADDRESS}:{port}", "--zone", ZONE)
    assert code == 2
    assert "the server does not serve the zone" in err
