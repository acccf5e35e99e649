"""The azure-native plugin, stand-in or published, does case by case what the tables say."""

from collections.abc import Generator
from importlib.metadata import version
from typing import Any

import pytest
from tests.standins import cases_azure
from tests.standins.cases import CheckCase, CreateCase, DiffCase, filled
from tests.standins.cases_azure import HOST, SERVICE, SRV, A
from tests.standins.client import Client, PluginError, azure_plugin, shown
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.plugin import UNKNOWN, Found
from tests.standins.wire import Properties
from tests.standins.zones import DnsZone, Published

RECORD_SET = "azure-native:dns:RecordSet"
ZONE = "azure-native:dns:Zone"
MANY = Fault(
    "RecordSets_CreateOrUpdate", status=429, code="TooManyRequests", message="The request is being throttled."
)


@pytest.fixture(scope="module")
def plugin(azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> Generator[Client]:
    with azure_plugin(azure, tmp_path_factory.mktemp("plugin")) as client:
        client.configure("azure-native", {})
        yield client


@pytest.fixture
def zone(azure: Azure) -> DnsZone:
    return azure.zone("contoso.com")


def in_group(zone: DnsZone, template: Any) -> Any:
    return filled(template, GROUP=zone.group, CAPITALS=zone.group.upper())


def created(plugin: Client, zone: DnsZone, template: Properties) -> Found:
    inputs, failures = plugin.check(RECORD_SET, "case", in_group(zone, template))
    assert failures == []
    return plugin.create(RECORD_SET, inputs)


def calls(azure: Azure, before: dict[str, int]) -> dict[str, int]:
    now = azure.server.calls()
    return {name: now[name] - before.get(name, 0) for name in now if now[name] != before.get(name, 0)}


def test_the_plugin_has_the_version_of_the_sdk(plugin: Client) -> None:
    assert plugin.version().removeprefix("v") == version("pulumi-azure-native")


@pytest.mark.parametrize("case", cases_azure.CHECKS, ids=lambda case: case.behaviour)
def test_inputs_are_checked(plugin: Client, case: CheckCase) -> None:
    inputs, failures = plugin.check(RECORD_SET, "case", case.inputs)

    assert tuple(failure.reason for failure in failures) == case.failures
    assert {key: inputs[key] for key in case.filled} == case.filled


@pytest.mark.parametrize("case", cases_azure.DIFFS, ids=lambda case: case.behaviour)
def test_inputs_are_compared(plugin: Client, zone: DnsZone, case: DiffCase) -> None:
    there = created(plugin, zone, case.old)
    new, _ = plugin.check(RECORD_SET, "case", in_group(zone, case.new))

    difference = plugin.diff(RECORD_SET, there, new)

    assert difference == (case.changed, case.replaces, bool(case.replaces))


@pytest.mark.parametrize("case", cases_azure.CREATES, ids=lambda case: case.behaviour)
def test_record_sets_are_created(plugin: Client, zone: DnsZone, case: CreateCase) -> None:
    for (name, type_), (ttl, values) in case.there.items():
        zone.put(name, type_, ttl, *values)

    if case.error:
        with pytest.raises(PluginError) as refused:
            created(plugin, zone, case.inputs)
        assert refused.value.text == in_group(zone, case.error)
    else:
        there = created(plugin, zone, case.inputs)
        assert there.id == in_group(zone, case.id)
        assert {key: there.outputs[key] for key in case.outputs} == case.outputs
    assert zone.record_sets() == {key: Published(*content) for key, content in case.published.items()}


def test_a_preview_knows_only_what_is_given(plugin: Client, azure: Azure, zone: DnsZone) -> None:
    before = azure.server.calls()

    there = plugin.create(RECORD_SET, in_group(zone, A), preview=True)

    assert (there.id, there.outputs["ttl"], there.outputs["fqdn"]) == ("", 300, UNKNOWN)
    assert calls(azure, before) == {}


def test_creating_takes_three_calls_and_updating_two(plugin: Client, azure: Azure, zone: DnsZone) -> None:
    before = azure.server.calls()
    there = created(plugin, zone, A)
    after_create = calls(azure, before)
    before = azure.server.calls()
    plugin.update(RECORD_SET, there, {**there.inputs, "ttl": 900})

    assert after_create == {"RecordSets_Get": 2, "RecordSets_CreateOrUpdate": 1}
    assert calls(azure, before) == {"RecordSets_Get": 1, "RecordSets_CreateOrUpdate": 1}


def test_an_update_overwrites_what_somebody_else_made_of_the_record_set(
    plugin: Client, zone: DnsZone
) -> None:
    there = created(plugin, zone, A)
    zone.put(*HOST, 60, "192.0.2.1")

    plugin.update(RECORD_SET, there, {**there.inputs, "ttl": 900})

    assert zone.record_sets() == {HOST: Published(900, ("131.107.155.10",))}


def test_a_read_finds_what_was_changed_by_hand(plugin: Client, zone: DnsZone) -> None:
    there = created(plugin, zone, A)
    zone.put(*HOST, 60, "192.0.2.1", "192.0.2.2")

    now = plugin.read(RECORD_SET, there)

    assert now is not None
    assert now.id == there.id
    records = [{"ipv4Address": "192.0.2.1"}, {"ipv4Address": "192.0.2.2"}]
    assert now.inputs == {**there.inputs, "ttl": 60, "aRecords": records}


def test_a_read_leaves_inputs_alone_that_the_service_writes_differently(
    plugin: Client, zone: DnsZone
) -> None:
    there = created(plugin, zone, {**cases_azure.AAAA, "aaaaRecords": [{"ipv6Address": "2620:01EC:0::10"}]})

    now = plugin.read(RECORD_SET, there)

    assert now is not None
    assert now.inputs == there.inputs


@pytest.mark.parametrize("gone", ["record set", "zone"])
def test_a_read_of_what_is_gone_finds_nothing(plugin: Client, zone: DnsZone, gone: str) -> None:
    there = created(plugin, zone, A)
    if gone == "zone":
        zone.delete()
    else:
        zone.remove(*HOST)

    assert plugin.read(RECORD_SET, there) is None


def test_an_import_knows_a_record_set_by_its_path(plugin: Client, zone: DnsZone) -> None:
    zone.put(*SERVICE, 3600, "0 0 5269 xmpp.contoso.com.")

    found = plugin.read(RECORD_SET, Found(zone.import_id(*SERVICE), {}, {}))

    assert found is not None
    assert found.id == zone.import_id(*SERVICE)
    assert shown(found.inputs) == in_group(zone, SRV)


def test_what_was_imported_does_not_differ_from_the_same_inputs(plugin: Client, zone: DnsZone):
    zone.put(*SERVICE, 3600, "0 0 5269 xmpp.contoso.com.")
    inputs, _ = plugin.check(RECORD_SET, "case", in_group(zone, SRV))

    found = plugin.read(RECORD_SET, Found(zone.import_id(*SERVICE), {}, {}))

    assert found is not None
    assert plugin.diff(RECORD_SET, found, inputs) == (False, set(), False)


@pytest.mark.parametrize("state", ["as it was", "changed by hand", "gone", "gone with its zone"])
def test_a_delete_ends_with_no_record_set_whatever_there_is(
    plugin: Client, zone: DnsZone, state: str
) -> None:
    there = created(plugin, zone, A)
    if state == "changed by hand":
        zone.put(*HOST, 60, "192.0.2.1")
    if state == "gone":
        zone.remove(*HOST)
    if state == "gone with its zone":
        zone.delete()

    plugin.delete(RECORD_SET, there)

    if state != "gone with its zone":
        assert zone.record_sets() == {}


def test_throttling_is_tried_again(plugin: Client, azure: Azure, zone: DnsZone) -> None:
    with azure.server.faulty(MANY.happening(times=2)):
        created(plugin, zone, A)

    assert zone.record_sets() == {HOST: Published(300, ("131.107.155.10",))}


def test_throttling_that_does_not_end_is_told_after_the_last_try(
    plugin: Client, azure: Azure, zone: DnsZone
) -> None:
    before = azure.server.calls()

    with azure.server.faulty(MANY), pytest.raises(PluginError) as refused:
        created(plugin, zone, A)

    assert calls(azure, before) == {"RecordSets_Get": 1, "RecordSets_CreateOrUpdate": 4}
    assert refused.value.text == (
        'Status=429 Code="TooManyRequests" Message="The request is being throttled."'
    )


def test_an_existence_that_cannot_be_checked_is_told_with_the_whole_answer(
    plugin: Client, azure: Azure, zone: DnsZone
) -> None:
    fault = Fault("RecordSets_Get", status=403, code="AuthorizationFailed", message="The client may not.")

    with azure.server.faulty(fault), pytest.raises(PluginError) as refused:
        created(plugin, zone, A)

    assert refused.value.text == (
        f"cannot check existence of resource '{zone.import_id(*HOST)}': status code 403, "
        '{"error": {"code": "AuthorizationFailed", "message": "The client may not."}}'
    )


def test_a_zone_is_created_and_deleted(plugin: Client, zone: DnsZone) -> None:
    inputs, failures = plugin.check(
        ZONE, "case", {"resourceGroupName": zone.group, "zoneName": "created.example", "location": "global"}
    )
    made = plugin.create(ZONE, inputs)
    plugin.delete(ZONE, made)

    assert failures == []
    assert made.id == zone.id.replace("contoso.com", "created.example")
    assert (made.outputs["name"], made.outputs["zoneType"]) == ("created.example", "Public")
    assert plugin.read(ZONE, Found(made.id, {}, {})) is None


def test_a_zone_needs_a_location(plugin: Client) -> None:
    _, failures = plugin.check(ZONE, "case", {"resourceGroupName": "dns", "zoneName": "created.example"})

    (failure,) = failures
    assert failure.reason == (
        "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config "
        "set azure-native:location <value>'."
    )
