"""The emulations that the tests of the stand-ins share."""

from tests.standins.fixtures import aws, azure, cloudflare, gcp

__all__ = ["aws", "azure", "cloudflare", "gcp"]
