"""A run that is killed with dynamic updates one by one: `pulumi cancel`, then `pulumi up --refresh`."""

from collections.abc import Iterator

import pytest
from tests.engine.rfc2136.killed import FOREIGN, ZONE, Killed, interrupted, published

from xmpp_federation_dns.keepers.ownership import WAYS_OUT

ADDRESS, OTHER_ADDRESS = "131.107.155.10", "131.107.155.11"
DELETE_IT = (
    "is not of this resource (renamed: give the component aliases; else "
    "delete it there, or take the SIP domain out of the configuration)"
)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with Killed.serving(tmp_path_factory.mktemp("killed")) as killed:
        yield killed


def records(*domains: str, address: str = ADDRESS) -> list[str]:
    services = [f"_xmpp-server._tcp.{each} 3600 IN SRV 0 0 5269 xmpp.{each}" for each in domains]
    return sorted([*services, *(f"xmpp.{each} 300 IN A {address}" for each in domains)])


def refused(killed: Killed, *lines: str) -> list[str]:
    server = f"DNS server 127.0.0.1 port {killed.gate.port}, zone {ZONE}"
    return sorted([f"{server}: nothing was changed because of 1 conflict:", *lines])


def test_what_a_killed_create_left_is_refused_until_it_is_adopted(killed: Killed):
    killed.configure("d0", addresses=[ADDRESS])
    left = "xmpp.d0 300 IN A 131.107.155.10"
    assert killed.at(0, "up") == [f"+ {left}"]

    same = killed.up("--refresh")
    equal = "xmpp.d0.contoso.com A: what is there is equal, but not of this resource"
    assert same.errors == refused(killed, equal, WAYS_OUT.strip())
    killed.configure("d0", addresses=[OTHER_ADDRESS])
    changed = killed.up("--refresh")
    assert changed.errors == refused(killed, f"xmpp.d0.contoso.com A: '300 131.107.155.10' {DELETE_IT}")
    assert published(same) == published(changed) == [left]

    killed.configure("d0", addresses=[ADDRESS], existing="adopt")
    adopted = killed.up()
    assert (adopted.status, published(adopted)) == (0, records("d0"))
    assert adopted.changes[ZONE] == ["+ _xmpp-server._tcp.d0 3600 IN SRV 0 0 5269 xmpp.d0"]
    killed.configure("d0", addresses=[OTHER_ADDRESS])
    run = killed.up("--refresh")
    assert (run.status, published(run)) == (0, records("d0", address=OTHER_ADDRESS))


def test_what_is_not_wanted_any_more_is_deleted_there_or_left_over(killed: Killed):
    killed.configure("d1", "d2", addresses=[ADDRESS])
    assert len(killed.at(0, "up", unanswered=2)) == 2

    killed.configure("d2", addresses=[OTHER_ADDRESS])
    run = killed.up("--refresh")
    assert run.errors == refused(killed, f"xmpp.d2.contoso.com A: '300 131.107.155.10' {DELETE_IT}")
    killed.lab.knot.change(ZONE, ("delete", "xmpp.d2", "A"))
    run = killed.up()
    left = "xmpp.d1 300 IN A 131.107.155.10"
    assert (run.status, published(run)) == (0, sorted([left, *records("d2", address=OTHER_ADDRESS)]))
    assert "federation-xmpp.d1.contoso.com-A, interrupted while creating" in interrupted(run)
    killed.lab.knot.change(ZONE, ("delete", "xmpp.d1", "A"))
    assert killed.lab.run("refresh", "--yes", "--clear-pending-creates").status == 0
    assert "pending_operations" not in killed.lab.stack.state()["deployment"]


def test_what_a_killed_run_changed_or_deleted_is_as_it_was_where_the_configuration_is_again(killed: Killed):
    killed.configure("d3", "d4", addresses=[ADDRESS])
    assert killed.up("--refresh").status == 0
    killed.configure("d3", addresses=[ADDRESS])
    assert killed.at(0, "up") == ["- _xmpp-server._tcp.d4 3600 IN SRV 0 0 5269 xmpp.d4"]
    killed.configure("d3", "d4", addresses=[ADDRESS])
    run = killed.up("--refresh")
    assert (run.status, published(run)) == (0, records("d3", "d4"))

    killed.configure("d3", "d4", addresses=[OTHER_ADDRESS])
    assert len(killed.at(0, "up", unanswered=2)) == 4
    killed.configure("d3", "d4", addresses=[ADDRESS])
    run = killed.up("--refresh")
    assert (run.status, published(run)) == (0, records("d3", "d4"))


def test_what_is_somebody_elses_is_left_by_all_of_them(killed: Killed):
    assert set(killed.lab.records(ZONE)) >= set(FOREIGN)
