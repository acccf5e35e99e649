"""Each fault of docs/operations.md names a test that there is, and what it quotes is said; costs are the code's."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.backends.cloudflare import CloudflareZone
from xmpp_federation_dns.backends.gcp import GoogleZone
from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.costs import AT_A_TIME

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
PIPELINES = (ROOT / "docs" / "pipelines.md").read_text()
PACKAGE = ROOT / "components" / "xmpp_federation_dns"
TESTS = ROOT / "tests"
ROWS = [
    [cell.strip() for cell in re.split(r" \| ", line.strip("| "))]
    for table in re.findall(r"^\| fault .*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    for line in table.splitlines()
]
COSTS: dict[str, Zone] = {
    "Route 53 one by one": Route53Zone(name="contoso.com"),
    "Route 53 in bulk": Route53Zone(name="contoso.com", bulk=True),
    "Azure DNS one by one": AzureZone(name="contoso.com", resource_group="dns"),
    "Azure DNS in bulk": AzureZone(name="contoso.com", resource_group="dns", bulk=True),
    "Cloudflare one by one": CloudflareZone(name="contoso.com"),
    "Cloudflare in bulk": CloudflareZone(name="contoso.com", bulk=True),
    "Google Cloud DNS one by one": GoogleZone(name="contoso.com", project="dns"),
    "Google Cloud DNS in bulk": GoogleZone(name="contoso.com", project="dns", bulk=True),
    "DNS server one by one": Rfc2136Zone(name="contoso.com", server="192.0.2.53"),
    "DNS server in bulk": Rfc2136Zone(name="contoso.com", server="192.0.2.53", bulk=True),
}


def texts(*files: Path) -> str:
    """Return what stands in Python files, with the parts of a literal joined that goes over several lines."""
    joined = "".join(file.read_text() for file in files)
    return re.sub(r"""["']\s*\n\s*f?["']""", "", joined).replace("\\'", "'").replace('\\"', '"')


def quoted(cell: str) -> list[str]:
    """Return the parts of what a cell quotes, between the names that it leaves out."""
    return [part for text in re.findall(r"`([^`]*)`", cell) for part in text.split("…") if part]


def test_every_fault_is_a_full_row():
    assert len(ROWS) >= 30
    assert [row for row in ROWS if len(row) != 4 or not all(row)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_fault_names_a_test_that_there_is(row: list[str]):
    [named] = re.findall(r"^`(.+)`$", row[3])
    file, _, name = named.partition("::")
    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_what_a_fault_says_is_said_by_the_package_or_its_test(row: list[str]):
    file = TESTS / row[3].strip("`").partition("::")[0]
    known = texts(*PACKAGE.rglob("*.py"), *file.parent.glob("*.py"))
    said = [part for part in quoted(row[1]) if not part.startswith(("pulumi ", "verify"))]
    assert [part for part in said if part not in known] == []


def test_no_procedure_edits_the_state():
    assert re.findall(r"pulumi (?:state|stack (?:export|import))", PAGE) == []


@pytest.mark.parametrize("zone", COSTS)
def test_what_an_update_costs_is_what_the_package_says(zone: str):
    [told] = re.findall(rf"^\| {zone} \| ([^|]*) \|", PAGE, re.MULTILINE)
    cost = str(COSTS[zone].cost(2_000)).partition("; ")[0]
    assert cost.partition(": ")[2] == told


PARALLEL = {
    "Route 53": (
        "Route 53 one by one",
        "each record set waits some {waits:g} s until it is INSYNC; above 32 only throttling grows ({a_second:g} "
        "requests a second and account, {calls} for each; ",
    ),
    "Azure DNS": (
        "Azure DNS one by one",
        "{a_minute:g} creations, {a_minute:g} updates and {a_minute:g} deletions a minute and zone; ",
    ),
    "Cloudflare": (
        "Cloudflare one by one",
        "{five_minutes:,.0f} calls in five minutes of a user, {calls} for each new record set: the first {first:.0f} "
        "go at once",
    ),
    "Google Cloud DNS": (
        "Google Cloud DNS one by one",
        "each record set waits some {waits:g} s until its change is done; ",
    ),
    "RFC 2136": ("DNS server one by one", "an update takes milliseconds"),
}
"""The rows of "How parallel" in docs/pipelines.md, each with its cost above, and what the budget says of the reason."""


@pytest.mark.parametrize("row", PARALLEL)
def test_how_parallel_an_update_is_to_be_is_told_with_what_the_package_says_of_it(row: str):
    [(parallel, told, why)] = re.findall(
        rf"^\| {row} \| ([^|]*) \| ([^|]*) \| ([^|]*) \|", PIPELINES, re.MULTILINE
    )
    priced, reason = PARALLEL[row]
    zone = COSTS[priced]
    cost = str(zone.cost(2_000, int(parallel) if parallel.isdecimal() else AT_A_TIME)).partition("; ")[0]
    assert cost.partition(": ")[2] == told
    budget = zone.budget
    assert budget is not None
    five_minutes = 300 * budget.a_second
    derived = {"five_minutes": five_minutes, "first": five_minutes / budget.calls}
    assert why.startswith(reason.format(**asdict(budget), **derived))


def test_the_default_of_parallel_is_that_of_the_package():
    assert f"reckons with the default, which is {AT_A_TIME} on two cores" in PIPELINES


def test_the_line_that_the_page_shows_is_told():
    [line] = re.findall(r"^```\n(.*)\n```$", PAGE, re.MULTILINE)
    assert str(COSTS["Route 53 one by one"].cost(2_000)) == line
