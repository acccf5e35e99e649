import itertools
from collections.abc import Iterator

import pytest
from tests.standins.octodns_records import ACCOUNTS, Account
from tests.unit.bulk.lab import ZONE
from tests.unit.octodns.lab import FOREIGN, RECORDS, Stack, on_powerdns
from tools.lab.powerdns import KEY, PowerDns

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerDns]:
    """Run PowerDNS."""
    with PowerDns.serving(tmp_path_factory.mktemp("powerdns") / "server") as server:
        yield server


@pytest.fixture
def server(running: PowerDns, monkeypatch: pytest.MonkeyPatch) -> Iterator[PowerDns]:
    """Return PowerDNS with a zone of the test's own, and its key in the environment."""
    monkeypatch.setenv("PDNS_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running.create(ZONE)
    yield running
    if f"{ZONE}." in [zone["name"] for zone in running.call("GET", "/zones")]:
        running.delete(ZONE)


@pytest.fixture
def stack(server: PowerDns) -> Stack:
    """Return a stack that publishes there."""
    return on_powerdns(server)


@pytest.fixture
def name() -> str:
    """Return the name of an account of the test's own."""
    return f"account {next(_numbers)}"


@pytest.fixture
def account(name: str) -> Account:
    """Return that account, with a zone in which somebody else has records."""
    ACCOUNTS[name].zones[ZONE] = list(FOREIGN)
    return ACCOUNTS[name]


@pytest.fixture
def records(name: str, account: Account) -> Stack:  # noqa: ARG001 it is there
    """Return a stack that publishes there, record by record."""
    return Stack(RECORDS, account=name)
