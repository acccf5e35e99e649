"""What an update of Route 53 will be allowed, asked before it: IAM simulates the policies of the caller."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.standins.clouds import Aws, role_in
from tests.standins.emulation import Fault
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import domain, domains, failed
from tests.unit.clients.lab import Calls
from tests.unit.test_docs import PIPELINES, blocks

from xmpp_federation_dns.backends import aws_access
from xmpp_federation_dns.backends.aws_client import HostedZone as Client
from xmpp_federation_dns.backends.client import Right, UpdateError

CHANGE = "route53:ChangeResourceRecordSets"
READS = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
ONE_BY_ONE, BULK = blocks("json", PIPELINES)[:2]
_numbers = itertools.count(1)

User = Callable[..., None]


@pytest.fixture
def user(account: Aws, zone: HostedZone, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return what makes the caller a user with these statements, or with those of a document."""
    name = f"pipeline-{next(_numbers)}"

    def may(*statements: dict[str, Any], document: str = '{"Statement": []}') -> None:
        given = json.loads(document.replace("Z0123456789ABCDEFGHIJ", zone.id))["Statement"]
        for key, value in account.user(name, *given, *statements).items():
            monkeypatch.setenv(key, value)

    return may


def access(
    zone: HostedZone, keys: dict[str, str], *, one_by_one: bool = False, **options: Any
) -> list[Right]:
    given: dict[str, Any] = {"seen": False, "profile": None, "role": None, **options}
    return Client(zone.name, zone.id, **given).access(keys, one_by_one=one_by_one)


def changes(zone: HostedZone, **conditions: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"Action": CHANGE, "Resource": f"arn:aws:route53:::hostedzone/{zone.id}"}
    return found | ({"Condition": conditions} if conditions else {})


def test_the_policy_of_the_documentation_allows_a_zone_in_bulk(zone: HostedZone, user: User):
    user(document=BULK)
    assert access(zone, domains(1, 2)) == [
        Right(each, "allowed") for each in (*READS, CHANGE, "route53:GetChange")
    ]


def test_the_policy_of_the_documentation_allows_record_sets_one_by_one(zone: HostedZone, user: User):
    user(document=ONE_BY_ONE)
    assert access(zone, domains(1, 2), one_by_one=True) == [
        Right(each, "allowed")
        for each in (*READS, CHANGE, "route53:GetChange", "route53:ListTagsForResource")
    ]


def test_statements_for_single_record_sets_do_not_allow_a_batch_of_them(zone: HostedZone, user: User):
    user(document=ONE_BY_ONE)
    [found] = [right for right in access(zone, domain(1)) if right.state != "allowed"]
    assert found == Right(
        CHANGE,
        "missing",
        "implicitDeny: each change alone is allowed, and not all of a batch; one statement has to allow them "
        "(docs/pipelines.md)",
    )


def test_the_policy_for_batches_does_not_let_pulumi_aws_overwrite_a_record_set(zone: HostedZone, user: User):
    user(document=BULK)
    found = [right for right in access(zone, domain(1), one_by_one=True) if right.state != "allowed"]
    assert found == [
        Right(
            CHANGE,
            "missing",
            "implicitDeny: UPSERT _xmpp-server._tcp.d1.contoso.com SRV, UPSERT xmpp.d1.contoso.com A",
        ),
        Right("route53:ListTagsForResource", "missing", "implicitDeny"),
    ]


def test_a_caller_who_may_do_nothing_is_told_of_a_few_changes(zone: HostedZone, user: User, account: Aws):
    user(changes(zone) | {"Action": "s3:GetObject"})
    calls = Calls(account)
    found = access(zone, domains(*range(1, 101)), one_by_one=True)[2]
    assert found == Right(
        CHANGE,
        "missing",
        "implicitDeny: CREATE _xmpp-server._tcp.d1.contoso.com SRV, CREATE _xmpp-server._tcp.d10.contoso.com SRV, "
        "CREATE _xmpp-server._tcp.d100.contoso.com SRV",
    )
    assert calls()["SimulatePrincipalPolicy"] < 20


def test_a_name_that_no_statement_has_is_named(zone: HostedZone, user: User):
    names = [f"{label}.d{number}.contoso.com" for label in ("xmpp", "_xmpp-server._tcp") for number in (1, 2)]
    user(changes(zone, **{"ForAllValues:StringEquals": {f"{CHANGE}NormalizedRecordNames": names}}))
    found = access(zone, domains(*range(1, 201)))[2]
    assert (found.state, found.note) == (
        "missing",
        "implicitDeny: CREATE _xmpp-server._tcp.d10.contoso.com SRV, "
        "CREATE _xmpp-server._tcp.d100.contoso.com SRV, CREATE _xmpp-server._tcp.d101.contoso.com SRV",
    )


def test_a_denial_counts_more_than_what_is_allowed(zone: HostedZone, user: User):
    user(changes(zone), changes(zone) | {"Effect": "Deny"})
    assert access(zone, domain(1))[2].note.startswith("explicitDeny: ")


def test_what_depends_on_something_else_is_not_known(zone: HostedZone, user: User):
    user(changes(zone, StringEquals={"aws:PrincipalTag/team": "dns"}))
    assert access(zone, domain(1))[2] == Right(CHANGE, "not known", "that depends on aws:PrincipalTag/team")


def test_a_zone_that_is_found_by_its_name_is_looked_for_in_the_list_of_all(account: Aws, user: User):
    zone = account.zone("by-name.example")
    user({"Action": "*", "Resource": "*"})
    client = Client(zone.name, "", seen=False, profile=None, role=None)
    assert client.access(["xmpp.by-name.example A"], one_by_one=True)[-1] == Right(
        "route53:ListHostedZones", "allowed"
    )


def test_reads_that_are_refused_are_missing(zone: HostedZone, user: User, account: Aws):
    user(document=BULK)
    denied = Fault(
        "ListResourceRecordSets", status=403, code="AccessDenied", message="User: x is not authorized"
    )
    with account.server.faulty(denied):
        found = access(zone, domain(1))[:2]
    assert found == [
        Right(READS[0], "allowed"),
        Right(
            READS[1],
            "missing",
            f"zone contoso.com ({zone.id}): AccessDenied: User: x is not authorized (ListResourceRecordSets)",
        ),
    ]


def test_writes_are_not_known_where_nothing_may_be_simulated(zone: HostedZone, user: User, account: Aws):
    user(document=BULK)
    denied = Fault("SimulatePrincipalPolicy", status=403, code="AccessDenied", message="User: x may not")
    with account.server.faulty(denied):
        found = access(zone, domain(1))
    assert found[2:] == [
        Right(
            CHANGE,
            "not known",
            "AccessDenied: User: x may not (SimulatePrincipalPolicy); allow iam:SimulatePrincipalPolicy and, for a "
            "role, iam:GetRole on the caller",
        )
    ]


def test_a_caller_whom_iam_does_not_know_leaves_the_writes_open(zone: HostedZone):
    found = access(zone, domain(1))
    assert [right.state for right in found] == ["allowed", "allowed", "not known"]
    assert found[2].note == (
        "NoSuchEntity: The user with name moto cannot be found. (SimulatePrincipalPolicy)"
    )


def test_an_endpoint_that_does_not_answer_is_told(
    zone: HostedZone, user: User, monkeypatch: pytest.MonkeyPatch
):
    user(document=BULK)
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:1")
    assert str(failed(UpdateError, access, zone, domain(1))).startswith(
        f"zone contoso.com ({zone.id}): Could not connect to the endpoint URL"
    )


def test_the_policies_of_a_role_are_those_that_count_with_its_path(account: Aws):
    other = "210987654321"
    zone = account.zone("contoso.com", other)
    iam = account.iam(other)
    iam.create_role(RoleName="dns", Path="/teams/", AssumeRolePolicyDocument="{}")
    document = BULK.replace("Z0123456789ABCDEFGHIJ", zone.id)
    iam.put_role_policy(RoleName="dns", PolicyName="all", PolicyDocument=document)
    found = access(zone, domain(1), role=role_in(other))
    assert [right.state for right in found] == ["allowed"] * 4


def test_one_simulation_has_a_hundred_record_sets(
    zone: HostedZone, user: User, account: Aws, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(aws_access, "NAMES", 2)
    user(document=BULK)
    calls = Calls(account)
    access(zone, domains(1, 2, 3))
    assert calls()["SimulatePrincipalPolicy"] == 3 + 1


def test_nothing_is_changed(zone: HostedZone, user: User):
    user(document=BULK)
    access(zone, domain(1))
    assert zone.history() == []
