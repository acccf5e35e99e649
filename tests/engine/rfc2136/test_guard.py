"""An update that takes federation from many SIP domains, refused before the engine plans anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.rfc2136.lab import SECRET, Lab, Run, serving

DOMAINS = [f"d{number:02}.contoso.com" for number in range(100)]
FEWER = (
    "12 of 98 SIP domains lose federation: d86.contoso.com, d87.contoso.com, d88.contoso.com, d89.contoso.com, "
    "d90.contoso.com, d91.contoso.com, d92.contoso.com, d93.contoso.com and 4 more; where that is meant, "
    "maxRemoved: 12 for this update"
)
TWO = """\
import pulumi
from xmpp_federation_dns import XmppFederationDns, stack_configuration

given = stack_configuration()
pulumi.export("address", "131.107.155.10")
own = XmppFederationDns("own", given)
others = XmppFederationDns("others", {**given, "domains": [f"x{number}.contoso.com" for number in range(5)]})
pulumi.export("dns", {"own": own.records, "more": [others.records]})
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
        lab.configure(
            zones=[lab.zone("contoso.com", bulk=True)],
            edgePools=[{"ipv4": ["131.107.155.10"]}],
            domains=DOMAINS,
        )
        lab.stack.set_secret("tsigSecret", SECRET)
        yield lab


def warned(run: Run) -> str:
    """Return of what *run*, a preview, warns."""
    assert run.status == 0, run.output
    [line] = {line.strip() for line in run.output.splitlines() if line.strip().startswith("warning: ")}
    return line.removeprefix("warning: ")


def refused(run: Run) -> list[str]:
    """Return with what *run* was refused, which changed nothing."""
    assert (run.status, run.changes["contoso.com"]) == (1, []), run.output
    title, *texts = run.errors
    assert title == "1 problem in the XMPP federation configuration:"
    return texts


def test_few_may_go_and_many_by_their_exact_number_alone(lab: Lab):
    first = lab.run("up", "--yes", "--skip-preview")
    assert first.status == 0, first.output
    lab.configure(domains=DOMAINS[:98])
    assert lab.run("up", "--yes").status == 0
    lab.configure(domains=DOMAINS[:86])
    assert warned(lab.run("preview")) == f"`pulumi up` will refuse this: {FEWER}"
    # What an update that failed left of the outputs is not what counts.
    assert refused(lab.run("up", "--yes", "--skip-preview")) == [FEWER]
    assert refused(lab.run("up", "--yes", "--skip-preview")) == [FEWER]
    lab.stack.pulumi("config", "set", "maxRemoved", "13")
    assert refused(lab.run("up", "--yes")) == [f"{FEWER} (it is 13)"]
    lab.stack.pulumi("config", "set", "maxRemoved", "12")
    done = lab.run("up", "--yes")
    assert done.status == 0, done.output
    assert len([line for line in done.zones["contoso.com"] if " SRV " in line]) == 86
    # Left in the stack, the number does no harm.
    assert lab.run("preview").status == 0


def test_a_stack_that_is_renamed_is_guarded_and_raises_no_alarm(lab: Lab):
    lab.stack.pulumi("stack", "rename", "renamed")
    lab.stack.name = "renamed"
    lab.stack.file = lab.stack.file.with_name("Pulumi.renamed.yaml")
    assert lab.run("preview").status == 0
    lab.configure(domains=DOMAINS[:3], maxRemoved=None)
    assert refused(lab.run("up", "--yes"))[0].startswith("83 of 86 SIP domains lose federation: ")


def test_a_target_misspelt_for_all_is_refused(lab: Lab):
    lab.configure(domains=DOMAINS[:86], edgePools=[{"host": "xmp", "ipv4": ["131.107.155.10"]}])
    assert refused(lab.run("up", "--yes"))[0].startswith("86 of 86 SIP domains lose a target that they had: ")


def test_secret_addresses_and_a_plain_destroy_are_no_concern_of_it(lab: Lab):
    lab.configure(edgePools=None)
    lab.stack.pulumi("config", "set", "--secret", "edgePools", '[{"ipv4": ["131.107.155.10"]}]')
    run = lab.run("up", "--yes", "--skip-preview")
    assert run.status == 0, run.output
    lab.configure(domains=DOMAINS[:3])
    assert refused(lab.run("up", "--yes"))[0].startswith("83 of 86 SIP domains lose federation: ")
    assert lab.run("destroy", "--yes").status == 0


def test_each_component_of_a_larger_program_is_guarded_by_itself(tmp_path: Path):
    with serving(tmp_path / "knot", "contoso.com") as knot:
        lab = Lab.of(knot, tmp_path / "pulumi")
        (lab.stack.project / "__main__.py").write_text(TWO)
        lab.configure(
            zones=[lab.zone("contoso.com")], edgePools=[{"ipv4": ["131.107.155.10"]}], domains=DOMAINS[:5]
        )
        lab.stack.set_secret("tsigSecret", SECRET)
        assert lab.run("up", "--yes", "--skip-preview").status == 0
        lab.configure(domains=DOMAINS[:1])
        for _ in range(2):
            assert refused(lab.run("up", "--yes", "--skip-preview")) == [
                "4 of 5 SIP domains lose federation: d01.contoso.com, d02.contoso.com, d03.contoso.com, "
                "d04.contoso.com; where that is meant, maxRemoved: 4 for this update"
            ]
