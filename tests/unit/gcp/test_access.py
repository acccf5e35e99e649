"""What an update of Google Cloud DNS will be allowed, asked before it: the roles at the zone and above it."""

import re

from tests.standins.cloud_dns import PERMISSIONS as ALL
from tests.standins.clouds import Google
from tests.standins.emulation import Fault
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import domain, failed
from tests.unit.clients.lab import update
from tests.unit.gcp.lab import FORBIDDEN, client, create, properties, refused, told
from tests.unit.test_docs import PIPELINES

from xmpp_federation_dns.backends.client import Right, UpdateError, ZoneGoneError
from xmpp_federation_dns.backends.gcp_client import PERMISSIONS

ASK = "managedZones.testIamPermissions"
MISSING = "no role allows it; roles/dns.admin on the zone does (docs/pipelines.md)"


def access(zone: ManagedZone) -> list[Right]:
    return client(zone).access(domain(1), one_by_one=True)


def test_what_roles_allow_is_told_permission_by_permission(zone: ManagedZone):
    assert access(zone) == [Right(each, "allowed") for each in PERMISSIONS]


def test_the_custom_role_of_the_documentation_allows_all_of_it_and_is_enough(zone: ManagedZone):
    [role] = re.findall(r"^gcloud iam roles create .*--permissions ([\w.,]+)", PIPELINES, re.MULTILINE)
    with zone.allowed(*role.split(",")):
        assert {right.state for right in access(zone)} == {"allowed"}
        state = create(zone, domain(1))
        update(state, properties(zone, domain(1, "131.107.155.11")))
        update(state | {"recordSets": domain(1, "131.107.155.11")}, properties(zone, {}))
    assert zone.record_sets() == {}


def test_a_permission_that_no_role_has_is_missing_and_refused(zone: ManagedZone):
    with zone.allowed(*(each for each in ALL if each != "dns.resourceRecordSets.create")):
        found = [right for right in access(zone) if right.state != "allowed"]
        text = refused(zone)
    assert found == [Right("dns.resourceRecordSets.create", "missing", MISSING)]
    assert text.startswith(f"{told(zone)}: {FORBIDDEN}; 0 of 2 record sets are done")


def test_nothing_at_all_is_missing_everything(zone: ManagedZone):
    reader = client(zone)
    with zone.server.faulty(), zone.allowed("dns.managedZones.list"):
        found = reader.access(domain(1), one_by_one=False)
    assert found == [Right(each, "missing", MISSING) for each in PERMISSIONS]


def test_permissions_that_may_not_be_asked_for_are_not_known(zone: ManagedZone):
    with zone.server.faulty(Fault(ASK, status=403, code="forbidden", message="Forbidden")):
        found = access(zone)
    assert [(right.name, right.state) for right in found] == [(each, "not known") for each in PERMISSIONS]
    assert found[0].note == f"{told(zone)}: {FORBIDDEN.replace('changes.create', 'testIamPermissions')}"


def test_a_zone_that_is_not_there_cannot_be_asked(zone: ManagedZone):
    zone.delete()
    assert str(failed(ZoneGoneError, access, zone)).startswith(f"{told(zone)}: notFound: ")


def test_a_failure_of_the_service_is_no_answer(zone: ManagedZone):
    with zone.server.faulty(Fault(ASK, status=400, code="badRequest", message="Try again.")):
        error = failed(UpdateError, access, zone)
    assert str(error) == f"{told(zone)}: badRequest: Try again. (testIamPermissions)"


def test_nothing_is_changed(zone: ManagedZone, account: Google):
    access(zone)
    assert zone.history() == []
    assert account.server.calls()[ASK] > 0
