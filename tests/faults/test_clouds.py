"""A cloud throttles, fails or loses its answers while a stack publishes: the next `pulumi up` ends as wanted."""

import itertools
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.clouds.lab import Lab
from tests.faults.rows import CHANGED, CLOUD, DENIED, FAILED, LOSING, THROTTLED
from tests.faults.watch import leaks, watched
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.clouds import Cloud
from tests.standins.emulation import Fault
from tests.standins.zones import CloudZone, Published

FOREIGN = {("www.contoso.com", "A"): Published(60, ("192.0.2.1",))}
CREDENTIALS = {
    "AWS_SECRET_ACCESS_KEY": "secret-key-of-the-pipeline",
    "ARM_CLIENT_SECRET": "secret-of-the-pipeline",
}
"""In the place of what nobody could look for."""
SECRETS = (*CREDENTIALS.values(), TOKEN, "PRIVATE KEY")
SENT = {
    "aws": "ChangeResourceRecordSets",
    "azure": "RecordSets_CreateOrUpdate",
    "gcp": "changes.create",
    "cloudflare": "Batch",
}
"""The operation that changes record sets."""
SAID: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "aws": {
        THROTTLED: (400, "Throttling"),
        FAILED: (500, "InternalFailure"),
        DENIED: (403, "AccessDenied"),
        CHANGED: (400, "InvalidChangeBatch"),
    },
    "azure": {
        THROTTLED: (429, "TooManyRequests"),
        FAILED: (503, "ServerTimeout"),
        DENIED: (403, "AuthorizationFailed"),
        CHANGED: (412, "PreconditionFailed"),
    },
    "gcp": {
        THROTTLED: (429, "rateLimitExceeded"),
        FAILED: (500, "internalError"),
        DENIED: (403, "forbidden"),
        CHANGED: (412, "conditionNotMet"),
    },
    "cloudflare": {
        THROTTLED: (429, "10429"),
        FAILED: (503, "1000"),
        DENIED: (403, "10000"),
        CHANGED: (400, "81053"),
    },
}
"""Status and code of each trouble, as the services have them."""
_numbers = itertools.count(10)


@dataclass
class Stack:
    """A stack with one zone in bulk, in which others have a record set."""

    cloud: Cloud
    lab: Lab
    zone: CloudZone

    @classmethod
    @contextmanager
    def of(cls, cloud: Cloud, directory: Path, **environment: str) -> Generator["Stack"]:
        """Make a stack below *directory*, and take it down when the block ends: what others have is as it was."""
        lab = Lab.of(directory, cloud, **CREDENTIALS, **environment)
        zone = lab.zone(cloud, "contoso.com")
        zone.put("www.contoso.com", "A", 60, "192.0.2.1")
        yield cls(cloud, lab, zone)
        assert lab.destroy().status == 0
        assert zone.record_sets() == FOREIGN
        assert leaks(directory, *SECRETS) == []

    def configure(self, domains: list[str], address: str) -> dict[tuple[str, str], Published]:
        """Publish these SIP domains from now on; return what the zone is to hold then."""
        zone = {**self.zone.configuration(), "bulk": True}
        self.lab.configure(zones=[zone], domains=domains, edgePools=[{"ipv4": [address]}])
        found = dict(FOREIGN)
        for each in domains:
            found[f"_xmpp-server._tcp.{each}", "SRV"] = Published(3600, (f"0 0 5269 xmpp.{each}.",))
            found[f"xmpp.{each}", "A"] = Published(300, (address,))
        return found

    def fault(self, trouble: str) -> Fault:
        """Return what goes wrong."""
        operation = SENT[self.cloud.key]
        if trouble == LOSING:
            return Fault(operation, times=1, effect="lose")
        status, code = SAID[self.cloud.key][trouble]
        times = 2 if CLOUD[trouble] else 1_000_000
        return Fault(operation, times, status=status, code=code, message="For the test.")


@pytest.fixture(scope="module", params=SENT)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    cloud: Cloud = request.getfixturevalue(request.param)
    with Stack.of(cloud, tmp_path_factory.mktemp(cloud.key)) as stack:
        yield stack


@pytest.mark.parametrize("trouble", CLOUD)
def test_a_cloud_that(stack: Stack, trouble: str):
    number = next(_numbers)
    domains = [f"{each}.contoso.com" for each in ("a", "b", f"d{number}")]
    wanted = stack.configure(domains, f"131.107.155.{number}")
    seen = len(stack.zone.history())
    with watched(stack.zone) as dangling:
        with stack.cloud.server.faulty(stack.fault(trouble)):
            troubled = stack.lab.up()
        run = stack.lab.up()
    assert run.status == 0, run.output
    assert stack.zone.record_sets() == wanted
    assert (troubled.status == 0) is CLOUD[trouble], troubled.output
    assert "Traceback" not in troubled.output + run.output
    assert not any(secret in troubled.output + run.output for secret in SECRETS)
    assert dangling == []
    assert seen < len(stack.zone.history())
