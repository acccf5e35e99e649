"""What goes wrong with Azure DNS is said in one line, and what was published before stays in the state."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Azure
from tests.standins.emulation import Fault
from tests.standins.zones import CloudZone, DnsZone, Published

PUBLISHED = {
    ("_xmpp-server._tcp.contoso.com", "SRV"): Published(3600, ("0 0 5269 xmpp.contoso.com.",)),
    ("xmpp.contoso.com", "A"): Published(300, ("131.107.155.10",)),
}
IN_STATE = {"federation-_xmpp-server._tcp.contoso.com-SRV", "federation-xmpp.contoso.com-A"}
DENIED = (
    "The client 'pipeline' with object id '00000000-0000-0000-0000-0000000000bb' does not have authorization to "
    "perform action 'Microsoft.Network/dnsZones/A/{action}' over scope '{scope}' or the scope is invalid."
)
MANY = "The request is being throttled."


@pytest.fixture(scope="module")
def lab(azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(tmp_path_factory.mktemp("azure"), azure)
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}])
    return lab


@pytest.fixture(scope="module")
def zone(lab: Lab, azure: Azure) -> CloudZone:
    return lab.zone(azure, "contoso.com")


@pytest.fixture(scope="module")
def elsewhere(azure: Azure) -> DnsZone:
    return azure.zone("partner.example", "00000000-0000-0000-0000-000000000002")


@pytest.fixture(scope="module")
def published(lab: Lab, azure: Azure, zone: CloudZone) -> Run:
    """Publish one SIP domain while Azure DNS is busy."""
    lab.configure(zones=[zone.configuration()], domains=["contoso.com"])
    busy = Fault("RecordSets_CreateOrUpdate", times=3, status=429, code="TooManyRequests", message=MANY)
    with azure.server.faulty(busy):
        return lab.up()


@pytest.fixture(scope="module")
def refused(lab: Lab, azure: Azure, zone: CloudZone, elsewhere: DnsZone, published: Run) -> Run:
    """Add one domain for everything that can be wrong."""
    assert published.status == 0, published.output
    lab.configure(
        zones=[
            zone.configuration(),
            {**zone.configuration(), "name": "missing.example"},
            {"provider": "azure", "name": "no-group.example", "resourceGroup": "dns-production"},
            elsewhere.configuration(),
        ],
        domains=[
            "contoso.com",
            "unread.contoso.com",
            "unwritten.contoso.com",
            "busy.contoso.com",
            "missing.example",
            "no-group.example",
            "partner.example",
        ],
    )
    put = "RecordSets_CreateOrUpdate"
    unread = denial(zone, "read", "unread")
    unwritten = denial(zone, "write", "unwritten")
    with azure.server.faulty(
        Fault("RecordSets_Get", match="unread", status=403, code="AuthorizationFailed", message=unread),
        Fault(put, match="unwritten", status=403, code="AuthorizationFailed", message=unwritten),
        Fault(put, match="busy", status=429, code="TooManyRequests", message=MANY),
    ):
        return lab.up("--continue-on-error")


def denial(zone: CloudZone, action: str, domain: str) -> str:
    return DENIED.format(action=action, scope=zone.import_id(f"xmpp.{domain}.contoso.com", "A"))


def told(run: Run, domain: str) -> list[str]:
    """Return what the user reads about the addresses of *domain*."""
    return run.errors[f"azure-native:dns:RecordSet (federation-xmpp.{domain}-A)"]


def test_throttling_that_ends_in_time_is_not_heard_of(published: Run):
    assert (published.status, published.errors) == (0, {})
    assert [change.name for change in published.changes] == [
        "xmpp.contoso.com",
        "_xmpp-server._tcp.contoso.com",
    ]


def test_throttling_that_does_not_end_is_told_after_the_last_try(refused: Run):
    assert told(refused, "busy.contoso.com") == [f'Status=429 Code="TooManyRequests" Message="{MANY}"']


def test_a_record_set_that_may_not_be_read_is_told_by_its_path(refused: Run, zone: CloudZone):
    path = zone.import_id("xmpp.unread.contoso.com", "A")
    message = denial(zone, "read", "unread")

    assert told(refused, "unread.contoso.com") == [
        f"cannot check existence of resource '{path}': status code 403, "
        f'{{"error": {{"code": "AuthorizationFailed", "message": "{message}"}}}}'
    ]


def test_a_record_set_that_may_not_be_written_is_told_by_its_path(refused: Run, zone: CloudZone):
    message = denial(zone, "write", "unwritten")

    assert told(refused, "unwritten.contoso.com") == [
        f'Status=403 Code="AuthorizationFailed" Message="{message}"'
    ]


def test_a_zone_that_is_not_found_is_told_by_its_path(refused: Run, zone: CloudZone):
    parent = zone.id.replace("contoso.com", "missing.example")

    assert told(refused, "missing.example") == [
        'Status=404 Code="ParentResourceNotFound" Message="Failed to perform \'write\' on resource(s) of type '
        f"'dnszones/A', because the parent resource '{parent}' could not be found.\""
    ]


def test_a_resource_group_that_is_missing_is_told_by_its_name(refused: Run):
    assert told(refused, "no-group.example") == [
        'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'dns-production\' could not be found."'
    ]


def test_a_zone_in_another_subscription_is_told_by_its_resource_group(refused: Run, elsewhere: DnsZone):
    assert told(refused, "partner.example") == [
        f'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'{elsewhere.group}\' could not be '
        'found."'
    ]


def test_nothing_else_is_said_and_what_was_published_stays(refused: Run, lab: Lab, zone: CloudZone):
    assert refused.status != 0
    assert len(refused.errors) == 6
    assert "Traceback" not in refused.output
    assert zone.record_sets() == PUBLISHED
    assert set(lab.state()) == IN_STATE
