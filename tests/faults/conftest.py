"""The emulated clouds of a worker."""

from tests.standins.fixtures import aws, azure, cloudflare, gcp

__all__ = ["aws", "azure", "cloudflare", "gcp"]
