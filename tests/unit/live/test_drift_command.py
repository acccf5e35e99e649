"""The command `drift` on real name servers: one takes the updates, another one is asked."""

import base64
import gc
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import dns.asyncresolver
import pytest
import yaml
from dns.resolver import NoResolverConfiguration
from tests.unit.cli import call
from tools.lab.knot import ADDRESS, KEY_NAME, Knot, free_port

from xmpp_federation_dns.backends.client import ZoneClient

SECRET = base64.b64encode(secrets.token_bytes(32)).decode()
PUBLISHED = "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp\nxmpp 300 A 131.107.155.10\n"
CHANGED = PUBLISHED.replace("131.107.155.10", "192.0.2.1")
REFRESH = "`pulumi up --refresh` repairs what this stack published; what it did not is refused"


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TSIG_SECRET", SECRET)
    yield tmp_path
    gc.enable()  # which the command disables in its process


def drift(directory: Path, primary: str, secondary: str, *options: str) -> tuple[int, str, str]:
    """Compare with a zone that has *primary* at the server that takes updates and *secondary* at the other."""
    with (
        Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": primary}) as first,
        Knot.serving(["contoso.com"], directory / "2", SECRET, records={"contoso.com": secondary}) as second,
    ):
        stack(directory, first.port)
        return call("drift", "stack.yaml", "--nameserver", f"{ADDRESS}:{second.port}", *options)


def stack(directory: Path, port: int) -> None:
    zone = {
        "provider": "rfc2136",
        "name": "contoso.com",
        "server": ADDRESS,
        "port": port,
        "tsigKeyName": KEY_NAME,
    }
    config = {
        "zones": [zone],
        "domains": ["contoso.com"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "tsigSecret": {"secure": "v1:x"},
    }
    (directory / "stack.yaml").write_text(yaml.safe_dump({"config": config}))


def test_what_is_in_order_is_counted_and_ends_with_status_0(directory: Path):
    assert drift(directory, PUBLISHED, PUBLISHED) == (0, "2 record sets: 2 in order\n", "")


def test_all_of_it_is_shown_where_that_is_asked_for(directory: Path):
    status, out, _ = drift(directory, PUBLISHED, PUBLISHED, "--all", "--format", "markdown")
    assert (status, out.splitlines()[-2:]) == (
        0,
        [
            "| contoso.com | _xmpp-server._tcp.contoso.com SRV | in order | 3600 0 0 5269 xmpp.contoso.com. | "
            "3600 0 0 5269 xmpp.contoso.com. |  |",
            "| contoso.com | xmpp.contoso.com A | in order | 300 131.107.155.10 | 300 131.107.155.10 |  |",
        ],
    )


def test_what_somebody_changed_is_shown_with_what_repairs_it(directory: Path):
    status, out, _ = drift(directory, CHANGED, CHANGED, "--format", "json")
    found = json.loads(out)
    assert (status, [each["state"] for each in found]) == (1, ["in order", "changed"])
    assert {**found[1], "servers": len(found[1]["servers"])} == {
        "zone": "contoso.com",
        "provider": "rfc2136",
        "recordSet": "xmpp.contoso.com A",
        "state": "changed",
        "wanted": "300 131.107.155.10",
        "found": "300 192.0.2.1",
        "servers": 4,
        "next": REFRESH,
    }


@pytest.mark.parametrize(
    ("primary", "secondary", "state"),
    [
        (PUBLISHED, CHANGED, "not served"),
        (CHANGED, PUBLISHED, "served, not published"),
        ("", "", "missing"),
        (PUBLISHED.replace("A 131.107.155.10", "CNAME ns1"), "", "in the way"),
    ],
)
def test_each_state_is_told_and_ends_with_status_1(directory: Path, primary: str, secondary: str, state: str):
    status, out, _ = drift(directory, primary, secondary, "--format", "github")
    assert (status, f"xmpp.contoso.com A · {state} · 300 131.107.155.10" in out) == (1, True), out


def test_name_servers_are_left_out_where_that_is_asked_for(directory: Path):
    assert drift(directory, PUBLISHED, "", "--no-dns")[:2] == (0, "2 record sets: 2 in order\n")


def test_a_zone_that_no_name_server_answers_for_is_not_in_order(directory: Path):
    with Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": PUBLISHED}) as knot:
        stack(directory, knot.port)
        silent = f"{ADDRESS}:{free_port()}"
        status, out, _ = call("drift", "stack.yaml", "--nameserver", silent, "--format", "json")
    assert (status, [each["state"] for each in json.loads(out)]) == (2, ["unknown"] * 2)


def test_a_name_server_that_has_another_zone_alone_serves_nothing(directory: Path):
    with (
        Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": PUBLISHED}) as knot,
        Knot.serving(["fabrikam.com"], directory / "2", SECRET) as other,
    ):
        stack(directory, knot.port)
        lame = f"{ADDRESS}:{other.port}"
        status, out, _ = call("drift", "stack.yaml", "--nameserver", lame, "--format", "json")
    assert (status, [each["state"] for each in json.loads(out)]) == (1, ["not served"] * 2)


def test_metrics_are_for_the_textfile_collector(directory: Path):
    status, out, _ = drift(directory, CHANGED, CHANGED, "--format", "prometheus")
    line = 'xmpp_federation_dns_record_sets{zone="contoso.com",provider="rfc2136",state="changed"} 1'
    assert (status, line in out.splitlines()) == (1, True)


def test_metrics_tell_of_a_zone_that_cannot_be_read(directory: Path):
    stack(directory, free_port())
    status, out, err = call("drift", "stack.yaml", "--no-dns", "--format", "prometheus")
    assert (status, err.startswith("error: DNS server 127.0.0.1 port")) == (2, True)
    assert 'xmpp_federation_dns_zone_read{zone="contoso.com",provider="rfc2136"} 0' in out.splitlines()


def test_a_zone_that_cannot_be_read_is_told_beside_the_rest(directory: Path):
    stack(directory, port := free_port())
    status, out, err = call("drift", "stack.yaml", "--no-dns", "--format", "json")
    assert (status, [each["state"] for each in json.loads(out)]) == (2, ["unknown"] * 2)
    assert err == (
        f"error: DNS server 127.0.0.1 port {port}, zone contoso.com: xmpp.contoso.com A not read: "
        "connection refused: nothing listens there\n"
    )


def test_why_a_zone_cannot_be_read_stands_in_every_form(directory: Path):
    stack(directory, free_port())
    for form, lead in (
        ("markdown", "- Not looked at: DNS"),
        ("github", "::error title=XMPP federation%3A drift::DNS"),
    ):
        _, out, _ = call("drift", "stack.yaml", "--no-dns", "--format", form)
        assert [line for line in out.splitlines() if line.startswith(f"{lead} server 127.0.0.1")], out


def test_a_secret_that_the_stack_file_has_not_comes_from_the_environment(directory: Path):
    with Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": PUBLISHED}) as knot:
        stack(directory, knot.port)
        file = yaml.safe_load(Path("stack.yaml").read_text())
        del file["config"]["tsigSecret"]
        Path("stack.yaml").write_text(yaml.safe_dump(file))
        assert call("drift", "stack.yaml", "--no-dns")[0] == 0


def test_what_is_in_a_zone_that_nobody_asks_is_not_served(directory: Path, monkeypatch: pytest.MonkeyPatch):
    paused = "the zone is paused"
    monkeypatch.setattr(ZoneClient, "unasked", paused)
    with Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": PUBLISHED}) as knot:
        stack(directory, knot.port)
        status, out, _ = call("drift", "stack.yaml", "--no-dns", "--format", "json")
    assert (status, [(each["state"], each["servers"]) for each in json.loads(out)]) == (
        1,
        [("not served", [paused])] * 2,
    )


def test_a_resolver_that_does_not_answer_ends_it_in_one_line(
    directory: Path, monkeypatch: pytest.MonkeyPatch
):
    def none(*_: object, **__: object) -> None:
        raise NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", none)
    with Knot.serving(["contoso.com"], directory / "1", SECRET, records={"contoso.com": PUBLISHED}) as knot:
        stack(directory, knot.port)
        status, out, err = call("drift", "stack.yaml")
    assert (status, out, err.endswith("; --no-dns leaves the name servers out\n")) == (2, "", True), err


def test_the_rights_that_it_needs_are_printed_by_zone(directory: Path):
    (directory / "stack.yaml").write_text(
        "config:\n  zones: [{provider: aws, name: contoso.com}, {provider: azure, name: fabrikam.com, "
        "resourceGroup: dns}]\n  domains: [contoso.com, fabrikam.com]\n  edgePools: [{ipv4: [131.107.155.10]}]\n"
    )
    assert call("drift", "stack.yaml", "--rights")[:2] == (
        0,
        "contoso.com (aws):\n"
        "  route53:ListResourceRecordSets on the zone\n"
        "  route53:ListHostedZonesByName on *, where the stack has no zoneId\n"
        "  sts:AssumeRole on the role, where the zone has assumeRoleArn\n"
        "fabrikam.com (azure):\n"
        "  Microsoft.Network/dnsZones/read\n"
        "  Microsoft.Network/dnsZones/recordsets/read\n"
        "  Microsoft.Network/dnsZones/SRV/read\n"
        "  Microsoft.Network/dnsZones/A/read\n"
        "  Microsoft.Network/dnsZones/AAAA/read\n"
        "  Microsoft.Network/dnsZones/CNAME/read\n"
        "  Microsoft.Network/dnsZones/NS/read\n",
    )


def test_a_stack_with_mistakes_ends_it_with_status_2(directory: Path):
    (directory / "stack.yaml").write_text("config: {domains: [contoso_com]}\n")
    status, out, err = call("drift", "stack.yaml")
    assert (status, out, err.startswith("error: stack.yaml:1: domains[0]: ")) == (2, "", True)
