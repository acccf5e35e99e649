"""What Pulumi.yaml says of the configuration of its stacks."""

import textwrap
from pathlib import Path

import pytest

from xmpp_federation_dns.configuration.stackfile import StackFile, stack_directory
from xmpp_federation_dns.problems import Unknown


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("Pulumi.test.yaml")


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


def project(file: Path, config: str) -> StackFile:
    """Return a stack that sets the TTL of SRV records, in a project with this configuration."""
    file.with_name("Pulumi.yaml").write_text("config:\n" + textwrap.indent(textwrap.dedent(config), "  "))
    file.write_text("config:\n  srvTtl: 600\n  addressTtl:\n")
    return StackFile(file)


def test_what_the_project_sets_is_there_where_the_stack_does_not_set_it(file: Path):
    config = """
        srvTtl: 700
        addressTtl: {default: 700}
        profile: standard
        domains: {value: [contoso.com]}
        xmpp-federation-dns:zones: {type: array, default: []}
        aws:region: {value: x}
    """
    read = project(file, config)
    assert (read.values, read.problems) == (
        {"srvTtl": 600, "profile": "standard", "domains": ["contoso.com"], "zones": []},
        [],
    )


def test_what_the_project_demands_of_its_stacks_is_missing(file: Path):
    assert [str(problem) for problem in project(file, "domains: {type: array}\nsrvTtl:\n").problems] == [
        "domains: Pulumi.yaml leaves its value to the stack"
    ]


def test_what_may_be_another_value_in_the_project_is_told_there(file: Path):
    config = "profile: 010\nsrvTtl: 010\naws:x: 010\ndomains:\n  value: [1e3]\n"
    assert [str(problem) for problem in project(file, config).problems] == [
        "Pulumi.yaml:2: config.profile: YAML takes this for 8: write 8, or '010' where text is meant",
        "Pulumi.yaml:6: config.domains.value[0]: YAML takes this for 1000: write 1000, or '1e3' where text is meant",
    ]


def test_nothing_is_encrypted_in_the_project(file: Path):
    assert [str(problem) for problem in project(file, "profile: {value: {secure: v1:abc}}").problems] == [
        "Pulumi.yaml:2: config.profile.value: what is encrypted stands in the stack file"
    ]


def test_an_environment_goes_before_the_project(file: Path):
    file.with_name("Pulumi.yaml").write_text("config: {srvTtl: 700, domains: {type: array}}")
    file.write_text("environment: [prod]\n")
    read = StackFile(file)
    assert (type(read.values["srvTtl"]), read.problems) == (Unknown, [])
