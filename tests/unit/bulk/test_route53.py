"""The keeper of a zone of Route 53 against its stand-in: what it publishes, changes, deletes and reads."""

from collections import Counter
from typing import Any

import pytest
from tests.engine.clouds.lab import dangling
from tests.standins.clouds import Aws, role_in
from tests.standins.emulation import Fault
from tests.standins.zones import HostedZone, Published
from tests.unit.bulk.lab import ADDRESS, OTHER_ADDRESS, ZONE, domain, domains, failed

from xmpp_federation_dns.backends.client import DeniedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.keepers.keeper import Keeper

PROVIDER = Keeper()


def properties(zone: HostedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the inputs of the resource."""
    return {
        "zone": ZONE,
        "provider": "aws",
        "zoneId": zone.id,
        "existing": "refuse",
        "recordSets": record_sets,
        "journal": [],
        **others,
    }


def create(zone: HostedZone, record_sets: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the state that a create leaves."""
    outs = PROVIDER.create(properties(zone, record_sets, **others)).outs
    assert outs is not None
    return outs


def update(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the state that an update leaves."""
    outs = PROVIDER.update("", old, new).outs
    assert outs is not None
    return outs


def published(zone: HostedZone) -> dict[str, str]:
    """Return what is in the zone, as the state writes it."""
    return {f"{n} {t}": f"{ttl} {', '.join(values)}" for (n, t), (ttl, values) in zone.record_sets().items()}


class Calls:
    """The calls of Route 53 since it was made, by their names."""

    def __init__(self, account: Aws) -> None:
        self.account = account
        self.before = Counter(account.server.calls())

    def __call__(self) -> dict[str, int]:
        return dict(Counter(self.account.server.calls()) - self.before)


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
        "ListResourceRecordSets": 1,
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


def test_an_update_sends_the_difference_alone(zone: HostedZone):
    old = create(zone, domains(1, 2, 3))
    before = len(zone.history())
    new = {**domain(1), **domain(2, OTHER_ADDRESS), **domain(4)}
    assert update(old, properties(zone, new))["recordSets"] == new
    assert [(c.action, c.name, c.type) for c in zone.history()[before:]] == [
        ("delete", "xmpp.d2.contoso.com", "A"),
        ("create", "xmpp.d2.contoso.com", "A"),
        ("delete", "_xmpp-server._tcp.d3.contoso.com", "SRV"),
        ("delete", "xmpp.d3.contoso.com", "A"),
        ("create", "xmpp.d4.contoso.com", "A"),
        ("create", "_xmpp-server._tcp.d4.contoso.com", "SRV"),
    ]


def test_an_update_without_difference_calls_nothing(zone: HostedZone, account: Aws):
    old = create(zone, domain(1))
    calls = Calls(account)
    assert update(old, properties(zone, domain(1), existing="adopt")) == {**old, "existing": "adopt"}
    assert calls() == {}


def test_a_delete_takes_what_is_in_the_state_alone(zone: HostedZone):
    zone.put("www.contoso.com", "A", 300, "192.0.2.1")
    state = create(zone, domains(1, 2))
    PROVIDER.delete("", state)
    assert zone.record_sets() == {("www.contoso.com", "A"): Published(300, ("192.0.2.1",))}


def test_a_delete_of_what_is_gone_is_done(zone: HostedZone):
    state = create(zone, domains(1, 2))
    zone.remove("_xmpp-server._tcp.d1.contoso.com", "SRV")
    PROVIDER.delete("", state)
    assert zone.record_sets() == {}


def test_a_delete_in_a_zone_that_is_gone_is_done(zone: HostedZone):
    PROVIDER.delete("", properties(zone, domain(1), zoneId="Z0000000000000000000"))


@pytest.mark.usefixtures("small")
def test_at_no_moment_a_service_points_to_a_name_without_addresses(zone: HostedZone):
    old = create(zone, domains(*range(9)))
    moved = update(old, properties(zone, domains(*range(3, 12), host="edge")))
    PROVIDER.delete("", moved)
    assert dangling(zone.history()) == []
    assert zone.record_sets() == {}


@pytest.mark.parametrize("code", ["Throttling", "PriorRequestNotComplete"])
def test_a_batch_that_has_to_wait_is_sent_again(zone: HostedZone, account: Aws, code: str):
    fault = Fault("ChangeResourceRecordSets", times=3, match=zone.id, code=code, message="Rate exceeded")
    with account.server.faulty(fault):
        create(zone, domain(1))
    assert published(zone) == domain(1)


def test_throttling_that_does_not_end_is_told_after_the_last_attempt(
    zone: HostedZone, account: Aws, calls: Calls
):
    fault = Fault("ChangeResourceRecordSets", match=zone.id, code="Throttling", message="Rate exceeded")
    with account.server.faulty(fault):
        error = failed(UpdateError, PROVIDER.create, properties(zone, domain(1)))
    assert calls() == {"GetHostedZone": 1, "ChangeResourceRecordSets": 15}
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


def test_a_refresh_shows_what_was_edited_and_what_is_gone(zone: HostedZone, account: Aws):
    zone.put("www.contoso.com", "A", 300, "192.0.2.1")
    state = create(zone, domains(1, 2, 3))
    zone.put("xmpp.d1.contoso.com", "A", 60, OTHER_ADDRESS)
    zone.remove("xmpp.d2.contoso.com", "A")
    calls = Calls(account)
    result = PROVIDER.read(ZONE, state)
    live = {**domains(1, 3), "xmpp.d1.contoso.com A": f"60 {OTHER_ADDRESS}"}
    live |= {key: text for key, text in domain(2).items() if "SRV" in key}
    assert calls() == {"ListResourceRecordSets": 1}
    assert (result.id, result.outs, result.inputs) == (
        ZONE,
        {**state, "recordSets": live},
        properties(zone, live),
    )


def test_a_refresh_reads_page_by_page(zone: HostedZone, account: Aws):
    state = create(zone, domains(*range(400)))
    calls = Calls(account)
    outs = PROVIDER.read(ZONE, state).outs
    assert outs is not None
    assert outs["recordSets"] == domains(*range(400))
    assert calls() == {"ListResourceRecordSets": 3}


def test_a_zone_that_is_gone_is_gone_from_the_state(zone: HostedZone):
    result = PROVIDER.read(ZONE, properties(zone, domain(1), zoneId="Z0000000000000000000"))
    assert (result.id, result.outs) == (None, {})


def test_a_zone_that_is_not_there_is_told(zone: HostedZone):
    error = failed(ZoneGoneError, PROVIDER.create, properties(zone, domain(1), zoneId="Z0"))
    assert str(error) == (
        "zone contoso.com (Z0): NoSuchHostedZone: No hosted zone found with ID: Z0 (GetHostedZone)"
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
        "AWS_SECRET_ACCESS_KEY, or profile on the zone (docs/pipelines.md); "
        "0 of 2 record sets are done, left for the next run: xmpp.d1.contoso.com A, "
        "_xmpp-server._tcp.d1.contoso.com SRV"
    )
