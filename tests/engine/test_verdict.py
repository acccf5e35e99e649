"""The engine and the command `check` read a stack file alike, also at the corners of YAML."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tools.lab.stack import Stack

from xmpp_federation_dns.check import check
from xmpp_federation_dns.stackfile import StackFile
from xmpp_federation_dns.yamlfile import StackFileError

PROGRAM = """
import json
from pathlib import Path
from xmpp_federation_dns import stack_configuration
Path("given.json").write_text(json.dumps(stack_configuration()))
"""
DEFAULTS = {"srvTtl": 3600, "addressTtl": 300}
"""What the project file adds where a stack says nothing."""
LISTS = """\
shared: &shared {first: 1, second: 2}
config:
  xmpp-federation-dns:zones: [
    yes, no, on, off, y, n, true, True, TRUE, false, null, ~, Null, NULL, '', "null", "yes", tRUE,
    010, 0o10, 0x10, 0b11, 08, 09, 0777, 0_7, -010, 08_1, +0o7, -0x10, 0B11, 0O17, 0X1F, 0o8, 0o, 0x, 0b2, 00, -0,
    5269.0, 5269., 5269.5, .5, -.5, +.5, 1e3, 1E3, 1.0e+3, 123e-2, 1e-7, -0.0, 1e15, 1e20, 1e21, 1e309, 1e-400,
    1_000, 1_0.5, 1__0, _5, 5_, __1, 0x_1F, .1_5, 1e1_0, "5269", '010', !!str 010, !x 010, ! 010, ! '010',
    -5, +5, 9007199254740993, 9223372036854775807, 9223372036854775808, 18446744073709551615,
    18446744073709551616, -9223372036854775808, -9223372036854775809, 0xFFFFFFFFFFFFFFFF, -0x8000000000000001,
    0x1ffffffffffffffffff, 0o7777777777777777777777777, 07777777777777777777777777, 123456789012345678901.0,
    2024-01-01, 2024-1-1, 2024-02-30, 2024-13-01, 0001-01-01, 02024-01-01, "2024-01-01", !!str 2024-01-01,
    1:30, 12:34:56, 190:20:30, 131.107.155.10, 2620:1ec::10, 1.5.2, ., .., -, a b, "a\\nb", "\\x85",
    !!int "0x10", !!int 1_000, !!float 5, !!float 1.5, !!bool "TRUE", !!null "~", !!timestamp "2024-01-01",
    !!omap x, !!set {a, b}, !!seq {a: 1}, [], {}, [[]], [a, ], {a}, [b: c], {secure: 5}, {secure: [a]},
    {a: 1, 2: b, 010: c, true: d, yes: e, 1.5: f, ~: g, "": h, 2024-01-01: i, 1e3: j, 0x10: k, 5.0: l}
  ]
  xmpp-federation-dns:domains: {<<: *shared, second: own, third: *shared}
  xmpp-federation-dns:edgePools: {<<: [*shared, {second: later, third: 3}], "quoted": {"<<": *shared}}
  xmpp-federation-dns:config:profile: standard
  allowPrivateAddresses: True
  aws:region: [1]
  other:config:zones: [2]
  :zones: [3]
"""
SCALARS = """\
config:
  xmpp-federation-dns:srvTtl: 010
  addressTtl: 0x10
  allowPrivateAddresses: yes
  profile: on
  a: 5269.0
  b: 1e3
  c: 1_000
  d: null
  e: ~
  f:
  g: "5269"
  h: 2024-01-01
  i: 1:30
  j: TRUE
  k: "true"
  l: [1]
  m: "[1]"
  n: "{}"
  o: {}
  p: '"x"'
  q: "1.5"
  r: " 5"
  s: |
    text
  t: >-
    a
    b
  u: 1e21
  v: 99999999999999999999
  w: -0.0
  x: 2024-02-30
  y: ""
  z: "nul"
"""
EMPTY = "config:\n  srvTtl:\n  addressTtl: ~\n---\nconfig: {srvTtl: 600}\n"
UNREADABLE = [
    "config: {domains: [a], domains: [b]}",
    "config: {domains: {a: 1, a: 2}}",
    'config: {domains: {1: 1, "1": 2}}',
    "config: {domains: {<<: {}, <<: {}}}",
    "config: {domains: {<<: 5}}",
    "config: {domains: {<<: null}}",
    "config: {domains: {<<: [[{a: 1}]]}}",
    "config: {domains: [.inf]}",
    "config: {srvTtl: .nan}",
    "config: {a:b:c: x}",
    "config: {domains: &a [*a]}",
    "config: {domains: &a {<<: *a}}",
    "config: {domains: [*unknown]}",
    "config: {domains: [!!int x]}",
    "config: {domains: [!!int 5.0]}",
    "config: {domains: [!!bool yes]}",
    "config: {domains: [!!null x]}",
    "config: {domains: [!!timestamp x]}",
    "config: {domains: {? [a] : b}}",
    'config: {domains: "\\ud800"}',
    "config:\n\tdomains: [a]",
    "config: []",
    "config: 5",
    "[]",
    "config: {}\nother: {a: 1, a: 2}",
    "config: {aws:x: [!!int x]}",
]
"""Files that neither of the two reads."""
BASE = {
    "zones": "[{provider: aws, name: contoso.com, zoneId: Z1}]",
    "domains": "[contoso.com]",
    "edgePools": "[{ipv4: [131.107.155.10]}]",
}
REFUSED: list[dict[str, str]] = [
    {"srvTtl": "010", "addressTtl": "0x10", "allowPrivateAddresses": "yes", "profile": "on"},
    {
        "edgePools": "[{port: '5269', priority: 1.5, weight: 0o200000, manageAddresses: yes, ipv4: [1:30, 5]},"
        " {host: 2024-01-01, ipv4: [131.107.155.11], priority: 010, port: 5_222}]",
        "domains": "[on, 1e3, ~, 2024-01-01, {name: null, federation: off}]",
    },
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    stack = Stack(tmp_path_factory.mktemp("verdict"))
    stack.pulumi("stack", "select", "--create")
    return stack


@pytest.mark.parametrize("text", [LISTS, SCALARS, EMPTY], ids=["in lists", "at the top", "empty"])
def test_a_program_gets_from_the_engine_what_check_reads(stack: Stack, tmp_path: Path, text: str):
    (stack.project / "__main__.py").write_text(PROGRAM)
    read = reading(tmp_path, text)
    stack.file.write_text(text)
    stack.pulumi("preview")
    given = json.loads((stack.project / "given.json").read_text())
    # In JSON, true is not 1 and 1 is not 1.0.
    assert in_json(present(given)) == in_json({**absent_defaults(text), **read})


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_the_engine_cannot_read_check_cannot_either(stack: Stack, tmp_path: Path, text: str):
    stack.file.write_text(text)
    done = stack.pulumi("preview", check=False)
    assert done.stderr.startswith("error: getting stack configuration:")
    with pytest.raises(StackFileError):
        reading(tmp_path, text)


@pytest.mark.parametrize("given", REFUSED, ids=["at the top", "in lists"])
def test_the_program_refuses_what_check_refuses_in_the_same_words(
    stack: Stack, tmp_path: Path, given: Mapping[str, str]
):
    options = "".join(f"  xmpp-federation-dns:{key}: {value}\n" for key, value in {**BASE, **given}.items())
    copy = tmp_path / "copy.yaml"
    copy.write_text(f"config:\n{options}")
    found = [str(finding.problem) for finding in check(copy) if finding.problem.severity == "error"]
    (stack.project / "__main__.py").write_text((Path(__file__).parents[2] / "__main__.py").read_text())
    stack.file.write_text(copy.read_text())
    done = stack.pulumi("preview", check=False)
    lines = (done.stdout + done.stderr).splitlines()
    told = [line.strip() for line in lines if line.startswith("      ")]
    assert found
    assert sorted(told) == sorted(found)


def reading(directory: Path, text: str) -> dict[str, Any]:
    """Return what check reads; of a copy, since the engine writes into its stack file."""
    copy = directory / "copy.yaml"
    copy.write_text(text)
    return StackFile(copy).values


def present(given: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that count: null is absent."""
    return {key: value for key, value in given.items() if value is not None}


def in_json(values: dict[str, Any]) -> dict[str, str]:
    """Return every value as JSON."""
    return {key: json.dumps(value, sort_keys=True) for key, value in values.items()}


def absent_defaults(text: str) -> dict[str, Any]:
    """Return the defaults of the project file for keys that *text* lacks."""
    return {key: value for key, value in DEFAULTS.items() if key not in text}
