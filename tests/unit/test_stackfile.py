"""How a stack file is read: the engine itself is asked the same in tests/engine/test_verdict.py."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from xmpp_federation_dns.problems import StackSecret
from xmpp_federation_dns.stackfile import StackFile, stack_directory


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("Pulumi.test.yaml")


def values(file: Path, config: str) -> dict[str, Any]:
    file.write_text("config:\n" + textwrap.indent(textwrap.dedent(config), "  "))
    return StackFile(file).values


def test_keys_with_and_without_namespace_are_the_configuration(file: Path):
    config = """
        xmpp-federation-dns:domains: [contoso.com]
        xmpp-federation-dns:config:profile: standard
        srvTtl: 600
        aws:region: eu-central-1
        other:config:domains: [fabrikam.com]
        :zones: []
    """
    assert values(file, config) == {"domains": ["contoso.com"], "profile": "standard", "srvTtl": 600}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("NULL", None),
        ("~", None),
        ("''", ""),
        ("'null'", "null"),
        ("5269", 5269),
        ("'5269'", "5269"),
        ("-5", -5),
        ("+5", 5),
        ("-0", 0),
        ("00", 0),
        ("010", 8),
        ("-010", -8),
        ("08", 8),
        ("05269", 5269),
        ("0o10", 8),
        ("0O17", 15),
        ("+0o7", 7),
        ("0o8", "0o8"),
        ("0x10", 16),
        ("-0X1f", -31),
        ("0x", "0x"),
        ("0b11", 3),
        ("0B11", 3),
        ("0b2", "0b2"),
        ("1_000", 1000),
        ("1_", 1),
        ("_1", "_1"),
        ("0x_1F", 31),
        ("5269.0", 5269),
        ("5269.", 5269),
        ("5269.5", 5269.5),
        (".5", 0.5),
        ("+.5", 0.5),
        ("-.5", -0.5),
        (".", "."),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1.0e+3", 1000),
        ("123e-2", 1.23),
        ("1e-7", 1e-7),
        ("-0.0", 0),
        ("1.5.2", "1.5.2"),
        ("1e309", "1e309"),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", 9223372036854776000),
        ("18446744073709551615", 18446744073709552000),
        ("18446744073709551616", 18446744073709552000),
        ("-9223372036854775808", -9223372036854775808),
        ("-9223372036854775809", -9223372036854776000),
        ("123456789012345678901.0", 123456789012345680000),
        ("0xFFFFFFFFFFFFFFFF", 18446744073709552000),
        ("-0x8000000000000001", "-0x8000000000000001"),
        ("0x1ffffffffffffffffff", "0x1ffffffffffffffffff"),
        ("07777777777777777777777777", 7.777777777777778e24),
        ("1e20", 100000000000000000000),
        ("1e21", 1e21),
        ("0b" + "1" * 64, 18446744073709552000),
        ("-0b" + "1" * 64, "-0b" + "1" * 64),
        ("1" * 5000, "1" * 5000),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
        ("2024-1-1", "2024-01-01 00:00:00 +0000 UTC"),
        ("2024-02-30", "2024-02-30"),
        ("02024-01-01", "02024-01-01"),
        ("'2024-01-01'", "2024-01-01"),
        ("131.107.155.10", "131.107.155.10"),
        ("!!str 010", "010"),
        ("!!int '0x10'", 16),
        ("!!int 1_000", 1000),
        ("!!float 5", 5),
        ("!!float 1.5", 1.5),
        ("!!bool 'TRUE'", True),
        ("!!null ''", None),
        ("!!timestamp '2024-01-01'", "2024-01-01 00:00:00 +0000 UTC"),
        ("! 010", 8),
        ("! '010'", "010"),
        ("!own 010", "010"),
        ("!!omap x", "x"),
    ],
)
def test_a_scalar_in_a_list_means_what_it_means_to_the_engine(file: Path, written: str, read: object):
    [value] = values(file, f"zones: [{written}]")["zones"]
    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("010", 8),
        ("'5269'", 5269),
        ("3600.0", 3600),
        ("0x10", 16),
        ("soon", "soon"),
        ("1.5", "1.5"),
        ("True", "true"),
        ("yes", "yes"),
    ],
)
def test_a_number_at_the_top_goes_by_its_text(file: Path, written: str, read: object):
    assert values(file, f"srvTtl: {written}") == {"srvTtl": read}


@pytest.mark.parametrize("written", ["true", "True", "TRUE", "'true'"])
def test_a_switch_at_the_top_goes_by_its_text(file: Path, written: str):
    assert values(file, f"allowPrivateAddresses: {written}") == {"allowPrivateAddresses": True}


@pytest.mark.parametrize("written", ["", "~", "null", "''"])
def test_an_empty_key_at_the_top_counts_as_absent(file: Path, written: str):
    assert values(file, f"srvTtl: {written}") == {}


def test_text_at_the_top_may_hold_json(file: Path):
    assert values(file, "domains: '[\"contoso.com\"]'\nzones: '[oops'\nprofile: 'null'") == {
        "domains": ["contoso.com"],
        "zones": "[oops",
    }


def test_keys_of_mappings_are_text(file: Path):
    config = "zones: {a: 1, 2: b, 010: c, true: d, yes: e, 1.5: f, ~: g, '': h, 2024-01-01: i}"
    assert list(values(file, config)["zones"]) == [
        "a",
        "2",
        "8",
        "true",
        "yes",
        "1.5",
        "<nil>",
        "",
        "2024-01-01 00:00:00 +0000 UTC",
    ]


def test_anchors_and_merge_keys_are_followed(file: Path):
    config = """
        zones: &a {x: 1}
        domains: {y: 2, <<: *a}
        edgePools: {<<: [*a, {x: 3, z: 4}], y: 2}
        profile: {y: 1, "<<": {y: 2}}
        srvTtl: [*a, {<<: []}]
    """
    assert values(file, config) == {
        "zones": {"x": 1},
        "domains": {"x": 1, "y": 2},
        "edgePools": {"x": 1, "z": 4, "y": 2},
        "profile": {"y": 1},
        "srvTtl": [{"x": 1}, {}],
    }


def test_the_whole_configuration_may_be_merged_in(file: Path):
    file.write_text("shared: &s {srvTtl: 600}\nconfig: {<<: *s, domains: [a]}\n")
    assert StackFile(file).values == {"srvTtl": 600, "domains": ["a"]}


def test_only_the_first_document_counts(file: Path):
    file.write_text("config: {srvTtl: 600}\n---\ngarbage: [\n")
    assert StackFile(file).values == {"srvTtl": 600}


def test_a_byte_order_mark_is_no_part_of_the_file(file: Path):
    file.write_text("\ufeffconfig: {srvTtl: 600}\n")
    assert StackFile(file).values == {"srvTtl": 600}


def test_an_empty_configuration_is_one(file: Path):
    file.write_text("config:\n")
    assert StackFile(file).values == {}


def test_an_encrypted_tsig_secret_is_known_to_be_there(file: Path):
    config = """
        tsigSecret: {secure: v1:abc}
        zones: [{tsigSecret: {secure: v1:abc}}]
    """
    read = values(file, config)
    secrets = [read["tsigSecret"], read["zones"][0]["tsigSecret"]]
    assert [(type(s), s.encrypted) for s in secrets] == [(StackSecret, True)] * 2


def test_a_tsig_secret_in_plain_text_is_known_to_be_so(file: Path):
    secret = values(file, "tsigSecret: 5269")["tsigSecret"]
    assert isinstance(secret, StackSecret)
    assert (str(secret), secret.encrypted) == ("5269", False)


def test_a_mapping_that_only_looks_encrypted_is_none(file: Path):
    config = "zones: [{secure: 5}, {secure: a, b: c}, {secure: [a]}, {}]"
    assert values(file, config)["zones"] == [
        {"secure": 5},
        {"secure": "a", "b": "c"},
        {"secure": ["a"]},
        {},
    ]


def test_an_encrypted_value_of_another_package_is_its_own_affair(file: Path):
    assert values(file, "aws:secretKey: {secure: v1:abc}\nother: {secure: 5}")["other"] == {"secure": 5}


def test_a_place_stands_on_the_line_of_its_value(file: Path):
    file.write_text(
        "# a comment\nconfig:\n  domains:\n    - a\n    - name: b\n      edgePools:\n        - {}\n"
    )
    read = StackFile(file)
    places = [(), ("domains",), ("domains", 0), ("domains", 1, "name"), ("domains", 1, "edgePools", 0)]
    assert [read.line(place) for place in places] == [1, 4, 4, 5, 7]


def test_a_place_that_is_not_in_the_file_stands_where_it_is_missing(file: Path):
    file.write_text("config:\n  zones:\n    - name: b\n")
    read = StackFile(file)
    assert [read.line(place) for place in [("zones", 0, "provider"), ("domains",)]] == [3, 1]


@pytest.mark.parametrize(
    ("project", "directory"),
    [
        (None, "."),
        ("name: x\nstackConfigDir: config\n", "config"),
        ("name: x\n", "."),
        ("stackConfigDir: [config]", "."),
        ("[]", "."),
        ("{", "."),
        ("? [a]\n: b\n", "."),
    ],
)
def test_stack_files_are_where_the_project_says(file: Path, project: str | None, directory: str):
    if project is not None:
        file.with_name("Pulumi.yaml").write_text(project)
    assert stack_directory() == Path(directory)


def test_what_a_program_is_handed_counts_the_defaults_of_the_project_and_other_packages(file: Path):
    file.with_name("Pulumi.yaml").write_text(
        "config:\n  srvTtl: {default: 3600}\n  addressTtl: {default: 300}\n  domains: {type: array}\n"
        "  aws:region: x\n"
    )
    values(file, "addressTtl: 60\nprofile:\nzones: [{name: 'é<'}]\n")
    handed = {
        "xmpp-federation-dns:srvTtl": "3600",
        "xmpp-federation-dns:addressTtl": "60",
        "aws:region": "x",
        "xmpp-federation-dns:profile": "<nil>",
        "xmpp-federation-dns:zones": '[{"name":"é<"}]',
    }
    text = json.dumps(handed, separators=(",", ":"), ensure_ascii=False)
    # Go writes what HTML would take for markup in escapes, in each JSON of the two.
    text = text.replace("é<", "é" + r"\\u003c").replace("<nil>", r"\u003cnil\u003e")
    assert StackFile(file).octets == len(f"PULUMI_CONFIG={text}\0".encode())
