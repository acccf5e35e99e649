import pulumi
import pytest

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.records import AaaaRecordSet, ARecordSet, SrvRecord, SrvRecordSet


def test_an_srv_record_prints_priority_weight_port_and_absolute_target():
    assert str(SrvRecord(1, 2, 5269, "xmpp.contoso.com")) == "1 2 5269 xmpp.contoso.com."


def test_the_root_as_target_prints_as_one_dot():
    assert str(SrvRecord(0, 0, 0, "")) == "0 0 0 ."


def test_a_sip_domain_without_federation_has_no_servers():
    name = "_xmpp-server._tcp.contoso.com"
    one, none = SrvRecord(0, 0, 5269, "xmpp.contoso.com"), SrvRecord(0, 0, 0, "")
    federations = [
        Federation("contoso.com", SrvRecordSet(name, 3600, (each,)), None, (), {}) for each in (one, none)
    ]
    assert [each.servers for each in federations] == [(one,), ()]


def test_srv_values_come_in_order_of_priority_whatever_the_order_of_the_records():
    records = (SrvRecord(20, 0, 5269, "b.contoso.com"), SrvRecord(10, 0, 5269, "a.contoso.com"))
    assert SrvRecordSet("_xmpp-server._tcp.contoso.com", 3600, records).values == [
        "10 0 5269 a.contoso.com.",
        "20 0 5269 b.contoso.com.",
    ]


def test_address_values_are_the_addresses():
    assert ARecordSet("xmpp.contoso.com", 300, ("131.107.155.10",)).values == ["131.107.155.10"]
    assert AaaaRecordSet("xmpp.contoso.com", 300, ("2620:1ec::10",)).values == ["2620:1ec::10"]


def test_addresses_that_come_later_are_handed_on_untouched():
    later = pulumi.Output.from_input(["131.107.155.10"])
    assert ARecordSet("xmpp.contoso.com", 300, later).rdata is later


def test_the_values_of_addresses_that_come_later_are_not_known():
    with pytest.raises(TypeError):
        _ = ARecordSet("xmpp.contoso.com", 300, pulumi.Output.from_input(["131.107.155.10"])).values


def test_record_sets_tell_their_type():
    assert [kind.type for kind in (SrvRecordSet, ARecordSet, AaaaRecordSet)] == ["SRV", "A", "AAAA"]
