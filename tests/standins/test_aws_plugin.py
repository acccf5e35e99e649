"""The AWS plugin, stand-in or published, does case by case what the tables say."""

import time
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.standins import cases_aws
from tests.standins.cases import CheckCase, CreateCase, DiffCase, filled
from tests.standins.cases_aws import HOST, SERVICE, SRV, A
from tests.standins.client import Client, PluginError, aws_plugin, shown
from tests.standins.clouds import Aws
from tests.standins.emulation import Change
from tests.standins.plugin import Found
from tests.standins.records import RECORD, cause, created
from tests.standins.zones import HostedZone, Published


@pytest.fixture(scope="module")
def plugin(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Generator[Client]:
    with aws_plugin(aws, tmp_path_factory.mktemp("plugin")) as client:
        client.configure("aws", {"region": "us-east-1", "maxRetries": "2"})
        yield client


@pytest.fixture
def zone(aws: Aws) -> HostedZone:
    return aws.zone("contoso.com")


@pytest.mark.parametrize("case", cases_aws.CHECKS, ids=lambda case: case.behaviour)
def test_inputs_are_checked(plugin: Client, case: CheckCase) -> None:
    inputs, failures = plugin.check(RECORD, "case", case.inputs)

    assert len(failures) == len(case.failures)
    assert all(part in failure.reason for part, failure in zip(case.failures, failures, strict=True))
    assert {key: inputs[key] for key in case.filled} == case.filled


@pytest.mark.parametrize("case", cases_aws.DIFFS, ids=lambda case: case.behaviour)
def test_inputs_are_compared(plugin: Client, zone: HostedZone, case: DiffCase) -> None:
    there = created(plugin, zone, case.old)

    difference = plugin.diff(RECORD, there, filled(case.new, ZONE=zone.id))

    assert difference == (case.changed, case.replaces, False)


@pytest.mark.parametrize("case", cases_aws.CREATES, ids=lambda case: case.behaviour)
def test_record_sets_are_created(plugin: Client, zone: HostedZone, case: CreateCase) -> None:
    for (name, type_), (ttl, values) in case.there.items():
        zone.put(name, type_, ttl, *values)

    if case.error:
        with pytest.raises(PluginError) as refused:
            created(plugin, zone, case.inputs)
        assert cause(refused.value) == f"1 error occurred:\n\t* {case.error}\n\n"
    else:
        there = created(plugin, zone, case.inputs)
        assert there.id == filled(case.id, ZONE=zone.id)
        assert {key: there.outputs[key] for key in case.outputs} == filled(case.outputs, ZONE=zone.id)
    assert zone.record_sets() == {key: Published(*content) for key, content in case.published.items()}


def test_values_are_a_set_that_has_an_order_of_its_own(plugin: Client, zone: HostedZone) -> None:
    values = ["131.107.155.10", "131.107.155.11", "131.107.155.12"]

    there = [
        created(plugin, zone, {**A, "name": name, "records": given})
        for name, given in (("a", values), ("b", values[::-1]))
    ]

    assert there[0].outputs["records"] == there[1].outputs["records"]
    assert sorted(there[0].outputs["records"]) == values


def test_a_preview_asks_route_53_for_nothing(plugin: Client, aws: Aws, zone: HostedZone) -> None:
    before = aws.server.calls()

    there = plugin.create(RECORD, filled(A, ZONE=zone.id), preview=True)

    assert (there.id, there.outputs["name"]) == ("", "xmpp.contoso.com")
    assert aws.server.calls() == before


def test_creating_takes_five_calls_reading_two_and_deleting_four(
    plugin: Client, aws: Aws, zone: HostedZone
) -> None:
    def calls() -> dict[str, int]:
        return {name: count - before.get(name, 0) for name, count in aws.server.calls().items()}

    before = aws.server.calls()
    there = created(plugin, zone, A)
    after_create = calls()
    before = aws.server.calls()
    plugin.read(RECORD, there)
    after_read = calls()
    before = aws.server.calls()
    plugin.delete(RECORD, there)
    after_delete = calls()

    def counted(**expected: int) -> dict[str, int]:
        return {name: expected.get(name, 0) for name in aws.server.calls()}

    change = {"ChangeResourceRecordSets": 1, "GetChange": 1}
    assert after_create == counted(GetHostedZone=2, ListResourceRecordSets=1, **change)
    assert after_read == counted(GetHostedZone=1, ListResourceRecordSets=1)
    assert after_delete == counted(GetHostedZone=1, ListResourceRecordSets=1, **change)


def test_an_update_overwrites_what_somebody_else_made_of_the_record_set(
    plugin: Client, zone: HostedZone
) -> None:
    there = created(plugin, zone, A)
    zone.put(*HOST, 60, "192.0.2.1")

    now = plugin.update(RECORD, there, {**there.inputs, "ttl": 900})

    assert (now.outputs["ttl"], now.outputs["records"]) == (900, ["131.107.155.10"])
    assert zone.record_sets() == {HOST: Published(900, ("131.107.155.10",))}


def test_a_change_of_type_deletes_and_creates_in_one_batch(
    plugin: Client, aws: Aws, zone: HostedZone
) -> None:
    there = created(plugin, zone, A)
    before = aws.server.calls()["ChangeResourceRecordSets"]

    plugin.update(RECORD, there, {**there.inputs, "type": "AAAA", "records": ["2620:1ec::10"]})

    assert aws.server.calls()["ChangeResourceRecordSets"] == before + 1
    assert zone.history()[1:] == [
        Change("delete", zone.id, "xmpp.contoso.com", "A"),
        Change("create", zone.id, "xmpp.contoso.com", "AAAA", 300, ("2620:1ec::10",)),
    ]


def test_the_wait_for_the_name_servers_can_be_switched_on(aws: Aws, zone: HostedZone, tmp_path: Path):
    with aws_plugin(aws, tmp_path, ROUTE53_INSYNC_WAIT="0.5") as waiting:
        waiting.configure("aws", {"region": "us-east-1"})
        start = time.monotonic()
        created(waiting, zone, A)
        seconds = time.monotonic() - start

    assert seconds > 0.5


def test_a_read_finds_what_was_changed_by_hand(plugin: Client, zone: HostedZone) -> None:
    there = created(plugin, zone, A)
    zone.put(*HOST, 60, "192.0.2.1")

    now = plugin.read(RECORD, there)

    assert now is not None
    assert now.id == there.id
    assert shown(now.inputs) == {**shown(there.inputs), "ttl": 60, "records": ["192.0.2.1"]}


@pytest.mark.parametrize("gone", ["record set", "zone"])
def test_a_read_of_what_is_gone_finds_nothing(plugin: Client, zone: HostedZone, gone: str) -> None:
    there = created(plugin, zone, A)
    zone.remove(*HOST)
    if gone == "zone":
        zone.client.delete_hosted_zone(Id=zone.id)

    assert plugin.read(RECORD, there) is None


def test_an_import_knows_a_record_set_by_zone_name_and_type(plugin: Client, zone: HostedZone) -> None:
    zone.put(*SERVICE, 3600, "0 0 5269 xmpp.contoso.com.")

    found = plugin.read(RECORD, Found(f"{zone.id}__xmpp-server._tcp.contoso.com_SRV", {}, {}))

    assert found is not None
    assert found.id == f"{zone.id}__xmpp-server._tcp.contoso.com_SRV"
    assert shown(found.inputs) == filled(SRV, ZONE=zone.id)


@pytest.mark.parametrize("text", cases_aws.NO_IDS)
def test_an_import_by_something_else_finds_nothing_and_says_nothing(plugin: Client, text: str) -> None:
    before = len(plugin.errors)

    assert plugin.read(RECORD, Found(text, {}, {})) is None
    assert plugin.errors[before:] == []


@pytest.mark.parametrize("state", ["as it was", "changed by hand", "gone", "gone with its zone"])
def test_a_delete_ends_with_no_record_set_whatever_there_is(
    plugin: Client, zone: HostedZone, state: str
) -> None:
    there = created(plugin, zone, A)
    if state == "changed by hand":
        zone.put(*HOST, 60, "192.0.2.1")
    if state.startswith("gone"):
        zone.remove(*HOST)
    if state == "gone with its zone":
        zone.client.delete_hosted_zone(Id=zone.id)

    plugin.delete(RECORD, there)

    if state != "gone with its zone":
        assert zone.record_sets() == {}
