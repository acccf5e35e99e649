"""What name servers say, as the value that a stack of its own would have."""

from tests.proof.dns.cases import NO_NAME, NOTHING, SRV_NAME, TARGET, a, aaaa, said, srv

from xmpp_federation_dns.proof.dns.seen import fallback, of_resolver, reached, seen, way
from xmpp_federation_dns.records import AaaaRecordSet, ARecordSet, SrvRecord, SrvRecordSet

ONE, OTHER = "0 0 5269 xmpp.contoso.com.", "0 0 5269 old.contoso.com."
DOMAIN = "contoso.com"
KEY = (SRV_NAME, "SRV")


def test_what_most_of_the_name_servers_have_is_what_is_published():
    answers = said({KEY: srv(OTHER)}, {KEY: srv(ONE, ttl=60)}, {KEY: srv(ONE)}, {KEY: NO_NAME})
    assert seen(DOMAIN, answers).service == SrvRecordSet(SRV_NAME, 60, (SrvRecord(0, 0, 5269, TARGET),))


def test_servers_that_have_nothing_are_behind_those_that_have_something():
    answers = said({KEY: NO_NAME}, {KEY: NO_NAME}, {KEY: srv(ONE)})
    assert seen(DOMAIN, answers).service.values == [ONE]


def test_addresses_of_both_families_come_with_the_lowest_ttl():
    answers = said(
        {KEY: srv(ONE), (TARGET, "A"): a("131.107.155.10", ttl=60), (TARGET, "AAAA"): aaaa("2620:1ec::1")}
    )
    assert seen(DOMAIN, answers).addresses == (
        ARecordSet(TARGET, 60, ("131.107.155.10",)),
        AaaaRecordSet(TARGET, 300, ("2620:1ec::1",)),
    )


def test_nothing_is_a_service_without_records():
    found = seen(DOMAIN, said({KEY: NOTHING}))
    assert (found.service.records, found.direct_tls, found.addresses) == ((), None, ())
    assert reached(found, allow_private=False) is None


def test_peers_without_an_srv_record_go_to_the_domain_itself():
    found = fallback(seen(DOMAIN, said({KEY: NOTHING})), [ARecordSet(DOMAIN, 300, ("131.107.155.30",))])
    assert way(found) == "contoso.com port 5269 (131.107.155.30)"


def test_of_many_addresses_eight_that_are_public_are_contacted():
    addresses = ["10.0.0.1", *(f"131.107.155.{number}" for number in range(10, 30))]
    answers = said({KEY: srv(ONE), (TARGET, "A"): a(*addresses)})
    found = reached(seen(DOMAIN, answers), allow_private=False)
    assert found
    assert [each.values for each in found.addresses] == [
        [f"131.107.155.{number}" for number in range(10, 18)]
    ]
    assert way(found) == (
        "xmpp.contoso.com port 5269 (131.107.155.10, 131.107.155.11, 131.107.155.12, 131.107.155.13 and 4 more)"
    )


def test_what_a_resolver_tells_is_kept_by_family():
    assert of_resolver(TARGET, ["131.107.155.10", "2620:1ec::1"]) == [
        ARecordSet(TARGET, 0, ("131.107.155.10",)),
        AaaaRecordSet(TARGET, 0, ("2620:1ec::1",)),
    ]
    assert of_resolver(TARGET, []) == []
