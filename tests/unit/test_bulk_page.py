"""What docs/bulk.md says of each provider's batches is what its client declares."""

import re
from pathlib import Path

from xmpp_federation_dns.backends.aws_client import HostedZone
from xmpp_federation_dns.backends.azure_client import AzureDnsZone
from xmpp_federation_dns.backends.cloudflare_client import CloudflareDnsZone
from xmpp_federation_dns.backends.gcp_client import ManagedZone
from xmpp_federation_dns.backends.octodns_client import OctodnsClient
from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone

PAGE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text()
WORDS = {True: "yes", False: "no"}


def test_the_page_says_of_each_provider_whether_its_batches_are_atomic_and_conditional():
    clients = {
        "aws": HostedZone,
        "rfc2136": PrimaryZone,
        "azure": AzureDnsZone,
        "cloudflare": CloudflareDnsZone,
        "gcp": ManagedZone,
        "octodns": OctodnsClient,
    }
    head, *rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in PAGE.splitlines()
        if re.match(r"\| (provider|`\w+`) \|", line)
    ]
    atomic, conditional = head.index("atomic"), head.index("conditional")
    assert {row[0].strip("`"): (row[atomic], row[conditional]) for row in rows} == {
        provider: (WORDS[client.atomic], WORDS[client.conditional]) for provider, client in clients.items()
    }
    assert [(client.atomic, client.conditional) for client in clients.values()] == [
        (True, True),
        (True, True),
        (False, True),
        (True, False),
        (True, True),
        (False, False),
    ]
