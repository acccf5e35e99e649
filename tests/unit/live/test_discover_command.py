"""The command `discover`: its options, its files and its exit status."""

import json
from collections.abc import Mapping
from pathlib import Path

import dns.rcode
import pytest
import yaml
from tests.unit.cli import call, words
from tests.unit.dynamic_update.lab import SECRET, ZONE, answering, says
from tests.unit.live.accounts import APEX, PRIVATE, Accounts, accounts, here
from tools.lab.knot import ADDRESS, KEY_NAME, Knot

from xmpp_federation_dns import Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import contents

__all__ = ["accounts", "here"]

pytestmark = pytest.mark.usefixtures("here")


def test_one_file_cannot_be_both() -> None:
    given = ("--output", "a.yaml", "--include", "./a.yaml", "--force")
    assert call("discover", "--aws", *given) == (2, "", "error: --include and --output name the same file\n")


def test_where_there_is_nothing_no_file_is_written(accounts: Accounts) -> None:
    accounts.holds["contoso.com"] = {}
    assert call("discover", "--aws", "--output", "a.yaml")[0] == 1
    assert not Path("a.yaml").exists()


def test_something_left_out_is_exit_status_1_and_a_row_of_the_report(accounts: Accounts) -> None:
    accounts.holds["contoso.com"] = APEX | PRIVATE
    code, out, _ = call("discover", "--aws", "--output", "Pulumi.production.yaml", "--format", "json")
    assert code == 1
    told = json.loads(out)
    assert told["taken"] == ["_xmpp-server._tcp.contoso.com SRV", "xmpp.contoso.com A"]
    assert [(each["what"], each["rule"]) for each in told["left"]] == [
        ("_xmpp-server._tcp.b.contoso.com SRV", "P6")
    ]
    assert call("check", "Pulumi.production.yaml")[0] == 0


def test_the_report_is_a_table_for_people(accounts: Accounts) -> None:
    accounts.holds["contoso.com"] = APEX | PRIVATE
    code, out, _ = call("discover", "--aws", "--output", "Pulumi.production.yaml")
    assert code == 1
    assert "_xmpp-server._tcp.b.contoso.com SRV" in words(out)
    assert out.endswith("1 SIP domain, 2 record sets of 1 zone taken in, 1 left out\n")


def test_where_there_is_nothing_the_exit_status_is_1(accounts: Accounts) -> None:
    accounts.holds["contoso.com"] = {}
    code, _, err = call("discover", "--aws")
    assert (code, err) == (1, "0 SIP domains, 0 record sets of 1 zone taken in, 0 left out\n")


def test_a_zone_that_cannot_be_read_is_exit_status_2_and_the_others_are_written(accounts: Accounts) -> None:
    accounts.holds["fabrikam.com"] = {}
    accounts.broken.add("fabrikam.com")
    code, out, err = call("discover", "--aws")
    assert code == 2
    assert err.endswith("error: zone fabrikam.com: AccessDenied\n")
    assert "- contoso.com" in out


def test_where_no_zone_can_be_read_nothing_is_written(accounts: Accounts) -> None:
    accounts.broken.add("contoso.com")
    assert call("discover", "--aws", "--output", "x.yaml") == (
        2,
        "",
        "error: zone contoso.com: AccessDenied\n",
    )
    assert not Path("x.yaml").exists()


def test_sip_domains_go_into_a_file_that_the_stack_includes(accounts: Accounts) -> None:
    assert accounts
    assert call("discover", "--aws", "--output", "Pulumi.p.yaml", "--include", "sip.yaml")[0] == 0
    assert yaml.safe_load(Path("sip.yaml").read_text()) == {"domains": ["contoso.com"]}
    assert call("check", "Pulumi.p.yaml")[0] == 0


def test_many_sip_domains_are_told_of_a_file_of_their_own(accounts: Accounts) -> None:
    accounts.holds["contoso.com"] = {
        f"_xmpp-server._tcp.d{n}.contoso.com SRV": "3600 0 0 0 ." for n in range(501)
    }
    assert call("discover", "--aws")[2] == (
        "501 SIP domains, 501 record sets of 1 zone taken in, 0 left out\n"
        "These are many for a stack file: --include FILE puts SIP domains into one of their own\n"
    )


def test_a_file_that_is_there_is_overwritten_by_force_alone(accounts: Accounts) -> None:
    assert accounts
    Path("x.yaml").write_text("mine")
    code, _, err = call("discover", "--aws", "--output", "x.yaml")
    assert (code, err) == (2, "error: x.yaml is there already; --force overwrites it\n")
    assert Path("x.yaml").read_text() == "mine"
    assert call("discover", "--aws", "--output", "x.yaml", "--force")[0] == 0


def test_a_file_that_cannot_be_written_is_told(accounts: Accounts) -> None:
    assert accounts
    code, _, err = call("discover", "--aws", "--output", "nowhere/x.yaml")
    assert (code, err) == (2, "error: nowhere/x.yaml: No such file or directory\n")


def test_a_package_that_is_missing_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(account: Mapping[str, str]) -> list[Zone]:
        raise ModuleNotFoundError("", name=f"boto3{len(account) or ''}")

    monkeypatch.setattr(Route53Zone, "zones_of_account", missing)
    code, _, err = call("discover", "--aws")
    assert (code, err) == (
        2,
        "error: provider aws needs the Python package boto3: pip install 'xmpp-federation-dns[aws-bulk]'\n",
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
def test_options_that_do_not_fit_are_told(arguments: tuple[str, ...]) -> None:
    assert call("discover", *arguments) == (2, "", f"error: {REFUSED[arguments]}\n")


def test_a_secret_in_place_of_the_name_of_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    code, _, err = call("discover", "--server", "192.0.2.53", "--zone", ZONE, "--tsig-key-name", SECRET)
    assert code == 2
    assert err.startswith("error: tsigKeyName: it looks like the secret of a key")
    assert SECRET not in err


def test_a_zone_of_a_server_is_transferred(knot: Knot, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_server_that_does_not_serve_the_zone_is_told() -> None:
    with answering(says(dns.rcode.REFUSED, secret=None)) as port:
        code, _, err = call("discover", "--server", f"{ADDRESS}:{port}", "--zone", ZONE)
    assert code == 2
    assert "the server does not serve the zone" in err
