"""What `review` says of the plans of the real engine, before any of them is carried out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.engine.clouds.lab import Lab
from tests.standins.clouds import Aws, Azure

REVIEW = Path(sys.executable).with_name("xmpp-federation-dns")
POOLS = [{"ipv4": ["131.107.155.10"]}]
RENAMED = """\
from xmpp_federation_dns import XmppFederationDns
from xmpp_federation_dns.configuration.plan import stack_configuration

XmppFederationDns("renamed", stack_configuration())
"""


def reviewed(
    lab: Lab, *arguments: str, sames: bool = False, refresh: bool = False
) -> tuple[int, dict[str, Any]]:
    """Plan, and return exit status and JSON of the review."""
    options = [option for option, given in {"--show-sames": sames, "--refresh": refresh}.items() if given]
    plan = lab.stack.pulumi("preview", "--json", *options, check=False)
    command = [REVIEW, "review", "-", "--format", "json", *arguments]
    done = subprocess.run(command, input=plan.stdout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def changes(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["change"] for each in found["domains"] if each["change"] != "unchanged"}


def dangers(found: dict[str, Any]) -> set[str]:
    return {danger["text"].partition(":")[0] for each in found["domains"] for danger in each["dangers"]}


@pytest.fixture(scope="module")
def zones(both: Lab, aws: Aws, azure: Azure) -> list[dict[str, Any]]:
    hosted = both.zone(aws, "contoso.com")
    dns: Any = both.zone(azure, "fabrikam.com")
    return [
        hosted.configuration(),
        {"provider": "azure", "name": "fabrikam.com", "resourceGroup": dns.group},
    ]


@pytest.fixture(scope="module")
def first(both: Lab, zones: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    both.configure(zones=zones, edgePools=POOLS, domains=["contoso.com", "eu.contoso.com", "fabrikam.com"])
    return reviewed(both)


@pytest.fixture
def published(both: Lab, zones: list[dict[str, Any]], first: tuple[int, Any]) -> Lab:
    """Return the stack as it was published first."""
    assert first[0] == 0
    program = Path(__file__).parents[3] / "__main__.py"
    both.program(program.read_text())
    both.configure(zones=zones, edgePools=POOLS, domains=["contoso.com", "eu.contoso.com", "fabrikam.com"])
    assert both.up().status == 0
    return both


def test_a_first_update_adds_every_sip_domain(first: tuple[int, dict[str, Any]]):
    status, found = first
    assert (status, changes(found)) == (
        0,
        {"contoso.com": "added", "eu.contoso.com": "added", "fabrikam.com": "added"},
    )


@pytest.mark.parametrize("sames", [False, True])
def test_one_is_added_one_removed_and_one_stays(published: Lab, sames: bool):
    published.configure(domains=["contoso.com", "a.contoso.com", "eu.contoso.com"])
    status, found = reviewed(published, sames=sames)
    assert (status, changes(found)) == (0, {"a.contoso.com": "added", "fabrikam.com": "loses federation"})
    assert len(found["domains"]) == 4


def test_nothing_changes(published: Lab):
    status, found = reviewed(published)
    assert (status, changes(found), len(found["domains"])) == (0, {}, 3)


def test_a_refreshed_plan_shows_what_somebody_did_by_hand(published: Lab, zones: list[dict[str, Any]]):
    assert zones
    zone = published.zones[0]
    there = zone.record_sets()
    zone.remove("_xmpp-server._tcp.contoso.com", "SRV")
    zone.put("xmpp.eu.contoso.com", "A", 300, "192.0.2.1")
    status, found = reviewed(published, refresh=True)
    for key in (("_xmpp-server._tcp.contoso.com", "SRV"), ("xmpp.eu.contoso.com", "A")):
        zone.put(*key, there[key].ttl, *there[key].values)
    assert (status, changes(found)) == (0, {"contoso.com": "added", "eu.contoso.com": "changed"})


def test_a_component_that_is_renamed_without_an_alias_is_named(published: Lab):
    published.program(RENAMED)
    status, found = reviewed(published)
    assert (status, set(changes(found).values()), found["guard"]["reasons"]) == (1, {"moved"}, [])
    assert dangers(found) == {"created while another resource still holds it"}


def test_a_zone_that_comes_to_bulk_in_one_step_is_named(published: Lab, zones: list[dict[str, Any]]):
    published.configure(zones=[{**zone, "bulk": True} for zone in zones])
    status, found = reviewed(published)
    assert (status, changes(found)) == (1, {})
    assert dangers(found) == {"created while another resource still holds it"}


def test_a_zone_that_comes_to_bulk_in_two_steps_is_no_danger(published: Lab, zones: list[dict[str, Any]]):
    published.configure(zones=[{**zone, "retainOnDelete": True} for zone in zones])
    assert published.up().status == 0
    published.configure(zones=[{**zone, "bulk": True, "existing": "adopt"} for zone in zones])
    status, found = reviewed(published)
    assert (status, changes(found), dangers(found)) == (0, {}, set())


def test_a_preview_that_fails_is_no_plan(published: Lab):
    published.configure(edgePools=[{"ipv4": ["10.0.0.5"]}])
    plan = published.stack.pulumi("preview", "--json", check=False)
    done = subprocess.run(
        [REVIEW, "review", "-"], input=plan.stdout, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(
        "error: standard input: the preview failed, so there is no plan to review: 1 problem"
    )


@pytest.fixture(scope="module")
def hundred(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a stack that published 100 SIP domains, in bulk."""
    lab = Lab.of(tmp_path_factory.mktemp("hundred"), aws)
    zone = {**lab.zone(aws, "contoso.com").configuration(), "bulk": True}
    lab.configure(zones=[zone], edgePools=POOLS, domains=[f"d{n}.contoso.com" for n in range(100)])
    assert lab.up().status == 0
    return lab


@pytest.mark.parametrize(
    ("gone", "arguments", "status", "reasons"),
    [
        (2, [], 0, []),
        (12, [], 1, ["12 of 100 SIP domains lose federation"]),
        (12, ["--allow", "11"], 1, ["12 of 100 SIP domains lose federation"]),
        (12, ["--allow", "12"], 0, ["12 of 100 SIP domains lose federation"]),
        (100, [], 1, ["100 of 100 SIP domains lose federation"]),
    ],
)
def test_the_guard_counts_sip_domains(
    hundred: Lab, gone: int, arguments: list[str], status: int, reasons: list[str]
):
    if gone == 100:
        hundred.program("import pulumi\n")
    else:
        hundred.configure(domains=[f"d{n}.contoso.com" for n in range(gone, 100)])
    found = reviewed(hundred, *arguments)
    assert (found[0], found[1]["guard"]["reasons"]) == (status, reasons)
