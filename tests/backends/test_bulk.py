"""A zone in bulk is one resource, with everything that its provider needs."""

from dataclasses import replace

import pulumi
import pytest
from tests.recorder import Registration, run

from xmpp_federation_dns import AzureZone, CloudflareZone, GoogleZone, OctodnsZone, Rfc2136Zone, Route53Zone
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.keepers.journal import packed
from xmpp_federation_dns.publishing import publish
from xmpp_federation_dns.records import ARecordSet, RecordSet, SrvRecord, SrvRecordSet

RECORD_SETS: list[RecordSet] = [
    ARecordSet("xmpp.contoso.com", 300, ("131.107.155.9", "131.107.155.10")),
    SrvRecordSet("_xmpp-server._tcp.contoso.com", 3600, (SrvRecord(0, 0, 5269, "xmpp.contoso.com"),)),
]
JOURNAL = "xmpp-federation-dns:index:Journal"
TEXTS = {
    "xmpp.contoso.com A": "300 131.107.155.10, 131.107.155.9",
    "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 xmpp.contoso.com.",
}


RUNS = [["process", "digest"]]


def declared(
    zone: Zone, record_sets: list[RecordSet], name: str = "federation-contoso.com"
) -> tuple[Registration, int]:
    """Return the resource of *zone* by its name, and how many record sets were said to be in it."""
    resources: list[pulumi.Resource] = []

    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        before = pulumi.CustomResource("test:index:Before", "before", {})
        opts = pulumi.ResourceOptions(parent=parent, depends_on=[before])
        resources.extend(publish(zone, "federation", record_sets, lambda _: opts))

    done = run(program, outputs={JOURNAL: {"runs": RUNS}})
    assert len(set(resources)) == 1
    return done.named(name), len(resources)


ROUTE53 = Route53Zone(name="contoso.com", bulk=True)
RFC2136 = Rfc2136Zone(name="contoso.com", server="192.0.2.53", bulk=True)
AZURE = AzureZone(name="contoso.com", resource_group="dns", subscription_id="s", bulk=True)
CLOUDFLARE = CloudflareZone(name="contoso.com", zone_id="023e105f4ecef8ad9ca31a8372d0c353", bulk=True)
GCP = GoogleZone(name="contoso.com", project="dns-production", bulk=True)


def test_a_hosted_zone_is_one_resource_with_exactly_these_inputs():
    zone = Route53Zone(
        name="contoso.com", zone_id="Z1", bulk=True, existing="adopt", profile="dns", assume_role_arn="arn"
    )
    registration, count = declared(zone, RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.parent == "parent"
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.inputs == {
        "zone": "contoso.com",
        "provider": "aws",
        "zoneId": "Z1",
        "existing": "adopt",
        "profile": "dns",
        "assumeRoleArn": "arn",
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_a_zone_of_dynamic_updates_is_one_resource_with_exactly_these_inputs():
    zone = Rfc2136Zone(
        name="contoso.com", server="192.0.2.53", tsig_key_name="pulumi", tsig_secret="c2VjcmV0", bulk=True
    )
    registration, count = declared(zone, RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.secrets == {"tsigSecret"}
    assert registration.inputs == {
        "zone": "contoso.com",
        "provider": "rfc2136",
        "server": "192.0.2.53",
        "port": 53,
        "tsigKeyName": "pulumi",
        "tsigAlgorithm": "hmac-sha256",
        "tsigSecret": "c2VjcmV0",
        "existing": "refuse",
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_a_zone_of_azure_dns_is_one_resource_with_exactly_these_inputs():
    registration, count = declared(replace(AZURE, retain_on_delete=True), RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.inputs == {
        "provider": "azure",
        "zone": "contoso.com",
        "resourceGroup": "dns",
        "subscriptionId": "s",
        "existing": "refuse",
        "retainOnDelete": True,
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_a_zone_of_cloudflare_is_one_resource_with_exactly_these_inputs():
    registration, count = declared(replace(CLOUDFLARE, api_token="token"), RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.secrets == {"apiToken"}
    assert registration.inputs == {
        "provider": "cloudflare",
        "zone": "contoso.com",
        "zoneId": "023e105f4ecef8ad9ca31a8372d0c353",
        "apiToken": "token",
        "existing": "refuse",
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_a_managed_zone_of_google_is_one_resource_with_exactly_these_inputs():
    zone = replace(GCP, managed_zone="contoso-com", service_account="dns@p.iam.gserviceaccount.com")
    registration, count = declared(zone, RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.inputs == {
        "provider": "gcp",
        "zone": "contoso.com",
        "project": "dns-production",
        "managedZone": "contoso-com",
        "serviceAccount": "dns@p.iam.gserviceaccount.com",
        "existing": "refuse",
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_the_journal_of_a_zone_is_secret_and_waits_for_what_the_zone_waits_for():
    registration, _ = declared(ROUTE53, RECORD_SETS, "federation-contoso.com-journal")
    assert (registration.type, registration.parent) == (JOURNAL, "parent")
    assert registration.inputs == {
        "provider": "aws",
        "zone": "contoso.com",
        "existing": "refuse",
        "recordSets": packed(TEXTS),
    }
    assert (registration.secrets, registration.secret_outputs) == ({"recordSets"}, ["runs"])
    assert registration.dependencies == ["before"]
    assert declared(ROUTE53, RECORD_SETS)[0].dependencies == ["before", "federation-contoso.com-journal"]


def test_what_is_left_out_is_no_input():
    registration, _ = declared(ROUTE53, RECORD_SETS)
    assert registration.inputs.keys() == {
        "zone",
        "provider",
        "existing",
        "recordSets",
        "journal",
    }


def test_addresses_may_be_known_during_the_update_only():
    later = pulumi.Output.from_input(["131.107.155.10", "131.107.155.9"])
    registration, _ = declared(ROUTE53, [ARecordSet("xmpp.contoso.com", 300, later), RECORD_SETS[1]])
    assert registration.inputs["recordSets"] == TEXTS


def test_the_journal_has_addresses_that_are_known_during_the_update_only():
    later = pulumi.Output.from_input(["131.107.155.10", "131.107.155.9"])
    record_sets: list[RecordSet] = [ARecordSet("xmpp.contoso.com", 300, later), RECORD_SETS[1]]
    registration, _ = declared(ROUTE53, record_sets, "federation-contoso.com-journal")
    assert registration.inputs["recordSets"] == packed(TEXTS)


def test_a_secret_address_is_a_secret_input():
    secret = pulumi.Output.secret(["131.107.155.10"])
    registration, _ = declared(ROUTE53, [ARecordSet("xmpp.contoso.com", 300, secret)])
    assert registration.secrets == {"recordSets"}


def test_a_hosted_zone_in_bulk_is_looked_up_by_its_provider():
    assert ROUTE53.lookup(pulumi.InvokeOptions()) is ROUTE53


def test_boto3_takes_role_and_profile_itself():
    zone = Route53Zone(name="contoso.com", bulk=True, profile="dns", assume_role_arn="arn")
    assert zone.credentials() == {}


def test_the_client_of_azure_takes_the_subscription_itself():
    assert AZURE.credentials() == {}


@pytest.mark.parametrize(
    ("zone", "needed"),
    [
        (ROUTE53, ("boto3", "aws-bulk")),
        (Route53Zone(name="contoso.com"), ("pulumi_aws", "aws")),
        (AzureZone(name="contoso.com", resource_group="dns"), ("pulumi_azure_native", "azure")),
        (AZURE, ("azure.identity", "azure-bulk")),
        (CLOUDFLARE, ("requests", "cloudflare")),
        (replace(CLOUDFLARE, bulk=False), ("requests", "cloudflare")),
        (GCP, ("google.auth", "gcp")),
        (replace(GCP, bulk=False), ("google.auth", "gcp")),
        (RFC2136, None),
        (OctodnsZone(name="contoso.com", provider_class="octodns_ovh.OvhProvider"), ("octodns", "octodns")),
    ],
    ids=[
        "aws in bulk",
        "aws",
        "azure",
        "azure in bulk",
        "cloudflare in bulk",
        "cloudflare",
        "gcp in bulk",
        "gcp",
        "rfc2136",
        "octodns",
    ],
)
def test_a_zone_names_the_package_that_it_loads_and_the_extra_that_installs_it(
    zone: Zone, needed: tuple[str, str] | None
):
    assert zone.requires() == needed
