"""A project of one's own by `pulumi new`, which needs no clone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, Run, serving
from tools.lab.knot import ADDRESS, KEY_NAME, Knot
from tools.lab.stack import CHECKOUT

TEMPLATE = CHECKOUT / "template"
PUBLISHED = ["_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp", "xmpp 300 IN A 131.107.155.10"]


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        yield knot


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack of a project that `pulumi new` has written, in the environment of the tests."""
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    lab.stack.project = lab.directory / "federation"
    lab.stack.file = lab.stack.project / "Pulumi.demo.yaml"
    new = ["pulumi", "new", TEMPLATE, "--yes", "--generate-only", "--offline", "--name", "federation"]
    subprocess.run([*new, "--dir", lab.stack.project], env=lab.stack.environment, check=True)
    (lab.stack.project / ".venv").symlink_to(sys.prefix)
    lab.stack.pulumi("stack", "init")
    return lab


@pytest.fixture(scope="module")
def previewed(lab: Lab) -> Run:
    """Preview what somebody answers whom `pulumi new` asks."""
    zone = {"provider": "rfc2136", "server": ADDRESS, "port": lab.knot.port, "tsigKeyName": KEY_NAME}
    answers = {
        "domains": ["contoso.com"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "zones": [{**zone, "name": "contoso.com"}],
    }
    for key, value in answers.items():
        lab.stack.pulumi("config", "set", key, json.dumps(value))
    lab.stack.set_secret("xmpp-federation-dns:tsigSecret", SECRET)
    return lab.run("preview")


@pytest.fixture(scope="module")
def published(previewed: Run, lab: Lab) -> Run:
    assert previewed.status == 0
    return lab.run("up", "--yes", "--skip-preview")


def test_the_program_is_that_of_this_project():
    assert (TEMPLATE / "__main__.py").read_text() == (CHECKOUT / "__main__.py").read_text()


def test_it_finds_the_plugin_as_this_project_does():
    ours, theirs = (yaml.safe_load((each / "Pulumi.yaml").read_text()) for each in (CHECKOUT, TEMPLATE))
    assert (theirs["plugins"], theirs["runtime"]) == (ours["plugins"], ours["runtime"])
    script = Path("bin", "pulumi-resource-xmpp-federation-dns")
    assert (TEMPLATE / script).read_text() == (CHECKOUT / script).read_text()


def test_it_requires_the_published_package_with_the_extras_of_this_project():
    ours, theirs = ((each / "requirements.txt").read_text() for each in (CHECKOUT, TEMPLATE))
    assert theirs.splitlines()[-1] == ours.splitlines()[-1].replace("-e .", "xmpp-federation-dns")


def test_each_question_has_an_answer_that_can_be_changed_later():
    asked = yaml.safe_load((TEMPLATE / "Pulumi.yaml").read_text())["template"]["config"]
    assert {key: question["default"] for key, question in asked.items()} == {
        "domains": "[]",
        "edgePools": "[]",
        "zones": "[]",
    }


def test_the_example_of_each_question_is_json():
    asked = yaml.safe_load((TEMPLATE / "Pulumi.yaml").read_text())["template"]["config"]
    assert {key: json.loads(each["description"].partition(": ")[2]) for key, each in asked.items()} == {
        "domains": ["contoso.com"],
        "edgePools": [{"ipv4": ["131.107.155.10"]}],
        "zones": [{"provider": "aws", "name": "contoso.com"}],
    }


def test_a_preview_shows_every_record_set_and_warns_of_nothing(previewed: Run):
    assert (previewed.status, previewed.resources) == (0, {"to create": 4})
    assert "warning" not in previewed.output


def test_an_update_publishes_them(published: Run):
    assert (published.status, published.resources) == (0, {"created": 4})
    assert published.zones["contoso.com"] == sorted([*BARE, *PUBLISHED])
    assert published.leaks == []
