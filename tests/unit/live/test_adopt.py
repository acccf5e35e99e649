"""The command `adopt`: which record sets of an import file are published already."""

import json
from pathlib import Path

import pytest
from tests.unit.cli import call
from tests.unit.live.import_files import (
    BOTH,
    SRV,
    TOP,
    URN,
    WANTED,
    A,
    adopted,
    ids,
    record,
    stack,
    there,
    write,
)

from xmpp_federation_dns import component
from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.changes import Content, Foreign, Live
from xmpp_federation_dns.live.adopt import COMPONENT, PLACEHOLDER

__all__ = ["there"]

pytestmark = pytest.mark.usefixtures("project")


def test_the_component_is_that_of_the_program() -> None:
    assert component.TYPE == COMPONENT


@pytest.mark.usefixtures("there")
def test_record_sets_that_are_equal_are_taken_in_under_the_component_that_is_created() -> None:
    write(TOP, *BOTH)
    status, found, file = adopted()
    assert (status, [each["state"] for each in found]) == (0, ["adopted", "adopted"])
    assert ids(file) == {
        "federation": "",
        f"federation-{SRV}-SRV": f"Z1_{SRV}_SRV",
        f"federation-{A}-A": f"Z1_{A}_A",
    }


@pytest.mark.usefixtures("there")
def test_a_later_batch_is_taken_in_under_the_component_that_exists() -> None:
    write(*BOTH, table={"federation": URN})
    status, _, file = adopted()
    assert (status, len(file["resources"]), file["nameTable"]) == (0, 2, {"federation": URN})


@pytest.mark.usefixtures("there")
def test_a_component_inside_another_one_is_known_by_its_urn() -> None:
    write(*BOTH, table={"federation": URN.replace(COMPONENT, f"my:index:Outer${COMPONENT}")})
    assert adopted()[0] == 0


@pytest.mark.usefixtures("there")
def test_names_that_the_engine_made_unique_are_known_by_their_logical_names() -> None:
    one, other = BOTH
    top = {**TOP, "name": "federationXmppFederationDns", "logicalName": "federation"}
    renamed = {**one, "name": "oneRecord", "logicalName": one["name"], "parent": top["name"]}
    write(top, renamed, {**other, "parent": top["name"]})
    status, _, file = adopted()
    assert (status, ids(file)["oneRecord"]) == (0, f"Z1_{SRV}_SRV")


@pytest.mark.parametrize(
    ("live", "state", "reason"),
    [
        (None, "missing", "it is not there: `pulumi up` creates it"),
        (
            Content(60, ("131.107.155.10",)),
            "different",
            "there: 60 131.107.155.10; wanted: 300 131.107.155.10: change either, or --accept",
        ),
        (
            Foreign("CNAME 300 a.example."),
            "in the way",
            "CNAME 300 a.example.: take it away, or leave the name out of the stack",
        ),
    ],
)
def test_what_is_not_equal_is_dropped_with_its_reason(
    there: dict[str, Live], live: Live | None, state: str, reason: str
) -> None:
    there.pop(f"{A} A")
    there |= {f"{A} A": live} if live else {}
    write(TOP, *BOTH)
    status, found, file = adopted()
    assert (status, found[1]["state"], found[1]["reason"]) == (1, state, reason)
    assert list(ids(file)) == ["federation", f"federation-{SRV}-SRV"]


def test_what_differs_is_taken_in_where_its_name_is_accepted(there: dict[str, Live]) -> None:
    there[f"{A} A"] = Content(60, ("131.107.155.10",))
    write(TOP, *BOTH)
    status, found, _ = adopted("--accept", A)
    assert (status, found[1]["state"], found[1]["id"], found[1]["reason"]) == (
        0,
        "accepted",
        f"Z1_{A}_A",
        "there: 60 131.107.155.10; the next `pulumi up` makes it 300 131.107.155.10",
    )


def test_what_is_equal_and_spelled_otherwise_is_taken_in_with_a_word(there: dict[str, Live]) -> None:
    there[f"{SRV} SRV"] = Content(3600, ("0 0 5269 xmpp.contoso.com.",), ("0 0 5269 XMPP.contoso.com",))
    write(TOP, *BOTH)
    status, found, _ = adopted()
    assert (status, found[0]["reason"]) == (
        0,
        "spelled otherwise there: the next `pulumi up` writes it anew",
    )


@pytest.mark.usefixtures("there")
def test_where_nothing_is_taken_in_the_component_is_left_to_the_update(there: dict[str, Live]) -> None:
    there.clear()
    write(TOP, *BOTH)
    status, out, err = call("adopt", "correct", "--import-file", "i.json")
    assert (status, out.splitlines()[-1], err) == (1, "0 of 2 taken in: 2 missing", "")
    assert json.loads(Path("i.json").read_text())["resources"] == []


@pytest.mark.usefixtures("there")
def test_what_follows_is_said() -> None:
    write(TOP, *BOTH)
    assert call("adopt", "correct", "--import-file", "i.json", "--output", "o.json")[2] == (
        "next: pulumi import --file o.json --yes --protect=false --generate-code=false\n"
        "then: pulumi up\n"
        "`pulumi destroy` deletes what is imported, unless its zone has retainOnDelete: true\n"
    )
    assert PLACEHOLDER in Path("i.json").read_text()


@pytest.mark.usefixtures("there")
def test_ids_that_are_there_and_fields_that_are_not_known_stay() -> None:
    write(TOP, {**BOTH[0], "id": "mine", "newer": {"a": 1}}, BOTH[1], newest=[1])
    status, found, file = adopted()
    assert (status, found[0]["state"], file["newest"]) == (0, "filled", [1])
    assert file["resources"][1] == {**BOTH[0], "id": "mine", "newer": {"a": 1}}


@pytest.mark.usefixtures("there")
def test_other_resources_of_the_program_stay_where_they_have_ids_or_are_needed() -> None:
    outer = {"type": "my:index:Outer", "name": "outer", "component": True}
    unused = {"type": "my:index:Outer", "name": "unused", "component": True}
    provider = {"type": "pulumi:providers:aws", "name": "own"}
    bucket = {"type": "aws:s3/bucket:Bucket", "name": "b", "id": PLACEHOLDER}
    queue = {"type": "aws:sqs/queue:Queue", "name": "q", "id": "https://q"}
    record_set = {**BOTH[0], "provider": "own"}
    write(outer, unused, {**TOP, "parent": "outer"}, provider, bucket, queue, record_set, BOTH[1])
    assert list(ids(adopted()[2])) == [
        "outer",
        "federation",
        "own",
        "q",
        record_set["name"],
        BOTH[1]["name"],
    ]


@pytest.mark.usefixtures("there")
def test_what_lies_under_a_resource_that_does_not_exist_waits_for_it() -> None:
    vpc = {"type": "aws:ec2/vpc:Vpc", "name": "vpc", "id": PLACEHOLDER}
    write(vpc, {**TOP, "parent": "vpc"}, *BOTH)
    status, found, file = adopted()
    assert (status, found[0]["reason"], file["resources"]) == (
        1,
        "its parent 'vpc' does not exist: create that first, then preview again",
        [],
    )


@pytest.mark.usefixtures("there")
def test_parents_in_a_circle_end() -> None:
    loop = {"type": "my:index:Outer", "name": "loop", "component": True, "parent": "loop"}
    write(loop, {**TOP, "parent": "loop"}, *BOTH)
    assert adopted()[0] == 0


@pytest.mark.usefixtures("there")
def test_what_the_stack_does_not_have_is_dropped() -> None:
    write(TOP, *BOTH, record("xmpp.fabrikam.com A"), record(f"{A} A", type_="azure-native:dns:RecordSet"))
    status, found, _ = adopted()
    assert (status, [each["reason"] for each in found[2:]]) == (
        1,
        [
            "the stack has no such record set: was the file of another one?",
            "'azure-native:dns:RecordSet' is none of the zone's types",
        ],
    )


KEPT = "config:\n  zones: [{{provider: {zone}}}]\n  domains: [contoso.com]\n  edgePools: [{{ipv4: [131.107.155.10]}}]\n"
REFUSES = "this package keeps it: set existing: adopt on the zone, for one `pulumi up`"
ADOPTS = "`pulumi up` takes over what is equal"


BULK = ("aws, name: contoso.com, bulk: true", "federation-contoso.com", "RecordSets")
UPDATED = ("rfc2136, name: contoso.com, server: 192.0.2.53", f"federation-{A}-A", "RecordSet")


@pytest.mark.parametrize("kept", [BULK, UPDATED], ids=["bulk", "rfc2136"])
@pytest.mark.parametrize(("existing", "status", "reason"), [("refuse", 1, REFUSES), ("adopt", 0, ADOPTS)])
def test_what_this_package_keeps_is_left_to_the_update(
    kept: tuple[str, str, str], existing: str, status: int, reason: str
) -> None:
    zone, name, kind = kept
    stack(KEPT.format(zone=f"{zone}, existing: {existing}"))
    resource = {
        "type": f"xmpp-federation-dns:index:{kind}",
        "name": name,
        "parent": "federation",
        "id": PLACEHOLDER,
    }
    journal = {**resource, "type": "xmpp-federation-dns:index:Journal", "name": f"{name}-journal"}
    write(TOP, journal, resource)
    done, found, file = adopted()
    assert (done, [(each["state"], each["reason"]) for each in found], file["resources"]) == (
        status,
        [("kept", reason)],
        [],
    )


def test_what_a_class_of_octodns_publishes_is_not_taken_over() -> None:
    options = "{host: localhost, api_key: env/KEY}"
    zone = (
        f"octodns, name: contoso.com, providerClass: octodns_powerdns.PowerDnsProvider, arguments: {options}"
    )
    stack(KEPT.format(zone=zone))
    resource = {"type": "xmpp-federation-dns:index:RecordSets", "name": "federation-contoso.com"}
    write(TOP, {**resource, "parent": "federation", "id": PLACEHOLDER})
    done, found, _ = adopted()
    assert (done, [(each["state"], each["reason"]) for each in found]) == (
        1,
        [("kept", "this package keeps it, and takes over nothing there: delete what is there")],
    )


@pytest.mark.usefixtures("there")
def test_the_id_of_a_record_set_of_azure_is_its_path() -> None:
    stack(KEPT.format(zone="azure, name: contoso.com, resourceGroup: dns"))
    write(TOP, *(record(key, type_="azure-native:dns:RecordSet") for key in WANTED))
    status, found, _ = adopted()
    zone = "/subscriptions/s-1/resourceGroups/dns/providers/Microsoft.Network/dnsZones/contoso.com"
    assert (status, [each["id"] for each in found]) == (
        0,
        [f"{zone}/SRV/_xmpp-server._tcp", f"{zone}/A/xmpp"],
    )


def test_a_zone_that_publishes_by_no_published_provider_has_no_id_to_import() -> None:
    with pytest.raises(NotImplementedError, match=r"^Zone has no record\(\)$"):
        Zone(provider="x", name="contoso.com").import_id("a", "A", {})
