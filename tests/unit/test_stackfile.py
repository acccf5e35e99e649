"""How a stack file is read: the engine itself is asked the same in tests/engine/test_verdict.py."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from xmpp_federation_dns import CloudflareZone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.stackfile import StackFile
from xmpp_federation_dns.problems import StackSecret, dotted


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


TEXT = "yes on y tRUE 1:30 12:34:56 2620:1:2:3:4:5:6:7 131.107.155.10 1.5.2 e5 . .. - 0o8 0b2 0x _ 3com.contoso.com"
QUOTED = {"''": "", "'null'": "null", "'5269'": "5269", "'010'": "010", "!!str 010": "010"}
WORDS = {"null": None, "NULL": None, "~": None, "true": True, "True": True, "FALSE": False}
NUMBERS = {"5269": 5269, "-5": -5, "0": 0, "9" * 18: 10**18 - 1}


@pytest.mark.parametrize(
    ("written", "read"), [*((text, text) for text in TEXT.split()), *(QUOTED | WORDS | NUMBERS).items()]
)
def test_a_scalar_in_a_list_means_what_it_means_to_the_engine(file: Path, written: str, read: object):
    [value] = values(file, f"zones: [{written}]")["zones"]
    assert (value, type(value)) == (read, type(read))


WHOLE = (
    "010=8 -010=-8 08=8 00=0 -0=0 +5=5 0o10=8 0O17=15 0x1F=31 -0X1f=-31 0b11=3 1_000=1000 5269.0=5269 5269.=5269 "
    "1e3=1000 1.0E+3=1000"
)
"""What is written, and the number that it is."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[(each.split("=")[0], "{1}: write {1}, or".format(*each.split("="))) for each in WHOLE.split()],
        *[(text, "a number that is not whole: write") for text in (".5", "5269.5", "1e309", "1" * 19)],
        *[(text, "a date: write") for text in ("2024-01-01", "2024-1-1 10:00:00", "2024-01-01T10:00:00Z")],
    ],
)
def test_what_may_be_another_value_is_refused_with_the_one_to_write(file: Path, written: str, meant: str):
    file.write_text(f"config:\n  srvTtl: {written}\n  zones: [a, {written}]\n")
    told = f"YAML takes this for {meant} '{written}' where text is meant"
    assert [str(problem) for problem in StackFile(file).problems] == [f"srvTtl: {told}", f"zones[1]: {told}"]


def test_everything_that_may_be_another_value_is_told_at_once_and_nothing_concluded_from_it(file: Path):
    file.write_text("config:\n  srvTtl: 010\n  edgePools:\n    - {010: x, port: 0x10}\n  domains: [1e3]\n")
    assert [(found.line, found.problem.rule, dotted(found.problem.path)) for found in check(file)] == [
        (1, "P15", "zones"),
        (2, "S3", "srvTtl"),
        (4, "S3", "edgePools[0]"),
        (4, "S3", "edgePools[0].port"),
        (4, "S1", "edgePools[0].010"),
        (5, "S3", "domains[0]"),
    ]


def test_a_secret_that_may_be_a_number_is_not_shown(file: Path):
    file.write_text("config:\n  tsigSecret: 0123\n  zones: [{tsig_secret: 1e3}]\n")
    text = "YAML takes this for a number or a date: write it in quotes"
    assert [str(problem) for problem in StackFile(file).problems] == [
        f"tsigSecret: {text}",
        f"zones[0].tsig_secret: {text}",
    ]


def test_what_other_packages_mean_by_a_number_is_their_own_affair(file: Path):
    file.write_text("config:\n  aws:version: 1.10\n  other:mode: [0644]\nnote: 2024-01-01\n")
    assert StackFile(file).problems == []


def test_a_number_in_quotes_at_the_top_is_a_number(file: Path):
    assert values(file, "srvTtl: '3600'\naddressTtl: '1.5'") == {"srvTtl": 3600, "addressTtl": "1.5"}


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
    assert list(values(file, "zones: {a: 1, 2: b, true: d, ~: g, '': h}")["zones"]) == [
        "a",
        "2",
        "true",
        "~",
        "",
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


def test_an_encrypted_api_token_is_known_to_be_there_and_not_taken_for_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
):
    config = "zones: [{provider: cloudflare, name: contoso.com, apiToken: {secure: v1:abc}}]"
    [zone] = values(file, config)["zones"]
    assert (type(zone["apiToken"]), zone["apiToken"].encrypted) == (StackSecret, True)
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    with pytest.raises(UpdateError) as raised:
        CloudflareZone(name="contoso.com", api_token=zone["apiToken"]).client({})
    assert (
        str(raised.value)
        == "zone contoso.com: no API token here; set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_API_TOKEN_CONTOSO_COM for "
        "this zone alone (an update takes apiToken of the zone, too)"
    )


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


def test_a_place_stands_on_the_line_of_its_key(file: Path):
    file.write_text(
        "# a comment\nconfig:\n  domains:\n    - a\n    - name: b\n      edgePools:\n        - {}\n"
    )
    read = StackFile(file)
    places = [(), ("domains",), ("domains", 0), ("domains", 1, "name"), ("domains", 1, "edgePools", 0)]
    assert [read.line(place) for place in places] == [1, 3, 4, 5, 7]


def test_a_place_that_is_not_in_the_file_stands_where_it_is_missing(file: Path):
    file.write_text("config:\n  zones:\n    - name: b\n")
    read = StackFile(file)
    assert [read.line(place) for place in [("zones", 0, "provider"), ("domains",)]] == [3, 1]


def test_the_largest_key_is_the_one_that_takes_most(file: Path):
    values(file, "domains: [contoso.com]\nzones: []\n")
    assert StackFile(file).largest == "domains"
    values(file, "domains: [contoso.com]\nother:text: xxxxxxxxxxxxxxxxxxxxxxxxxxx\n")
    assert StackFile(file).largest == "other:text"


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
