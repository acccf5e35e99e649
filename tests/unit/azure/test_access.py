"""What an update of Azure DNS will be allowed, asked before it: roles at the zone, and locks above and below it."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.standins.clouds import SUBSCRIPTION, Azure
from tests.standins.emulation import Fault
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import create, properties, told
from tests.unit.bulk.lab import domain
from tests.unit.clients.lab import update

from xmpp_federation_dns.backends.azure import AzureZone
from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.client import Right, UpdateError
from xmpp_federation_dns.changes import contents

OURS = domain(1)
HOST, SERVICE = "xmpp.d1.contoso.com A", "_xmpp-server._tcp.d1.contoso.com SRV"
NETWORK = "Microsoft.Network/dnsZones/"
ONE_BY_ONE = [
    f"{NETWORK}{each}"
    for each in ("read", "A/read", "A/write", "A/delete", "SRV/read", "SRV/write", "SRV/delete")
]
MISSING = "no role allows it; DNS Zone Contributor on the zone does (docs/pipelines.md)"


def access(zone: DnsZone, *, one_by_one: bool = True) -> list[Right]:
    return AzureDnsZone(zone.name, zone.group, SUBSCRIPTION).access(OURS, one_by_one=one_by_one)


def refusal(operation: Callable[..., object], *arguments: Any, **options: Any) -> str:
    with pytest.raises(UpdateError) as raised:
        operation(*arguments, **options)
    return str(raised.value)


def test_what_the_role_allows_is_told_action_by_action(zone: DnsZone):
    assert access(zone) == [Right(each, "allowed") for each in ONE_BY_ONE]


def test_in_bulk_the_zone_is_listed_and_aliases_are_seen(zone: DnsZone):
    assert [right.name for right in access(zone, one_by_one=False)] == [
        f"{NETWORK}{each}"
        for each in ("read", "recordsets/read", "CNAME/read", "A/read", "A/write", "A/delete")
    ] + ONE_BY_ONE[4:]


def test_the_custom_role_of_the_documentation_allows_all_of_it(zone: DnsZone):
    role = [
        f"{NETWORK}{each}" for each in ("read", "SRV/*", "A/*", "AAAA/*", "recordsets/read", "CNAME/read")
    ]
    with zone.allowed(*role, "Microsoft.Authorization/*/read"):
        found = access(zone, one_by_one=False)
    assert {right.state for right in found} == {"allowed"}


@pytest.mark.parametrize("domains", [1, 60], ids=["name by name", "by the list"])
def test_what_a_command_says_that_it_needs_to_read_is_enough(zone: DnsZone, domains: int):
    expected = {
        key: content for number in range(domains) for key, content in contents(domain(number)).items()
    }
    with zone.allowed(*AzureZone.rights_to_read):
        client = AzureDnsZone(zone.name, zone.group, SUBSCRIPTION)
        assert client.read(expected) == client.read(dict.fromkeys(expected)) == client.listing() == {}


def test_an_action_that_a_role_takes_away_is_missing_and_refused(zone: DnsZone):
    with zone.allowed("*", without=["microsoft.network/dnszones/srv/write"]):
        found = [right for right in access(zone) if right.state != "allowed"]
        error = refusal(create, zone, OURS)
    assert found == [Right(f"{NETWORK}SRV/write", "missing", MISSING)]
    assert "does not have authorization to perform action 'Microsoft.Network/dnsZones/SRV/write'" in str(
        error
    )


def test_a_zone_that_may_not_be_read_is_missing_its_action(zone: DnsZone):
    with zone.allowed("Microsoft.Authorization/*"):
        assert access(zone)[0] == Right(f"{NETWORK}read", "missing", MISSING)


def test_permissions_that_may_not_be_read_leave_all_unknown(zone: DnsZone):
    with zone.allowed("Microsoft.Network/dnsZones/*", "Microsoft.Authorization/locks/read"):
        [first, *others] = access(zone)
    assert (first.name, {right.state for right in [first, *others]}) == (f"{NETWORK}read", {"not known"})
    assert first.note.startswith(f"{told(zone)}: AuthorizationFailed: ")


def test_locks_that_may_not_be_read_are_not_known(zone: DnsZone):
    with zone.allowed("*", without=["Microsoft.Authorization/locks/read"]):
        found = access(zone)
    assert [right.name for right in found if right.state != "allowed"] == ["locks"]
    assert (found[-1].state, "'Microsoft.Authorization/locks/read'" in found[-1].note) == ("not known", True)


@pytest.mark.parametrize(
    ("scope", "place"),
    [
        ("/subscriptions/{subscription}", "the subscription"),
        ("/subscriptions/{subscription}/resourceGroups/{group}", "the resource group"),
        ("{zone}", "the zone"),
        ("{zone}/SRV/_xmpp-server._tcp.d1", SERVICE),
    ],
)
def test_a_lock_is_in_the_way_wherever_it_holds_and_refuses_the_deletion(
    zone: DnsZone, scope: str, place: str
):
    where = scope.format(subscription=SUBSCRIPTION, group=zone.group, zone=zone.path)
    state = create(zone, OURS)
    with zone.locked("CanNotDelete", where):
        found = [right for right in access(zone) if right.state != "allowed"]
        error = refusal(update, state, properties(zone, {}))
        assert AzureDnsZone(zone.name, zone.group, SUBSCRIPTION).stops(OURS) == found
    assert found == [
        Right(
            "lock 'keep' (CanNotDelete)",
            "in the way",
            f"on {place}: deletions fail; take it off for this update (docs/access.md)",
        )
    ]
    assert "ScopeLocked" in error


def test_a_lock_on_a_resource_group_with_brackets_is_in_the_way(account: Azure):
    zone = account.zone("contoso.com", group="dns(eu)")
    with zone.locked("CanNotDelete", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/dns(eu)"):
        assert access(zone)[-1].note.startswith("on the resource group: deletions fail")


def test_a_lock_that_lets_nothing_be_written_says_so(zone: DnsZone):
    with zone.locked("ReadOnly", zone.path, "frozen"):
        found = access(zone)[-1]
        error = refusal(create, zone, OURS)
    assert found == Right(
        "lock 'frozen' (ReadOnly)",
        "in the way",
        "on the zone: creations, changes and deletions fail; take it off for this update (docs/access.md)",
    )
    assert "ScopeLocked" in error


def test_the_lock_on_the_soa_record_set_that_keeps_the_zone_is_in_nobodys_way(zone: DnsZone):
    with zone.locked("CanNotDelete", f"{zone.path}/SOA/@"), zone.locked("ReadOnly", f"{zone.path}/A/www"):
        assert {right.state for right in access(zone)} == {"allowed"}


def test_the_record_set_of_the_zones_own_name_can_be_locked(zone: DnsZone):
    client = AzureDnsZone(zone.name, zone.group, SUBSCRIPTION)
    with zone.locked("ReadOnly", f"{zone.path}/A/@"):
        found = client.access(["contoso.com A"], one_by_one=True)[-1]
    assert found.note.startswith("on contoso.com A: ")


def test_a_zone_that_is_not_there_cannot_be_asked(zone: DnsZone):
    client = AzureDnsZone("fabrikam.com", zone.group, SUBSCRIPTION)
    error = refusal(client.access, OURS, one_by_one=True)
    assert error.startswith(f"zone fabrikam.com (resource group {zone.group}): ResourceNotFound: ")


def test_a_failure_of_the_service_is_no_answer(zone: DnsZone):
    fault = Fault("ManagementLocks_List", status=400, code="InternalServerError", message="Try again.")
    with zone.server.faulty(fault):
        assert "Try again." in refusal(access, zone)


def test_nothing_is_changed(zone: DnsZone):
    before = zone.history()
    access(zone)
    assert zone.history() == before
