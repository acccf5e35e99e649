"""The emulation of Route 53 takes a batch as a whole or not at all, and lets itself be disturbed."""

import pytest
from botocore.exceptions import ClientError
from tests.standins.batches import ADDRESS, CREATE, HOST, THERE, change, refusal, send
from tests.standins.clouds import Aws, role_in
from tests.standins.emulation import Change, Fault
from tests.standins.zones import HostedZone, Published


@pytest.fixture
def zone(aws: Aws) -> HostedZone:
    return aws.zone("contoso.com")


@pytest.mark.parametrize(
    "wrong",
    [
        change("CREATE", "notcontoso.com", "A", 300, ADDRESS),
        change("CREATE", "b.contoso.com", "A", 300, "999.1.1.1"),
        change("DELETE", "b.contoso.com", "A", 300, ADDRESS),
    ],
)
def test_one_wrong_change_spoils_the_batch(zone: HostedZone, wrong: object) -> None:
    assert refusal(zone, CREATE, wrong)[0] == "InvalidChangeBatch"
    assert zone.record_sets() == {}
    assert zone.history() == []


def test_everything_that_is_wrong_is_told_at_once(zone: HostedZone) -> None:
    message = refusal(
        zone,
        change("CREATE", "notcontoso.com", "A", 300, ADDRESS),
        change("DELETE", *HOST, 300, ADDRESS),
    )[1]

    assert message == (
        "[RRSet with DNS name notcontoso.com. is not permitted in zone contoso.com., "
        "Tried to delete resource record set [name='xmpp.contoso.com.', type='A'] but it was not found]"
    )


def test_a_record_set_is_deleted_and_created_in_one_batch(zone: HostedZone) -> None:
    send(zone, CREATE)
    send(zone, change("DELETE", *HOST, 300, ADDRESS), change("CREATE", *HOST, 60, "131.107.155.99"))

    assert zone.record_sets() == {HOST: Published(60, ("131.107.155.99",))}


def test_a_record_set_is_not_created_twice_in_one_batch(zone: HostedZone) -> None:
    assert refusal(zone, CREATE, change("UPSERT", *HOST, 60, ADDRESS)) == (
        "InvalidChangeBatch",
        "[The request contains an invalid set of changes for a resource record set 'A xmpp.contoso.com.']",
    )


@pytest.mark.parametrize("simple_first", [True, False])
def test_a_simple_record_set_and_those_of_a_routing_policy_exclude_each_other(
    zone: HostedZone, simple_first: bool
) -> None:
    weighted = change("CREATE", *HOST, 300, ADDRESS)
    weighted["ResourceRecordSet"] |= {"SetIdentifier": "eu", "Weight": 1}
    first, second = (CREATE, weighted) if simple_first else (weighted, CREATE)
    send(zone, first)
    there, identifier = ("non-weighted", "eu") if simple_first else ("weighted", "null")
    assert refusal(zone, second) == (
        "InvalidChangeBatch",
        f"[RRSet with DNS name xmpp.contoso.com., type A, SetIdentifier {identifier} cannot be created as a {there} "
        "set exists with the same name and type.]",
    )


def test_a_value_does_not_stand_twice_in_a_record_set(zone: HostedZone) -> None:
    assert refusal(zone, change("CREATE", *HOST, 300, ADDRESS, ADDRESS)) == (
        "InvalidChangeBatch",
        f"[Duplicate Resource Record: '{ADDRESS}']",
    )


@pytest.mark.parametrize(("action", "most"), [("CREATE", 1000), ("UPSERT", 500)])
def test_a_batch_holds_1000_records_and_an_upsert_counts_twice(
    zone: HostedZone, action: str, most: int
) -> None:
    changes = [change(action, f"n{n}.contoso.com", "A", 300, ADDRESS) for n in range(most + 1)]

    assert refusal(zone, *changes) == (
        "InvalidChangeBatch",
        "[Number of records limit of 1000 exceeded.]",
    )
    send(zone, *changes[:most])
    assert len(zone.record_sets()) == most


@pytest.mark.parametrize(("action", "most"), [("CREATE", 160), ("UPSERT", 80)])
def test_a_batch_holds_32000_characters_and_an_upsert_counts_twice(
    zone: HostedZone, action: str, most: int
) -> None:
    target = ".".join(["a" * 48] * 4)[:-7] + "."
    value = f"0 0 5269 {target}"
    assert len(value) == 198
    changes = [
        change(action, f"_xmpp-server._tcp.n{n}.contoso.com", "SRV", 300, value + "ab")
        for n in range(most + 1)
    ]

    assert refusal(zone, *changes) == (
        "InvalidChangeBatch",
        "[Number of characters limit of 32000 exceeded.]",
    )
    send(zone, *changes[:most])
    assert len(zone.record_sets()) == most


def test_the_history_tells_every_accepted_change_in_order(zone: HostedZone) -> None:
    send(zone, CREATE)
    send(zone, change("UPSERT", *HOST, 60, ADDRESS))
    refusal(zone, CREATE)
    send(zone, change("DELETE", *HOST, 60, ADDRESS))

    assert zone.history() == [
        Change("create", zone.id, *HOST, 300, (ADDRESS,)),
        Change("update", zone.id, *HOST, 60, (ADDRESS,)),
        Change("delete", zone.id, *HOST),
    ]


def test_calls_are_counted_by_operation_refused_ones_too(aws: Aws, zone: HostedZone) -> None:
    before = aws.server.calls()

    send(zone, CREATE)
    refusal(zone, CREATE)
    zone.record_sets()

    after = aws.server.calls()
    assert after["ChangeResourceRecordSets"] - before.get("ChangeResourceRecordSets", 0) == 2
    assert after["ListResourceRecordSets"] - before.get("ListResourceRecordSets", 0) == 1


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "Throttling", "Rate exceeded"),
        (403, "AccessDenied", "User is not authorized to perform: route53:ChangeResourceRecordSets"),
        (400, "PriorRequestNotComplete", "The request was rejected because Route 53 was still processing"),
    ],
)
def test_a_fault_refuses_the_calls_that_it_is_meant_for(
    aws: Aws, zone: HostedZone, status: int, code: str, message: str
) -> None:
    other = aws.zone("fabrikam.com")
    fault = Fault("ChangeResourceRecordSets", match=zone.id, status=status, code=code, message=message)

    with aws.server.faulty(fault):
        assert refusal(zone, CREATE) == (code, message)
        assert zone.record_sets() == {}
        other.put("xmpp.fabrikam.com", "A", 300, ADDRESS)

    send(zone, CREATE)
    assert zone.record_sets() == THERE


def test_a_lost_answer_is_one_to_a_batch_that_was_carried_out(aws: Aws, zone: HostedZone) -> None:
    fault = Fault("ChangeResourceRecordSets", times=1, match=zone.id, effect="lose")

    with aws.server.faulty(fault):
        code, message = refusal(zone, CREATE)

    assert (code, message.endswith("but it already exists]")) == ("InvalidChangeBatch", True)
    assert zone.history() == [Change("create", zone.id, *HOST, 300, (ADDRESS,))]


def test_a_zone_of_another_account_is_nobodys_business(aws: Aws, zone: HostedZone) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("222222222222").get_hosted_zone(Id=zone.id)

    role = role_in("222222222222").replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    assert str(refused.value) == (
        "An error occurred (AccessDenied) when calling the GetHostedZone operation: "
        f"User: {role}/test is not authorized to access this resource"
    )


def test_a_zone_that_is_nowhere_is_not_found(aws: Aws) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client().get_hosted_zone(Id="Z0MISSING")

    assert str(refused.value) == (
        "An error occurred (NoSuchHostedZone) when calling the GetHostedZone operation: "
        "No hosted zone found with ID: Z0MISSING"
    )
