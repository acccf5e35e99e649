"""A run that is killed with a zone of dynamic updates in bulk half published: the next `pulumi up` goes on."""

from collections.abc import Iterable, Iterator

import pytest
from tests.engine.rfc2136.killed import FOREIGN, ZONE, Killed, published

POOL = [f"131.107.155.{number}" for number in range(10, 60)]
DOMAINS = [f"d{number:02}" for number in range(100)]
"""With fifty addresses each, 40 are created by one message: three messages in all."""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with Killed.serving(tmp_path_factory.mktemp("killed"), bulk=True) as killed:
        yield killed


def records(domains: Iterable[str], ttl: int = 300, pool: Iterable[str] = POOL) -> list[str]:
    found = [f"_xmpp-server._tcp.{each} 3600 IN SRV 0 0 5269 xmpp.{each}" for each in domains]
    return sorted([*found, *(f"xmpp.{each} {ttl} IN A {address}" for each in domains for address in pool)])


def domains(lines: Iterable[str]) -> int:
    """Return how many SIP domains the changes of a run are about."""
    return len({line.split()[1].rpartition(".")[2] for line in lines})


def test_a_create_goes_on_after_the_last_message_that_was_carried_out(killed: Killed):
    killed.configure(*DOMAINS, addresses=POOL)
    assert domains(killed.at(1, "up")) == 80
    run = killed.up()
    assert (run.status, published(run)) == (0, records(DOMAINS))
    assert domains(run.changes[ZONE]) == 20


def test_a_change_goes_on_to_what_is_wanted_by_then(killed: Killed):
    """The killed run takes out a SIP domain, which is back, and publishes one that is gone, as is another."""
    killed.configure("a00", *DOMAINS[1:], addresses=POOL, ttl=600)
    assert domains(killed.at(2, "up")) < 100
    wanted, pool = [*DOMAINS[:5], *DOMAINS[6:], "e00"], [*POOL[1:], "131.107.155.70"]
    killed.configure(*wanted, addresses=pool, ttl=900)
    run = killed.up()
    assert (run.status, published(run)) == (0, records(wanted, 900, pool)), run.output


def test_a_destroy_goes_on(killed: Killed):
    assert domains(killed.at(1, "destroy")) < 100
    run = killed.lab.run("destroy", "--yes", "--skip-preview")
    assert (run.status, published(run)) == (0, []), run.output


def test_what_is_somebody_elses_is_left_by_all_of_them(killed: Killed):
    assert set(killed.lab.records(ZONE)) >= set(FOREIGN)
