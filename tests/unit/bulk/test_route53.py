"""The keeper of a zone of Route 53 against its stand-in: what it publishes, changes, deletes and reads."""

from typing import Any

import pytest
from tests.standins.clouds import Aws, role_in
from tests.standins.emulation import Fault
from tests.standins.zones import HostedZone
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed
from tests.unit.bulk.route53 import create, properties
from tests.unit.clients.lab import PROVIDER, Calls, published, update

from xmpp_federation_dns.backends.client import DeniedError, UpdateError, ZoneGoneError


@pytest.fixture
def calls(account: Aws, zone: HostedZone) -> Calls:
    assert zone.id
    return Calls(account)


def test_a_zone_is_created_in_one_batch_with_one_wait(zone: HostedZone, calls: Calls):
    result = PROVIDER.create(properties(zone, domains(1, 2)))
    assert published(zone) == domains(1, 2)
    assert calls() == {
        "GetHostedZone": 1,
        "ChangeResourceRecordSets": 1,
        "GetChange": 1,
        "ListResourceRecordSets": 2,  # one of them this test's own
    }
    assert str(result.id).startswith("contoso.com ")
    assert result.outs == {**properties(zone, domains(1, 2)), "hostedZone": zone.id}


@pytest.mark.usefixtures("small")
def test_several_batches_follow_one_look_at_the_zone_and_end_with_one_wait(
    zone: HostedZone, calls: Calls, capsys: pytest.CaptureFixture[str]
):
    create(zone, domains(1, 2, 3, 4, 5))
    assert calls() == {
        "GetHostedZone": 1,
        "ChangeResourceRecordSets": 3,
        "GetChange": 1,
        "ListResourceRecordSets": 1,
    }
    assert published(zone) == domains(1, 2, 3, 4, 5)
    assert capsys.readouterr().out.splitlines() == [
        f"zone contoso.com ({zone.id}): {done} of 10 record sets" for done in (4, 8, 10)
    ]


@pytest.mark.parametrize("code", ["Throttling", "PriorRequestNotComplete"])
def test_a_batch_that_has_to_wait_is_sent_again(
    zone: HostedZone, account: Aws, code: str, capsys: pytest.CaptureFixture[str]
):
    fault = Fault("ChangeResourceRecordSets", times=3, match=zone.id, code=code, message="Rate exceeded")
    with account.server.faulty(fault):
        create(zone, domain(1))
    assert published(zone) == domain(1)
    why = f"zone contoso.com ({zone.id}): more calls than the service takes ({code})"
    assert capsys.readouterr().out.splitlines() == [f"{why}; attempt {number} of 15" for number in (2, 3)]


def test_throttling_that_does_not_end_is_told_after_the_last_attempt(
    zone: HostedZone, account: Aws, calls: Calls
):
    fault = Fault("ChangeResourceRecordSets", match=zone.id, code="Throttling", message="Rate exceeded")
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert calls() == {"GetHostedZone": 1, "ListResourceRecordSets": 4, "ChangeResourceRecordSets": 15}
    assert str(error) == (
        f"zone contoso.com ({zone.id}): Throttling: Rate exceeded (ChangeResourceRecordSets); 0 of 2 record "
        "sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )


def test_a_batch_whose_answer_was_lost_is_done(zone: HostedZone, account: Aws):
    with account.server.faulty(Fault("ChangeResourceRecordSets", times=1, match=zone.id, effect="lose")):
        state = create(zone, domain(1))
    assert published(zone) == state["recordSets"] == domain(1)


@pytest.mark.usefixtures("small")
def test_a_change_whose_answer_was_lost_in_the_middle_is_done(zone: HostedZone, account: Aws):
    old = create(zone, domains(1, 2, 3))
    new = properties(zone, domains(1, 2, 3, address=OTHER_ADDRESS))
    fault = Fault("ChangeResourceRecordSets", times=1, match="d3.contoso.com", effect="lose")
    with account.server.faulty(fault):
        state = update(old, new)
    assert published(zone) == state["recordSets"] == new["recordSets"]


def test_a_record_set_that_the_service_refuses_is_told_in_its_words(zone: HostedZone):
    bad = {"xmpp.d1.contoso.com A": "300 131.107.155.256"}
    error = failed(UpdateError, PROVIDER.create, properties(zone, bad))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): InvalidChangeBatch: [Invalid Resource Record: 'FATAL problem: "
        "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '131.107.155.256''] "
        "(ChangeResourceRecordSets)"
    )


def test_an_update_reads_and_repairs_what_was_deleted_by_hand(zone: HostedZone):
    old = create(zone, domains(1, 2))
    zone.remove("xmpp.d1.contoso.com", "A")
    new = properties(zone, {**domain(1, OTHER_ADDRESS), **domain(2)})
    assert update(old, new)["recordSets"] == published(zone) == new["recordSets"]


def test_a_refresh_reads_page_by_page(zone: HostedZone, account: Aws):
    state = create(zone, domains(*range(400)))
    calls = Calls(account)
    outs = PROVIDER.read(ZONE, state).outs
    assert outs is not None
    assert outs["recordSets"] == domains(*range(400))
    assert calls() == {"ListResourceRecordSets": 3}


def test_a_zone_that_is_not_there_is_told(zone: HostedZone):
    error = failed(ZoneGoneError, PROVIDER.create, properties(zone, domain(1), zoneId="Z0"))
    assert str(error) == (
        "zone contoso.com (Z0): NoSuchHostedZone: No hosted zone found with ID: Z0 (ListResourceRecordSets)"
    )


def test_a_zone_without_id_is_looked_up_once_and_kept_in_the_state(account: Aws):
    hosted = account.zone("looked-up.example")
    account.zone("aa.looked-up.example")
    key = "xmpp.looked-up.example A"
    given: dict[str, Any] = {
        "zone": "looked-up.example",
        "provider": "aws",
        "existing": "refuse",
        "recordSets": {key: f"300 {ADDRESS}"},
        "journal": [],
    }
    state = PROVIDER.create(given).outs or {}
    assert state == {**given, "hostedZone": hosted.id}
    calls = Calls(account)
    update(state, {**given, "recordSets": {key: f"300 {OTHER_ADDRESS}"}})
    assert "ListHostedZonesByName" not in calls()
    assert published(hosted) == {key: f"300 {OTHER_ADDRESS}"}


def test_a_name_without_zone_or_with_two_is_told(account: Aws):
    given: dict[str, Any] = {
        "zone": "absent.example",
        "provider": "aws",
        "existing": "refuse",
        "recordSets": domain(1),
        "journal": [],
    }
    assert str(failed(UpdateError, PROVIDER.create, given)) == (
        "zone absent.example: no public hosted zone has this name in the account; set zoneId"
    )
    account.zone("twice.example")
    account.zone("twice.example")
    assert str(failed(UpdateError, PROVIDER.create, {**given, "zone": "twice.example"})) == (
        "zone twice.example: 2 public hosted zones have this name in the account; set zoneId"
    )


def test_a_role_in_another_account_publishes_there(account: Aws):
    hosted = account.zone(ZONE, "222222222222")
    create(hosted, domain(1), assumeRoleArn=role_in("222222222222"))
    assert published(hosted) == domain(1)


def test_a_role_that_may_not_be_assumed_is_told(zone: HostedZone, account: Aws):
    role = role_in("333333333333")
    with account.server.faulty(Fault("AssumeRole", status=403, code="AccessDenied", message="no such role")):
        error = failed(DeniedError, PROVIDER.create, properties(zone, domain(1), assumeRoleArn=role))
    assert str(error) == f"zone contoso.com ({zone.id}): AccessDenied: no such role (AssumeRole)"


def test_a_profile_that_is_missing_is_told(zone: HostedZone):
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1), profile="dns"))
    assert str(error) == f"zone contoso.com ({zone.id}): The config profile (dns) could not be found"


def test_missing_credentials_are_told(zone: HostedZone, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert str(error) == (
        f"zone contoso.com ({zone.id}): Unable to locate credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or profile on the zone (docs/pipelines.md)"
    )
