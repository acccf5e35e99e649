"""A DNS server, or the network before it, fails while a stack publishes: the next `pulumi up` ends as wanted."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.clouds.lab import Lab
from tests.engine.rfc2136.lab import SECRET, has_secret, serving
from tests.faults.network import (
    Network,
    Trouble,
    busy,
    cutting,
    dropping,
    lasting_until,
    losing,
    slow,
)
from tests.faults.rows import (
    BUSY,
    CUTTING,
    DIES_FIRST,
    DIES_SECOND,
    DNS_SERVER,
    DROPPING,
    LOSING,
    SLOW,
)
from tests.faults.watch import leaks, watched
from tests.matrix.ownership.knot_zone import KnotZone
from tests.standins.zones import Published
from tools.lab.knot import Knot

ZONE = "contoso.com"
THERE = {
    ("ns1.contoso.com", "A"): Published(300, ("127.0.0.1",)),
    ("www.contoso.com", "A"): Published(60, ("192.0.2.1",)),
}
"""What others have in the zone."""
BEFORE, AFTER = ("a", "b", "c"), ("a", "c", "d", "e")
ADDRESS, OTHER_ADDRESS = "131.107.155.10", "131.107.155.11"


@dataclass
class Stack:
    """A stack, the server that it publishes to, and the network between them."""

    lab: Lab
    knot: Knot
    zone: KnotZone
    network: Network
    bulk: bool

    @classmethod
    @contextmanager
    def serving(cls, directory: Path, *, bulk: bool, **environment: str) -> Generator["Stack"]:
        """Run a server and a stack below *directory* until the block ends, whose runs have these variables."""
        with serving(directory / "knot", ZONE) as knot, Network.before(knot.port) as network:
            zone = KnotZone(ZONE, knot)
            zone.put("www.contoso.com", "A", 60, "192.0.2.1")
            lab = Lab.of(directory / "stack", **environment)
            lab.stack.set_secret("tsigSecret", SECRET)
            yield cls(lab, knot, zone, network, bulk)

    def configure(self, domains: tuple[str, ...], address: str, **options: str | int) -> None:
        """Publish these SIP domains from now on, with *options* of the zone."""
        zone = {**self.zone.configuration(), "port": self.network.port, "bulk": self.bulk, **options}
        names = [f"{each}.{ZONE}" for each in domains]
        self.lab.configure(zones=[zone], domains=names, edgePools=[{"ipv4": [address]}])

    def end(self) -> None:
        """Kill the server, as a machine that fails does."""
        assert self.knot.process
        self.knot.process.kill()
        self.knot.process.wait()


def wanted(domains: tuple[str, ...], address: str) -> dict[tuple[str, str], Published]:
    """Return what the zone is to hold, beside what it needs itself."""
    found = dict(THERE)
    for each in domains:
        host = f"xmpp.{each}.{ZONE}"
        found[f"_xmpp-server._tcp.{each}.{ZONE}", "SRV"] = Published(3600, (f"0 0 5269 {host}.",))
        found[host, "A"] = Published(300, (address,))
    return found


@pytest.fixture(params=[False, True], ids=["one by one", "in bulk"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    with Stack.serving(tmp_path, bulk=request.param) as stack:
        yield stack


TROUBLES: dict[str, Callable[[Stack], Trouble]] = {
    BUSY: lambda _: busy,
    DROPPING: lambda _: dropping,
    CUTTING: lambda _: cutting,
    LOSING: lambda _: losing,
    SLOW: lambda _: slow,
    DIES_FIRST: lambda stack: lasting_until(0, stack.end),
    DIES_SECOND: lambda stack: lasting_until(1, stack.end),
}


@pytest.mark.parametrize("trouble", DNS_SERVER)
def test_a_server_that(stack: Stack, trouble: str):
    for domains, address in ((BEFORE, ADDRESS), (AFTER, OTHER_ADDRESS)):
        stack.configure(domains, address)
        with watched(stack.zone) as seen:
            with stack.network.troubled(TROUBLES[trouble](stack)):
                troubled = stack.lab.up()
            if stack.knot.process and stack.knot.process.poll() is not None:
                stack.knot.start()
            run = stack.lab.up()
        assert run.status == 0, run.output
        assert stack.zone.record_sets() == wanted(domains, address)
        assert seen == []
        assert not has_secret(troubled.output + run.output)
        assert "Traceback" not in troubled.output + run.output
        # In bulk, all of it is one change.
        unmet = stack.bulk and trouble == DIES_SECOND
        assert (troubled.status == 0) is (DNS_SERVER[trouble] or unmet), troubled.output
    assert leaks(stack.lab.directory, SECRET) == []
    assert stack.lab.destroy().status == 0
    assert stack.zone.record_sets() == THERE
