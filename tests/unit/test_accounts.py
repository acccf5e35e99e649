import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from tests.recorder import Run, hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import ConfigurationError, Route53Zone, XmppFederationDns, with_providers

PROGRAM = Path(__file__).parents[2] / "__main__.py"
ROLE = "arn:aws:iam::123456789012:role/dns"
SUBSCRIPTION = "12345678-1234-1234-1234-123456789abc"
ZONE_IDS = {"contoso.com": "Z1", "fabrikam.com": "Z2", "adatum.com": "Z3"}
ZONES = hosted_zones({zone_id: name for name, zone_id in ZONE_IDS.items()})


def program(zones: list[dict[str, Any]], domains: list[str], **options: Any) -> Run:
    config = {
        "zones": json.dumps(zones),
        "domains": json.dumps(domains),
        "edgePools": json.dumps(BASE["edgePools"]),
    }
    return run(lambda: runpy.run_path(str(PROGRAM), run_name="__main__"), ZONES, config=config, **options)


def route53(name: str, **options: str) -> dict[str, str]:
    return {"provider": "aws", "name": name, "zoneId": ZONE_IDS[name], **options}


def providers(done: Run) -> dict[str, dict[str, Any]]:
    return {r.name: r.inputs for r in done.registrations if r.type.startswith("pulumi:providers:")}


def named(provider: str) -> str:
    return provider.split("::")[3] if provider else ""


def test_zones_with_the_same_credentials_share_one_provider():
    zones = [route53(name, assumeRoleArn=ROLE) for name in ("contoso.com", "fabrikam.com")]
    done = program(zones, ["contoso.com", "fabrikam.com"])
    assert list(providers(done)) == ["aws-arn-aws-iam-123456789012-role-dns"]


def test_each_set_of_credentials_has_its_provider_and_reaches_its_own_zone():
    azure = {
        "provider": "azure",
        "name": "litware.com",
        "resourceGroup": "dns",
        "subscriptionId": SUBSCRIPTION,
    }
    zones = [
        route53("contoso.com", assumeRoleArn=ROLE),
        route53("fabrikam.com", profile="fabrikam"),
        azure,
        route53("adatum.com"),
    ]
    done = program(zones, ["contoso.com", "fabrikam.com", "litware.com", "adatum.com"])
    made = providers(done)
    assert made["aws-arn-aws-iam-123456789012-role-dns"]["assumeRoles"] == json.dumps([{"roleArn": ROLE}])
    assert made["aws-fabrikam"]["profile"] == "fabrikam"
    assert made[f"azure-native-{SUBSCRIPTION}"]["subscriptionId"] == SUBSCRIPTION
    assert {r.name: named(r.provider) for r in done.registrations if r.name.endswith("-A")} == {
        "federation-xmpp.contoso.com-A": "aws-arn-aws-iam-123456789012-role-dns",
        "federation-xmpp.fabrikam.com-A": "aws-fabrikam",
        "federation-xmpp.litware.com-A": f"azure-native-{SUBSCRIPTION}",
        "federation-xmpp.adatum.com-A": "",
    }


def test_what_the_stack_configures_for_the_provider_holds_for_it_too():
    other = {
        "aws:region": "eu-central-1",
        "aws:skipMetadataApiCheck": "true",
        "aws:allowedAccountIds": '["123456789012"]',
        "aws:notAnOption": "x",
        "azure-native:tenantId": "t",
    }
    done = program([route53("contoso.com", profile="dns")], ["contoso.com"], other=other)
    inputs = providers(done)["aws-dns"]
    assert inputs["region"] == "eu-central-1"
    assert inputs["skipMetadataApiCheck"] == "true"
    assert inputs["allowedAccountIds"] == '["123456789012"]'
    assert "notAnOption" not in inputs
    assert "tenantId" not in inputs


def test_a_secret_setting_of_the_stack_stays_secret():
    other = {"aws:secretKey": "hidden"}
    done = program(
        [route53("contoso.com", profile="dns")], ["contoso.com"], other=other, secret=["aws:secretKey"]
    )
    assert done.named("aws-dns").secrets == {"secretKey"}


def test_a_zone_is_looked_up_in_its_own_account():
    by_name = {"provider": "aws", "name": "contoso.com", "assumeRoleArn": ROLE}
    done = program([by_name], ["contoso.com"])
    assert done.named("federation-xmpp.contoso.com-A").inputs["zoneId"] == "Z1"
    by_id = program([route53("contoso.com", assumeRoleArn=ROLE)], ["contoso.com"])
    providers_asked = [named(provider) for provider in done.call_providers + by_id.call_providers]
    assert providers_asked == ["aws-arn-aws-iam-123456789012-role-dns"] * 2


def test_no_provider_is_declared_where_the_configuration_is_wrong():
    def main() -> None:
        with pytest.raises(ConfigurationError, match="srvTtl"):
            with_providers(BASE | {"zones": [route53("contoso.com", profile="dns")], "srvTtl": 1})

    assert run(main).registrations == []


def test_zones_that_are_objects_get_their_provider_too():
    given = BASE | {"zones": [Route53Zone(name="contoso.com", zone_id="Z1", profile="dns")]}
    done = run(lambda: XmppFederationDns("federation", with_providers(given)), ZONES)
    assert list(providers(done)) == ["aws-dns"]


def test_a_program_gives_a_zone_its_provider():
    def main() -> None:
        own = aws.Provider("own", region="eu-central-1")
        zone = Route53Zone(name="contoso.com", zone_id="Z1", explicit_provider=own)
        XmppFederationDns("federation", BASE | {"zones": [zone]})

    assert named(run(main, ZONES).named("federation-xmpp.contoso.com-A").provider) == "own"


def test_the_component_itself_builds_no_provider():
    def main() -> None:
        with pytest.raises(ConfigurationError) as raised:
            XmppFederationDns("federation", BASE | {"zones": [route53("contoso.com", profile="dns")]})
        assert [str(problem) for problem in raised.value.problems] == [
            "zones[0]: a component builds no providers; give this zone an explicit_provider with these "
            "credentials in their place"
        ]

    assert run(main).registrations == []


def test_a_provider_of_the_component_reaches_every_record_set():
    def main() -> None:
        own = aws.Provider("own", region="eu-central-1")
        given = BASE | {"zones": [route53("contoso.com")]}
        XmppFederationDns("federation", given, pulumi.ResourceOptions(providers=[own]))

    done = run(main, ZONES)
    assert {named(r.provider) for r in done.registrations if r.type == "aws:route53/record:Record"} == {"own"}


def test_where_the_sdk_is_missing_the_component_tells_it(monkeypatch: pytest.MonkeyPatch):
    def nothing_installed(_: str) -> None:
        return None

    monkeypatch.setattr("xmpp_federation_dns.configuration.providers.find_spec", nothing_installed)
    monkeypatch.setattr("xmpp_federation_dns.prerequisites.find_spec", nothing_installed)

    def main() -> None:
        with pytest.raises(ConfigurationError) as raised:
            XmppFederationDns(
                "federation", with_providers(BASE | {"zones": [route53("contoso.com", profile="x")]})
            )
        assert [str(problem) for problem in raised.value.problems] == [
            "zones[0]: provider aws needs the Python package pulumi_aws: "
            "pip install 'xmpp-federation-dns[aws]', or the extra aws in requirements.txt"
        ]

    assert run(main).registrations == []


def test_a_provider_of_the_component_that_a_zone_in_bulk_does_not_take_is_told():
    def program() -> None:
        opts = pulumi.ResourceOptions(providers=[pulumi.ProviderResource("aws", "other", {})])
        zones = [{"provider": "aws", "name": "contoso.com", "bulk": True}]
        XmppFederationDns("federation", BASE | {"zones": zones}, opts)

    assert run(program, outputs=JOURNAL).warnings == [
        "zones[0]: a zone in bulk takes no provider of aws: it signs in by its own options and the environment "
        "(docs/pipelines.md)"
    ]


SIGNED = {"provider": "rfc2136", "name": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}


def keyed() -> pulumi.ProviderResource:
    """Return a provider of this package with a secret of its own."""
    return pulumi.ProviderResource("xmpp-federation-dns", "keyed", {"tsigSecret": "c2VjcmV0"})


JOURNAL = {"xmpp-federation-dns:index:Journal": {"runs": [["process", "digest"]]}}


@pytest.mark.parametrize("form", ["providers", "provider", "by package", "of the parent"])
def test_the_secret_of_a_provider_of_this_package_signs_the_updates_of_a_component(form: str):
    def program() -> None:
        around = pulumi.ComponentResource(
            "pkg:index:Around", "around", None, pulumi.ResourceOptions(providers=[keyed()])
        )
        given: dict[str, Any] = {
            "providers": {"providers": [keyed()]},
            "provider": {"provider": keyed()},
            "by package": {"providers": {"xmpp-federation-dns": keyed()}},
            "of the parent": {"parent": around},
        }[form]
        XmppFederationDns("federation", BASE | {"zones": [SIGNED]}, pulumi.ResourceOptions(**given))

    done = run(program)
    record_set = done.named("federation-xmpp.contoso.com-A")
    assert (named(record_set.provider), "tsigSecret" in record_set.inputs) == ("keyed", False)


@pytest.mark.parametrize("bulk", [False, True], ids=["one by one", "in bulk"])
def test_a_zone_may_have_a_provider_of_this_package_with_a_secret_of_its_own(bulk: bool):
    def program() -> None:
        zone = {**SIGNED, "bulk": bulk, "explicitProvider": keyed()}
        XmppFederationDns("federation", BASE | {"zones": [zone]})

    done = run(program, outputs=JOURNAL)
    kept = [r for r in done.registrations if r.type.startswith("xmpp-federation-dns:index:")][1:]
    assert [named(each.provider) for each in kept] == ["keyed"] * 2


def test_a_provider_of_another_package_has_no_secret_for_this_one():
    def program() -> None:
        opts = pulumi.ResourceOptions(providers=[pulumi.ProviderResource("aws", "other", {})])
        with pytest.raises(ConfigurationError, match="this key has no secret"):
            XmppFederationDns("federation", BASE | {"zones": [SIGNED]}, opts)

    run(program)
