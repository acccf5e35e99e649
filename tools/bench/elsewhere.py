"""The programs at other providers, and those that include a list of SIP domains which no stack file holds."""

import base64
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from tests.matrix.ownership.knot_zone import KnotZone
from tests.standins.clouds import PROJECT, Cloud, Cloudflare, Google

from tools.bench.programs import Batches, Bulk, OctoDns, Program, Served
from tools.bench.workload import ZONE, Step, Wanted
from tools.lab.knot import Knot

INCLUDED = "domains.yaml"
OCTODNS_GOOGLECLOUD = """\
from google.cloud import dns
from octodns_googlecloud import GoogleCloudProvider


class Provider(GoogleCloudProvider):
    def __init__(self, id, project, endpoint):
        super().__init__(id, project)
        self.gcloud_client = dns.Client(project, client_options={"api_endpoint": endpoint})
"""
"""octodns-googlecloud has no option for where the API is."""


class AtGoogle(Program):
    """A program whose zone is at Google Cloud DNS."""

    @classmethod
    @contextmanager
    def served(cls, directory: Path) -> Generator[Served]:
        """Run the emulation, where each change is in force when it is accepted."""
        with Google.running(directory) as google:
            google.looks(0)
            yield of_cloud(google)


class AtCloudflare(Program):
    """A program whose zone is at Cloudflare."""

    @classmethod
    @contextmanager
    def served(cls, directory: Path) -> Generator[Served]:  # noqa: ARG003 it has no files
        """Run the emulation."""
        with Cloudflare.running() as cloudflare:
            yield of_cloud(cloudflare)


class OnKnot(Program):
    """A program whose zone is on a Knot server."""

    @classmethod
    @contextmanager
    def served(cls, directory: Path) -> Generator[Served]:
        """Run the server."""
        secret = base64.b64encode(secrets.token_bytes(32)).decode()
        with Knot.serving([ZONE], directory / "knot", secret) as knot:
            yield Served(KnotZone(ZONE, knot), {}, dict, secret)


class BulkGoogle(AtGoogle, Bulk):
    """XmppFederationDns at Google Cloud DNS."""


class OctoDnsGoogle(AtGoogle, OctoDns):
    """octodns-googlecloud, which finds the zone by its name."""

    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:
        """Write, too, the class that knows where the emulation is."""
        (self.directory / "emulated.py").write_text(OCTODNS_GOOGLECLOUD)
        return ["env", f"PYTHONPATH={self.directory}", *super().command(step, wanted)]

    def provider(self) -> dict[str, Any]:
        """Return that class."""
        endpoint = self.at.environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS"].rstrip("/")
        return {"class": "emulated.Provider", "project": PROJECT, "endpoint": endpoint}


class BatchesGoogle(AtGoogle, Batches):
    """The floor at Google Cloud DNS."""

    title = "changes by google-auth (floor)"
    api = "gcp"


class BulkCloudflare(AtCloudflare, Bulk):
    """XmppFederationDns at Cloudflare."""


class OctoDnsCloudflare(AtCloudflare, OctoDns):
    """octodns-cloudflare."""

    def provider(self) -> dict[str, Any]:
        """Return its class, without what it asks for beside records."""
        return {
            "class": "octodns_cloudflare.CloudflareProvider",
            "token": self.at.environment["CLOUDFLARE_API_TOKEN"],
            "api_url": self.at.environment["CLOUDFLARE_BASE_URL"],
            "pagerules": False,
        }


class BatchesCloudflare(AtCloudflare, Batches):
    """The floor at Cloudflare."""

    title = "batches by requests (floor)"
    api = "cloudflare"


class Included(Bulk):
    """XmppFederationDns, whose stack includes a list of SIP domains."""

    title = "Route 53"

    def configuration(self, wanted: Wanted) -> dict[str, Any]:
        """Write the list into a file of its own."""
        found = super().configuration(wanted)
        text = yaml.dump({"domains": found.pop("domains")}, Dumper=yaml.CSafeDumper)
        (self.stack.project / INCLUDED).write_text(text)
        return {**found, "include": [INCLUDED]}


class IncludedOnKnot(OnKnot, Included):
    """The same by dynamic updates."""

    title = "Knot, by dynamic updates"


PROVIDERS: dict[str, tuple[type[Program], ...]] = {
    "Google Cloud DNS": (BulkGoogle, OctoDnsGoogle, BatchesGoogle),
    "Cloudflare": (BulkCloudflare, OctoDnsCloudflare, BatchesCloudflare),
}
INCLUDING: tuple[type[Program], ...] = (Included, IncludedOnKnot)


def of_cloud(cloud: Cloud) -> Served:
    """Return a new zone of *cloud*."""
    return Served(cloud.zone(ZONE), cloud.environment, cloud.server.calls)
