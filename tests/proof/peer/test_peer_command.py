"""The command `peer`."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.exception
import pytest
from tests.proof.dns.knots import knot
from tests.proof.dns.tree import SOA, Resolver
from tests.proof.xmpp.authority import issue
from tools.lab.knot import free_port
from typer.testing import CliRunner

from xmpp_federation_dns.commands import app
from xmpp_federation_dns.proof import peer
from xmpp_federation_dns.proof.dns.asking import LookOptions
from xmpp_federation_dns.proof.matrix import Cell, Matrix
from xmpp_federation_dns.proof.report import Verdict
from xmpp_federation_dns.proof.xmpp.client_certificate import load

BUECHER = "xn--bcher-kva.example"
NOBODY = "nothing is published: no SRV record, and no address of the domain itself to fall back to"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    gc.enable()  # which the command disables in its process


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a server of zones listens whose XMPP servers refuse connections."""
    shut = free_port()
    text = SOA + "@ NS ns1\nns1 A 127.0.0.1\n"
    served = f"{text}_xmpp-server._tcp 3600 SRV 0 0 {shut} xmpp\nxmpp 300 A 127.0.0.1\n"
    zones = {"fabrikam.com.": served, "contoso.com.": served, f"{BUECHER}.": text, "northwind.com.": text}
    with knot(tmp_path_factory.mktemp("peers") / "knot", zones, port := free_port()):
        yield f"127.0.0.1:{port}"


def call(*arguments: str, text: str | bytes | None = None) -> tuple[int, str, str]:
    environment = {"COLUMNS": "100", "TERM": "dumb"}
    done = CliRunner(env=environment).invoke(app, ["peer", *arguments], input=text)
    return done.exit_code, done.stdout, done.stderr


def verdicts(out: str) -> list[dict[str, Any]]:
    """Return the verdicts of a report in JSON."""
    return json.loads(out)["verdicts"]


def asked(server: str, *arguments: str, text: str | bytes | None = None) -> tuple[int, list[str], str]:
    """Return exit status, the domains that are asked about, and what is said beside."""
    status, out, err = call(*arguments, "--nameserver", server, "--format", "json", text=text)
    return status, [each["domain"] for each in verdicts(out)], err


def test_what_is_to_be_asked_of_the_partner_is_told_with_status_1(server: str):
    status, out, err = call("northwind.com", "--nameserver", server, "--format", "markdown")
    owner = "_xmpp-server._tcp.northwind.com"
    [row] = [line for line in out.splitlines() if "| V3 |" in line]
    assert (status, err) == (1, "")
    assert row.startswith(
        f"| northwind.com | failed | V3 | error: {owner} SRV: {NOBODY}; ask the administrator of northwind.com to "
        f"publish {owner} SRV, and the addresses of its target"
    )
    assert (
        call("northwind.com", "--nameserver", server)[1].splitlines()[-1] == "1 SIP domain: 0 proven, 1 not"
    )


def test_a_domain_is_written_as_people_write_it_and_asked_about_once(server: str):
    status, domains, err = asked(
        server, "bücher.example", BUECHER, "Fabrikam.COM.", "fabrikam.com", "northwind.com"
    )
    assert (status, domains) == (1, [BUECHER, "fabrikam.com", "northwind.com"])
    assert err == "given more than once, and asked about once: bücher.example, fabrikam.com\n"


def test_a_list_adds_to_the_command_line(server: str):
    Path("partners.txt").write_text(
        "# ours\n\nnorthwind.com # since 2019\nBÜCHER.example\n", encoding="utf-8"
    )
    status, domains, err = asked(server, "northwind.com", "--file", "partners.txt")
    assert (status, domains, err) == (
        1,
        ["northwind.com", BUECHER],
        "given more than once, and asked about once: northwind.com\n",
    )


def test_of_many_that_are_given_twice_three_are_named(server: str):
    Path("partners.txt").write_text("".join(f"d{number}.northwind.com\n" for number in range(5)) * 2)
    assert asked(server, "--file", "partners.txt")[2] == (
        "given more than once, and asked about once: d0.northwind.com, d1.northwind.com, d2.northwind.com and 2 more\n"
    )


def test_a_list_may_come_on_standard_input(server: str):
    text = "\ufeffnorthwind.com\r\n# x\r\n".encode()
    assert asked(server, "--file", "-", text=text)[:2] == (1, ["northwind.com"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"\xff\xfe", "standard input: not UTF-8 text"),
        (
            b"northwind.com\nno name\n",
            "standard input:2: 'no name' is not a host name: labels hold letters, digits",
        ),
    ],
)
def test_what_is_no_list_on_standard_input_is_told(text: bytes, error: str):
    status, out, err = call("--file", "-", text=text)
    assert (status, out, err.count("\n"), err.startswith(f"error: {error}")) == (2, "", 1, True)


@pytest.mark.parametrize(("file", "name"), [("empty.txt", "empty.txt"), ("-", "standard input")])
def test_a_list_without_a_domain_is_told(file: str, name: str):
    Path("empty.txt").write_text("# nobody yet\n")
    assert call("--file", file, text="") == (2, "", f"error: {name}: no domain in it\n")


def test_no_domain_asks_about_itself():
    assert call("bücher.example", "--from", "BÜCHER.example") == (
        2,
        "",
        "error: --from bücher.example: no domain federates with itself; leave one of the two out\n",
    )


def test_a_list_that_is_too_long_is_told(monkeypatch: pytest.MonkeyPatch):
    from xmpp_federation_dns.commands import named

    monkeypatch.setattr(named, "MAX_SIZE", 10)
    assert call("--file", "-", text="northwind.com")[::2] == (
        2,
        "error: standard input: more than 10 octets\n",
    )


def test_everything_that_is_no_domain_is_told_at_once_by_file_and_line():
    Path("partners.txt").write_text("https://fabrikam.com\n\nsip:a@fabrikam.com\n*.fabrikam.com\nfabrikam\n")
    assert call("10.0.0.5", "--file", "partners.txt") == (
        2,
        "",
        "error: '10.0.0.5' is an IP address; a SIP domain is a name, such as contoso.com\n"
        "error: partners.txt:1: 'https://fabrikam.com' is a URL; write the domain alone, 'fabrikam.com'\n"
        "error: partners.txt:3: 'sip:a@fabrikam.com' is a URI; write the domain alone, 'fabrikam.com'\n"
        "error: partners.txt:4: '*.fabrikam.com' is a wildcard; list every SIP domain, 'fabrikam.com'\n"
        "error: partners.txt:5: 'fabrikam' has one label; a SIP domain has at least two, such as contoso.com\n",
    )


def test_of_a_file_of_something_else_fifty_lines_are_told():
    Path("partners.txt").write_text("no name\n" * 1000)
    status, _, err = call("--file", "partners.txt")
    assert (status, len(err.splitlines()), err.splitlines()[-1]) == (2, 51, "error: 950 more")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "name a domain, such as fabrikam.com, or a list of them with --file"),
        (["--file", "gone.txt"], "gone.txt: No such file or directory"),
        (["--file", "empty.txt"], "empty.txt: no domain in it"),
        (["a.example", "--from-inside"], "--from-inside is about our own servers; name them with --ours"),
        (
            ["a.example", "--ours", "x", "--from", "b.example"],
            "--from names who asks, and with --ours each of our SIP domains does; leave one of the two out",
        ),
        (["--file", "-", "--ours", "-"], "--file and --ours cannot both be standard input"),
        (["a.example", "--from", "b_c"], "--from 'b_c': labels hold letters, digits and hyphens"),
        (["a.example", "--nameserver", "x:y"], "x:y: 'y' is no port; write ADDRESS:PORT"),
        (["a.example", "--ours", "gone.yaml"], "gone.yaml: No such file or directory"),
        (["contoso.com", "--ours", "ours.json"], "all of these are ours; name domains of partners"),
        (["a.example", "--ours", "off.json"], "--ours: federation is disabled for each of its SIP domains"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line_with_status_2(arguments: list[str], error: str):
    Path("empty.txt").write_text("# nobody\n")
    ours("contoso.com")
    Path("off.json").write_text(json.dumps([row("_xmpp-server._tcp.contoso.com", "SRV", "0 0 0 .")]))
    assert call(*arguments) == (2, "", f"error: {error}\n")


def row(name: str, kind: str, value: str) -> dict[str, object]:
    return {"name": name, "type": kind, "ttl": 3600, "values": [value], "zone": "contoso.com"}


def ours(*domains: str) -> str:
    """Write the output `records` of our SIP domains, and return its name."""
    rows = [row(f"_xmpp-server._tcp.{domain}", "SRV", f"0 0 5269 xmpp.{domain}.") for domain in domains]
    rows += [row(f"xmpp.{domain}", "A", "127.0.0.1") for domain in domains]
    Path("ours.json").write_text(json.dumps(rows))
    return "ours.json"


def test_a_matrix_is_a_table_below_the_verdicts(server: str):
    options = ("--ours", ours("contoso.com"), "--nameserver", server, "--timeout", "2")
    status, out, err = call("fabrikam.com", "contoso.com", *options)
    assert (status, err) == (1, "ours, and asked about as such: contoso.com\n")
    lines = out.splitlines()
    assert [line.split() for line in lines if "failed V3 (ours)" in line] == [
        ["│", "fabrikam.com", "│", "failed", "V3", "(ours)", "│"]
    ]
    assert lines[-1] == "1 pair of domains: 0 proven, 1 not"


def test_what_is_proven_ends_with_status_0(monkeypatch: pytest.MonkeyPatch):
    """Nothing is asked: CPython 3.11 loses track of covered lines where an exception is thrown into a coroutine."""

    async def pairs(*_: object) -> tuple[list[Verdict], Matrix]:
        cells = {("contoso.com", "fabrikam.com"): Cell("proven")}
        return [Verdict("fabrikam.com")], Matrix(("contoso.com",), ("fabrikam.com",), cells)

    monkeypatch.setattr(peer, "pairs", pairs)
    status, out, err = call("fabrikam.com", "--ours", ours("contoso.com"), "--nameserver", "127.0.0.1")
    assert (status, out.splitlines()[-1], err) == (0, "1 pair of domains: 1 proven", "")


def test_a_matrix_is_data_and_a_table_in_markdown(server: str):
    options = ("--ours", ours("contoso.com"), "--nameserver", server, "--timeout", "2")
    status, out, _ = call("fabrikam.com", *options, "--format", "json")
    found = json.loads(out)
    assert (status, [each["domain"] for each in found["verdicts"]]) == (1, ["contoso.com", "fabrikam.com"])
    assert found["matrix"] == {
        "ours": ["contoso.com"],
        "theirs": ["fabrikam.com"],
        "cells": [
            {"from": "contoso.com", "to": "fabrikam.com", "verdict": "failed", "check": "V3", "side": "ours"}
        ],
    }
    _, out, _ = call("fabrikam.com", *options, "--format", "markdown")
    assert out.splitlines()[:6] == [
        "1 pair of domains: 0 proven, 1 not",
        "",
        "| Partner | contoso.com |",
        "|---|---|",
        "| fabrikam.com | failed V3 (ours) |",
        "",
    ]
    _, out, _ = call("fabrikam.com", *options, "--format", "prometheus")
    assert 'xmpp_federation_dns_proven{proof="peer",domain="fabrikam.com"} 0' in out.splitlines()


def test_a_matrix_is_on_the_page(server: str):
    _, out, _ = call(
        "fabrikam.com", "--ours", ours("contoso.com"), "--nameserver", server, "--format", "html"
    )
    assert "<h2>SIP domains and partners</h2>" in out


def test_what_has_changed_about_a_partner_since_an_earlier_run_is_told(server: str):
    Path("old.json").write_text(call("northwind.com", "--nameserver", server, "--format", "json")[1])
    status, out, err = call("northwind.com", "--nameserver", server, "--baseline", "old.json")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1].endswith(" 0 changed (0 new findings, 0 gone), 1 as before")
    Path("old.json").write_text("[]")
    status, out, err = call("northwind.com", "--nameserver", server, "--baseline", "old.json")
    assert (status, out, err.count("\n"), err.startswith("error: old.json: ")) == (2, "", 1, True)


def test_private_addresses_are_contacted_where_that_is_allowed(server: str):
    status, out, _ = call("fabrikam.com", "--nameserver", server, "--format", "json", "--allow-private")
    [verdict] = verdicts(out)
    assert (status, [each["check"] for each in verdict["findings"] if each["severity"] == "error"]) == (
        1,
        ["C1"],
    )
    _, out, _ = call("fabrikam.com", "--nameserver", server, "--format", "json")
    [verdict] = verdicts(out)
    assert [each["check"] for each in verdict["findings"] if each["severity"] == "error"] == ["V10"]


def test_a_machine_whose_resolver_tells_nothing_is_told_in_one_line_with_status_2(resolver: Resolver):
    resolver.table = {("com", "NS"): dns.exception.Timeout()}
    text = "the resolver of this machine does not tell NS of com: The DNS operation timed out."
    assert call("fabrikam.com") == (2, "", f"error: {text}\n")


def test_dead_name_servers_are_unknown_with_status_2():
    nobody = free_port()
    assert call("fabrikam.com", "--nameserver", f"127.0.0.1:{nobody}") == (
        2,
        "",
        f"error: fabrikam.com: none of the given name servers serves it; 127.0.0.1 port {nobody}: connection refused: "
        "nothing listens there\n",
    )


def test_roots_that_cannot_be_read_are_told(server: str):
    Path("ca.pem").write_text("no certificate")
    arguments = ("fabrikam.com", "--nameserver", server, "--ca-file", "ca.pem")
    status, out, err = call(*arguments)
    assert (status, out, err.startswith("error: ca.pem: cannot be read as PEM certificates")) == (2, "", True)


def test_help_teaches_by_an_example():
    out = " ".join(call("--help")[1].split())
    assert "xmpp-federation-dns peer --file partners.txt --format markdown" in out


def test_a_certificate_is_of_one_of_ours():
    leaf = issue("x.example", "x.example")
    Path("c.pem").write_bytes(leaf.pem + leaf.private)
    assert call("fabrikam.com", "--ours", ours("contoso.com"), "--certificate", "c.pem") == (
        2,
        "",
        "error: c.pem: the certificate is for x.example and for none of our SIP domains\n",
    )


def test_a_key_is_of_a_certificate():
    assert call("fabrikam.com", "--key", "key.pem") == (
        2,
        "",
        "error: --key without --certificate: name the certificate that it is of\n",
    )


def test_each_of_ours_authenticates_that_the_certificate_covers():
    leaf = issue("contoso.com", "contoso.com", "*.contoso.com")
    Path("c.pem").write_bytes(leaf.pem + leaf.private)
    client = load(Path("c.pem"), Path("c.pem"), among=["adatum.com", "emea.contoso.com"])
    options = peer.PeerOptions(LookOptions(), client=client)
    shown = [options.probing(origin).client for origin in ("emea.contoso.com", "contoso.com", "adatum.com")]
    assert [each and each.domain for each in shown] == ["emea.contoso.com", "contoso.com", None]
