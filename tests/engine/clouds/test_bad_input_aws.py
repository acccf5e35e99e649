"""What goes wrong with Route 53 is said in one line, and what was published before stays in the state."""

from typing import NamedTuple

import pytest
from tests.engine.clouds.lab import Lab, Run, told_by_aws
from tests.standins.clouds import Aws
from tests.standins.emulation import Fault
from tests.standins.route53 import REQUEST_ID
from tests.standins.zones import CloudZone, Published

STACK = "pulumi:pulumi:Stack (xmpp-federation-dns-demo)"
PUBLISHED = {
    ("_xmpp-server._tcp.contoso.com", "SRV"): Published(3600, ("0 0 5269 xmpp.contoso.com.",)),
    ("xmpp.contoso.com", "A"): Published(300, ("131.107.155.10",)),
}
IN_STATE = {"federation-_xmpp-server._tcp.contoso.com-SRV", "federation-xmpp.contoso.com-A"}
USER = "User: arn:aws:iam::123456789012:user/moto is not authorized"
NOT_LISTED = f"{USER} to perform: route53:ListHostedZones"
RIGHTS = "(docs/pipelines.md has the rights)"
BY_NAME = f"set its zoneId, or use credentials of its account {RIGHTS}"
BY_ID = f"set the zoneId of a zone in the account of the credentials {RIGHTS}"
REFUSED = (
    "creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, {tries}https response error "
    f"StatusCode: {{status}}, RequestID: {REQUEST_ID}, api error {{error}}"
)
THROTTLED = Fault("ChangeResourceRecordSets", code="Throttling", message="Rate exceeded")


class LookUp(NamedTuple):
    """A zone by its name, how many there are of it, what goes wrong, and the cause that the user reads."""

    name: str
    zones: int
    cause: str
    faults: tuple[Fault, ...] = ()


LOOK_UPS = (
    LookUp("missing.example", 0, "no matching Route 53 Hosted Zone found"),
    LookUp(
        "twice.example",
        2,
        "multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single "
        "Route 53 Hosted Zone",
    ),
    LookUp(
        "hidden.example",
        1,
        "reading Route 53 Hosted Zones: operation error Route 53: ListHostedZones, https response error "
        f"StatusCode: 403, RequestID: {REQUEST_ID}, api error AccessDenied: {NOT_LISTED}",
        (Fault("ListHostedZones", status=403, code="AccessDenied", message=NOT_LISTED),),
    ),
)


@pytest.fixture(scope="module")
def lab(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(tmp_path_factory.mktemp("aws"), aws)
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}], **{"aws:maxRetries": 2})
    return lab


@pytest.fixture(scope="module")
def zone(lab: Lab, aws: Aws) -> CloudZone:
    return lab.zone(aws, "contoso.com")


@pytest.fixture(scope="module")
def elsewhere(aws: Aws) -> CloudZone:
    return aws.zone("partner.example", account="222222222222")


@pytest.fixture(scope="module")
def published(lab: Lab, aws: Aws, zone: CloudZone) -> Run:
    """Publish one SIP domain while Route 53 is busy."""
    lab.configure(zones=[zone.configuration()], domains=["contoso.com"])
    with aws.server.faulty(THROTTLED.happening(times=1)):
        return lab.up()


@pytest.fixture(scope="module")
def refused(lab: Lab, aws: Aws, zone: CloudZone, published: Run) -> Run:
    """Add a domain that may not be published, and one that Route 53 is too busy for."""
    assert published.status == 0, published.output
    lab.configure(domains=["contoso.com", "denied.contoso.com", "busy.contoso.com"])
    denied = Fault(
        "ChangeResourceRecordSets", match="denied.", status=403, code="AccessDenied", message=denial(zone)
    )
    busy = Fault(THROTTLED.operation, match="busy.", code=THROTTLED.code, message=THROTTLED.message)
    with aws.server.faulty(denied, busy):
        return lab.up("--continue-on-error")


def denial(zone: CloudZone) -> str:
    return f"{USER} to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/{zone.id}"


def with_another(lab: Lab, zone: CloudZone, other: dict[str, str]) -> Run:
    """Publish with one domain more, in a zone of its own."""
    zones = [zone.configuration(), {"provider": "aws", **other}]
    lab.configure(zones=zones, domains=["contoso.com", other["name"]])
    return lab.up()


def test_throttling_that_ends_in_time_is_not_heard_of(published: Run):
    assert (published.status, published.errors) == (0, {})
    assert [change.name for change in published.changes] == [
        "xmpp.contoso.com",
        "_xmpp-server._tcp.contoso.com",
    ]


def test_throttling_that_does_not_end_is_told_after_the_last_try(refused: Run):
    assert refused.errors["aws:route53:Record (federation-xmpp.busy.contoso.com-A)"] == told_by_aws(
        REFUSED.format(
            tries="exceeded maximum number of attempts, 2, ", status=400, error="Throttling: Rate exceeded"
        )
    )


def test_a_change_that_is_denied_is_told_with_the_zone(refused: Run, zone: CloudZone):
    assert refused.errors["aws:route53:Record (federation-xmpp.denied.contoso.com-A)"] == told_by_aws(
        REFUSED.format(tries="", status=403, error=f"AccessDenied: {denial(zone)}")
    )


def test_nothing_else_is_said_and_what_was_published_stays(refused: Run, lab: Lab, zone: CloudZone):
    assert refused.status != 0
    assert len(refused.errors) == 2
    assert "Traceback" not in refused.output
    assert zone.record_sets() == PUBLISHED
    assert set(lab.state()) == IN_STATE


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("look_up", LOOK_UPS, ids=lambda look_up: look_up.name)
def test_a_zone_that_cannot_be_looked_up_is_told_by_its_name(
    lab: Lab, zone: CloudZone, aws: Aws, look_up: LookUp
):
    for _ in range(look_up.zones):
        aws.zone(look_up.name)

    with aws.server.faulty(*look_up.faults):
        run = with_another(lab, zone, {"name": look_up.name})

    assert run.status != 0
    assert run.errors == {
        STACK: [
            f"zone {look_up.name} of provider aws could not be looked up by name {look_up.name}: "
            f"{look_up.cause}; {BY_NAME}"
        ]
    }
    assert "Traceback" not in run.output
    assert zone.record_sets() == PUBLISHED
    assert set(lab.state()) == IN_STATE


@pytest.mark.usefixtures("refused")
def test_a_zone_in_another_account_is_told_by_its_name_with_what_may_not_be_read(
    lab: Lab, zone: CloudZone, elsewhere: CloudZone
):
    run = with_another(lab, zone, elsewhere.configuration())

    assert run.status != 0
    assert run.errors == {
        STACK: [
            f"zone partner.example of provider aws could not be looked up by zoneId {elsewhere.id}: operation "
            "error Route 53: GetHostedZone, https response error "
            f"StatusCode: 403, RequestID: {REQUEST_ID}, api error AccessDenied: {USER} to access this resource; {BY_ID}"
        ]
    }
    assert "Traceback" not in run.output
    assert elsewhere.history() == []
    assert set(lab.state()) == IN_STATE


@pytest.mark.usefixtures("refused")
def test_an_id_of_no_zone_is_told(lab: Lab, zone: CloudZone):
    run = with_another(lab, zone, {"name": "gone.example", "zoneId": "Z0123456789ABCDEFGHIJ"})

    assert run.status != 0
    assert run.errors == {
        STACK: [
            "zone gone.example of provider aws could not be looked up by zoneId Z0123456789ABCDEFGHIJ: "
            f"couldn't find resource; {BY_ID}"
        ]
    }
