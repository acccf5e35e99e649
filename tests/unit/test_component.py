import importlib.util
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
import pytest
from tests.recorder import GET_ZONE, Answer, Run, hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import ConfigurationError, XmppFederationDns, Zone
from xmpp_federation_dns.records import RecordSet

RECORD = "aws:route53/record:Record"
ZONES = hosted_zones(
    {"Z1": "contoso.com", "Z2": "corp.contoso.com", "Z3": "hosting.example", "Z4": "fabrikam.com"}
)


def publish(given: Any, answers: dict[str, Answer] = ZONES) -> Run:
    return run(lambda: XmppFederationDns("federation", given), answers)


def test_a_sip_domain_becomes_one_resource_for_each_record_set_under_the_component():
    done = publish(BASE | {"edgePools": [{"ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"]}]})
    assert done.names == [
        "federation-_xmpp-server._tcp.contoso.com-SRV",
        "federation-xmpp.contoso.com-A",
        "federation-xmpp.contoso.com-AAAA",
    ]
    assert {r.parent for r in done.registrations if r.type == RECORD} == {"federation"}


def test_the_component_has_its_type_token():
    assert publish(BASE).named("federation").type == "xmpp-federation-dns:index:XmppFederationDns"


def test_an_srv_record_set_depends_on_the_address_record_sets_of_its_targets_alone():
    pools = [
        {"host": "a", "ipv4": ["131.107.155.10"], "ipv6": ["2620:1ec::10"], "priority": 0},
        {"host": "b", "ipv4": ["131.107.155.11"], "priority": 10},
    ]
    done = publish(BASE | {"domains": ["contoso.com", "eu.contoso.com"], "edgePools": pools})
    assert done.named("federation-_xmpp-server._tcp.eu.contoso.com-SRV").dependencies == [
        "federation-a.eu.contoso.com-A",
        "federation-a.eu.contoso.com-AAAA",
        "federation-b.eu.contoso.com-A",
    ]


def test_an_srv_record_set_depends_on_addresses_that_lie_in_another_zone():
    given = BASE | {
        "profile": "standard",
        "zones": [
            {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
            {"provider": "aws", "name": "hosting.example", "zoneId": "Z3"},
        ],
        "edgePools": [{"target": "xmpp.hosting.example", "ipv4": ["131.107.155.10"]}],
    }
    done = publish(given)
    assert done.named("federation-xmpp.hosting.example-A").inputs["zoneId"] == "Z3"
    assert done.named("federation-_xmpp-server._tcp.contoso.com-SRV").dependencies == [
        "federation-xmpp.hosting.example-A"
    ]


def test_a_record_set_that_is_replaced_is_created_before_the_old_one_goes():
    done = publish(BASE)
    assert {r.name: r.created_first for r in done.registrations if r.type == RECORD} == {
        "federation-_xmpp-server._tcp.contoso.com-SRV": True,
        "federation-xmpp.contoso.com-A": True,
    }


def test_each_name_goes_into_its_closest_zone():
    zones = [
        {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
        {"provider": "aws", "name": "Corp.contoso.com.", "zoneId": "Z2"},
    ]
    done = publish(BASE | {"domains": ["contoso.com", "corp.contoso.com"], "zones": zones})
    assert {r.name: r.inputs["zoneId"] for r in done.registrations if r.type == RECORD} == {
        "federation-_xmpp-server._tcp.contoso.com-SRV": "Z1",
        "federation-xmpp.contoso.com-A": "Z1",
        "federation-_xmpp-server._tcp.corp.contoso.com-SRV": "Z2",
        "federation-xmpp.corp.contoso.com-A": "Z2",
    }


def test_a_zone_is_looked_up_once_however_many_record_sets_it_holds():
    done = publish(BASE | {"domains": ["contoso.com", "eu.contoso.com", "us.contoso.com"]})
    assert done.calls == [(GET_ZONE, {"name": "contoso.com", "privateZone": False})]


def test_the_order_of_the_configuration_changes_nothing():
    pools = [
        {"host": "b", "ipv4": ["131.107.155.12", "131.107.155.11"], "priority": 10},
        {"host": "a", "ipv4": ["131.107.155.10"]},
    ]
    one = publish(BASE | {"domains": ["eu.contoso.com", "contoso.com"], "edgePools": pools})
    other = publish(
        BASE
        | {
            "domains": ["Contoso.com.", "EU.contoso.com"],
            "edgePools": [pools[1], pools[0] | {"ipv4": ["131.107.155.11", "131.107.155.12"]}],
        }
    )
    inputs = [{r.name: r.inputs for r in done.registrations} for done in (one, other)]
    assert inputs[0] == inputs[1]


def test_nothing_is_registered_where_the_configuration_is_wrong():
    done: list[Run] = []

    def program() -> None:
        with pytest.raises(
            ConfigurationError, match=r"^1 problem in the XMPP federation configuration:\n  srvTtl"
        ):
            XmppFederationDns("federation", BASE | {"srvTtl": 1})

    done.append(run(program))
    assert done[0].registrations == []


def test_warnings_are_told_through_the_engine():
    assert publish(BASE | {"edgePools": [{"ipv6": ["2620:1ec::10"]}]}).warnings == [
        "edgePools[0]: IPv6 addresses alone; peers without IPv6 cannot reach this Edge pool"
    ]


def test_a_missing_provider_sdk_names_the_extra_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    def nothing_installed(_: str) -> None:
        return None

    monkeypatch.setattr("xmpp_federation_dns.prerequisites.find_spec", nothing_installed)

    def program() -> None:
        with pytest.raises(ConfigurationError) as raised:
            XmppFederationDns("federation", BASE)
        assert [str(problem) for problem in raised.value.problems] == [
            "zones[0]: provider aws needs the Python package pulumi_aws: "
            "pip install 'xmpp-federation-dns[aws]', or the extra aws in requirements.txt"
        ]

    assert run(program).registrations == []
    assert importlib.util.find_spec("pulumi_aws")


def test_the_output_lists_every_record_set_by_name_and_type():
    records: list[Any] = []

    def program() -> None:
        component = XmppFederationDns("federation", BASE | {"zones": [{**BASE["zones"][0], "zoneId": "Z1"}]})
        component.records.apply(records.extend)

    run(program, ZONES)
    assert records == [
        {
            "name": "_xmpp-server._tcp.contoso.com",
            "type": "SRV",
            "ttl": 3600,
            "values": ["0 0 5269 xmpp.contoso.com."],
            "zone": "contoso.com",
            "provider": "aws",
            "component": "federation",
        },
        {
            "name": "xmpp.contoso.com",
            "type": "A",
            "ttl": 300,
            "values": ["131.107.155.10"],
            "zone": "contoso.com",
            "provider": "aws",
            "component": "federation",
        },
    ]


@dataclass(frozen=True, kw_only=True)
class OwnZone(Zone):
    """A backend of the program's own."""

    existing_record_sets: ClassVar = "refuses"

    provider: str = "own"

    def record(
        self, resource_name: str, record_set: RecordSet, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        return pulumi.CustomResource("own:index:Record", resource_name, {"values": record_set.values}, opts)


def test_a_zone_of_the_programs_own_is_published_into():
    done = publish(BASE | {"zones": [OwnZone(name="Contoso.com")]})
    assert {r.type for r in done.registrations} == {
        "xmpp-federation-dns:index:XmppFederationDns",
        "own:index:Record",
    }


BULK = "xmpp-federation-dns:index:RecordSets"


def in_zones(*zones: tuple[str, bool], targets: dict[str, str]) -> dict[str, Any]:
    """Return zones, in bulk or not, with SIP domains and the targets that they have elsewhere."""
    return {
        "profile": "standard",
        "zones": [{"provider": "aws", "name": name, "bulk": bulk} for name, bulk in zones],
        "domains": [
            {"name": domain, "edgePools": [{"target": target, "ipv4": ["131.107.155.10"]}]}
            for domain, target in targets.items()
        ],
    }


def test_a_zone_in_bulk_is_one_resource_under_the_component_with_its_journal():
    zones = [{"provider": "aws", "name": "contoso.com", "zoneId": "Z1", "bulk": True}]
    done = publish(BASE | {"zones": zones, "domains": ["contoso.com", "eu.contoso.com"]})
    [resource] = [r for r in done.registrations if r.type == BULK]
    assert done.names == ["federation-contoso.com", "federation-contoso.com-journal"]
    assert (resource.parent, resource.dependencies, done.calls) == ("federation", [], [])
    assert sorted(resource.inputs["recordSets"]) == [
        "_xmpp-server._tcp.contoso.com SRV",
        "_xmpp-server._tcp.eu.contoso.com SRV",
        "xmpp.contoso.com A",
        "xmpp.eu.contoso.com A",
    ]


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "reversed"])
def test_a_zone_in_bulk_comes_after_the_zones_that_its_srv_records_point_into(order: int):
    zones = [("contoso.com", True), ("fabrikam.com", True), ("litware.com", True)][::order]
    targets = {
        "contoso.com": "a.fabrikam.com",
        "fabrikam.com": "a.litware.com",
        "litware.com": "a.litware.com",
    }
    done = publish(in_zones(*zones, targets=targets))
    assert {r.name: r.dependencies for r in done.registrations if r.type == BULK} == {
        "federation-contoso.com": ["federation-fabrikam.com"],
        "federation-fabrikam.com": ["federation-litware.com"],
        "federation-litware.com": [],
    }


def test_a_zone_in_bulk_stands_between_the_addresses_and_the_services_of_other_zones():
    targets = {"contoso.com": "a.fabrikam.com", "fabrikam.com": "a.contoso.com"}
    done = publish(in_zones(("contoso.com", True), ("fabrikam.com", False), targets=targets))
    assert done.named("federation-contoso.com").dependencies == ["federation-a.fabrikam.com-A"]
    assert done.named("federation-_xmpp-server._tcp.fabrikam.com-SRV").dependencies == [
        "federation-contoso.com"
    ]


@pytest.mark.parametrize("error", [False, True], ids=["alone", "with what it is a part of"])
@pytest.mark.parametrize(
    ("zone", "sdk", "extra"),
    [
        ({"provider": "aws"}, "boto3", "aws-bulk"),
        ({"provider": "azure", "resourceGroup": "dns"}, "azure.identity", "azure-bulk"),
        ({"provider": "gcp", "project": "dns-production"}, "google.auth", "gcp"),
    ],
)
def test_what_a_zone_in_bulk_needs_and_is_missing_is_told_with_the_extra_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, zone: dict[str, str], sdk: str, extra: str, error: bool
):
    def missing(name: str) -> object:
        if name == sdk and error:
            raise ModuleNotFoundError(name)
        return None if name == sdk else importlib.util.find_spec(name)

    monkeypatch.setattr("xmpp_federation_dns.prerequisites.find_spec", missing)
    zones = [{**zone, "name": "contoso.com", "bulk": True}]

    def program() -> None:
        with pytest.raises(ConfigurationError) as raised:
            XmppFederationDns("federation", BASE | {"zones": zones})
        assert [str(problem) for problem in raised.value.problems] == [
            f"zones[0]: provider {zone['provider']} in bulk needs the Python package {sdk}: "
            f"pip install 'xmpp-federation-dns[{extra}]', or the extra {extra} in requirements.txt"
        ]

    assert run(program).registrations == []


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
def test_a_zone_may_leave_its_record_sets_where_they_are(bulk: bool):
    zones = [
        {"provider": "aws", "name": "contoso.com", "zoneId": "Z1", "bulk": bulk, "retainOnDelete": True},
        {"provider": "aws", "name": "fabrikam.com", "zoneId": "Z4", "bulk": bulk},
    ]
    done = publish(BASE | {"zones": zones, "domains": ["contoso.com", "fabrikam.com"]})
    assert {name for name in done.names if done.named(name).retained} == {
        name for name in done.names if "contoso" in name and "journal" not in name
    }
