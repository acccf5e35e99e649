"""What an engine that is too old is told."""

import subprocess
from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import SECRET, Lab, serving

PROGRAM = """\
from xmpp_federation_dns import XmppFederationDns, hook, stack_configuration

hook.ENGINE = ">=1000.0.0"
XmppFederationDns("federation", stack_configuration())
"""


VERSION = subprocess.run(["pulumi", "version"], capture_output=True, check=True, text=True).stdout.strip()[1:]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
        lab.configure(
            edgePools=[{"ipv4": ["131.107.155.10"]}],
            domains=["contoso.com"],
            zones=[lab.zone("contoso.com")],
        )
        lab.stack.set_secret("tsigSecret", SECRET)
        yield lab


@pytest.mark.parametrize("verify", ["warn", "fail"])
def test_an_engine_whose_hooks_do_not_end_an_update_is_refused_where_an_update_verifies(
    lab: Lab, verify: str
):
    program = lab.stack.project / "__main__.py"
    before = program.read_text()
    lab.configure(verify=verify)
    program.write_text(PROGRAM)
    run = lab.run("preview")
    program.write_text(before)
    assert (run.status, run.errors) == (
        1,
        [
            f"verify: {verify} needs the Pulumi CLI >=1000.0.0: Pulumi CLI version {VERSION} does not satisfy the "
            'version range ">=1000.0.0"'
        ],
    )


def test_the_project_refuses_an_engine_that_is_older_than_it_needs(lab: Lab):
    project = lab.stack.project / "Pulumi.yaml"
    text = project.read_text()
    assert 'requiredPulumiVersion: ">=3.238.0"' in text
    project.write_text(text.replace("3.238.0", "1000.0.0"))
    run = lab.run("preview")
    project.write_text(text)
    assert (run.status, run.output) == (
        1,
        f'error: Pulumi CLI version {VERSION} does not satisfy the version range ">=1000.0.0"\n',
    )
