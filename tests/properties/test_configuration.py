"""What holds for every configuration, tried on generated ones."""

import copy
import gc
import os
import subprocess
from collections.abc import Hashable
from pathlib import Path
from typing import Any, cast

import dns.rdatatype
import dns.zone
import yaml
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from tests.unit.table import BASE
from typer.testing import CliRunner

from xmpp_federation_dns import published
from xmpp_federation_dns.commands import app, export
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.problems import ConfigurationError

tried = settings(
    deadline=None,
    database=None,
    # In a pipeline the same examples every time: a change is judged by what it changes.
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ZONES = (
    "contoso.com",
    "corp.contoso.com",
    "fabrikam.example",
    "_tcp.fabrikam.example",
    "xn--mnchen-3ya.example",
)
HOST_ZONES = [name for name in ZONES if "_" not in name]
APEX = "@ IN SOA ns.invalid. hostmaster.invalid. 1 7200 900 1209600 300\n@ IN NS ns.invalid.\n"
"""What a zone needs itself."""


def key_of(named: Any) -> Hashable:
    """Return what may occur once in a list: a SIP domain's name, an Edge pool's target."""
    return named if isinstance(named, str) else named.get("name", named.get("host", named.get("target")))


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
hosts = st.one_of(
    labels,
    st.lists(labels, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["@", "xmpp", "Bücher", "a" * 63]),
)
domain_names = st.one_of(
    st.sampled_from(HOST_ZONES),
    st.builds("{}.{}".format, labels, st.sampled_from(HOST_ZONES)),
    st.sampled_from(["Café.Contoso.COM.", f"{'a' * 63}.{'b' * 63}.{'c' * 40}.contoso.com"]),
)
ipv4 = st.one_of(st.ip_addresses(v=4, network="131.0.0.0/8").map(str), st.just("10.0.0.5"))
ipv6 = st.integers(1, 0xFFFF).map("2620:1EC:0::{:x}".format)
numbers = st.integers(0, 65535)
managed = st.fixed_dictionaries(
    {"host": hosts, "ipv4": st.lists(ipv4, min_size=1, max_size=4, unique=True)},
    optional={
        "ipv6": st.lists(ipv6, max_size=3, unique=True),
        "port": st.integers(1, 32767),
        "priority": numbers,
        "weight": numbers,
        "directTlsPort": st.none() | st.integers(32768, 65535),
    },
)
shared_target = st.fixed_dictionaries(
    {
        "target": st.builds("shared.{}".format, st.sampled_from(HOST_ZONES)),
        "ipv4": st.just(["131.107.155.1"]),
    }
)
elsewhere = st.fixed_dictionaries(
    {"target": st.builds("{}.hosting.invalid".format, labels), "manageAddresses": st.just(False)},
    optional={"ipv6": st.none(), "priority": numbers},
)
pools = st.lists(managed | shared_target | elsewhere, min_size=1, max_size=3, unique_by=key_of)
long_form = st.fixed_dictionaries(
    {"name": domain_names}, optional={"edgePools": pools, "federation": st.sampled_from(["enabled", None])}
)
disabled = st.fixed_dictionaries({"name": domain_names, "federation": st.just("disabled")})
zones = st.permutations(ZONES) | st.permutations(ZONES[::2])
configurations = st.fixed_dictionaries(
    {
        "zones": zones.map(lambda names: [{"provider": "aws", "name": name} for name in names]),
        "edgePools": pools,
        "domains": st.lists(domain_names | long_form | disabled, min_size=1, max_size=6, unique_by=key_of),
        "profile": st.just("standard"),
        "allowPrivateAddresses": st.just(True),
    },
    optional={"srvTtl": st.integers(60, 86400), "addressTtl": st.integers(60, 86400)},
)


@settings(tried, max_examples=150)
@given(configurations)
def test_what_passes_check_is_exported_to_master_files_that_name_servers_load(
    tmp_path: Path, configuration: dict[str, Any]
):
    try:
        rows = published.rows(read(configuration))
    except ConfigurationError as error:
        event(error.problems[0].rule)
        assume(False)
        raise
    text = export.as_master_file(rows)
    assert parsed(text) == {
        (f"{row['name']}.", row["type"], row["ttl"], frozenset(row["values"])) for row in rows
    }
    names = [zone["name"] for zone in configuration["zones"]]
    for part in text.split("\n\n"):
        origin, _, records = part.partition("\n")
        zone = origin.removeprefix("$ORIGIN ").removesuffix(".")
        children = [f"{child}. IN NS ns.invalid.\n" for child in names if child.endswith(f".{zone}")]
        content = f"$TTL 3600\n{origin}\n{APEX}{''.join(children)}{records}\n"
        assert judged(tmp_path, zone, content) == "", content


def parsed(text: str) -> set[tuple[str, str, int, frozenset[str]]]:
    """Return the record sets that dnspython reads from master-file text."""
    found: set[tuple[str, str, int, frozenset[str]]] = set()
    for part in text.split("\n\n"):
        zone = dns.zone.from_text(part, part.split()[1], relativize=False, check_origin=False)
        for name, rdataset in zone.iterate_rdatasets():
            kind = dns.rdatatype.to_text(rdataset.rdtype)
            rdatas: list[Any] = list(rdataset)
            found.add((str(name), kind, rdataset.ttl, frozenset(rdata.to_text() for rdata in rdatas)))
    return found


def judged(directory: Path, zone: str, text: str) -> str:
    """Return what named-checkzone says of a zone file other than that it is good."""
    file = directory / "zone"
    file.write_text(text)
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
    command = ["named-checkzone", "-i", "local", "-S", "fail", "-k", "fail", zone, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": path})
    said = done.stdout + done.stderr
    return "" if said == f"zone {zone}/IN: loaded serial 1\nOK\n" and done.returncode == 0 else said


def test_the_judge_finds_what_is_wrong_with_a_zone(tmp_path: Path):
    bad = f"$TTL 3600\n$ORIGIN contoso.com.\n{APEX}_xmpp-server._tcp IN SRV 0 0 5269 xmpp\n"
    assert "has no address records" in judged(tmp_path, "contoso.com", bad)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ZONES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KNOWN: dict[str, Any] = {
    **BASE,
    "zones": [
        {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
        {"provider": "azure", "name": "fabrikam.com", "resourceGroup": "dns", "subscriptionId": "s"},
        {"provider": "gcp", "name": "litware.com", "project": "dns", "managedZone": "z"},
        {
            "provider": "rfc2136",
            "name": "corp.example.net",
            "server": "192.0.2.53",
            "port": 53,
            "tsigKeyName": "k",
            "tsigAlgorithm": "hmac-sha256",
            "tsigSecret": "c2VjcmV0",
        },
    ],
    "domains": ["contoso.com", {"name": "fabrikam.com", "federation": "enabled", "edgePools": []}],
    "edgePools": [
        {
            "host": "xmpp",
            "target": "xmpp.contoso.com",
            "manageAddresses": True,
            "ipv4": ["131.107.155.10"],
            "ipv6": ["2620:1ec::10"],
            "priority": 0,
            "weight": 0,
            "port": 5269,
            "directTlsPort": 5270,
        }
    ],
    "srvTtl": 600,
    "addressTtl": 600,
    "tsigSecret": "c2VjcmV0",
    "profile": "lync",
    "allowPrivateAddresses": False,
}


def places(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where each value of a configuration stands."""
    items: Any = ()
    if isinstance(node, dict | list):
        items = (
            cast("dict[str, Any]", node).items() if isinstance(node, dict) else enumerate(cast("Any", node))
        )
    found: list[tuple[Any, ...]] = [place] if place else []
    return found + [below for key, item in items for below in places(item, (*place, key))]


def outcomes(directory: Path, content: bytes) -> list[int]:
    """Return the exit status of each command on a stack file; raise what none of them may raise."""
    file = directory / "Pulumi.fuzz.yaml"
    file.write_bytes(content)
    commands = [["check", "--format", form] for form in ("text", "json", "github")] + [["export"]]
    found: list[int] = []
    for command in commands:
        done = CliRunner().invoke(app, [*command, str(file)])
        gc.enable()  # which the command disables in its process
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code == 2:
            assert (done.stderr.startswith("error: "), done.stderr.count("\n")) == (True, 1), done.stderr
        found.append(done.exit_code)
    return found


@settings(tried, max_examples=250)
@given(st.lists(st.tuples(st.sampled_from(places(KNOWN)), anything), min_size=1, max_size=3))
def test_no_value_in_any_place_ends_in_a_traceback(
    tmp_path: Path, changes: list[tuple[tuple[Any, ...], Any]]
):
    configuration = copy.deepcopy(KNOWN)
    for place, value in changes:
        node: Any = configuration
        for step in place[:-1]:
            node = node[step] if has(node, step) else None
        if has(node, place[-1]):
            node[place[-1]] = value
    content = yaml.safe_dump({"config": {f"xmpp-federation-dns:{k}": v for k, v in configuration.items()}})
    statuses = outcomes(tmp_path, content.encode())
    assert statuses in ([0] * 4, [1] * 4, [2] * 4)
    event(str(statuses[0]))


def has(node: Any, step: Any) -> bool:
    """Tell whether *node* still has that key or position."""
    if isinstance(node, list):
        return isinstance(step, int) and step < len(cast("list[Any]", node))
    return isinstance(node, dict) and step in node


@settings(tried, max_examples=150)
@given(st.dictionaries(st.sampled_from([*KNOWN, "x"]) | st.text(max_size=8), anything, max_size=6))
def test_no_configuration_at_all_ends_in_a_traceback(tmp_path: Path, configuration: dict[str, Any]):
    statuses = outcomes(tmp_path, yaml.safe_dump({"config": configuration}).encode())
    assert statuses in ([0] * 4, [1] * 4, [2] * 4)


@settings(tried, max_examples=150)
@given(st.binary(max_size=60), st.sampled_from([b"", b"config:\n  domains: ", b"config: {domains: ["]))
def test_no_bytes_end_in_a_traceback(tmp_path: Path, content: bytes, start: bytes):
    statuses = outcomes(tmp_path, start + content)
    assert statuses in ([1] * 4, [2] * 4)


SIGNS = "[]{}:,-&*!|>'\"#%@`~ \n\t"
WORDS = ["config:", "domains:", "zones:", "010", "1e3", ".inf", "...", "null", "contoso.com", "secure: x"]
NODES = ["- ", ": ", "? ", "\n  ", "\n    ", "&a ", "*a ", "<<: ", "!!int ", "!!str ", "---\n"]
tokens = st.sampled_from([*SIGNS, *WORDS, *NODES])


@settings(tried, max_examples=250)
@given(st.lists(tokens, max_size=14).map("".join), st.sampled_from(["", "config:\n  domains: ", "config: {"]))
def test_no_yaml_ends_in_a_traceback(tmp_path: Path, text: str, start: str):
    statuses = outcomes(tmp_path, (start + text).encode())
    # Beside what is encrypted, mistakes are found; without it, nothing can be exported.
    assert statuses in ([1] * 4, [2] * 4, [1, 1, 1, 2])
