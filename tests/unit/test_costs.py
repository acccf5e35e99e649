"""What many record sets cost is told before it is paid, and agrees with what the documentation measured."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import settings
from tests.recorder import hosted_zones, run
from tests.unit.cli import CORRECT, call
from tests.unit.table import BASE

from xmpp_federation_dns import XmppFederationDns, backends
from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.aws_client import HostedZone
from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.backends.gcp import GoogleZone
from xmpp_federation_dns.backends.gcp_client import ManagedZone
from xmpp_federation_dns.backends.rfc2136 import Rfc2136Zone
from xmpp_federation_dns.configuration.args import XmppFederationDnsArgs
from xmpp_federation_dns.configuration.check import costs as costs_of
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.configuration.rules import View
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.costs import AT_A_TIME, STEP, WRITE

DOCS = Path(__file__).parents[2] / "docs"
BENCHMARKS = (DOCS / "benchmarks.md").read_text()
AWS = Route53Zone(name="contoso.com")
AZURE = AzureZone(name="contoso.com", resource_group="dns")
GCP = GoogleZone(name="contoso.com", project="dns-production")
RFC2136 = Rfc2136Zone(name="contoso.com", server="192.0.2.53")
FILES = "with Pulumi's state in files"


@pytest.mark.parametrize(
    ("zone", "bulk", "record_sets", "at_a_time", "told"),
    [
        (AWS, False, 200, 8, "about 7 min, 8 at a time; bulk: true takes seconds"),
        (AWS, False, 2_000, 8, "about 67 min, 8 at a time; bulk: true takes seconds"),
        (AWS, False, 2_000, 16, "about 33 min, 16 at a time; bulk: true takes seconds"),
        (AWS, False, 2_000, 64, "about 17 min, 10 calls a second; bulk: true takes seconds"),
        (AWS, False, 60_000, 8, f"about 4,354 min, {FILES}; bulk: true takes about 2 min"),
        (AWS, False, 200, 64, "about 2 min, 10 calls a second"),
        (AWS, True, 2_000, 8, "seconds"),
        (AWS, True, 60_000, 8, "about 2 min, one after another"),
        (AZURE, False, 200, 8, "seconds"),
        (AZURE, False, 2_000, 8, "about 9 min, 200 a minute"),
        (AZURE, False, 10_000, 8, f"about 126 min, {FILES}; bulk: true takes about 49 min"),
        (AZURE, True, 2_000, 8, "about 9 min, 200 a minute"),
        (GCP, False, 200, 8, "about 4 min, 8 at a time; bulk: true takes seconds"),
        (GCP, False, 2_000, 8, "about 42 min, 8 at a time; bulk: true takes seconds"),
        (GCP, True, 10_000, 8, "seconds"),
        (RFC2136, False, 500, 8, "seconds"),
        (RFC2136, False, 2_000, 8, f"about 6 min, {FILES}; bulk: true takes seconds"),
        (RFC2136, True, 30_000, 8, "seconds"),
    ],
)
def test_a_line_says_how_long_changes_take_what_they_wait_for_and_what_would_be_quicker(
    zone: backends.Zone, bulk: bool, record_sets: int, at_a_time: int, told: str
):
    cost = replace(zone, bulk=bulk).cost(record_sets, at_a_time)
    way = "in bulk" if bulk else "one by one"
    assert str(cost) == f"{record_sets:,} record sets {way} {zone.where}: {told}"


@pytest.mark.parametrize("bulk", [False, True])
def test_of_few_record_sets_nothing_is_told(bulk: bool):
    assert replace(AWS, bulk=bulk).cost(199) is None


def test_of_a_zone_whose_pace_is_not_known_nothing_is_told():
    assert backends.Zone(provider="own", name="contoso.com").cost(10_000) is None


def test_a_provider_without_batches_is_not_told_of_them():
    class Own(Route53Zone):
        bulk_budget = None

    assert str(Own(name="contoso.com").cost(2_000)).endswith(": about 67 min, 8 at a time")


def test_a_cost_has_its_seconds():
    assert [cost.seconds for cost in map(AWS.cost, (2_000, 200)) if cost] == [4_000, 400]


@pytest.mark.parametrize("zone", backends.zone_classes(), ids=lambda zone: zone.provider)
def test_every_provider_has_a_budget_for_each_way_and_says_where_the_zone_is(zone: type[backends.Zone]):
    assert (zone.budget is None, zone.bulk_budget is None, zone.where == "") == (False, False, False)


def measured(record_sets: int) -> float:
    """Return the seconds of the row that creates so many record sets one by one, at a service without limits."""
    row = rf"^\| {record_sets // 2:,} \| create all \| XmppFederationDns, per record \| ([\d.]+) \|"
    [seconds] = re.findall(row, BENCHMARKS, re.MULTILINE)
    return float(seconds)


@pytest.mark.parametrize("record_sets", [200, 2_000])
def test_what_pulumi_takes_is_what_the_benchmark_measured(record_sets: int):
    assert record_sets * (STEP + WRITE * record_sets) == pytest.approx(measured(record_sets), rel=0.1)


def test_the_wait_at_route_53_is_what_the_benchmark_and_the_documentation_say():
    row = r"^\| 10 \| create all \| (?:hand-written .*, 15 s wait per record|Terraform) \| ([\d.]+) \|"
    assert AWS.budget
    # 20 record sets at 8 or 10 at a time are three rounds.
    program, terraform = map(float, re.findall(row, BENCHMARKS, re.MULTILINE))
    assert [program, terraform] == pytest.approx([3 * AWS.budget.waits] * 2, rel=0.06)
    pipelines = (DOCS / "pipelines.md").read_text()
    assert f"({AWS.budget.a_second:g} requests a second and account," in pipelines
    assert "`pulumi-aws` makes five calls and waits 15 s for every record" in (DOCS / "bulk.md").read_text()
    assert (AWS.budget.calls, AWS.budget.waits) == (5, 16)


def test_the_pace_of_azure_dns_is_what_the_documentation_says():
    assert AZURE.budget
    assert AZURE.bulk_budget
    page = (DOCS / "bulk.md").read_text()
    [pace, many, minutes] = re.findall(
        r"Azure DNS takes (\d+) creations,.*, ([\d,]+) record sets take (\d+) minutes", page
    )[0]
    assert {AZURE.budget.a_minute, AZURE.bulk_budget.a_minute} == {int(pace)}
    cost = replace(AZURE, bulk=True).cost(int(many.replace(",", "")))
    assert cost
    assert cost.seconds == 60 * int(minutes)


def test_the_pace_in_bulk_is_what_the_documentation_says():
    assert AWS.bulk_budget
    assert RFC2136.bulk_budget
    [seconds] = re.findall(r"^\| 10,000, included \| allowed \| ([\d.]+) ", BENCHMARKS, re.MULTILINE)
    assert 30_000 * RFC2136.bulk_budget.each == pytest.approx(float(seconds), rel=0.15)
    assert GCP.bulk_budget
    # A batch a second.
    assert HostedZone.most[0] * AWS.bulk_budget.each == ManagedZone.most[0] * GCP.bulk_budget.each == 1


DOMAINS = [f"d{number:03}.contoso.com" for number in range(100)]
MANY = CORRECT.replace("[contoso.com]", f"[{', '.join(DOMAINS)}]")
NOTICE = "200 record sets one by one at Route 53: about 7 min, 8 at a time; bulk: true takes seconds"


@pytest.mark.parametrize("arguments", [(), ("--strict",)])
def test_check_tells_it_in_a_notice_that_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
):
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.many.yaml").write_text(MANY)
    assert call("check", "Pulumi.many.yaml", "--format", "github", *arguments) == (
        0,
        f"::notice file=Pulumi.many.yaml,line=2,title=XMPP federation cost::zones[0]: {NOTICE}\n",
        "",
    )


def given(**others: Any) -> dict[str, Any]:
    """Return a configuration in which one zone holds four record sets, and the other 400."""
    pool = {"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"], "directTlsPort": 5270}
    zones = [
        {"provider": "azure", "name": "fabrikam.com", "resourceGroup": "dns"},
        {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
    ]
    return (
        BASE
        | {"profile": "standard", "zones": zones, "domains": ["fabrikam.com", *DOMAINS], "edgePools": [pool]}
        | others
    )


def view(configuration: dict[str, Any]) -> View:
    args, _, _ = parse(configuration)
    assert isinstance(args, XmppFederationDnsArgs)
    return View(args)


def test_check_counts_what_would_be_published_zone_by_zone():
    problems = list(costs_of(view(given())))
    plan = read(given())
    assert len(plan.homes) == 404
    assert [(problem.path, problem.severity, problem.text) for problem in problems] == [
        (
            ("zones", 1),
            "notice",
            "400 record sets one by one at Route 53: about 13 min, 8 at a time; bulk: true takes seconds",
        )
    ]


def test_check_counts_addresses_that_many_share_once_and_what_is_not_valid_never():
    pool = {"target": "xmpp.contoso.com", "ipv4": ["131.107.155.10"]}
    shared = given(edgePools=[pool], domains=[*DOMAINS, *[f"e{each}" for each in DOMAINS], "not_valid"])
    [problem] = costs_of(view(shared))
    assert problem.text.startswith("201 record sets ")


def logged(patch: pytest.MonkeyPatch, *, dry_run: bool, parallel: int | None) -> list[str]:
    """Return what the component tells in a run of the program."""
    told: list[str] = []

    def info(text: str, resource: pulumi.Resource) -> None:
        assert resource.pulumi_resource_name == "federation"
        told.append(text)

    patch.setattr(pulumi.log, "info", info)

    def program() -> None:
        known = cast("Any", settings.SETTINGS)
        known.dry_run, known.parallel = dry_run, parallel
        XmppFederationDns("federation", given())

    zones = hosted_zones({"Z1": "contoso.com"})
    run(program, zones)
    return told


@pytest.mark.parametrize(
    ("parallel", "told"), [(None, "about 13 min, 8 at a time"), (32, "about 3 min, 32 at a time")]
)
def test_a_preview_tells_it_for_as_many_resources_at_a_time_as_it_runs(
    monkeypatch: pytest.MonkeyPatch, parallel: int | None, told: str
):
    assert logged(monkeypatch, dry_run=True, parallel=parallel) == [
        f"zone contoso.com, where all of it changes: 400 record sets one by one at Route 53: {told}; "
        "bulk: true takes seconds"
    ]


def test_an_update_does_not_tell_it_again(monkeypatch: pytest.MonkeyPatch):
    assert logged(monkeypatch, dry_run=False, parallel=8) == []


def test_the_default_is_that_of_a_machine_with_two_cores():
    assert AT_A_TIME == 4 * 2
