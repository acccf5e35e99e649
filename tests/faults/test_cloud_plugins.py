"""Route 53 and Azure DNS one by one: a change is carried out, and the plugin does not hear of it."""

from pathlib import Path

from tests.engine.clouds.lab import FEDERATION, Lab
from tests.engine.clouds.test_adopt import adopt, configure, existing, imported, previewed
from tests.faults.test_clouds import CREDENTIALS, FOREIGN, SECRETS
from tests.faults.watch import leaks, watched
from tests.standins.clouds import Aws, Azure, Cloud
from tests.standins.emulation import Fault
from tests.standins.zones import CloudZone

DOMAIN = "contoso.com"
WANTED = {**FOREIGN, **existing(DOMAIN)}


def published(cloud: Cloud, directory: Path) -> tuple[Lab, CloudZone]:
    """Return a stack that is to publish one SIP domain, and its zone."""
    lab = Lab.of(directory, cloud, **CREDENTIALS)
    zone = lab.zone(cloud, DOMAIN)
    zone.put("www.contoso.com", "A", 60, "192.0.2.1")
    configure(lab, zone, DOMAIN)
    return lab, zone


def taken_back(lab: Lab, zone: CloudZone) -> None:
    """See that destroy takes all that is ours, and that no secret is left anywhere."""
    assert zone.record_sets() == WANTED
    assert lab.destroy().status == 0
    assert zone.record_sets() == FOREIGN
    assert leaks(lab.directory, *SECRETS) == []


def test_a_change_whose_progress_may_not_be_read_is_kept_and_the_next_update_goes_on(
    aws: Aws, tmp_path: Path
):
    lab, zone = published(aws, tmp_path)
    with watched(zone) as seen:
        with aws.server.faulty(Fault("GetChange", status=403, code="AccessDenied", message="For the test.")):
            troubled = lab.up()
        run = lab.up()
    assert troubled.status != 0
    assert "xmpp.contoso.com_A) synchronize: operation error Route 53: GetChange" in troubled.output
    assert (run.status, run.changes[-1].name, seen) == (0, "_xmpp-server._tcp.contoso.com", []), run.output
    assert "Traceback" not in troubled.output + run.output
    taken_back(lab, zone)


def test_a_change_at_route_53_whose_answer_is_lost_is_named_and_taken_in(aws: Aws, tmp_path: Path):
    lab, zone = published(aws, tmp_path)
    with watched(zone) as seen:
        with aws.server.faulty(Fault("ChangeResourceRecordSets", times=1, effect="lose")):
            troubled = lab.up()
        again = lab.up()
        file = previewed(lab)
        _, found = adopt(lab, file)
        assert imported(lab, file).status == 0
        run = lab.up()
    assert {each["resource"]: each["state"] for each in found} == {
        f"{FEDERATION}-xmpp.contoso.com-A": "adopted",
        f"{FEDERATION}-_xmpp-server._tcp.contoso.com-SRV": "missing",
    }
    for each in (troubled, again):
        assert each.status != 0
        assert "xmpp.contoso.com" in each.output
        assert "already exists" in each.output
    assert (run.status, seen) == (0, []), run.output
    assert "Traceback" not in troubled.output + again.output + run.output
    taken_back(lab, zone)


def test_a_change_at_azure_whose_answer_is_lost_is_sent_again(azure: Azure, tmp_path: Path):
    lab, zone = published(azure, tmp_path)
    with (
        watched(zone) as seen,
        azure.server.faulty(Fault("RecordSets_CreateOrUpdate", times=1, effect="lose")),
    ):
        run = lab.up()
    assert (run.status, seen, "Traceback" in run.output) == (0, [], False), run.output
    taken_back(lab, zone)
