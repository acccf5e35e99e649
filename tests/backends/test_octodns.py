"""What a zone of octoDNS is to the engine: one resource with these inputs, whatever is in it."""

from tests.backends.test_bulk import RECORD_SETS, RUNS, TEXTS, declared

from xmpp_federation_dns import OctodnsZone

ZONE = OctodnsZone(
    name="contoso.com",
    provider_class="octodns_powerdns.PowerDnsProvider",
    arguments={"host": "dns.example.net", "port": 8443, "api_key": "env/PDNS_API_KEY"},
)


def test_a_zone_of_octodns_is_one_resource_with_exactly_these_inputs():
    registration, count = declared(ZONE, RECORD_SETS)
    assert count == len(RECORD_SETS)
    assert registration.type == "xmpp-federation-dns:index:RecordSets"
    assert registration.secrets == set()
    assert registration.inputs == {
        "zone": "contoso.com",
        "provider": "octodns",
        "providerClass": "octodns_powerdns.PowerDnsProvider",
        "arguments": {"host": "dns.example.net", "port": 8443, "api_key": "env/PDNS_API_KEY"},
        "oneByOne": False,
        "existing": "refuse",
        "recordSets": TEXTS,
        "journal": RUNS,
    }


def test_the_process_that_publishes_makes_the_same_zone_again():
    registration, _ = declared(ZONE, RECORD_SETS)
    assert OctodnsZone.of(registration.inputs) == ZONE


def test_only_keepers_publish_it():
    assert (ZONE.has_client, ZONE.is_kept, ZONE.is_of_the_table, ZONE.sdk) == (True, True, True, "")
