"""The id of a hosted zone has one form, and the zone behind it has to be the one that is meant."""

import pytest
from tests.engine.clouds.lab import Lab, Run
from tests.standins.clouds import Aws
from tests.standins.zones import CloudZone

STACK = "pulumi:pulumi:Stack (xmpp-federation-dns-demo)"
WAY_OUT = "set that of the public zone contoso.com, or leave zoneId out"
LOOK_UP = {"GetCallerIdentity": 1, "GetHostedZone": 2, "ListTagsForResource": 1}


@pytest.fixture(scope="module")
def lab(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(tmp_path_factory.mktemp("aws"), aws)
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}])
    return lab


@pytest.fixture(scope="module")
def zone(lab: Lab, aws: Aws) -> CloudZone:
    return lab.zone(aws, "contoso.com")


@pytest.fixture(scope="module")
def others(lab: Lab, aws: Aws) -> dict[str, CloudZone]:
    """Make zones that are not the public zone contoso.com."""
    return {
        "the zone fabrikam.com": lab.zone(aws, "fabrikam.com"),
        "the private zone contoso.com": lab.watch(aws.zone("contoso.com", private=True)),
    }


def configure(lab: Lab, zone_id: str, *domains: str, bulk: bool = False) -> None:
    zone = {"provider": "aws", "name": "contoso.com", "zoneId": zone_id, "bulk": bulk}
    lab.configure(zones=[zone], domains=["contoso.com", *domains])


def calls(aws: Aws, before: dict[str, int]) -> dict[str, int]:
    now = aws.server.calls()
    return {name: count - before.get(name, 0) for name, count in now.items() if count > before.get(name, 0)}


@pytest.fixture(scope="module")
def refused(lab: Lab, others: dict[str, CloudZone]) -> dict[str, list[Run]]:
    """Preview and publish with the id of each of the other zones."""
    runs: dict[str, list[Run]] = {}
    for which, other in others.items():
        configure(lab, other.id)
        runs[which] = [lab.preview(), lab.up()]
    return runs


@pytest.fixture(scope="module")
def published(lab: Lab, zone: CloudZone, refused: dict[str, list[Run]]) -> Run:
    assert len(refused) == 2
    configure(lab, zone.id, "eu.contoso.com")
    return lab.up()


@pytest.mark.parametrize("run", [0, 1], ids=["preview", "up"])
@pytest.mark.parametrize("which", ["the zone fabrikam.com", "the private zone contoso.com"])
def test_the_id_of_another_zone_is_refused_with_what_it_is_of(
    refused: dict[str, list[Run]], others: dict[str, CloudZone], which: str, run: int
):
    done = refused[which][run]
    cause = f"{others[which].id} is the id of {which}; {WAY_OUT}"

    assert done.status != 0
    assert done.errors == {STACK: [f"zone contoso.com of provider aws, zoneId: {cause}"]}
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("refused")
def test_nothing_is_published_into_another_zone(others: dict[str, CloudZone]):
    assert [zone.history() for zone in others.values()] == [[], []]


@pytest.mark.parametrize("zone_id", ["contoso.com", "z0123456789abcdefghij", "Z"])
def test_what_is_no_id_is_refused_before_anything_is_planned(lab: Lab, aws: Aws, zone_id: str):
    before = aws.server.calls()
    configure(lab, zone_id)

    run = lab.preview()

    assert run.status != 0
    assert run.errors == {
        STACK: [
            "1 problem in the XMPP federation configuration:",
            f"zones[0].zoneId: '{zone_id}' is not the id of a hosted zone, which is Z with upper-case letters "
            "and digits, such as Z0123456789ABCDEFGHIJ",
        ]
    }
    assert (run.steps, calls(aws, before)) == ({}, {})


def test_with_its_own_id_a_zone_is_published_into(published: Run, zone: CloudZone):
    assert (published.status, published.errors) == (0, {})
    assert sorted(name for name, _ in zone.record_sets()) == [
        "_xmpp-server._tcp.contoso.com",
        "_xmpp-server._tcp.eu.contoso.com",
        "xmpp.contoso.com",
        "xmpp.eu.contoso.com",
    ]


@pytest.mark.usefixtures("published")
def test_publishing_again_changes_nothing_and_asks_for_the_zone_once(lab: Lab, aws: Aws, zone: CloudZone):
    configure(lab, zone.id, "eu.contoso.com")
    before = aws.server.calls()

    run = lab.up()

    assert (run.status, run.steps, run.changes) == (0, {}, [])
    assert calls(aws, before) == LOOK_UP


@pytest.fixture(scope="module")
def prefixed(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Publish one zone one by one and one in bulk, both by ids as the API writes them."""
    lab = Lab.of(tmp_path_factory.mktemp("prefixed"), aws)
    zones = [lab.zone(aws, "proseware.example"), lab.zone(aws, "treyresearch.example")]
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}], domains=[zone.name for zone in zones])
    with_prefix(lab, "/hostedzone/")
    assert lab.up().status == 0
    return lab


def with_prefix(lab: Lab, prefix: str) -> None:
    zones = [{**zone.configuration(), "zoneId": prefix + zone.id} for zone in lab.zones]
    lab.configure(zones=[zones[0], {**zones[1], "bulk": True}])


@pytest.mark.parametrize("prefix", ["", "/hostedzone/"], ids=["without", "with"])
def test_an_id_with_a_prefix_and_one_without_are_the_same(prefixed: Lab, prefix: str):
    with_prefix(prefixed, prefix)

    run = prefixed.up()

    assert (run.status, run.steps, run.changes) == (0, {}, [])


def rewrite_state(lab: Lab, old: str, new: str) -> None:
    file = lab.directory / "state.json"
    lab.stack.pulumi("stack", "export", "--file", str(file))
    file.write_text(file.read_text().replace(old, new))
    lab.stack.pulumi("stack", "import", "--file", str(file))


def test_a_state_from_before_ids_had_one_form_is_refused_until_it_has_that_too(prefixed: Lab):
    zone = prefixed.zones[0]
    rewrite_state(prefixed, zone.id, f"/hostedzone/{zone.id}")
    refused = prefixed.up()

    rewrite_state(prefixed, "/hostedzone/", "")
    run = prefixed.up()

    assert refused.status != 0
    assert "but it already exists" in refused.output
    assert (run.status, run.steps, refused.changes, run.changes) == (0, {}, [], [])


PROGRAM = """\
from pulumi_aws import route53

from xmpp_federation_dns import EdgePool, Route53Zone, XmppFederationDns, XmppFederationDnsArgs

other = route53.Zone("other", name="other.example")
lucerne = route53.Zone("lucerne", name="lucerne.example")
XmppFederationDns(
    "federation",
    XmppFederationDnsArgs(
        domains=["lucerne.example"],
        edge_pools=[EdgePool(ipv4=["131.107.155.10"])],
        zones=[Route53Zone(name="lucerne.example", zone_id={zone_id})],
    ),
)
"""
CREATED = {
    "federation-_xmpp-server._tcp.lucerne.example-SRV": "create",
    "federation-xmpp.lucerne.example-A": "create",
}


@pytest.fixture(scope="module")
def made(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Make two zones in the stack, and name one by the id of the other."""
    lab = Lab.of(tmp_path_factory.mktemp("made"), aws)
    lab.program(PROGRAM.format(zone_id="other.zone_id"))
    return lab


@pytest.fixture(scope="module")
def mistaken(made: Lab) -> tuple[Run, Run]:
    return made.preview(), made.up()


@pytest.fixture(scope="module")
def corrected(made: Lab, mistaken: tuple[Run, Run]) -> Run:
    assert mistaken[1].status != 0
    made.program(PROGRAM.format(zone_id="lucerne.zone_id"))
    return made.up()


def test_the_id_of_a_zone_that_is_not_there_yet_is_refused_when_it_is_known(
    mistaken: tuple[Run, Run], made: Lab, aws: Aws
):
    preview, up = mistaken
    [other] = [
        each for each in made.stack.state()["deployment"]["resources"] if each["urn"].endswith("::other")
    ]

    assert (preview.status, preview.errors, preview.steps) == (0, {}, CREATED)
    assert up.errors == {
        STACK: [
            f"zone lucerne.example of provider aws, zoneId: {other['id']} is the id of the zone other.example; "
            "set that of the public zone lucerne.example, or leave zoneId out"
        ]
    }
    assert "Traceback" not in up.output
    assert aws.server.history(other["id"]) == []


def test_with_the_right_output_everything_is_published_and_stays(corrected: Run, made: Lab):
    assert (corrected.status, corrected.steps) == (0, CREATED)
    again = made.up()
    assert (again.status, again.steps) == (0, {})


@pytest.mark.usefixtures("corrected")
def test_the_name_of_a_zone_in_place_of_its_id_is_refused_in_the_preview(made: Lab):
    made.program(PROGRAM.format(zone_id="lucerne.name"))

    run = made.preview()

    assert run.errors == {
        STACK: [
            "zone lucerne.example of provider aws, zoneId: 'lucerne.example' is not the id of a hosted zone, "
            "which is Z with upper-case letters and digits, such as Z0123456789ABCDEFGHIJ"
        ]
    }
    assert "Traceback" not in run.output
