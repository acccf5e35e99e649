"""The tables of broken and of correct configurations."""

from pathlib import Path
from typing import Any

import yaml

from xmpp_federation_dns.backends import PROVIDERS
from xmpp_federation_dns.configuration.plan import findings
from xmpp_federation_dns.configuration.rules import View
from xmpp_federation_dns.configuration.shape import parse
from xmpp_federation_dns.problems import Problem

HERE = Path(__file__).parent
BASE: dict[str, Any] = {
    "zones": [{"provider": "aws", "name": "contoso.com"}],
    "domains": ["contoso.com"],
    "edgePools": [{"ipv4": ["131.107.155.10"]}],
}
NAMES = ", ".join(PROVIDERS)
"""The providers, as messages list them."""
REFUSED: list[dict[str, Any]] = yaml.safe_load(
    (HERE / "refused.yaml").read_text().replace("PROVIDERS", NAMES)
)
ACCEPTED: list[dict[str, Any]] = yaml.safe_load((HERE / "accepted.yaml").read_text())


def findings_of(given: dict[str, Any]) -> list[Problem]:
    """Return everything that is wrong or unwise in a configuration."""
    args, origin, problems = parse(given)
    return findings(View(args), origin, problems)
