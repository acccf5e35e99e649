"""The AWS plugin, stand-in or published, makes and finds hosted zones in the account it is configured for.

What a look-up by id asks for, and its words, are those of the source (6.67 and later), and not confirmed.
"""

import json
import os
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tests.standins.client import Client, PluginError, aws_plugin
from tests.standins.clouds import Aws, role_in
from tests.standins.emulation import Fault
from tests.standins.home import write_plugin
from tests.standins.plugin import Found
from tests.standins.route53 import REQUEST_ID

ZONE = "aws:route53/zone:Zone"
GET_ZONE = "aws:route53/getZone:getZone"
PARTNER = "222222222222"


@pytest.fixture(scope="module")
def plugin(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Generator[Client]:
    with aws_plugin(aws, tmp_path_factory.mktemp("plugin")) as client:
        client.configure("aws", {"region": "us-east-1", "maxRetries": "2"})
        yield client


def test_the_plugin_has_the_version_of_the_sdk(plugin: Client) -> None:
    assert plugin.version().removeprefix("v") == version("pulumi-aws")


def test_a_zone_is_created_and_deleted(plugin: Client, aws: Aws) -> None:
    inputs, failures = plugin.check(ZONE, "case", {"name": "created.example."})
    zone = plugin.create(ZONE, inputs)
    there: Any = aws.client().get_hosted_zone(Id=zone.id)["HostedZone"]
    plugin.delete(ZONE, zone)

    assert failures == []
    assert (there["Name"], there["Config"]["Comment"]) == ("created.example.", "Managed by Pulumi")
    assert (zone.outputs["name"], zone.outputs["zoneId"]) == ("created.example", zone.id)
    assert plugin.read(ZONE, Found(zone.id, {}, {})) is None


def test_a_zone_with_record_sets_in_it_is_not_deleted(plugin: Client, aws: Aws) -> None:
    there = aws.zone("full.example")
    there.put("xmpp.full.example", "A", 300, "131.107.155.10")
    zone = plugin.read(ZONE, Found(there.id, {}, {}))
    assert zone is not None

    with pytest.raises(PluginError) as refused:
        plugin.delete(ZONE, zone)

    assert f"deleting Route53 Hosted Zone ({there.id}): operation error Route 53" in refused.value.text
    assert "HostedZoneNotEmpty" in refused.value.text


@pytest.mark.parametrize("name", ["fabrikam.example", "Litware.example."])
def test_a_zone_is_found_by_its_name_in_any_case_and_with_final_dot(
    plugin: Client, aws: Aws, name: str
) -> None:
    zone = aws.zone(name.lower().removesuffix("."))
    aws.zone(f"sub.{zone.name}")

    found = plugin.invoke(GET_ZONE, {"name": name, "privateZone": False})

    assert (found["zoneId"], found["name"]) == (zone.id, zone.name)


def test_a_zone_that_is_not_there_is_no_zone(plugin: Client) -> None:
    with pytest.raises(PluginError) as refused:
        plugin.invoke(GET_ZONE, {"name": "missing.example", "privateZone": False})

    assert refused.value.text == (
        f"invoking {GET_ZONE}: 1 error occurred:\n\t* no matching Route 53 Hosted Zone found\n\n"
    )


def test_two_public_zones_of_one_name_are_one_too_many(plugin: Client, aws: Aws) -> None:
    aws.zone("twice.example")
    aws.zone("twice.example")

    with pytest.raises(PluginError) as refused:
        plugin.invoke(GET_ZONE, {"name": "twice.example", "privateZone": False})

    assert refused.value.text == (
        f"invoking {GET_ZONE}: 1 error occurred:\n\t* multiple Route 53 Hosted Zones matched; use additional "
        "constraints to reduce matches to a single Route 53 Hosted Zone\n\n"
    )


def test_a_private_zone_of_the_same_name_does_not_count(plugin: Client, aws: Aws) -> None:
    public = aws.zone("both.example")
    aws.zone("both.example", private=True)

    assert plugin.invoke(GET_ZONE, {"name": "both.example", "privateZone": False})["zoneId"] == public.id


@pytest.mark.parametrize("private", [False, True])
def test_the_zone_of_an_id_is_told_as_it_is(plugin: Client, aws: Aws, private: bool) -> None:
    zone = aws.zone("one.example", private=private)

    found = plugin.invoke(GET_ZONE, {"zoneId": zone.id})

    assert (found["zoneId"], found["name"], found["privateZone"]) == (zone.id, "one.example", private)


def test_the_zone_of_an_id_takes_three_calls_and_no_list_of_zones(plugin: Client, aws: Aws) -> None:
    zone = aws.zone("calls.example")
    before = aws.server.calls()

    plugin.invoke(GET_ZONE, {"zoneId": zone.id})

    calls = {name: count - before.get(name, 0) for name, count in aws.server.calls().items()}
    assert {name: count for name, count in calls.items() if count} == {
        "GetHostedZone": 2,
        "ListTagsForResource": 1,
    }


def test_an_id_of_no_zone_finds_nothing(plugin: Client) -> None:
    with pytest.raises(PluginError) as refused:
        plugin.invoke(GET_ZONE, {"zoneId": "Z0MISSING"})

    assert refused.value.text == f"invoking {GET_ZONE}: 1 error occurred:\n\t* couldn't find resource\n\n"


def test_an_id_of_another_account_is_not_readable(plugin: Client, aws: Aws) -> None:
    zone = aws.zone("unreadable.example", account=PARTNER)

    with pytest.raises(PluginError) as refused:
        plugin.invoke(GET_ZONE, {"zoneId": zone.id})

    assert refused.value.text == (
        f"invoking {GET_ZONE}: 1 error occurred:\n\t* operation error Route 53: GetHostedZone, https response "
        f"error StatusCode: 403, RequestID: {REQUEST_ID}, api error AccessDenied: User: "
        "arn:aws:iam::123456789012:user/moto is not authorized to access this resource\n\n"
    )


def asked(aws: Aws, tmp_path: Path, **configuration: str) -> int:
    """Return how often STS is asked whose credentials those are, while the provider is configured."""
    before = aws.server.calls().get("GetCallerIdentity", 0)
    with aws_plugin(aws, tmp_path) as plugin:
        plugin.configure("aws", {"region": "us-east-1", **configuration})
    return aws.server.calls().get("GetCallerIdentity", 0) - before


def test_configuring_the_provider_asks_sts_once_whose_credentials_these_are(aws: Aws, tmp_path: Path) -> None:
    assert asked(aws, tmp_path) == 1


def test_where_that_is_skipped_sts_is_not_asked(aws: Aws, tmp_path: Path) -> None:
    skip = {"skipCredentialsValidation": "true", "skipRequestingAccountId": "true"}

    assert asked(aws, tmp_path, **skip) == 0


def test_credentials_that_sts_does_not_know_are_refused(aws: Aws, tmp_path: Path) -> None:
    fault = Fault(
        "GetCallerIdentity", status=403, code="InvalidClientTokenId", message="The token is invalid."
    )

    with (
        aws_plugin(aws, tmp_path) as plugin,
        aws.server.faulty(fault),
        pytest.raises(PluginError) as refused,
    ):
        plugin.configure("aws", {"region": "us-east-1"})

    assert (
        "validating provider credentials: retrieving caller identity from STS: operation error STS: "
        f"GetCallerIdentity, https response error StatusCode: 403, RequestID: {REQUEST_ID}, api error "
        "InvalidClientTokenId: The token is invalid."
    ) in refused.value.text


def test_the_stand_in_asks_no_sts_but_one_that_is_named(aws: Aws, tmp_path: Path) -> None:
    binary = write_plugin(tmp_path / "plugin" / "aws", "aws")
    environment = {**os.environ, **aws.environment, "AWS_ENDPOINT_URL_STS": ""}

    with Client.running(binary, environment) as plugin, pytest.raises(PluginError) as refused:
        plugin.configure("aws", {"region": "us-east-1"})

    assert refused.value.text == (
        "AWS_ENDPOINT_URL_STS is not set, and a stand-in does not ask the STS of AWS"
    )


def test_a_role_in_another_account_sees_the_zones_of_that_account(aws: Aws, tmp_path: Path) -> None:
    elsewhere = aws.zone("partner.example", account=PARTNER)
    roles = json.dumps([{"roleArn": role_in(PARTNER), "sessionName": "pulumi"}])

    with aws_plugin(aws, tmp_path) as plugin:
        plugin.configure("aws", {"region": "us-east-1", "assumeRoles": roles})
        found = plugin.invoke(GET_ZONE, {"name": "partner.example", "privateZone": False})

    assert found["zoneId"] == elsewhere.id


def test_a_profile_sees_the_zones_of_its_account(aws: Aws, tmp_path: Path) -> None:
    elsewhere = aws.zone("profile.example", account=PARTNER)
    profiles = tmp_path / "config"
    profiles.write_text(
        f"[profile partner]\nrole_arn = {role_in(PARTNER)}\ncredential_source = Environment\n"
    )

    with aws_plugin(aws, tmp_path, AWS_CONFIG_FILE=str(profiles)) as plugin:
        plugin.configure("aws", {"region": "us-east-1", "profile": "partner"})
        found = plugin.invoke(GET_ZONE, {"name": "profile.example", "privateZone": False})

    assert found["zoneId"] == elsewhere.id
