"""Zones made in the same stack: when the update is planned, nothing is known of them."""

from collections import Counter

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Azure
from tests.standins.emulation import Change

PROGRAM = """\
from pulumi_aws import route53
from pulumi_azure_native import dns

from xmpp_federation_dns import AzureZone, EdgePool, Route53Zone, XmppFederationDns, XmppFederationDnsArgs

adatum = route53.Zone("adatum", name="adatum.example")
wingtip = dns.Zone("wingtip", resource_group_name="{group}", zone_name="wingtip.example", location="global")
XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["adatum.example", "wingtip.example"],
        edge_pools=[EdgePool(ipv4=["131.107.155.10"], ipv6=["2620:1ec::10"])],
        zones=[
            Route53Zone(name="adatum.example", zone_id=adatum.zone_id),
            AzureZone(name="wingtip.example", resource_group=wingtip.id.apply(lambda _: "{group}")),
        ],
    ),
)
"""
CREATED = {
    f"federation-{name}.{domain}-{type_}": "create"
    for domain in ("adatum.example", "wingtip.example")
    for name, type_ in (("_xmpp-server._tcp", "SRV"), ("xmpp", "A"), ("xmpp", "AAAA"))
}
ADDRESSES = {("xmpp", "A"), ("xmpp", "AAAA")}


@pytest.fixture(scope="module")
def group(azure: Azure) -> str:
    return azure.zone("unused.example").group


@pytest.fixture(scope="module")
def previewed(both: Lab, group: str) -> tuple[Run, list[dict[str, int]]]:
    """Plan, and return with that the calls that the clouds had before."""
    both.program(PROGRAM.format(group=group))
    before = [cloud.server.calls() for cloud in both.clouds]
    return both.preview(), before


@pytest.fixture(scope="module")
def after(both: Lab, previewed: tuple[Run, list[dict[str, int]]]) -> list[dict[str, int]]:
    assert previewed[0].status == 0
    return [cloud.server.calls() for cloud in both.clouds]


@pytest.fixture(scope="module")
def published(both: Lab, after: list[dict[str, int]]) -> Run:
    assert len(after) == 2
    return both.up()


def history(both: Lab, domain: str) -> list[Change]:
    """Return the changes of a zone that only this stack has."""
    return [c for cloud in both.clouds for c in cloud.server.history() if c.name.endswith(domain)]


def test_every_record_set_is_shown_before_its_zone_exists(previewed: tuple[Run, list[dict[str, int]]]):
    run, _ = previewed

    assert (run.status, run.errors, run.steps) == (0, {}, CREATED)


def test_showing_it_asks_aws_whose_credentials_these_are_and_azure_for_nothing(
    previewed: tuple[Run, list[dict[str, int]]], after: list[dict[str, int]]
):
    _, before = previewed

    calls = [Counter(now) - Counter(then) for now, then in zip(after, before, strict=True)]
    assert calls == [{"GetCallerIdentity": 1}, {}]


@pytest.mark.parametrize("domain", ["adatum.example", "wingtip.example"], ids=["aws", "azure"])
def test_the_records_follow_into_the_new_zone(both: Lab, published: Run, domain: str):
    assert (published.status, published.steps) == (0, CREATED)
    changes = [(c.action, c.name.removesuffix(f".{domain}"), c.type) for c in history(both, domain)]
    assert sorted(changes[:2]) == [("create", *each) for each in sorted(ADDRESSES)]
    assert changes[2:] == [("create", "_xmpp-server._tcp", "SRV")]
