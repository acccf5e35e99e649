"""The engine and the command `check` read a stack file alike, also at the corners of YAML."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tools.lab.stack import Stack

from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.stackfile import StackFile
from xmpp_federation_dns.configuration.yamlfile import StackFileError

PROGRAM = """
import json
from pathlib import Path
from xmpp_federation_dns import stack_configuration
Path("given.json").write_text(json.dumps(stack_configuration()))
"""
LISTS = """\
shared: &shared {first: 1, second: 2}
config:
  xmpp-federation-dns:zones: [
    yes, no, on, off, y, n, true, True, TRUE, false, null, ~, Null, NULL, '', "null", "yes", tRUE,
    0o8, 0o, 0x, 0b2, 08x, "5269", '010', !!str 010, ! '010', -5, 0, 10, 999999999999999999, -999999999999999999,
    "2024-01-01", !!str 2024-01-01, 1:30, 12:34:56, 190:20:30, 131.107.155.10, 2620:1ec::10, 1:2:3:4:5:6:7:8,
    1.5.2, 1.5e, e5, ., .., -, +, -a, +1a, _, a b, "a\\nb", "\\x85", 2024-01, 2024-01-01x, 02024-01-01, 1-2-3,
    3com.contoso.com, 00000000-0000-4000-8000-000000000001,
    !!set {a, b}, !!seq {a: 1}, [], {}, [[]], [a, ], {a}, [b: c], {secure: 5}, {secure: [a]},
    {a: 1, 2: b, true: d, yes: e, "": h}
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
  xmpp-federation-dns:srvTtl: 600
  addressTtl: "600"
  allowPrivateAddresses: yes
  profile: on
  d: null
  e: ~
  f:
  g: "5269"
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
  y: ""
  z: "nul"
"""
EMPTY = "config:\n  srvTtl:\n  addressTtl: ~\n---\nconfig: {srvTtl: 600}\n"
AMBIGUOUS = """\
    010, 0o10, 0x10, 0b11, 08, 09, 0777, 0_7, -010, 08_1, +0o7, -0x10, 0B11, 0O17, 0X1F, 00, -0, +5,
    5269.0, 5269., 5269.5, .5, -.5, +.5, 1e3, 1E3, 1.0e+3, 123e-2, 1e-7, -0.0, 1e15, 1e20, 1e21, 1e-400,
    1_000, 1_0.5, 1__0, 5_, 0x_1F, 1e1_0, 2024-01-01, 2024-1-1, 0001-01-01, 2024-01-01 10:00:00, 2024-01-01T10:00:00Z,
    9223372036854775807, 9223372036854775808, 18446744073709551615, 18446744073709551616, -9223372036854775808,
    0xFFFFFFFFFFFFFFFF, 07777777777777777777777777, 123456789012345678901.0"""
"""Values that Pulumi takes for something else than their text."""
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
    "config: {domains: {!!int x: a}}",
]
"""Files that neither of the two reads."""
PROJECT = """\
name: xmpp-federation-dns
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
stackConfigDir: config
config:
  profile: standard
  srvTtl: {value: 700}
  addressTtl: {default: 700}
  verify: {type: string, value: warn}
  domains: {type: array, items: {type: string}, default: [a.example]}
  xmpp-federation-dns:zones: {value: [{provider: aws, name: example, bulk: true}]}
  xmpp-federation-dns:allowPrivateAddresses: TRUE
  aws:region: {value: x}
"""
BASE = {
    "zones": "[{provider: aws, name: contoso.com, zoneId: Z1}]",
    "domains": "[contoso.com]",
    "edgePools": "[{ipv4: [131.107.155.10]}]",
}
REFUSED: list[dict[str, str]] = [
    {"srvTtl": "8", "addressTtl": "90000", "allowPrivateAddresses": "yes", "profile": "on"},
    {
        "edgePools": "[{port: '5269', priority: 70000, weight: -1, manageAddresses: yes, ipv4: [1:30, 5]},"
        " {host: '2024_01', ipv4: [131.107.155.11], priority: yes, port: 5222}]",
        "domains": "[on, ~, 12, {name: null, federation: off}]",
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
    assert in_json(present(given)) == in_json(read)


def test_a_program_gets_what_the_project_sets_as_check_reads_it(tmp_path: Path):
    stack = Stack(tmp_path)
    stack.pulumi("stack", "select", "--create")
    (stack.project / "__main__.py").write_text(PROGRAM)
    (stack.project / "Pulumi.yaml").write_text(PROJECT)
    text = "config:\n  addressTtl:\n  verify: fail\n"
    read = reading(stack.project, text)
    stack.file.write_text(text)
    stack.pulumi("preview")
    assert in_json(json.loads((stack.project / "given.json").read_text())) == in_json(read)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("{type: integer}", "verifyTimeout: Pulumi.yaml leaves its value to the stack"),
        (
            "{value: {secure: x}}",
            "{}:13: config.verifyTimeout.value: what is encrypted stands in the stack file",
        ),
    ],
)
def test_neither_the_engine_nor_check_goes_without_what_the_project_demands(
    tmp_path: Path, declared: str, told: str
):
    stack = Stack(tmp_path)
    stack.pulumi("stack", "select", "--create")
    project = stack.project / "Pulumi.yaml"
    project.write_text(f"{PROJECT}  verifyTimeout: {declared}\n")
    stack.file.write_text("config:\n  verify: fail\n")
    assert [str(problem) for problem in StackFile(stack.file).problems] == [told.format(project)]
    assert stack.pulumi("preview", check=False).stderr.startswith("error: validating stack config: ")


REFUSED_PROJECTS = [
    ("config: [1]\n", ["config: expected a mapping, got a list"]),
    (
        "stackConfigDir: s\nconfig: t\n",
        ["config: the directory of the stacks is stackConfigDir already; leave one of the two out"],
    ),
    (
        "config: {srvTtl: {value: 300, default: 300}}\n",
        ["config.srvTtl: it has a value and a default; leave one of the two out"],
    ),
    (
        "config: {srvTtl: {type: foo, default: 300}}\n",
        ["config.srvTtl: the type 'foo' is none of array, boolean, integer, object, string"],
    ),
    (
        "config: {srvTtl: {default: 300, secret: maybe}}\n",
        ["config.srvTtl: secret is 'maybe', and neither true nor false"],
    ),
    (
        "config: {srvTtl: {Value: 300, default: 300}}\n",
        ["config.srvTtl: 'Value' is none of default, description, items, secret, type, value"],
    ),
    (
        "config: {'aws:region': {default: x}}\n",
        ["config.aws:region: it is a key of another package, which takes a value and no default"],
    ),
    (
        "config: {'other:a:b': 1}\n",
        ["config.other:a:b: it is no key of a configuration; write namespace:key"],
    ),
]


@pytest.mark.parametrize(
    ("text", "told"), REFUSED_PROJECTS, ids=[text.strip() for text, _ in REFUSED_PROJECTS]
)
def test_a_project_that_the_engine_refuses_is_refused_by_check(tmp_path: Path, text: str, told: list[str]):
    stack = Stack(tmp_path)
    stack.pulumi("stack", "select", "--create")
    file = stack.project / "Pulumi.yaml"
    head = "".join(
        line for line in PROJECT.splitlines(keepends=True)[: PROJECT.splitlines().index("config:")]
    )
    file.write_text(re.sub("(?m)^stackConfigDir:.*\n", "", head) + text)
    stack.file.write_text("config:\n  verify: fail\n")
    line = file.read_text().splitlines().index(text.splitlines()[-1]) + 1
    problems = [str(problem) for problem in StackFile(stack.file).problems]
    assert problems == [f"{file}:{line}: {each}" for each in told]
    assert stack.pulumi("preview", check=False).returncode != 0


def test_what_the_engine_takes_for_something_else_check_refuses(stack: Stack, tmp_path: Path):
    (stack.project / "__main__.py").write_text(PROGRAM)
    written = [value.strip() for value in AMBIGUOUS.split(",")]
    stack.file.write_text(f"config: {{xmpp-federation-dns:zones: [{AMBIGUOUS}]}}\n")
    stack.pulumi("preview")
    given = json.loads((stack.project / "given.json").read_text())["zones"]
    copy = tmp_path / "copy.yaml"
    copy.write_text(f"config: {{zones: [{AMBIGUOUS}]}}\n")
    told = {problem.path: problem.text for problem in StackFile(copy).problems}
    assert list(told) == [("zones", position) for position in range(len(written))]
    for text, value, words in zip(written, given, told.values(), strict=True):
        assert value != text
        if meant := re.search(r"for (-?[0-9]+): write \1, or", words):
            assert int(meant[1]) == value


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
