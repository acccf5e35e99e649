"""The emulation of Route 53 refuses what the service refuses, and can be watched and disturbed."""

import pytest
from tests.standins.batches import ADDRESS, CREATE, HOST, THERE, change, refusal, send
from tests.standins.clouds import Aws
from tests.standins.route53_rules import BatchChange, Key, RecordSet, input_fault
from tests.standins.zones import HostedZone, Published


@pytest.fixture
def zone(aws: Aws) -> HostedZone:
    return aws.zone("contoso.com")


@pytest.mark.parametrize(
    ("type_", "value", "fault"),
    [
        ("A", "999.1.1.1", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
        ("A", "131.107.155.010", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
        ("A", "2620:1ec::10", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
        ("AAAA", "131.107.155.10", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
        ("AAAA", "fe80::1%eth0", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"),
        ("SRV", "not an srv", "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)"),
        (
            "SRV",
            "0 0 65536 a.b.",
            "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)",
        ),
        ("SRV", "0 0 -1 a.b.", "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)"),
        ("SRV", "0 0 5269", "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)"),
        (
            "SRV",
            "0 0 5269 a..b.",
            "SRVRRDATAIllegalFormat (Value is not a priority, weight, port and target)",
        ),
    ],
)
def test_a_malformed_value_is_refused(zone: HostedZone, type_: str, value: str, fault: str) -> None:
    assert refusal(zone, change("CREATE", "xmpp.contoso.com", type_, 300, value)) == (
        "InvalidChangeBatch",
        f"[Invalid Resource Record: 'FATAL problem: {fault} encountered with '{value}'']",
    )


@pytest.mark.parametrize("value", ["0 0 5269 xmpp.contoso.com.", "65535 65535 65535 xmpp", "0 0 0 ."])
def test_a_well_formed_srv_value_is_accepted(zone: HostedZone, value: str) -> None:
    send(zone, change("CREATE", "_xmpp-server._tcp.contoso.com", "SRV", 300, value))

    assert zone.record_sets() == {("_xmpp-server._tcp.contoso.com", "SRV"): Published(300, (value,))}


@pytest.mark.parametrize(("ttl", "edge", "bound"), [(-1, "min", "0"), (2_147_483_648, "max", "2147483647")])
def test_a_ttl_out_of_range_is_no_valid_input(ttl: int, edge: str, bound: str) -> None:
    record_set = RecordSet(Key("xmpp.contoso.com.", "A"), ttl, (ADDRESS,))

    assert input_fault([BatchChange("CREATE", record_set)]) == (
        f"Invalid XML ; cvc-{edge}Inclusive-valid: Value '{ttl}' is not facet-valid with respect to "
        f"{edge}Inclusive '{bound}' for type 'TTL'."
    )


def test_a_ttl_out_of_range_is_refused(zone: HostedZone) -> None:
    code, message = refusal(zone, change("CREATE", *HOST, 2_147_483_648, ADDRESS))

    assert code == "InvalidInput"
    assert message.endswith("with respect to maxInclusive '2147483647' for type 'TTL'.")


def test_a_record_set_without_ttl_is_refused(zone: HostedZone) -> None:
    code, message = refusal(zone, change("CREATE", *HOST, None, ADDRESS))

    assert code == "InvalidInput"
    assert message == (
        "Invalid request: Missing field 'TTL' in Change with [Action=CREATE, Name=xmpp.contoso.com., "
        "Type=A, SetIdentifier=null]"
    )


@pytest.mark.parametrize("ttl", [0, 2_147_483_647])
def test_a_ttl_at_the_edge_is_accepted(zone: HostedZone, ttl: int) -> None:
    send(zone, change("CREATE", *HOST, ttl, ADDRESS))

    assert zone.record_sets() == {HOST: Published(ttl, (ADDRESS,))}


def test_a_record_set_without_values_is_refused(zone: HostedZone) -> None:
    code, message = refusal(zone, change("CREATE", *HOST, 300))

    assert code == "InvalidInput"
    assert message == (
        "Invalid request: Missing field 'ResourceRecords' in Change with [Action=CREATE, "
        "Name=xmpp.contoso.com., Type=A, SetIdentifier=null]"
    )


@pytest.mark.parametrize(("ttl", "value"), [(300, ADDRESS), (60, "131.107.155.99")])
def test_nothing_is_created_over_what_is_there_whatever_its_value(
    zone: HostedZone, ttl: int, value: str
) -> None:
    send(zone, CREATE)

    assert refusal(zone, change("CREATE", "XMPP.contoso.com.", "A", ttl, value)) == (
        "InvalidChangeBatch",
        "[Tried to create resource record set [name='xmpp.contoso.com.', type='A'] but it already exists]",
    )
    assert zone.record_sets() == THERE


def test_what_was_deleted_can_be_created_again(zone: HostedZone) -> None:
    send(zone, CREATE, change("CREATE", "zzz.contoso.com", "A", 300, ADDRESS))
    send(zone, change("DELETE", *HOST, 300, ADDRESS))
    send(zone, CREATE)

    assert zone.record_sets()[HOST] == THERE[HOST]


@pytest.mark.parametrize(
    ("ttl", "values", "reason"),
    [
        (60, ("131.107.155.10", "131.107.155.11"), "but the values provided do not match the current values"),
        (300, ("131.107.155.10",), "but the values provided do not match the current values"),
    ],
)
def test_a_delete_has_to_name_what_is_there(
    zone: HostedZone, ttl: int, values: tuple[str, ...], reason: str
) -> None:
    send(zone, change("CREATE", *HOST, 300, "131.107.155.10", "131.107.155.11"))

    assert refusal(zone, change("DELETE", *HOST, ttl, *values)) == (
        "InvalidChangeBatch",
        f"[Tried to delete resource record set [name='xmpp.contoso.com.', type='A'] {reason}]",
    )


def test_a_delete_names_values_in_any_order(zone: HostedZone) -> None:
    send(zone, change("CREATE", *HOST, 300, "131.107.155.10", "131.107.155.11"))
    send(zone, change("DELETE", *HOST, 300, "131.107.155.11", "131.107.155.10"))

    assert zone.record_sets() == {}


def test_a_delete_of_values_that_were_overwritten_is_refused(zone: HostedZone) -> None:
    send(zone, CREATE)
    send(zone, change("UPSERT", *HOST, 60, ADDRESS))

    assert refusal(zone, change("DELETE", *HOST, 300, ADDRESS))[0] == "InvalidChangeBatch"


def test_nothing_is_deleted_that_is_not_there(zone: HostedZone) -> None:
    assert refusal(zone, change("DELETE", *HOST, 300, ADDRESS)) == (
        "InvalidChangeBatch",
        "[Tried to delete resource record set [name='xmpp.contoso.com.', type='A'] but it was not found]",
    )


@pytest.mark.parametrize("name", ["notcontoso.com", "xmpp.fabrikam.com"])
def test_a_name_outside_the_zone_is_refused_label_by_label(zone: HostedZone, name: str) -> None:
    assert refusal(zone, change("CREATE", name, "A", 300, ADDRESS)) == (
        "InvalidChangeBatch",
        f"[RRSet with DNS name {name}. is not permitted in zone contoso.com.]",
    )


def test_a_name_is_kept_in_lower_case(zone: HostedZone) -> None:
    send(zone, change("CREATE", "XMPP.Contoso.COM", "A", 300, ADDRESS))

    assert zone.record_sets() == THERE


def test_a_label_of_more_than_63_characters_is_refused(zone: HostedZone) -> None:
    label = "a" * 64

    assert refusal(zone, change("CREATE", f"{label}.contoso.com", "A", 300, ADDRESS)) == (
        "InvalidChangeBatch",
        f"[FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{label}']",
    )


@pytest.mark.parametrize(
    ("name", "type_", "message"),
    [
        (
            "web",
            "A",
            "because a conflicting RRSet of type CNAME with the same DNS name already exists in zone",
        ),
        ("xmpp", "CNAME", "as it conflicts with other records with the same DNS name in zone"),
    ],
)
def test_an_alias_stands_alone(zone: HostedZone, name: str, type_: str, message: str) -> None:
    send(zone, CREATE, change("CREATE", "web.contoso.com", "CNAME", 300, "edge.example.net"))
    value = ADDRESS if type_ == "A" else "edge.example.net"

    assert refusal(zone, change("CREATE", f"{name}.contoso.com", type_, 300, value)) == (
        "InvalidChangeBatch",
        f"[RRSet of type {type_} with DNS name {name}.contoso.com. is not permitted {message} contoso.com.]",
    )


def test_a_zone_itself_is_no_alias(zone: HostedZone) -> None:
    assert refusal(zone, change("CREATE", "contoso.com", "CNAME", 300, "edge.example.net")) == (
        "InvalidChangeBatch",
        "[RRSet of type CNAME with DNS name contoso.com. is not permitted at apex in zone contoso.com.]",
    )


def test_there_are_no_health_checks(zone: HostedZone) -> None:
    answer = zone.client.list_health_checks()

    assert (answer["HealthChecks"], answer["IsTruncated"]) == ([], False)
