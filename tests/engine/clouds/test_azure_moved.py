"""A zone that Azure moved to another resource group comes under the component again as docs/lifecycle.md says."""

import itertools
import re
import subprocess
from dataclasses import dataclass

import pytest
from tests.engine.clouds.lab import Lab, Run, records
from tests.standins.clouds import Azure
from tests.standins.emulation import Change
from tests.standins.zones import DnsZone
from tools.lab.stack import CHECKOUT

SECTION = (CHECKOUT / "docs" / "lifecycle.md").read_text().partition(" in another resource group\n")[2]
FORGET, FORGET_PENDING, IMPORT = re.findall(r"^```console\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
NEW_GROUP = "dns-edge"
PROGRAM = (CHECKOUT / "__main__.py").read_text()
EARLIER_VERSION = f"""\
import pulumi

pulumi.runtime.register_stack_transformation(
    lambda args: pulumi.ResourceTransformationResult(
        args.props,
        pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )
)
{PROGRAM}"""
"""The program, with the order in which azure-native replaces where nobody asks for another."""
SERVICE, HOST = "federation-_xmpp-server._tcp.contoso.com-SRV", "federation-contoso.com-A"
KEPT: dict[str, list[set[str]]] = {
    "nothing": [],
    "updates": [{SERVICE, HOST}, set()],
    "updates with an earlier version": [{SERVICE, HOST}, {HOST}],
}
"""By what was run between the move and the way back: the record sets of the state after each run."""

_numbers = itertools.count(100)


@dataclass
class Moved:
    """A stack whose zone was moved to another resource group, and what was run after that."""

    after: str
    azure: Azure
    lab: Lab
    zone: DnsZone
    since: int
    """Number of changes at all zones before the move."""
    meanwhile: list[Run]
    kept: list[set[str]]
    """The record sets of the state after each of these."""

    def written(self) -> list[Change]:
        """Return what was written since."""
        return self.azure.server.history()[self.since :]


def publish(azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, DnsZone]:
    """Publish one SIP domain that is its own target, in a subscription that no other test has."""
    subscription = f"00000000-0000-0000-0000-{next(_numbers):012}"
    lab = Lab.of(tmp_path_factory.mktemp("moved"), azure, ARM_SUBSCRIPTION_ID=subscription)
    zone = azure.zone("contoso.com", subscription)
    lab.watch(zone)
    lab.configure(
        zones=[zone.configuration()],
        domains=["contoso.com"],
        edgePools=[{"host": "@", "ipv4": ["131.107.155.10"]}],
    )
    run = lab.up()
    assert run.status == 0, run.output
    return lab, zone


@pytest.fixture(scope="module", params=KEPT, ids=lambda param: f"after {param}")
def moved(request: pytest.FixtureRequest, azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    lab, zone = publish(azure, tmp_path_factory)
    found = Moved(request.param, azure, lab, zone, len(azure.server.history()), [], [])
    zone.move(NEW_GROUP)
    if request.param == "nothing":
        return found
    lab.configure(zones=[zone.configuration()])
    lab.program(EARLIER_VERSION if request.param == "updates with an earlier version" else PROGRAM)
    for options in (), ("--refresh",):
        found.meanwhile.append(lab.up(*options))
        found.kept.append(set(lab.state()))
    lab.program(PROGRAM)
    return found


def run_as_documented(lab: Lab, commands: str) -> None:
    """Run *commands* of the documentation, up to the first that fails."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=lab.stack.project,
        env=lab.stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def imported(moved: Moved) -> Moved:
    """Bring the record sets under the component again."""
    lab = moved.lab
    run_as_documented(lab, FORGET)
    for name in lab.state():
        run_as_documented(lab, FORGET_PENDING.replace("federation-xmpp.contoso.com-A", name))
    run_as_documented(lab, IMPORT)
    return moved


def test_until_then_an_update_is_refused_and_nothing_is_lost(moved: Moved):
    refused = {
        f"azure-native:dns:RecordSet ({HOST})": [
            f"cannot create already existing resource '{moved.zone.import_id('contoso.com', 'A')}'"
        ]
    }
    assert [(run.status, run.errors) for run in moved.meanwhile] == [(1, refused)] * len(moved.meanwhile)
    assert moved.kept == KEPT[moved.after]
    assert moved.written() == []


def test_the_record_sets_are_those_of_the_component_and_nothing_was_written(imported: Moved):
    assert set(imported.lab.state()) == records(imported.zone)
    assert {each["inputs"]["resourceGroupName"] for each in imported.lab.state().values()} == {NEW_GROUP}
    assert imported.written() == []


def test_a_later_update_changes_nothing(imported: Moved):
    run = imported.lab.up("--refresh")
    assert (run.status, run.steps, run.changes) == (0, {}, [])


def test_destroying_removes_them_services_first(imported: Moved):
    run = imported.lab.destroy()
    assert run.status == 0, run.output
    assert imported.zone.record_sets() == {}
    assert [change.type for change in run.changes] == ["SRV", "A"]


@pytest.fixture(scope="module")
def respelled(azure: Azure, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, DnsZone, Run]:
    """Write the resource group in another case, without a move."""
    lab, zone = publish(azure, tmp_path_factory)
    lab.configure(zones=[{**zone.configuration(), "resourceGroup": zone.group.upper()}])
    return lab, zone, lab.up()


@pytest.fixture(scope="module")
def taken_back(respelled: tuple[Lab, DnsZone, Run]) -> tuple[DnsZone, Run]:
    """Destroy the stack after a move that it does not know of."""
    lab, zone, _ = respelled
    zone.move(NEW_GROUP)
    return zone, lab.destroy()


def test_the_resource_group_in_another_case_is_no_other_place(respelled: tuple[Lab, DnsZone, Run]):
    _, _, run = respelled
    assert (run.status, run.steps, run.changes) == (0, {}, [])


def test_what_is_taken_back_before_the_state_knows_of_the_move_stays(taken_back: tuple[DnsZone, Run]):
    zone, run = taken_back
    assert (run.status, run.changes) == (0, [])
    assert set(zone.record_sets()) == {("_xmpp-server._tcp.contoso.com", "SRV"), ("contoso.com", "A")}
