"""Configurations that make no sense, on a stack that is published."""

import pytest
from tests.engine.rfc2136.lab import UNCHANGED, Lab, Run
from tests.unit.table import NAMES


@pytest.fixture(scope="module")
def published(lab: Lab) -> Run:
    return lab.run("up", "--yes", "--skip-preview")


@pytest.fixture(scope="module")
def wrong(published: Run, lab: Lab) -> Run:
    """Publish with one mistake of each kind."""
    assert published.status == 0
    lab.configure(
        zones=[
            lab.zone("contoso.com"),
            lab.zone("fabrikam.com", serverr="ns1.fabrikam.com"),
            {"provider": "nsone", "name": "corp.example.net"},
        ],
        domains=["contoso.com", "tailspintoys.com"],
        edgePools=[{"ipv4": ["131.107.155.300"], "port": "5269"}],
    )
    return lab.run("up", "--yes")


@pytest.fixture(scope="module")
def poolless(wrong: Run, lab: Lab) -> Run:
    """Publish domains of which one has no Edge pool."""
    assert wrong.status == 1
    lab.configure(
        zones=[lab.zone("contoso.com"), lab.zone("fabrikam.com")],
        domains=[{"name": "contoso.com", "edgePools": [{"ipv4": ["131.107.155.10"]}]}, "fabrikam.com"],
        edgePools=None,
    )
    return lab.run("up", "--yes")


@pytest.fixture(scope="module")
def empty(poolless: Run, lab: Lab) -> Run:
    """Publish nothing, nowhere."""
    assert poolless.status == 1
    lab.configure(zones=[], domains=[], edgePools=[], tsigSecret=None)
    return lab.run("up", "--yes")


def test_all_mistakes_are_told_in_one_run(wrong: Run) -> None:
    assert wrong.status == 1
    assert wrong.errors == [
        "5 problems in the XMPP federation configuration:",
        "domains[1]: 'tailspintoys.com' lies in none of the zones contoso.com, fabrikam.com, corp.example.net",
        "edgePools[0].ipv4[0]: '131.107.155.300' is not an IPv4 address",
        "edgePools[0].port: expected a whole number, got '5269' (write 5269 without quotes, or pulumi config rm --path "
        "'edgePools[0].port' && pulumi config set --path 'edgePools[0].port' 5269)",
        "zones[1].serverr: unknown key; did you mean 'server'?",
        f"zones[2].provider: 'nsone' is none of the providers {NAMES}",
    ]


def test_a_domain_without_an_edge_pool_is_told(poolless: Run) -> None:
    assert poolless.status == 1
    assert poolless.errors == [
        "1 problem in the XMPP federation configuration:",
        "domains[1]: no Edge pool: list shared ones under edgePools, or give this SIP domain its own",
    ]


def test_empty_lists_are_told_in_one_run(empty: Run) -> None:
    assert empty.status == 1
    assert empty.errors == [
        "3 problems in the XMPP federation configuration:",
        "domains: no SIP domain is configured; list at least one, such as contoso.com",
        "edgePools: the list is empty; name at least one Edge pool, or leave the key out",
        "zones: no zone is configured; list at least one, with its provider and name",
    ]


@pytest.mark.usefixtures("empty")
def test_a_configuration_with_mistakes_changes_nothing(lab: Lab) -> None:
    published, *refused = lab.runs
    assert [run.changes for run in refused] == [UNCHANGED] * 3
    assert [run.zones for run in refused] == [published.zones] * 3


def test_a_configuration_with_mistakes_leaves_the_stack_as_it_was(empty: Run, lab: Lab) -> None:
    assert empty.resources == {"unchanged": 1, "errored": 1}
    types = [resource["type"] for resource in lab.stack.state()["deployment"]["resources"]]
    assert types.count("xmpp-federation-dns:index:RecordSet") == 6


@pytest.mark.usefixtures("empty")
def test_no_traceback_reaches_the_user(lab: Lab) -> None:
    assert ["Traceback" in run.output for run in lab.runs] == [False] * 4
