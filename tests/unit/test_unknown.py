"""What a stack file does not tell, since it is encrypted or comes from an environment, is neither absent nor wrong."""

from pathlib import Path

import pytest
import yaml
from tests.unit.cli import CORRECT, PRIVATE, call

from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.stackfile import StackFile
from xmpp_federation_dns.problems import Unknown


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "Pulumi.test.yaml"


def test_any_other_encrypted_value_is_not_known(file: Path):
    file.write_text(
        "config:\n"
        "  edgePools: [{ipv4: [131.107.155.10, {secure: v1:abc}], ipv6: {secure: v1:abc}}]\n"
        "  srvTtl: {secure: v1:abc}\n"
        "  aws:token: {secure: v1:abc}\n"
        "  domains: [contoso.com]\n"
    )
    read = StackFile(file)
    assert read.values["domains"] == ["contoso.com"]
    assert read.unknown == {
        ("edgePools", 0, "ipv4", 1): "it is encrypted",
        ("edgePools", 0, "ipv6"): "it is encrypted",
        ("srvTtl",): "it is encrypted",
    }
    [pool] = read.values["edgePools"]
    assert [isinstance(value, Unknown) for value in (*pool["ipv4"], pool["ipv6"], read.values["srvTtl"])] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "environment", ["[production]", "{imports: [production]}", "{values: {pulumiConfig: {}}}"]
)
@pytest.mark.parametrize("config", ["config: {srvTtl: 600, domains: null}\n", "config:\n  srvTtl: 600\n"])
def test_what_an_environment_may_set_is_not_known(file: Path, environment: str, config: str):
    file.write_text(f"{config}environment: {environment}\n")
    read = StackFile(file)
    assert read.values.pop("srvTtl") == 600
    assert {key: type(value) for key, value in read.values.items()} == dict.fromkeys(
        (
            "domains",
            "zones",
            "edgePools",
            "addressTtl",
            "tsigSecret",
            "profile",
            "allowPrivateAddresses",
            "verify",
            "verifyTimeout",
            "maxRemoved",
        ),
        Unknown,
    )
    assert read.unknown == {
        ("environment",): "it may set domains, zones, edgePools, addressTtl, tsigSecret, profile, "
        "allowPrivateAddresses, verify, verifyTimeout, maxRemoved"
    }


def test_a_stack_may_have_all_of_its_configuration_from_an_environment(file: Path):
    file.write_text("environment: [production]\n")
    assert {type(value) for value in StackFile(file).values.values()} == {Unknown}


@pytest.mark.parametrize("environment", ["", "[]", "{}", "null"])
def test_an_empty_environment_sets_nothing(file: Path, environment: str):
    file.write_text(f"config: {{srvTtl: 600}}\nenvironment: {environment}\n")
    assert (StackFile(file).values, StackFile(file).unknown) == ({"srvTtl": 600}, {})


def told(file: Path) -> list[tuple[int, str, str]]:
    return [(f.line, f.problem.severity, str(f.problem)) for f in check(file)]


def test_a_stack_with_an_environment_is_checked_as_far_as_it_is_known(file: Path):
    file.write_text(
        "environment: [production]\nconfig:\n  srvTtl: 30\n  domains: [contoso.com, contoso_com]\n"
    )
    assert told(file) == [
        (
            1,
            "notice",
            "environment: it may set zones, edgePools, addressTtl, tsigSecret, profile, allowPrivateAddresses, "
            "verify, verifyTimeout, maxRemoved; not checked",
        ),
        (3, "error", "srvTtl: 30 is out of range: 60 to 86400 seconds"),
        (
            4,
            "error",
            "domains[1]: 'contoso_com' is not a host name: labels hold letters, digits and hyphens",
        ),
    ]


def test_what_an_environment_may_admit_is_no_mistake(file: Path):
    zone = "{provider: rfc2136, name: contoso.com, server: 192.0.2.53, tsigKeyName: k}"
    pools = "[{ipv4: [10.0.0.5], port: 5270}, {host: b, ipv4: [10.0.0.6], priority: 1, directTlsPort: 5271}]"
    file.write_text(
        f"environment: [lab]\nconfig: {{zones: [{zone}], edgePools: {pools}, domains: [contoso.com]}}\n"
    )
    assert [severity for _, severity, _ in told(file)] == ["notice"]


@pytest.mark.parametrize(
    "config",
    [
        # One address or all of them; a name, a zone or a pool; what a rule compares with something else.
        "{edgePools: [{ipv4: [%s]}]}",
        "{edgePools: [{ipv4: %s}]}",
        "{edgePools: [{ipv6: %s, ipv4: [131.107.155.10]}]}",
        "{edgePools: [%s]}",
        "{edgePools: [{ipv4: [131.107.155.10]}, %s]}",
        "{edgePools: %s}",
        "{edgePools: [{host: %s, ipv4: [131.107.155.10]}, {ipv4: [131.107.155.10], priority: 1}]}",
        "{edgePools: [{target: %s, ipv4: [131.107.155.10]}, {ipv4: [131.107.155.10], priority: 1}]}",
        "{edgePools: [{host: a, ipv4: [131.107.155.10], priority: %s}, {ipv4: [131.107.155.10]}]}",
        "{edgePools: [{ipv4: [131.107.155.10], manageAddresses: %s}]}",
        "{edgePools: [{ipv4: [131.107.155.10], port: %s}]}",
        "{profile: %s, edgePools: [{ipv4: [131.107.155.10], port: 5270}]}",
        "{allowPrivateAddresses: %s, edgePools: [{ipv4: [10.0.0.5]}]}",
        "{domains: %s}",
        "{domains: [contoso.com, %s]}",
        "{domains: [{name: %s}]}",
        "{domains: [{name: contoso.com, edgePools: %s}]}",
        "{domains: [{name: contoso.com, federation: %s}]}",
        "{zones: %s}",
        "{zones: [%s], domains: [contoso.com, fabrikam.com]}",
        "{zones: [{provider: aws, name: contoso.com}, {provider: aws, name: %s}], domains: [contoso.com, a.b]}",
        "{zones: [{provider: %s, name: contoso.com}]}",
        "{zones: [{provider: aws, name: contoso.com, zoneId: %s, assumeRoleArn: %s, profile: %s}]}",
        "{zones: [{provider: azure, name: contoso.com, resourceGroup: %s, subscriptionId: %s}]}",
        "{zones: [{provider: gcp, name: contoso.com, project: %s, managedZone: %s, serviceAccount: %s}]}",
        "{zones: [{provider: rfc2136, name: contoso.com, server: %s, port: %s, tsigKeyName: k}], tsigSecret: %s}",
        "{zones: [{provider: rfc2136, name: contoso.com, server: a, tsigKeyName: %s}], tsigSecret: YWJj}",
        "{zones: [{provider: rfc2136, name: contoso.com, server: a, tsigKeyName: %s, tsigSecret: %s}]}",
        "{profile: standard, domains: [{name: contoso.com, edgePools: [{target: a.contoso.com, ipv4: [%s]}]}, "
        "{name: eu.contoso.com, edgePools: [{target: a.contoso.com, ipv4: [131.107.155.10]}]}]}",
        "{zones: [{provider: aws, name: contoso.com}, %s], edgePools: [{target: a.b, ipv4: [131.107.155.10]}]}",
        "{zones: %s, domains: [a.contoso.com], edgePools: [{target: a.fabrikam.com, ipv4: [131.107.155.10]}]}",
        "{srvTtl: %s, verify: %s}",
    ],
)
def test_an_encrypted_value_is_neither_absent_nor_wrong(file: Path, config: str):
    given = yaml.safe_load(CORRECT)["config"] | yaml.safe_load(config.replace("%s", "{secure: v1:x}"))
    file.write_text(yaml.safe_dump({"config": given}))
    secrets = config.count("%s") - config.count("tsigSecret: %s")
    found = [(severity, text) for _, severity, text in told(file) if "in plain text" not in text]
    assert [severity for severity, _ in found] == ["notice"] * secrets
    assert [text for _, text in found if not text.endswith(": it is encrypted; not checked")] == []


def test_an_encrypted_value_hides_no_mistake(file: Path):
    file.write_text(CORRECT.replace("[131.107.155.10]", "[10.0.0.5, {secure: v1:x}, here]"))
    assert told(file) == [
        (4, "error", PRIVATE),
        (4, "error", "edgePools[0].ipv4[2]: 'here' is not an IPv4 address"),
        (4, "notice", "edgePools[0].ipv4[1]: it is encrypted; not checked"),
    ]


SECRET = CORRECT.replace("131.107.155.10", "{secure: v1:x}")
ENVIRONMENT = CORRECT + "environment: [production]\n"


@pytest.mark.parametrize("strict", [[], ["--strict"]])
@pytest.mark.parametrize("text", [SECRET, ENVIRONMENT])
def test_what_is_not_known_is_no_mistake(file: Path, text: str, strict: list[str]):
    file.write_text(text)
    status, out, err = call("check", str(file), *strict)
    assert (status, out.splitlines()[-1], err) == (0, "1 notice in 1 stack file", "")


@pytest.mark.parametrize("command", ["export", "verify", "probe"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            SECRET,
            "4: edgePools[0].ipv4[0]: it is encrypted; this command needs every value in the file",
        ),
        (
            SECRET.replace("[contoso.com]", "{secure: v1:x}"),
            "3: domains: it is encrypted; this command needs every value in the file",
        ),
        (
            ENVIRONMENT,
            "5: environment: it may set srvTtl, addressTtl, tsigSecret, profile, allowPrivateAddresses, "
            "verify, verifyTimeout, maxRemoved; this command needs every value in the file",
        ),
    ],
)
def test_a_command_that_needs_all_values_ends_where_one_is_not_known(
    file: Path, command: str, text: str, told: str
):
    file.write_text(text)
    way_out = "`pulumi stack output records --json` has what an update published"
    assert call(command, str(file)) == (2, "", f"error: {file}:{told}: {way_out}\n")
