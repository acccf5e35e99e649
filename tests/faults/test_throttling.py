"""A cloud takes no more for a while: the update waits as long as it is told, says so, and gets through by itself."""

import itertools
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.faults.jumping import HOUR, Clock
from tests.faults.rows import PACED, THROTTLED, WAITING
from tests.faults.test_clouds import SAID, SECRETS, SENT, Stack
from tests.faults.watch import watched
from tests.standins.clouds import Cloud
from tests.standins.emulation import Fault

SECONDS = 2
"""What a service asks one to wait."""
TIMES = 3
"""How often it takes no more; of the first attempt, the SDK of Route 53 says nothing."""
TOLD = "more calls than the service takes"
_numbers = itertools.count(10)


@dataclass
class Timed:
    """A stack, and the clock of what publishes it."""

    stack: Stack
    clock: Clock


@pytest.fixture(scope="module")
def timed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Timed]:
    cloud: Cloud = request.getfixturevalue(request.param)
    directory = tmp_path_factory.mktemp(cloud.key)
    with (
        Clock.kept(directory / "clock") as clock,
        Stack.of(cloud, directory / "stack", **clock.environment) as stack,
    ):
        yield Timed(stack, clock)


@contextmanager
def once(happened: Callable[[], bool], act: Callable[[], None]) -> Generator[None]:
    """Act once something has happened, while the block runs."""
    over = threading.Event()

    def look() -> None:
        while not happened():
            if over.wait(0.1):
                return
        act()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def each_kind(*names: str) -> pytest.MarkDecorator:
    """Let a test be of these clouds and what they say."""
    kinds = [(WAITING[kind][0], kind) for kind in names]
    return pytest.mark.parametrize(("timed", "kind"), kinds, indirect=["timed"], ids=names)


def publish_while_throttled(timed: Timed, kind: str, jump: int = 0) -> None:
    """Publish another SIP domain while the cloud takes no more; the calls for it come one after the other."""
    stack, (_, paced, status) = timed.stack, WAITING[kind]
    operation, calls = SENT[stack.cloud.key], stack.cloud.server.calls
    code = SAID[stack.cloud.key][THROTTLED][1] if status in (400, 429) else "backendError"
    fault = Fault(
        operation, 1 if paced == PACED else TIMES, status=status, code=code, message="For the test."
    )
    fault.retry_after = str(SECONDS) if paced == PACED else ""
    domain = f"d{next(_numbers)}.contoso.com"
    wanted = stack.configure([domain], "131.107.155.10")
    before = calls().get(operation, 0)
    with (
        watched(stack.zone) as dangling,
        stack.cloud.server.faulty(fault),
        once(lambda: calls().get(operation, 0) > before, lambda: timed.clock.jump(jump)),
    ):
        run = stack.lab.up()
        early = stack.cloud.server.early()
    timed.clock.jump(0)
    assert (run.status, stack.zone.record_sets()) == (0, wanted), run.output
    assert (early, dangling, "Traceback" in run.output) == (0, [], False)
    assert not any(secret in run.output for secret in SECRETS)
    if status != 503:
        assert TOLD in run.output
    if paced == PACED:
        assert f"waiting {SECONDS} s" in run.output


# The others wait while the clock jumps, as long as without.
@each_kind("gcp-503", "aws", "azure", "gcp", "cloudflare")
def test_a_cloud_that_is_waited_for(timed: Timed, kind: str):
    publish_while_throttled(timed, kind)


@each_kind("azure-429", "gcp-429", "cloudflare-429")
@pytest.mark.parametrize("hours", [3, -3], ids=["ahead", "back"])
def test_a_cloud_that_is_waited_for_while_the_clock_jumps(timed: Timed, kind: str, hours: int):
    publish_while_throttled(timed, kind, hours * HOUR)
