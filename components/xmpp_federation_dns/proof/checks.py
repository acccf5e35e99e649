"""All checks, of whichever proof."""

from xmpp_federation_dns.proof.dns import verify
from xmpp_federation_dns.proof.xmpp import probe

CHECKS: dict[str, tuple[str, str]] = {**verify.CHECKS, **probe.CHECKS}
"""By id: what has to be so, and how severe it is where it is not."""
