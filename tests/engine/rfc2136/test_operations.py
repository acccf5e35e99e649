"""The run-books of docs/operations.md: their commands are run, and what peers see is proven after each step."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.engine.rfc2136.killed import Killed
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, serving
from tools.lab.knot import ADDRESS, Knot
from tools.lab.stack import CHECKOUT, NAMESPACE

PAGE = (CHECKOUT / "docs" / "operations.md").read_text()
OLD, NEW = "131.107.155.10", "131.107.155.20"
PROBE = re.compile(r"^.* probe .*\n", re.MULTILINE)
"""Connects to the servers, of which there are none here."""


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(heading: str, language: str = "console") -> list[str]:
    """Return what a run-book has to run, or to write into the stack file."""
    return re.findall(rf"^```{language}\n(.*?)^```$", section(heading), re.DOTALL | re.MULTILINE)


def shell(lab: Lab, text: str, knot: Knot | None = None) -> str:
    """Run commands of the page, with `verify` at the server of the lab, and return what they print."""
    server = f"{ADDRESS}:{(knot or lab.knot).port}"
    text = re.sub(r"verify -(?: --nameserver \S+)?", f"verify - --nameserver {server}", PROBE.sub("", text))
    path = os.pathsep.join([str(Path(sys.executable).parent), lab.stack.environment["PATH"]])
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", text],
        cwd=lab.stack.project,
        env={**lab.stack.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def records(*lines: str) -> list[str]:
    return sorted([*BARE, *lines])


def written(text: str) -> dict[str, Any]:
    """Return what a block says of the configuration."""
    config = yaml.safe_load(text)["config"]
    return {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}


SERVICE = "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp"


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    lab.configure(
        zones=[lab.zone("contoso.com"), lab.zone("fabrikam.com")],
        edgePools=[{"ipv4": [OLD]}],
        domains=["contoso.com", "fabrikam.com"],
    )
    lab.stack.set_secret("tsigSecret", SECRET)
    return lab


@pytest.fixture(scope="module")
def published(lab: Lab) -> Lab:
    """Publish as the page says for a new zone."""
    [text] = blocks("A new account, a new zone")
    assert "2 SIP domains: 2 proven" in shell(lab, text)
    return lab


@pytest.fixture(scope="module")
def moved(published: Lab) -> list[tuple[str, list[str], list[str]]]:
    """Move the Edge pool; return what each step says, changes and leaves in one of the zones."""
    found: list[tuple[str, list[str], list[str]]] = []
    for text in blocks("An Edge pool moves"):
        since = published.serial("contoso.com")
        said = shell(published, text)
        found.append((said, published.changes("contoso.com", since), published.records("contoso.com")))
    return found


@pytest.fixture(scope="module")
def retired(moved: object, published: Lab) -> list[tuple[str, list[str]]]:
    """Retire a SIP domain; return what each step says, and leaves in its zone."""
    assert moved
    found: list[tuple[str, list[str]]] = []
    heading = "A SIP domain is retired"
    for configuration, text in zip(blocks(heading, "yaml"), blocks(heading), strict=True):
        published.configure(**written(configuration))
        found.append((shell(published, text), published.records("fabrikam.com")))
    return found


def test_a_new_zone_is_checked_published_and_proven(published: Lab):
    assert published.records("contoso.com") == records(SERVICE, f"xmpp 300 IN A {OLD}")


def test_an_edge_pool_moves_under_a_short_ttl_and_is_proven_after_each_step(
    moved: list[tuple[str, list[str], list[str]]],
):
    assert [left for *_, left in moved] == [
        records(SERVICE, f"xmpp 60 IN A {OLD}"),
        records(SERVICE, f"xmpp 60 IN A {NEW}"),
        records(SERVICE, f"xmpp 300 IN A {NEW}"),
    ]
    assert ["2 SIP domains: 2 proven" in said for said, *_ in moved] == [True] * 3


def test_a_move_of_an_edge_pool_touches_its_addresses_alone(moved: list[tuple[str, list[str], list[str]]]):
    changed = {line.split()[1] for _, changes, _ in moved for line in changes}
    assert changed == {"xmpp"}


def test_a_sip_domain_that_is_retired_says_that_there_is_no_service_before_it_goes(
    retired: list[tuple[str, list[str]]],
):
    assert [left for _, left in retired] == [records("_xmpp-server._tcp 3600 IN SRV 0 0 0 ."), BARE]
    assert "2 SIP domains: 2 proven" in retired[0][0]
    assert "1 SIP domain: 1 proven" in retired[1][0]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """Yield the server of another provider."""
    with serving(tmp_path_factory.mktemp("other"), "contoso.com") as knot:
        yield knot


@pytest.mark.usefixtures("retired")
def test_a_zone_moves_to_another_provider_by_a_second_stack_and_is_never_empty_at_either(
    published: Lab, other: Knot, tmp_path_factory: pytest.TempPathFactory
):
    before = published.records("contoso.com")
    [text] = blocks("A zone moves to another provider")
    taking = Lab.of(other, tmp_path_factory.mktemp("next"))
    taking.configure(zones=[taking.zone("contoso.com")], edgePools=[{"ipv4": [NEW]}], domains=["contoso.com"])
    taking.stack.set_secret("tsigSecret", SECRET)
    said = shell(taking, text.replace("next", taking.stack.name), other)
    assert "1 SIP domain: 1 proven" in said
    assert taking.records("contoso.com") == published.records("contoso.com") == before
    done = published.run("destroy", "--yes", "--skip-preview")
    assert (done.status, done.zones["contoso.com"], taking.records("contoso.com")) == (0, BARE, before)


def test_after_a_killed_run_the_commands_of_the_page_end_with_a_proof(
    tmp_path_factory: pytest.TempPathFactory,
):
    with Killed.serving(tmp_path_factory.mktemp("killed")) as killed:
        killed.configure("d0", "d1", addresses=[OLD])
        assert killed.up().status == 0
        killed.configure("d0", "d1", addresses=[NEW])
        assert len(killed.at(0, "up")) == 2
        [text] = blocks("At three in the morning")
        assert "2 SIP domains: 2 proven" in shell(killed.lab, text)


def test_a_zone_of_its_own_leaves_the_zone_above_as_it_was_where_that_retains(
    tmp_path_factory: pytest.TempPathFactory,
):
    with serving(tmp_path_factory.mktemp("above"), "contoso.com", "eu.contoso.com") as knot:
        lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
        lab.stack.set_secret("tsigSecret", SECRET)
        above = lab.zone("contoso.com", retainOnDelete=True)
        lab.configure(zones=[above], edgePools=[{"ipv4": [OLD]}], domains=["contoso.com", "eu.contoso.com"])
        first = lab.run("up", "--yes", "--skip-preview")
        lab.configure(zones=[above, lab.zone("eu.contoso.com")])
        second = lab.run("up", "--yes", "--skip-preview")
    assert (first.status, second.status) == (0, 0), second.output
    assert second.zones["contoso.com"] == first.zones["contoso.com"]
    assert second.zones["eu.contoso.com"] == records(SERVICE, f"xmpp 300 IN A {OLD}")
