"""`discover` by way of a class of octoDNS."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.standins.octodns_records import Account, Entry
from tests.unit.bulk.lab import ADDRESS, ZONE
from tests.unit.cli import call
from tests.unit.octodns.lab import POWERDNS, RECORDS
from tools.lab.powerdns import PowerDns

from xmpp_federation_dns.configuration.check import check


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    gc.enable()  # which the command disables in its process


def test_the_stack_that_is_written_is_a_right_one_and_adopts_nothing(name: str, account: Account):
    account.zones[ZONE] += [
        Entry(f"_xmpp-server._tcp.{ZONE}", "SRV", 3600, f"0 0 5269 xmpp.{ZONE}."),
        Entry(f"xmpp.{ZONE}", "A", 300, ADDRESS),
    ]
    asked = ("--octodns", RECORDS, "--argument", f"account={name}", "--argument", "update_pcent_threshold=1")
    code, out, err = call("discover", *asked, "--output", "Pulumi.test.yaml")
    assert (code, err) == (0, "")
    assert out == "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n"
    config = yaml.safe_load(Path("Pulumi.test.yaml").read_text())["config"]
    assert config["xmpp-federation-dns:zones"] == [
        {
            "provider": "octodns",
            "name": ZONE,
            "providerClass": RECORDS,
            "arguments": {"account": name, "update_pcent_threshold": 1},
            "oneByOne": True,
        }
    ]
    assert [str(each.problem) for each in check(Path("Pulumi.test.yaml"))] == []


@pytest.mark.parametrize(
    ("provider_class", "argument", "told"),
    [
        (RECORDS, "token=clear", f"arguments: {RECORDS} needs the argument 'account'\n"
         "error: --octodns: arguments.token: the state would hold this secret; write env/NAME, the environment "
         "variable that has it"),
        (RECORDS, "acount=x", f"arguments.acount: {RECORDS} has no such argument; did you mean 'account'?"),
        ("octodns_bind.Rfc2136Provider", "host=x", "providerClass: octodns_bind.Rfc2136Provider: this package "
         "publishes there itself, and promises more; write provider: rfc2136"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_class_is_told_before_anybody_is_asked(
    provider_class: str, argument: str, told: str
):
    code, out, err = call("discover", "--octodns", provider_class, "--argument", argument)
    assert (code, out, err) == (2, "", f"error: --octodns: {told}\n")


def test_an_argument_belongs_to_a_class():
    code, _, err = call("discover", "--aws", "--argument", "a=b")
    assert (code, err) == (2, "error: --argument belongs to --octodns, and not to --aws\n")


def test_a_warning_keeps_nobody_from_looking(server: PowerDns, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "*")
    # This machine by an address that is not said to be loopback.
    asked = ("host=0.0.0.0", "api_key=env/PDNS_API_KEY", f"port={server.api}")
    arguments = [each for argument in asked for each in ("--argument", argument)]
    code, _, err = call("discover", "--octodns", POWERDNS, *arguments)
    assert (code, err) == (1, "0 SIP domains, 0 record sets of 1 zone taken in, 0 left out\n")
