import base64
import gc
import json
import os
import pty
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.asyncresolver
import pytest
from tools.lab.knot import ADDRESS, Knot, free_port
from typer.testing import CliRunner

from xmpp_federation_dns.commands import app

COMMAND = Path(sys.executable).with_name("xmpp-federation-dns")
RECORDS: list[dict[str, Any]] = [
    {
        "name": "_xmpp-server._tcp.contoso.com",
        "type": "SRV",
        "ttl": 3600,
        "values": ["0 0 5269 xmpp.contoso.com."],
        "zone": "contoso.com",
        "provider": "rfc2136",
    },
    {
        "name": "xmpp.contoso.com",
        "type": "A",
        "ttl": 300,
        "values": ["131.107.155.10"],
        "zone": "contoso.com",
        "provider": "rfc2136",
    },
]
PUBLISHED = "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp\nxmpp 300 A 131.107.155.10\n"


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    directory = tmp_path_factory.mktemp("knot")
    with Knot.serving(["contoso.com"], directory, secret, records={"contoso.com": PUBLISHED}) as running:
        yield running


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    Path("records.json").write_text(json.dumps(RECORDS))
    yield "records.json"
    gc.enable()  # which the command disables in its process


def call(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner(env={"COLUMNS": "100", "TERM": "dumb"}).invoke(app, arguments, input=text)
    return done.exit_code, done.stdout, done.stderr


def at(knot: Knot) -> str:
    return f"{ADDRESS}:{knot.port}"


def test_what_is_published_is_proven_with_status_0(knot: Knot, records: str):
    status, out, err = call("verify", records, "--nameserver", at(knot))
    assert (status, out.splitlines()[-1], err) == (0, "1 SIP domain: 1 proven", "")


def test_the_output_of_a_stack_is_piped_in(knot: Knot):
    status, out, _ = call(
        "verify", "-", "--nameserver", at(knot), "--format", "json", text=json.dumps(RECORDS)
    )
    verdict: dict[str, Any] = {"domain": "contoso.com", "verdict": "proven"} | {
        "findings": [],
        "certificates": [],
    }
    found = json.loads(out)
    assert (status, found["version"], found["proof"], found["verdicts"]) == (0, 1, "verify", [verdict])
    assert datetime.now(UTC) - datetime.fromisoformat(found["asked"]) < timedelta(minutes=5)


def test_a_stack_goes_by_its_name(knot: Knot):
    Path("Pulumi.production.yaml").write_text(
        "config:\n"
        "  zones: [{provider: aws, name: contoso.com}]\n"
        "  domains: [contoso.com]\n"
        "  edgePools: [{ipv4: [131.107.155.10]}]\n"
    )
    assert call("verify", "production", "--nameserver", at(knot), "--format", "markdown") == (
        0,
        "1 SIP domain: 1 proven\n"
        "\n"
        "| SIP domain | verdict | check | finding |\n"
        "|---|---|---|---|\n"
        "| contoso.com | proven |  |  |\n",
        "",
    )


def test_what_is_not_as_published_fails_with_status_1(knot: Knot):
    Path("records.json").write_text(json.dumps([RECORDS[0], RECORDS[1] | {"values": ["131.107.155.11"]}]))
    arguments = ("--nameserver", at(knot), "--timeout", "0.4", "--format", "junit")
    status, out, _ = call("verify", "records.json", *arguments)
    assert status == 1
    assert (
        '<failure message="V9 xmpp.contoso.com A: other addresses are published; run `pulumi up --refresh`" />'
        in out
    )


def test_a_resolver_is_asked_as_well(knot: Knot, records: str):
    arguments = ("--nameserver", at(knot), "--resolver", at(knot), "--format", "json")
    assert call("verify", records, *arguments)[0] == 0


def test_a_closed_port_is_told_in_one_line_with_status_2(records: str):
    port = free_port()
    arguments = ("--nameserver", f"{ADDRESS}:{port}", "--timeout", "0.4")
    text = "none of its name servers answers"
    assert call("verify", records, *arguments) == (
        2,
        "",
        f"error: contoso.com: {text}; {ADDRESS} port {port}: connection refused: nothing listens there\n",
    )


def test_a_machine_without_resolver_is_told_in_one_line_with_status_2(
    records: str, monkeypatch: pytest.MonkeyPatch
):
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = [ADDRESS], free_port(), 0.3
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
    status, out, err = call("verify", records, "--timeout", "0.4")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: the resolver of this machine does not tell NS of com: ")


@pytest.mark.parametrize(
    ("server", "text"),
    [
        ("nowhere.invalid", "nowhere.invalid: the name of the server does not resolve"),
        ("127.0.0.1:0", "127.0.0.1:0: '0' is no port; write ADDRESS:PORT"),
        ("127.0.0.1:65536", "127.0.0.1:65536: '65536' is no port; write ADDRESS:PORT"),
        (f"127.0.0.1:{'1' * 5000}", f"127.0.0.1:{'1' * 5000}: '{'1' * 5000}' is no port; write ADDRESS:PORT"),
        ("127.0.0.1:x", "127.0.0.1:x: 'x' is no port; write ADDRESS:PORT"),
        ("[::1]:y", "[::1]:y: 'y' is no port; write ADDRESS:PORT"),
        ("\udcff", "\\udcff: neither an address nor a host name"),
    ],
)
def test_a_server_that_is_none_is_told_in_one_line_with_status_2(records: str, server: str, text: str):
    assert call("verify", records, "--nameserver", server) == (2, "", f"error: {text}\n")


def test_metrics_are_for_the_textfile_collector(knot: Knot, records: str):
    arguments = ("--nameserver", at(knot), "--timeout", "1", "--format", "prometheus")
    status, out, _ = call("verify", records, *arguments)
    line = 'xmpp_federation_dns_proven{proof="verify",domain="contoso.com"} 1'
    assert (status, line in out.splitlines()) == (0, True)


def test_with_a_baseline_what_has_changed_is_told_and_counts(knot: Knot, records: str):
    moved = json.dumps([RECORDS[0], RECORDS[1] | {"values": ["131.107.155.11"]}])
    asked = ("verify", records, "--nameserver", at(knot), "--timeout", "0.4")
    Path(records).write_text(moved)
    Path("old.json").write_text(call(*asked, "--format", "json")[1])
    status, out, _ = call(*asked, "--baseline", "old.json")
    assert (status, out.count("\n")) == (0, 1)
    assert re.fullmatch(
        r"1 SIP domain: 0 proven, 1 not; since \S+ \S+ UTC 0 changed \(.*\), 1 as before\n", out
    )
    Path(records).write_text(json.dumps(RECORDS))
    status, out, _ = call(*asked, "--baseline", "old.json", "--format", "markdown")
    assert (status, "| contoso.com | failed → proven | V9 | gone error: " in out) == (0, True)
    Path("good.json").write_text(call(*asked, "--format", "json", "--baseline", "old.json")[1])
    Path(records).write_text(moved)
    assert call(*asked, "--baseline", "good.json")[0] == 1


@pytest.mark.parametrize("proof", ["verify", "probe"])
def test_a_baseline_that_is_none_is_told_in_one_line_before_anybody_is_asked(records: str, proof: str):
    # Whoever asked there would be told otherwise: nothing listens.
    Path("old.json").write_text("[]")
    text = f"not the output of `{proof} --format json`: it: Input should be a valid dictionary or instance of Document"
    where = ("--resolver", f"{ADDRESS}:{free_port()}")
    assert call(proof, records, *where, "--baseline", "old.json") == (2, "", f"error: old.json: {text}\n")


def test_metrics_have_no_baseline(records: str):
    text = "--baseline: metrics tell what is, and not what has changed; leave one of the two out"
    arguments = ("--baseline", "old.json", "--format", "prometheus")
    assert call("verify", records, *arguments) == (2, "", f"error: {text}\n")


def test_a_page_is_for_a_browser(knot: Knot, records: str):
    status, out, err = call("verify", records, "--nameserver", at(knot), "--format", "html")
    assert (status, out.splitlines()[0], err) == (0, "<!doctype html>", "")
    assert "<title>XMPP federation: verify: 1 SIP domain: 1 proven</title>" in out


def stack(nameserver: str) -> None:
    Path("Pulumi.private.yaml").write_text(
        "config:\n"
        f"  zones: [{{provider: aws, name: contoso.com, nameservers: ['{nameserver}']}}]\n"
        "  domains: [contoso.com]\n"
        "  edgePools: [{ipv4: [131.107.155.10]}]\n"
    )


def test_the_servers_that_a_stack_names_are_asked(knot: Knot):
    stack(at(knot))
    status, out, err = call("verify", "private", "--timeout", "1")
    assert (status, out.splitlines()[-1], err) == (0, "1 SIP domain: 1 proven", "")


def test_the_server_of_the_command_goes_before_those_that_a_stack_names(knot: Knot):
    stack(f"{ADDRESS}:{free_port()}")
    status, out, err = call("verify", "private", "--nameserver", at(knot), "--timeout", "1")
    assert (status, out.splitlines()[-1], err) == (0, "1 SIP domain: 1 proven", "")


def test_a_server_of_a_stack_whose_name_does_not_resolve_is_told_in_one_line_with_status_2():
    stack("nowhere.invalid")
    text = "nowhere.invalid: the name of the server does not resolve"
    assert call("verify", "private") == (2, "", f"error: {text}\n")


@pytest.mark.parametrize("form", ["localhost:{}", "[::ffff:127.0.0.1]:{}"])
def test_a_server_may_be_written_as_a_name_or_in_brackets(knot: Knot, records: str, form: str):
    status, out, _ = call("verify", records, "--nameserver", form.format(knot.port), "--timeout", "1")
    assert (status, out.splitlines()[-1]) == (0, "1 SIP domain: 1 proven")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("missing.json", "missing.json: No such file or directory"),
        ("missing.yaml", "missing.yaml: No such file or directory"),
        ("missing", "'missing' is neither a file nor a stack: there is no 'Pulumi.missing.yaml'"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_in_one_line_with_status_2(source: str, text: str):
    assert call("verify", source) == (2, "", f"error: {text}\n")


def test_records_of_another_program_are_told_in_one_line_with_status_2():
    Path("records.json").write_text('{"url": "https://contoso.com"}')
    text = "records.json: not the output `records` of XmppFederationDns: it: Input should be a valid list"
    assert call("verify", "records.json") == (2, "", f"error: {text}\n")


def test_a_terminal_shows_progress(knot: Knot, records: str):
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [COMMAND, "--progress", "auto", "verify", records, "--nameserver", at(knot)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=environment) as running:
        assert running.stdout
        running.stdout.read()
    os.close(slave)
    shown = os.read(master, 65_536).decode()
    os.close(master)
    assert "1/1 proven" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def test_a_program_hears_who_is_missing(knot: Knot, records: str):
    Path(records).write_text(json.dumps([RECORDS[0], RECORDS[1] | {"values": ["131.107.155.11"]}]))
    arguments = (records, "--nameserver", at(knot), "--timeout", "0.4", "--format", "junit")
    status, _, err = call("--progress", "json", "verify", *arguments)
    told = json.loads(err.splitlines()[-1])
    assert (status, told["command"], told["done"], told["total"], told["what"]) == (
        1,
        "verify",
        0,
        1,
        "proven",
    )
    text = "1 of 1 servers of contoso.com still says A 131.107.155.10 for xmpp.contoso.com A"
    assert told["missing"] == text


def test_servers_are_probed_at_every_address(records: str):
    rows = [
        RECORDS[0] | {"values": [f"0 0 {free_port()} xmpp.contoso.com."]},
        RECORDS[1] | {"values": [ADDRESS]},
    ]
    Path("records.json").write_text(json.dumps(rows))
    status, out, err = call("probe", records, "--format", "json", "--timeout", "2")
    [verdict] = json.loads(out)["verdicts"]
    found = [(finding["check"], finding["severity"]) for finding in verdict["findings"]]
    assert (status, verdict["verdict"], found, err) == (1, "failed", [("C1", "error")], "")
    assert call("probe", records, "--from-inside", "--timeout", "2")[0] == 0


def test_a_probe_asks_as_the_domain_and_with_the_roots_that_it_is_given(records: str):
    Path("ca.pem").write_text("no certificate")
    text = "ca.pem: cannot be read as PEM certificates"
    status, out, err = call("probe", records, "--from", "partner.example", "--ca-file", "ca.pem")
    assert (status, out, err.startswith(f"error: {text}")) == (2, "", True)


def test_a_domain_to_ask_as_that_is_none_is_told_in_one_line_with_status_2(records: str):
    status, out, err = call("probe", records, "--from", "part_ner")
    assert (status, out, err) == (
        2,
        "",
        "error: --from 'part_ner': labels hold letters, digits and hyphens\n",
    )


def test_trust_anchors_that_are_none_are_told_in_one_line_with_status_2(records: str):
    Path("anchors").write_text("127.0.0.1 localhost")
    text = "anchors: cannot be read as DS or DNSKEY records in zone-file form: no zone file"
    assert call("probe", records, "--trust-anchor", "anchors") == (2, "", f"error: {text}\n")
