"""Which half of the seam publishes a zone, and by whose provider (P22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
import pytest
from tests.recorder import run
from tests.unit.table import BASE, findings_of

from xmpp_federation_dns import Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.backends.client import ZoneClient
from xmpp_federation_dns.problems import Problem
from xmpp_federation_dns.records import RecordSet


@dataclass(frozen=True, kw_only=True)
class UndeclaredZone(Zone):
    """A backend of the program's own."""

    provider: str = "own"

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class OwnZone(UndeclaredZone):
    existing_record_sets: ClassVar = "refuses"


def test_a_backend_of_the_programs_own_publishes_one_by_one():
    found = findings_of(BASE | {"zones": [OwnZone(name="contoso.com", bulk=True)]})
    assert [(str(problem), problem.rule) for problem in found] == [
        ("zones[0].bulk: record sets of provider own are published one by one; leave bulk out", "P22")
    ]


@dataclass(frozen=True, kw_only=True)
class MisspeltZone(OwnZone):
    existing_record_sets: ClassVar = "refuse"


@dataclass(frozen=True, kw_only=True)
class ClientZone(Zone):
    provider: str = "own"

    def client(self, properties: Mapping[str, Any]) -> ZoneClient:
        raise NotImplementedError(properties)


@dataclass(frozen=True, kw_only=True)
class OwnRoute53Zone(Route53Zone):
    """A class of the program's own, of a provider of the table."""


def test_what_only_a_pulumi_package_publishes_is_imported_and_not_adopted():
    found = findings_of(BASE | {"zones": [OwnZone(name="contoso.com", existing="adopt")]})
    assert [str(problem) for problem in found] == [
        "zones[0].existing: the Pulumi provider of own creates record sets, and takes over none; use pulumi import"
    ]


@dataclass(frozen=True, kw_only=True)
class OverwritingZone(OwnZone):
    existing_record_sets: ClassVar = "overwrites"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (
            OverwritingZone(name="contoso.com"),
            "zones[0]: the Pulumi package of own overwrites record sets that are there already, which may be somebody "
            "else's; it may not publish",
        ),
        (
            MisspeltZone(name="contoso.com"),
            "zones[0]: MisspeltZone says 'refuse' in existing_record_sets, which is none of 'refuses', 'overwrites' or "
            "'joins'",
        ),
        (
            ClientZone(name="contoso.com"),
            "zones[0]: ClientZone is a class of the program, which the process that publishes does not know; it "
            "publishes one by one, by record()",
        ),
        (
            OwnRoute53Zone(name="contoso.com", bulk=True),
            "zones[0]: OwnRoute53Zone is a class of the program, which the process that publishes does not know; it "
            "publishes one by one, by record()",
        ),
        (
            UndeclaredZone(name="contoso.com"),
            "zones[0]: UndeclaredZone does not say in existing_record_sets what its Pulumi package does; it publishes "
            "where that refuses",
        ),
    ],
    ids=["overwrites", "misspelt", "a client", "a class of the table", "not declared"],
)
def test_a_pulumi_package_publishes_only_where_it_refuses_what_is_there(zone: Zone, text: str):
    assert [(str(problem), problem.rule) for problem in findings_of(BASE | {"zones": [zone]})] == [
        (text, "P22")
    ]


KEPT = (
    "this package publishes the zone itself, and signs in by the zone's options and the environment; leave "
    "explicitProvider out (docs/pipelines.md)"
)


@pytest.mark.parametrize(
    ("package", "options", "text"),
    [
        ("aws", {"provider": "aws"}, None),
        ("aws", {"provider": "aws", "bulk": True}, KEPT),
        ("xmpp-federation-dns", {"provider": "rfc2136", "server": "192.0.2.53", "tsigKeyName": "k"}, None),
        ("aws", {"provider": "rfc2136", "server": "192.0.2.53", "tsigKeyName": "k"}, KEPT),
        (
            "azure-native",
            {"provider": "aws"},
            "a provider of azure-native does not publish zones of provider aws; this zone takes one of aws",
        ),
        (
            "aws",
            {"provider": "azure", "resourceGroup": "dns"},
            "a provider of aws does not publish zones of provider azure; this zone takes one of azure-native",
        ),
    ],
    ids=[
        "its own",
        "bulk",
        "dynamic updates",
        "AWS's for dynamic updates",
        "Azure's for AWS",
        "AWS's for Azure",
    ],
)
def test_a_zone_takes_a_provider_of_the_package_that_publishes_it(
    package: str, options: dict[str, Any], text: str | None
):
    found: list[Problem] = []

    def program() -> None:
        provider = pulumi.ProviderResource(package, "mine", {})
        zone = {"name": "contoso.com", "explicitProvider": provider, **options}
        found.extend(each for each in findings_of(BASE | {"zones": [zone]}) if each.severity == "error")

    run(program)
    expected = [(f"zones[0].explicitProvider: {text}", "P22")] if text else []
    assert [(str(problem), problem.rule) for problem in found] == expected
