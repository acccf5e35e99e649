"""The options of `probe` that go further than DNS: a certificate of ours, and addresses that DNS does not have yet."""

import gc
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.proof.xmpp.authority import NOW, issue
from tools.lab.knot import ADDRESS, free_port
from typer.testing import CliRunner

from xmpp_federation_dns.commands import app

STACK = """\
config:
  zones: [{{provider: aws, name: contoso.com}}]
  domains: [contoso.com]
  profile: standard
  edgePools: [{{ipv4: [131.107.155.10], port: {port}}}]
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.lab.yaml").write_text(STACK.format(port=free_port()))
    yield tmp_path
    gc.enable()  # which the command disables in its process


def call(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner(env={"COLUMNS": "100", "TERM": "dumb"}).invoke(
        app, ("probe", "lab", "--timeout", "1", *arguments)
    )
    return done.exit_code, done.stdout, done.stderr


def subjects(text: str) -> list[str]:
    [verdict] = json.loads(text)["verdicts"]
    return [finding["subject"] for finding in verdict["findings"]]


def test_servers_are_contacted_at_the_addresses_that_are_given():
    ports = free_port(), free_port()
    addresses = ("--address", f"{ADDRESS}:{ports[0]}", "--address", f"[::1]:{ports[1]}")
    status, out, err = call(*addresses, "--format", "json")
    assert (status, subjects(out), err) == (
        1,
        [f"{ADDRESS} port {ports[0]} (contoso.com)", f"::1 port {ports[1]} (contoso.com)"],
        "",
    )


def test_address_alone_is_contacted_at_the_port_of_the_stack():
    port = free_port()
    Path("Pulumi.lab.yaml").write_text(STACK.format(port=port))
    status, out, _ = call("--address", ADDRESS, "--format", "json")
    assert (status, subjects(out)) == (1, [f"{ADDRESS} port {port} (contoso.com)"])


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("xmpp.contoso.com", "xmpp.contoso.com: no address; write ADDRESS, ADDRESS:PORT or [IPV6]:PORT"),
        ("part_ner", "part_ner: neither an address nor a host name"),
        ("127.0.0.1:0", "127.0.0.1:0: '0' is no port; write ADDRESS:PORT"),
        ("127.0.0.1:", "127.0.0.1:: '' is no port; write ADDRESS:PORT"),
        ("\n", "'\\n': neither an address nor a host name"),
    ],
)
def test_address_that_is_none_is_told_in_one_line_with_status_2(address: str, text: str):
    assert call("--address", address) == (2, "", f"error: --address {text}\n")


def test_what_cannot_be_shown_is_told_in_one_line_with_status_2_and_nobody_is_asked():
    leaf, other = issue("any", "fabrikam.com"), issue("any", "fabrikam.com")
    Path("our.pem").write_bytes(leaf.pem)
    Path("our.key").write_bytes(other.private)
    assert call("--certificate", "our.pem", "--key", "our.key") == (
        2,
        "",
        "error: our.key: the key does not fit the first certificate of our.pem, which has to be that of the domain\n",
    )
    assert call("--certificate", "our.pem") == (
        2,
        "",
        "error: our.pem: no key in PEM form in it; --key names the file that has it\n",
    )
    assert call("--key", "our.key") == (
        2,
        "",
        "error: --key without --certificate: name the certificate that it is of\n",
    )


def test_certificate_that_does_not_cover_the_domain_that_asks_is_refused():
    leaf = issue("any", "fabrikam.com")
    Path("our.pem").write_bytes(leaf.pem + leaf.private)
    assert call("--certificate", "our.pem", "--from", "ADATUM.com.") == (
        2,
        "",
        "error: our.pem: the certificate is for fabrikam.com and not for adatum.com\n",
    )


def test_certificate_of_a_domain_is_shown_and_the_domain_asks():
    leaf = issue("any", "fabrikam.com")
    Path("our.pem").write_bytes(leaf.pem)
    Path("our.key").write_bytes(leaf.private)
    address = ("--address", f"{ADDRESS}:{free_port()}")
    status, out, err = call("--certificate", "our.pem", "--key", "our.key", *address, "--format", "json")
    assert (status, len(subjects(out)), err) == (1, 1, "")


def test_expired_certificate_is_warned_of_and_shown_all_the_same():
    yesterday = NOW - timedelta(days=1)
    leaf = issue("any", "fabrikam.com", ends=yesterday)
    Path("our.pem").write_bytes(leaf.pem + leaf.private)
    address = f"{ADDRESS}:{free_port()}"
    status, out, err = call("--certificate", "our.pem", "--address", address, "--format", "json")
    assert (status, len(subjects(out)), err) == (
        1,
        1,
        f"warning: our.pem: the certificate is of no use at this time: it expired on {yesterday:%Y-%m-%d}; "
        "servers are asked what they say of it\n",
    )
