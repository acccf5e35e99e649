"""The life of a stack on each cloud, step by step: every change touches what it is about and nothing else."""

from typing import Any

import pytest
from tests.engine.clouds.lab import Lab, Run, dangling
from tests.standins.clouds import Cloud
from tests.standins.zones import CloudZone, Published

FIRST: dict[str, Any] = {"ipv4": ["131.107.155.10", "131.107.155.11"], "ipv6": ["2620:1ec::10"]}
SECOND: dict[str, Any] = {"host": "backup", "priority": 10, "ipv4": ["131.107.155.12"]}
SERVICES = {
    "federation-_xmpp-server._tcp.contoso.com-SRV",
    "federation-_xmpp-server._tcp.emea.contoso.com-SRV",
}
HOSTS = {
    f"federation-{host}.{domain}-{type_}"
    for domain in ("contoso.com", "emea.contoso.com")
    for host, type_ in (("xmpp", "A"), ("xmpp", "AAAA"), ("backup", "A"))
}
FOREIGN = {
    ("www.contoso.com", "A"): Published(60, ("192.0.2.1",)),
    ("_xmpp-server._tcp.fabrikam.contoso.com", "SRV"): Published(60, ("0 0 5269 edge.example.net.",)),
    ("contoso.com", "TXT"): Published(60, ('"not ours"',)),
}


@pytest.fixture(scope="module")
def zone(lab: Lab, cloud: Cloud) -> CloudZone:
    zone = lab.zone(cloud, "contoso.com")
    for (name, type_), (ttl, values) in FOREIGN.items():
        zone.put(name, type_, ttl, *values)
    return zone


@pytest.fixture(scope="module")
def created(lab: Lab, zone: CloudZone) -> Run:
    lab.configure(
        zones=[zone.configuration()],
        domains=["contoso.com", "emea.contoso.com"],
        edgePools=[FIRST, SECOND],
    )
    return lab.up()


@pytest.fixture(scope="module")
def repeated(lab: Lab, created: Run) -> Run:
    assert created.status == 0, created.output
    return lab.up()


@pytest.fixture(scope="module")
def rewritten(lab: Lab, zone: CloudZone, repeated: Run) -> Run:
    assert repeated.status == 0, repeated.output
    lab.configure(
        zones=[{**zone.configuration(), "name": "Contoso.COM."}],
        domains=[{"name": "EMEA.contoso.com."}, "CONTOSO.com"],
        edgePools=[
            {**SECOND, "host": "BACKUP", "weight": 0, "port": 5269},
            {"host": "xmpp", "ipv4": FIRST["ipv4"][::-1], "ipv6": ["2620:01EC:0:0::0010"]},
        ],
        srvTtl=3600,
    )
    return lab.up()


@pytest.fixture(scope="module")
def with_other_ttl(lab: Lab, rewritten: Run) -> Run:
    assert rewritten.status == 0, rewritten.output
    lab.configure(srvTtl=1800)
    return lab.up()


@pytest.fixture(scope="module")
def with_other_address(lab: Lab, with_other_ttl: Run) -> Run:
    assert with_other_ttl.status == 0, with_other_ttl.output
    lab.configure(edgePools=[{**FIRST, "ipv6": ["2620:1ec::11"]}, SECOND])
    return lab.up()


@pytest.fixture(scope="module")
def with_other_host(lab: Lab, with_other_address: Run) -> Run:
    assert with_other_address.status == 0, with_other_address.output
    lab.configure(edgePools=[{**FIRST, "host": "edge", "ipv6": ["2620:1ec::11"]}, SECOND])
    return lab.up()


@pytest.fixture(scope="module")
def with_one_more(lab: Lab, with_other_host: Run) -> Run:
    assert with_other_host.status == 0, with_other_host.output
    lab.configure(domains=["contoso.com", "apac.contoso.com", "emea.contoso.com"])
    return lab.up()


@pytest.fixture(scope="module")
def with_one_less(lab: Lab, with_one_more: Run) -> Run:
    assert with_one_more.status == 0, with_one_more.output
    lab.configure(domains=["apac.contoso.com", "emea.contoso.com"])
    return lab.up()


@pytest.fixture(scope="module")
def destroyed(lab: Lab, with_one_less: Run) -> Run:
    assert with_one_less.status == 0, with_one_less.output
    return lab.destroy()


def test_everything_is_published(created: Run, zone: CloudZone):
    assert created.status == 0, created.output
    assert created.steps == dict.fromkeys(SERVICES | HOSTS, "create")
    published = {
        (c.name, c.type): (c.ttl, tuple(sorted(c.values))) for c in created.changes if c.zone == zone.id
    }
    services = ("0 0 5269 xmpp.{0}.", "10 0 5269 backup.{0}.")
    assert published == {
        key: content
        for domain in ("contoso.com", "emea.contoso.com")
        for key, content in {
            (f"_xmpp-server._tcp.{domain}", "SRV"): (3600, tuple(v.format(domain) for v in services)),
            (f"xmpp.{domain}", "A"): (300, ("131.107.155.10", "131.107.155.11")),
            (f"xmpp.{domain}", "AAAA"): (300, ("2620:1ec::10",)),
            (f"backup.{domain}", "A"): (300, ("131.107.155.12",)),
        }.items()
    }


def test_publishing_again_changes_nothing(repeated: Run):
    assert (repeated.steps, repeated.changes) == ({}, [])


def test_another_order_case_final_dots_and_spelling_of_addresses_change_nothing(rewritten: Run):
    assert (rewritten.status, rewritten.steps, rewritten.changes) == (0, {}, [])


def test_a_ttl_changes_in_place_and_for_its_record_sets_alone(with_other_ttl: Run):
    assert with_other_ttl.steps == dict.fromkeys(SERVICES, "update")
    assert [(change.action, change.ttl) for change in with_other_ttl.changes] == [("update", 1800)] * 2


def test_an_address_changes_in_its_own_record_sets_alone(with_other_address: Run):
    assert with_other_address.steps == {
        "federation-xmpp.contoso.com-AAAA": "update",
        "federation-xmpp.emea.contoso.com-AAAA": "update",
    }
    assert [change.values for change in with_other_address.changes] == [("2620:1ec::11",)] * 2


def test_another_host_replaces_the_addresses_and_updates_the_service(with_other_host: Run):
    moved = {f"{domain}-{type_}" for domain in ("contoso.com", "emea.contoso.com") for type_ in ("A", "AAAA")}
    assert with_other_host.steps == {
        **{f"federation-edge.{each}": "create" for each in moved},
        **dict.fromkeys(SERVICES, "update"),
        **{f"federation-xmpp.{each}": "delete" for each in moved},
    }


@pytest.mark.parametrize("domain", ["contoso.com", "emea.contoso.com"])
def test_new_addresses_come_first_then_the_service_then_the_old_ones_go(
    with_other_host: Run, zone: CloudZone, domain: str
):
    mine = [
        (action, name)
        for action, name, _ in with_other_host.of(zone)
        if name in (f"xmpp.{domain}", f"edge.{domain}", f"_xmpp-server._tcp.{domain}")
    ]

    assert mine == [
        ("create", f"edge.{domain}"),
        ("create", f"edge.{domain}"),
        ("update", f"_xmpp-server._tcp.{domain}"),
        ("delete", f"xmpp.{domain}"),
        ("delete", f"xmpp.{domain}"),
    ]


def test_a_domain_more_touches_no_other(with_one_more: Run):
    assert with_one_more.steps == {
        "federation-_xmpp-server._tcp.apac.contoso.com-SRV": "create",
        "federation-edge.apac.contoso.com-A": "create",
        "federation-edge.apac.contoso.com-AAAA": "create",
        "federation-backup.apac.contoso.com-A": "create",
    }


def test_a_domain_less_touches_no_other(with_one_less: Run):
    assert with_one_less.steps == {
        "federation-_xmpp-server._tcp.contoso.com-SRV": "delete",
        "federation-edge.contoso.com-A": "delete",
        "federation-edge.contoso.com-AAAA": "delete",
        "federation-backup.contoso.com-A": "delete",
    }


def test_destroying_removes_what_is_ours_alone(destroyed: Run, zone: CloudZone):
    assert destroyed.status == 0, destroyed.output
    assert len(destroyed.steps) == 8
    assert set(destroyed.steps.values()) == {"delete"}
    assert zone.record_sets() == FOREIGN


@pytest.mark.usefixtures("destroyed")
def test_at_no_moment_a_service_pointed_to_a_name_without_addresses(zone: CloudZone):
    history = zone.history()

    assert len([change for change in history if change.type == "SRV"]) == 11
    assert dangling(history) == []
