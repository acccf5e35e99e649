"""What the files that a stack includes add, and where their mistakes are."""

from pathlib import Path

import pytest
from tests.unit.included.lab import POOLS, ZONES, included, stack, write
from tests.unit.table import NAMES

from xmpp_federation_dns.configuration import plan as configuration
from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.problems import ConfigurationError


def test_each_file_adds_to_the_lists_of_the_stack():
    write(
        domains__yaml="domains: [b.example, {name: c.example}]\nzones: [{provider: azure, name: c.example}]\n",
        more__yml="domains:\n- d.example\nedgePools: [{ipv4: [131.107.155.10]}]\n",
    )
    assert included("domains.yaml", "more.yml", domains=["a.example"], srvTtl=600) == (
        {
            "srvTtl": 600,
            "domains": ["a.example", "b.example", {"name": "c.example"}, "d.example"],
            "zones": [{"provider": "azure", "name": "c.example"}],
            "edgePools": [{"ipv4": ["131.107.155.10"]}],
        },
        [],
    )


def test_what_is_no_list_in_the_stack_is_left_to_be_told():
    write(x__txt="b.example\n")
    assert included("x.txt", domains="a.example") == ({"domains": "a.example"}, [])


def test_a_list_of_a_file_that_is_null_adds_nothing():
    write(x__yaml="domains:\nzones: []\n")
    assert included("x.yaml") == ({"zones": []}, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.txt", "# ours\n\na.example  # since 2019\n  b.example\r\n"),
        ("x.TXT", "\ufeffa.example\nb.example"),
        ("x.csv", "Name\na.example\nb.example\n"),
        (
            "x.csv",
            '\ufeff#TYPE Microsoft.Rtc.Management.SipDomain\r\n"name"\r\n"a.example"\r\n"b.example"\r\n',
        ),
        ("x.csv", "NAME\r\na.example\r\n\r\n b.example \r\n"),
    ],
    ids=["a name a line", "a mark at the start", "a column", "Export-Csv", "empty lines"],
)
def test_names_alone_stand_in_plain_lists_too(name: str, text: str):
    Path("config", name).write_text(text, newline="")
    assert included(name) == ({"domains": ["a.example", "b.example"]}, [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_other_columns_are_not_read_which_is_told(separator: str):
    rows = (("Identity", "Name", "IsDefault"), ("x", "a.example", "True"), ("", "", ""))
    write(x__csv="\n".join(separator.join(row) for row in rows))
    assert included("x.csv") == (
        {"domains": ["a.example"]},
        ["config/x.csv:1: not read but for the column Name: Identity, IsDefault (Edge pools stand in YAML)"],
    )


def test_a_row_without_a_name_is_told():
    write(x__csv="Name,Note\na.example,x\n,y\n\n", y__csv="Note,Name\nx;b.example\n")
    assert included("x.csv", "y.csv") == (
        {"domains": ["a.example"]},
        [
            "config/x.csv:1: not read but for the column Name: Note (Edge pools stand in YAML)",
            "config/x.csv:3: the column Name is empty",
            "config/y.csv:1: not read but for the column Name: Note (Edge pools stand in YAML)",
            "config/y.csv:2: the column Name is empty",
        ],
    )


def test_what_excel_and_powershell_put_before_the_header_is_passed_over():
    write(x__csv="#TYPE x\r\n\r\nsep=;\r\nName;Id\r\na.example;1\r\n")
    given, problems = included("x.csv")
    assert given == {"domains": ["a.example"]}
    assert problems[0].startswith("config/x.csv:4: ")


def test_what_stands_in_place_of_zones_is_not_shown():
    write(x__yaml="zones: c2VjcmV0\n")
    assert included("x.yaml")[1] == ["config/x.yaml:1: zones: expected a list, got something else"]


def test_a_number_in_quotes_in_a_file_is_mended_there():
    write(x__yaml="edgePools: [{ipv4: [131.107.155.10], port: '5269'}]\n")
    file = stack("include: [config/x.yaml]\ndomains: [a.example]\n" + ZONES)
    with pytest.raises(ConfigurationError) as raised:
        configuration.read(file.values, file.problems)
    assert [str(problem) for problem in raised.value.problems] == [
        "config/x.yaml:1: edgePools[0].port: expected a whole number, got '5269' (write 5269 without quotes)"
    ]


@pytest.mark.parametrize(
    "config",
    [
        "config: {domains: {secure: v1:abc}, zones: [{provider: aws, name: example}], "
        "edgePools: [{ipv4: [131.107.155.10]}]}",
        "environment: [prod]\nconfig: {}",
    ],
)
def test_what_is_included_is_checked_where_the_rest_is_not_known(config: str):
    write(x__txt="a.example\nno name\n")
    text = config.replace("config: {", "config: {include: [config/x.txt, {secure: v1:abc}], ")
    Path("config/Pulumi.test.yaml").write_text(text.replace(", }", "}"))
    found = [each for each in check(Path("config/Pulumi.test.yaml")) if each.problem.severity != "notice"]
    assert [(str(each.path), each.line, each.problem.rule) for each in found] == [("config/x.txt", 2, "P1")]


def test_lines_end_where_editors_end_them():
    write(x__txt="a.example\x0bb.example\rc d.example\u2028\n\re.example f\n")
    stack("include: [config/x.txt]\n" + POOLS + ZONES)
    assert [found.line for found in check(Path("config/Pulumi.test.yaml"))] == [1, 2, 4]


def test_a_record_of_several_lines_stands_on_its_first():
    write(x__csv='Note,Name\n"a\nb",\n"c\r\nd",no name\n"e\n')
    assert included("x.csv")[1] == ["include[0]: config/x.csv:6: not CSV: unexpected end of data"]
    write(x__csv='Note,Name\n"a\nb",\n"c\r\nd",no name\n')
    stack("include: [config/x.csv]\n" + POOLS + ZONES)
    found = [each.line for each in check(Path("config/Pulumi.test.yaml")) if each.problem.severity == "error"]
    assert found == [2, 4]


def test_a_key_stands_on_its_own_line_and_not_on_that_of_its_value():
    write(x__yaml="domains: []\ncolour:\n\n  - red\nedgePools:\n\n- port:\n    no\n")
    assert included("x.yaml")[1][0].startswith("config/x.yaml:2: colour: ")
    stack("include: [config/x.yaml]\ndomains: [a.example]\n" + ZONES)
    assert ("config/x.yaml", 7, "edgePools[0].port: expected a whole number, got 'no'") in [
        (str(found.path), found.line, str(found.problem)) for found in check(Path("config/Pulumi.test.yaml"))
    ]


def test_what_may_be_another_value_is_refused_in_a_file_too():
    write(x__yaml="domains: 1e3\nedgePools:\n- {ipv4: [131.107.155.10], port: 010}\nzones: []\n")
    assert included("x.yaml")[1] == [
        "config/x.yaml:1: domains: YAML takes this for 1000: write 1000, or '1e3' where text is meant",
        "config/x.yaml:3: edgePools[0].port: YAML takes this for 8: write 8, or '010' where text is meant",
    ]


def test_a_file_holds_domains_pools_and_zones_alone():
    write(x__yaml="srvTtl: 60\ndomains: a.example\nedgePools: []\n")
    assert included("x.yaml") == (
        {"edgePools": []},
        [
            "config/x.yaml:1: srvTtl: a file that is included holds domains, edgePools and zones alone",
            "config/x.yaml:2: domains: expected a list, got 'a.example'",
        ],
    )


def test_no_secret_stands_in_a_file_that_is_included_and_its_other_mistakes_are_told():
    write(
        x__yaml="domains: [{secure: AAAA}, no name]\nzones:\n- 1\n- {name: a.example, tsigSecret: c2VjcmV0}\n"
        "- {name: b.example, tsig_secret: {secure: AAAA}}\n- {provider: rfc2136, name: c.example, server: 192.0.2.1, "
        "tsigKeyName: k, tsigSecret: {secure: AAAA}}\n- {provider: cloudflare, name: d.example, apiToken: c2VjcmV0}\n"
        "- {provider: cloudflare, name: e.example, api_token: 0123}\n"
    )
    stack("include: [config/x.yaml]\n" + POOLS)
    way = "secrets stand in the stack: pulumi config set --secret xmpp-federation-dns:tsigSecret"
    assert [f"{found.line}: {found.problem}" for found in check(Path("config/Pulumi.test.yaml"))] == [
        "1: domains[0]: what is encrypted stands in the stack file",
        "1: domains[1]: 'no name' is not a host name: labels hold letters, digits and hyphens",
        "3: zones[0]: expected a mapping with provider and name, got 1",
        f"4: zones[1].tsigSecret: {way}",
        f"4: zones[1]: 'provider' is missing; it is one of {NAMES}",
        "5: zones[2].tsig_secret: what is encrypted stands in the stack file",
        f"5: zones[2]: 'provider' is missing; it is one of {NAMES}",
        f"6: zones[3].tsigSecret: {way}",
        "7: zones[4].apiToken: secrets stand in the stack: set CLOUDFLARE_API_TOKEN",
        "8: zones[5].api_token: YAML takes this for a number or a date: write it in quotes",
    ]


def test_mistakes_are_told_with_file_and_line_beside_those_of_the_stack():
    write(
        x__yaml="domains:\n- ok.example\n- name: b.example\n  colour: red\n- {}\n- no name\nzones:\n- provider: no\n",
        y__txt="fine.example\n\nno name\n",
    )
    file = stack(
        "include: [config/x.yaml, config/y.txt, config/none.yaml]\ndomains: [bad name, ok.example]\n" + POOLS
    )
    with pytest.raises(ConfigurationError) as raised:
        configuration.read(file.values, file.problems)
    wrong = "is not a host name: labels hold letters, digits and hyphens"
    assert [str(problem) for problem in raised.value.problems] == [
        "include[2]: config/none.yaml: No such file or directory",
        "config/x.yaml:4: domains[1].colour: unknown key; known are name, edgePools, federation",
        "config/x.yaml:5: domains[2]: 'name' is missing",
        f"config/x.yaml:8: zones[0].provider: 'no' is none of the providers {NAMES}",
        f"domains[0]: 'bad name' {wrong}",
        f"config/x.yaml:6: domains[3]: 'no name' {wrong}",
        f"config/y.txt:3: 'no name' {wrong}",
        "config/x.yaml:2: domains[0]: 'ok.example' is there already, at domains[1] of the stack",
    ]


def test_check_finds_them_in_their_own_files():
    write(x__yaml="domains:\n- name: b.example\n  colour: red\n- c.example\n", y__txt="\nc.example\n")
    stack("include: [config/x.yaml, config/y.txt]\ndomains: [b.example]\n" + POOLS + ZONES)
    assert [
        (str(found.path), found.line, str(found.problem)) for found in check(Path("config/Pulumi.test.yaml"))
    ] == [
        ("config/x.yaml", 2, "domains[0].name: 'b.example' is there already, at domains[0] of the stack"),
        ("config/x.yaml", 3, "domains[0].colour: unknown key; known are name, edgePools, federation"),
        ("config/y.txt", 2, "'c.example' is there already, at config/x.yaml:4: domains[1]"),
    ]
