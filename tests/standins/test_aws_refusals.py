"""What the AWS plugin, stand-in or published, says and does where Route 53 refuses."""

from collections.abc import Callable, Generator
from importlib.metadata import version

import pytest
from tests.standins.cases_aws import HOST, A
from tests.standins.client import Client, PluginError, aws_plugin
from tests.standins.clouds import Aws
from tests.standins.emulation import Fault
from tests.standins.plugin import Found
from tests.standins.records import RECORD, cause, created, logged
from tests.standins.zones import HostedZone, Published

DENIED = Fault("ChangeResourceRecordSets", code="AccessDenied", message="no", status=403)
DENIAL = (
    "operation error Route 53: ChangeResourceRecordSets, https response error StatusCode: 403, "
    "RequestID: REQUEST, api error AccessDenied: no"
)


REFUSALS: dict[str, Callable[[Client, Found], object]] = {
    "creating Route53 Record": lambda plugin, there: plugin.create(RECORD, there.inputs),
    "updating Route53 Record": lambda plugin, there: plugin.update(
        RECORD, there, {**there.inputs, "ttl": 900}
    ),
    "deleting Route53 Record": lambda plugin, there: plugin.delete(RECORD, there),
}


@pytest.fixture(scope="module")
def plugin(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Generator[Client]:
    with aws_plugin(aws, tmp_path_factory.mktemp("plugin")) as client:
        client.configure("aws", {"region": "us-east-1", "maxRetries": "2"})
        yield client


@pytest.fixture
def zone(aws: Aws) -> HostedZone:
    return aws.zone("contoso.com")


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_refused_is_in_the_log_of_the_engine_too(
    plugin: Client, aws: Aws, zone: HostedZone, what: str
) -> None:
    there = created(plugin, zone, A)
    before = len(plugin.errors)

    with aws.server.faulty(DENIED), pytest.raises(PluginError):
        REFUSALS[what](plugin, there)

    # An update is an UPSERT, of which the plugin says the same as of a creation.
    said = f"{what} ({there.id})" if what.startswith("deleting") else "creating Route53 Record"
    assert logged(plugin, before) == [
        (
            f"urn:pulumi:test::test::{RECORD}::case",
            f"  sdk-v2/provider2.go:LINE: sdk.helper_schema: {said}: {DENIAL}: "
            f"provider=aws@{version('pulumi-aws')}\n",
        )
    ]


def test_what_is_done_leaves_no_error_in_the_log_of_the_engine(plugin: Client, zone: HostedZone) -> None:
    before = len(plugin.errors)

    plugin.delete(RECORD, created(plugin, zone, A))

    assert plugin.errors[before:] == []


def test_a_refused_deletion_names_the_resource(plugin: Client, aws: Aws, zone: HostedZone) -> None:
    there = created(plugin, zone, A)

    with aws.server.faulty(DENIED), pytest.raises(PluginError) as failed:
        plugin.delete(RECORD, there)

    assert cause(failed.value) == (
        f"deleting urn:pulumi:test::test::{RECORD}::case: 1 error occurred:\n\t* deleting Route53 Record "
        f"({there.id}): {DENIAL}\n\n"
    )


def test_a_failed_update_leaves_the_new_state_to_be_tried_again(
    plugin: Client, aws: Aws, zone: HostedZone
) -> None:
    there = created(plugin, zone, A)

    with aws.server.faulty(DENIED), pytest.raises(PluginError) as failed:
        plugin.update(RECORD, there, {**there.inputs, "ttl": 900})

    assert failed.value.init_failed is not None
    assert failed.value.init_failed["ttl"] == 900
    assert failed.value.init_failed["fqdn"] == there.outputs["fqdn"]
    assert cause(failed.value) == (
        f"updating urn:pulumi:test::test::{RECORD}::case: 1 error occurred:\n\t* creating Route53 Record: "
        f"{DENIAL}\n\n"
    )


def test_a_delete_that_is_no_valid_batch_counts_as_done(plugin: Client, aws: Aws, zone: HostedZone) -> None:
    there = created(plugin, zone, A)
    fault = Fault("ChangeResourceRecordSets", code="InvalidChangeBatch", message="[values changed]")

    with aws.server.faulty(fault):
        plugin.delete(RECORD, there)

    assert zone.record_sets() == {HOST: Published(300, ("131.107.155.10",))}


def test_throttling_is_tried_again(plugin: Client, aws: Aws, zone: HostedZone) -> None:
    fault = Fault("ChangeResourceRecordSets", times=1, code="Throttling", message="Rate exceeded")

    with aws.server.faulty(fault):
        created(plugin, zone, A)

    assert zone.record_sets() == {HOST: Published(300, ("131.107.155.10",))}


def test_throttling_that_does_not_end_is_told_after_the_last_try(
    plugin: Client, aws: Aws, zone: HostedZone
) -> None:
    fault = Fault("ChangeResourceRecordSets", code="Throttling", message="Rate exceeded")

    with aws.server.faulty(fault), pytest.raises(PluginError) as refused:
        created(plugin, zone, A)

    assert cause(refused.value) == (
        "1 error occurred:\n\t* creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, "
        "exceeded maximum number of attempts, 2, https response error StatusCode: 400, RequestID: REQUEST, "
        "api error Throttling: Rate exceeded\n\n"
    )


def test_a_zone_of_another_account_is_not_readable(plugin: Client, aws: Aws) -> None:
    elsewhere = aws.zone("contoso.com", account="222222222222")

    with pytest.raises(PluginError) as refused:
        created(plugin, elsewhere, A)

    assert cause(refused.value) == (
        f"1 error occurred:\n\t* reading Route 53 Hosted Zone ({elsewhere.id}): operation error Route 53: "
        "GetHostedZone, https response error StatusCode: 403, RequestID: REQUEST, api error AccessDenied: "
        "User: arn:aws:iam::123456789012:user/moto is not authorized to access this resource\n\n"
    )
