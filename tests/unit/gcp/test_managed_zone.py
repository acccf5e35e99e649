"""Which managed zone it is: named and confirmed, or looked up by its DNS name; and the forms of all names."""

from typing import Any

import pulumi
import pytest
from tests.recorder import run as record
from tests.standins.clouds import PROJECT, Google
from tests.standins.managed_zones import ManagedZone
from tests.unit.bulk.lab import domain, failed
from tests.unit.clients.lab import PROVIDER, Calls, published, update
from tests.unit.gcp.lab import CONFIRM, FIND, SEND, client, create, learnt, properties, refused

from xmpp_federation_dns import GoogleZone
from xmpp_federation_dns.backends.client import DeniedError, UpdateError

ZONE = GoogleZone(name="contoso.com", project=PROJECT)
OWN = "own-project"
"""A project that no other test has."""


def without(given: dict[str, Any], key: str) -> dict[str, Any]:
    return {each: value for each, value in given.items() if each != key}


def test_a_zone_that_is_not_named_is_looked_up_by_its_dns_name(account: Google):
    zone = account.zone("contoso.com", OWN)
    account.zone("contoso.com", OWN, visibility="private")
    calls = Calls(account)
    given = without(properties(zone, domain(1), project=OWN), "managedZone")
    state = PROVIDER.create(given).outs
    assert state == {**given, **learnt(zone)}
    assert (published(zone), CONFIRM in calls(), calls()[FIND]) == (domain(1), False, 1)


def test_a_zone_that_was_looked_up_is_not_looked_up_again(account: Google):
    zone = account.zone("contoso.com", "another-project")
    given = without(properties(zone, domain(1), project="another-project"), "managedZone")
    state = PROVIDER.create(given).outs
    calls = Calls(account)
    update(state, {**given, "recordSets": domain(2)})
    assert FIND not in calls()
    assert published(zone) == domain(2)


@pytest.mark.usefixtures("account")
def test_a_zone_that_no_managed_one_is_is_told():
    error = failed(UpdateError, GoogleZone(name="contoso.com", project="empty-project").client, {})
    assert str(error) == (
        "zone contoso.com (empty-project): no managed zone has this DNS name in the project; create a public one, or "
        "correct project"
    )


def test_a_zone_that_private_ones_alone_are_is_told_with_their_names(account: Google):
    found = [account.zone("contoso.com", "private-zones", visibility="private") for _ in range(2)]
    error = failed(UpdateError, GoogleZone(name="contoso.com", project="private-zones").client, {})
    assert str(error) == (
        "zone contoso.com (private-zones): of this DNS name the project has the private "
        f"{found[0].managed_zone}, {found[1].managed_zone} alone, which peers do not see; create a public zone, or "
        "correct project"
    )


def test_a_zone_that_may_not_be_looked_up_is_told_with_where_that_is_allowed(account: Google):
    zone = account.zone("contoso.com", "unlisted-project")
    with zone.allowed("dns.managedZones.get"):
        error = failed(DeniedError, GoogleZone(name="contoso.com", project="unlisted-project").client, {})
    assert str(error) == (
        "zone contoso.com (unlisted-project): forbidden: Forbidden (managedZones.list); zones are listed by "
        "roles/dns.reader on the project, not on a zone; a stack does without by managedZone (docs/pipelines.md)"
    )


def test_of_several_public_zones_none_is_chosen(account: Google):
    found = [account.zone("contoso.com", "two-zones").managed_zone for _ in range(2)]
    error = failed(UpdateError, GoogleZone(name="contoso.com", project="two-zones").client, {})
    assert str(error) == (
        f"zone contoso.com (two-zones): the public managed zones {found[0]}, {found[1]} have this DNS name in the "
        "project; set managedZone, or correct project"
    )


def test_a_managed_zone_of_another_name_is_refused_before_the_first_write(account: Google):
    zone, calls = account.zone("fabrikam.com"), Calls(account)
    assert refused(zone) == (
        f"zone contoso.com ({PROJECT}/{zone.managed_zone}): {zone.managed_zone} is the managed zone of fabrikam.com; "
        "name that of contoso.com, or leave managedZone out"
    )
    assert SEND not in calls()


def test_a_private_managed_zone_is_refused_before_the_first_write(account: Google):
    zone = account.zone("contoso.com", visibility="private")
    assert refused(zone) == (
        f"zone contoso.com ({PROJECT}/{zone.managed_zone}): {zone.managed_zone} is a private zone, which peers do not "
        "see; name the public one, or create it"
    )
    assert published(zone) == {}


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"recordSets": domain(2)}, []),
        ({"serviceAccount": "dns@p.iam.gserviceaccount.com"}, []),
        ({"managedZone": "other"}, ["managedZone"]),
        ({"project": "other-project"}, ["project"]),
        ({"project": "other-project", "managedZone": "other"}, ["project", "managedZone"]),
        ({"zone": "fabrikam.com"}, ["zone"]),
    ],
    ids=", ".join,
)
def test_another_zone_replaces_and_everything_else_updates(
    zone: ManagedZone, change: dict[str, Any], replaces: list[str]
):
    state = create(zone, domain(1))
    result = PROVIDER.diff("", state, {**properties(zone, domain(1)), **change})
    assert (result.changes, result.replaces) == (True, replaces)


def test_leaving_the_name_out_or_saying_it_replaces_nothing(zone: ManagedZone):
    state = create(zone, domain(1))
    named, unnamed = properties(zone, domain(1)), without(properties(zone, domain(1)), "managedZone")
    results = [
        PROVIDER.diff("", state, unnamed),
        PROVIDER.diff("", without(state, "managedZone"), named),
    ]
    assert [(each.changes, each.replaces) for each in results] == [(True, []), (True, [])]


def test_a_name_is_shown_as_it_is_known(zone: ManagedZone):
    assert str(client(zone)) == f"zone contoso.com ({PROJECT}/{zone.managed_zone})"


GOOD = ["dns-production", "example.com:dns-production", "123456789012"]


@pytest.mark.parametrize("project", GOOD)
def test_a_project_goes_by_its_id_or_its_number(project: str):
    assert list(GoogleZone(name="contoso.com", project=project).problems(None)) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"project": "DNS"}, "project: 'DNS' is not the id of a project, such as dns-production"),
        (
            {"project": "projects/dns-production"},
            "project: 'projects/dns-production' is the path of it; write 'dns-production'",
        ),
        ({"project": ""}, "project: '' is not the id of a project, such as dns-production"),
        (
            {"managed_zone": "contoso.com"},
            "managedZone: 'contoso.com' is not the name of a managed zone, such as contoso-com",
        ),
        (
            {"managed_zone": "projects/p/managedZones/contoso-com"},
            "managedZone: 'projects/p/managedZones/contoso-com' is the path of it; write 'contoso-com'",
        ),
        (
            {"service_account": "somebody@example.com"},
            "serviceAccount: 'somebody@example.com' is not the address of a service account, such as "
            "dns@dns-production.iam.gserviceaccount.com",
        ),
        (
            {"service_account": "serviceAccount:dns@p.iam.gserviceaccount.com"},
            "serviceAccount: 'serviceAccount:dns@p.iam.gserviceaccount.com' is the path of it; write "
            "'dns@p.iam.gserviceaccount.com'",
        ),
    ],
)
def test_what_is_no_name_is_told_at_its_key(options: dict[str, str], told: str):
    given: dict[str, Any] = {"name": "contoso.com", "project": PROJECT, **options}
    assert [f"{each.path[0]}: {each.text}" for each in GoogleZone(**given).problems(None)] == [told]


def test_names_that_the_program_says_are_looked_at_no_more():
    assert ZONE.lookup(pulumi.InvokeOptions()) == ZONE


def test_names_from_outputs_are_looked_at_when_they_are_known():
    found: list[str] = []

    def program() -> None:
        zone = GoogleZone(
            name="contoso.com",
            project=pulumi.Output.from_input(PROJECT),
            managed_zone=pulumi.Output.from_input("contoso-com"),
        ).lookup(pulumi.InvokeOptions())
        pulumi.Output.all(zone.project, zone.managed_zone).apply(found.extend)

    record(program)
    assert found == [PROJECT, "contoso-com"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"project": "projects/dns-production"},
            "zone contoso.com of provider gcp, project: 'projects/dns-production' is the path of it; write "
            "'dns-production'",
        ),
        (
            {"managed_zone": "contoso.com"},
            "zone contoso.com of provider gcp, managedZone: 'contoso.com' is not the name of a managed zone, such as "
            "contoso-com",
        ),
    ],
)
def test_a_name_from_an_output_that_turns_out_wrong_ends_the_update(options: dict[str, str], told: str):
    def program() -> None:
        outputs = {key: pulumi.Output.from_input(value) for key, value in options.items()}
        given: dict[str, Any] = {"name": "contoso.com", "project": PROJECT, **outputs}
        GoogleZone(**given).lookup(pulumi.InvokeOptions())

    with pytest.raises(pulumi.RunError) as raised:
        record(program)
    assert str(raised.value) == told
