"""The command `discover --domains`: a list of SIP domains, asked about over DNS alone."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import dns.asyncresolver
import pytest
import yaml
from dns.resolver import NoResolverConfiguration
from tests.proof.dns.knots import knot
from tests.unit.cli import call
from tests.unit.table import NAMES
from tools.lab.knot import free_port

ZONE = (
    "@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\nns1 A 127.0.0.1\n"
    "_xmpp-server._tcp 3600 SRV 0 0 5269 xmpp\nxmpp A 131.107.155.10\n"
    "_xmpp-server._tcp.b 3600 SRV 0 0 5269 x.b\nx.b A 10.0.0.5\n"
)
NO_PROVIDER = "no provider for zone contoso.com: DNS does not tell it; add it, with what it needs"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    gc.enable()  # which the command disables in its process


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with knot(tmp_path / "knot", {"contoso.com.": ZONE}, port := free_port()):
        yield f"127.0.0.1:{port}"


def test_a_list_becomes_a_stack_that_lacks_the_provider_alone(server: str):
    Path("list.txt").write_text("contoso.com # ours\nCONTOSO.COM\n")
    code, out, _ = call(
        "discover", "--domains", "list.txt", "--nameserver", server, "--output", "Pulumi.p.yaml"
    )
    assert (code, out) == (0, "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out\n")
    text = Path("Pulumi.p.yaml").read_text()
    assert yaml.safe_load(text)["config"] == {
        "xmpp-federation-dns:srvTtl": 3600,
        "xmpp-federation-dns:addressTtl": 300,
        "xmpp-federation-dns:zones": [{"name": "contoso.com"}],
        "xmpp-federation-dns:edgePools": [{"ipv4": ["131.107.155.10"]}],
        "xmpp-federation-dns:domains": ["contoso.com"],
    }
    assert f"#   {NO_PROVIDER}\n" in text
    code, out, _ = call("check", "Pulumi.p.yaml", "--format", "json")
    [problem] = json.loads(out)
    assert (code, problem["path"], problem["text"]) == (
        1,
        "zones[0]",
        f"'provider' is missing; it is one of {NAMES}",
    )
    Path("Pulumi.p.yaml").write_text(
        text.replace("- name: contoso.com", "- {provider: aws, name: contoso.com}")
    )
    assert call("check", "Pulumi.p.yaml")[0] == 0


def test_what_breaks_a_rule_and_what_nobody_serves_is_left_out(server: str):
    Path("sip.csv").write_text(
        '#TYPE x\n"Name","IsDefault"\n"b.contoso.com","True"\n"c.contoso.com","False"\n'
    )
    code, out, _ = call(
        *("discover", "--domains", "sip.csv", "--nameserver", server, "--output", "Pulumi.p.yaml"),
        *("--format", "json"),
    )
    assert code == 1
    assert [(each["what"], each["rule"]) for each in json.loads(out)["left"]] == [
        ("_xmpp-server._tcp.c.contoso.com SRV", ""),
        ("_xmpp-server._tcp.b.contoso.com SRV", "P6"),
    ]


def test_a_sip_domain_whose_zone_nobody_serves_is_exit_status_2_and_the_others_are_written(server: str):
    Path("list.txt").write_text("contoso.com\nfabrikam.com\n")
    code, out, err = call("discover", "--domains", "list.txt", "--nameserver", server)
    assert (code, err.splitlines()) == (
        2,
        [
            "1 SIP domain, 2 record sets of 1 zone taken in, 0 left out",
            "error: fabrikam.com: nobody tells which zone it lies in; ask again, or with another --nameserver",
        ],
    )
    assert "- contoso.com" in out


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("list.md", "contoso.com\n", "'list.md' is none of .txt, .csv"),
        ("list.txt", "contoso.com\nnot a name\n", "list.txt:2: 'not a name' is not a host name: "),
        ("list.csv", "Domain\ncontoso.com\n", "list.csv: its first line names no column 'Name'"),
        ("list.csv", "Name,X\n,2\n", "list.csv:2: the column Name is empty"),
        ("list.csv", 'Name\n"contoso.com\n', "list.csv:2: not CSV: "),
    ],
)
def test_a_list_that_is_none_is_told_by_file_and_line(name: str, content: str, error: str):
    Path(name).write_text(content)
    code, out, err = call("discover", "--domains", name)
    assert (code, out, err.startswith(f"error: {error}")) == (2, "", True), err


def test_a_list_that_is_not_there_is_told():
    assert call("discover", "--domains", "list.txt")[::2] == (
        2,
        "error: list.txt: No such file or directory\n",
    )


def test_a_machine_without_a_resolver_is_told_what_to_name(monkeypatch: pytest.MonkeyPatch):
    def none() -> None:
        raise NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "get_default_resolver", none)
    Path("list.txt").write_text("contoso.com\n")
    code, _, err = call("discover", "--domains", "list.txt")
    assert (code, err.startswith("error: this machine has no resolver; name the servers to ask")) == (2, True)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--zone", "contoso.com"], "--zone: the list of --domains tells what is asked for"),
        (["--nameserver", "x:y"], "x:y: 'y' is no port; write ADDRESS:PORT"),
        (["--profile", "dns"], "--profile belongs to --aws, and not to --domains"),
    ],
)
def test_options_that_do_not_belong_together_are_told(options: list[str], error: str):
    Path("list.txt").write_text("contoso.com\n")
    assert call("discover", "--domains", "list.txt", *options)[::2] == (2, f"error: {error}\n")
