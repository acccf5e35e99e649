"""A zone of dynamic updates in bulk on the real engine, and the way there and back."""

from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.lab import BARE, SECRET, Lab, Run, serving
from tools.lab.knot import Knot

NAME = "federation-contoso.com"
PUBLISHED = [
    "@ 300 IN NS ns1",
    "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp",
    "_xmpp-server._tcp.eu 3600 IN SRV 0 0 5269 xmpp.eu",
    "ns1 300 IN A 127.0.0.1",
    "www 60 IN A 192.0.2.1",
    "xmpp 300 IN A 131.107.155.10",
    "xmpp.eu 300 IN A 131.107.155.10",
]


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with serving(tmp_path_factory.mktemp("knot"), "contoso.com") as knot:
        knot.change("contoso.com", ("add", "www", "60", "A", "192.0.2.1"))
        yield knot


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab.of(knot, tmp_path_factory.mktemp("pulumi"))
    lab.configure(edgePools=[{"ipv4": ["131.107.155.10"]}], domains=["contoso.com", "eu.contoso.com"])
    lab.stack.set_secret("tsigSecret", SECRET)
    return lab


def publish(lab: Lab, *arguments: str, **options: object) -> Run:
    """Publish with these options of the zone."""
    lab.configure(zones=[lab.zone("contoso.com", **options)])
    return lab.run("up", "--yes", "--skip-preview", *arguments)


@pytest.fixture(scope="module")
def created(lab: Lab) -> Run:
    return publish(lab, bulk=True)


@pytest.fixture(scope="module")
def edited(lab: Lab, knot: Knot, created: Run) -> tuple[Run, Run]:
    """Change a published record by hand, and publish another TTL without and with a refresh."""
    assert created.status == 0, created.output
    knot.change("contoso.com", ("replace", "xmpp", "60", "A", "192.0.2.2"))
    lab.configure(addressTtl=600)
    return publish(lab, bulk=True), publish(lab, "--refresh", bulk=True)


@pytest.fixture(scope="module")
def moved(lab: Lab, edited: tuple[Run, Run]) -> list[Run]:
    """Take the zone apart and together again, with its records in place."""
    assert edited[1].status == 0, edited[1].output
    return [
        publish(lab, existing="adopt"),
        publish(lab, bulk=True, existing="adopt"),
    ]


@pytest.fixture(scope="module")
def destroyed(lab: Lab, moved: list[Run]) -> Run:
    assert [run.status for run in moved] == [0, 0], moved[-1].output
    return lab.run("destroy", "--yes", "--skip-preview")


def test_a_zone_is_one_resource_and_one_change_on_the_server(created: Run):
    assert created.resources == {"created": 4}
    assert created.zones["contoso.com"] == PUBLISHED
    assert all(line.startswith("+ ") for line in created.changes["contoso.com"])


def test_what_was_changed_by_hand_is_refused_and_shown(edited: tuple[Run, Run], lab: Lab):
    refused, repaired = edited
    begin = f"DNS server 127.0.0.1 port {lab.knot.port}, zone contoso.com: nothing was changed because of 1 "
    assert begin in refused.output
    assert "xmpp.contoso.com A: '60 192.0.2.2' is not what this stack published" in refused.output
    assert "Traceback" not in refused.output
    assert refused.changes == {"contoso.com": []}
    assert repaired.status == 0
    assert "xmpp 600 IN A 131.107.155.10" in repaired.zones["contoso.com"]


def test_the_zone_is_taken_apart_and_together_again_without_a_change(moved: list[Run]):
    assert [run.changes for run in moved] == [{"contoso.com": []}] * 2
    assert [run.resources.get("created") for run in moved] == [4, 2]


def test_destroying_leaves_what_is_somebody_elses(destroyed: Run):
    assert destroyed.zones["contoso.com"] == sorted([*BARE, "www 60 IN A 192.0.2.1"])


def test_the_secret_is_in_no_output_and_in_plain_text_in_no_state_file(destroyed: Run, lab: Lab):
    assert destroyed.status == 0, destroyed.output
    assert [run.leaks for run in lab.runs if run.leaks] == []
