"""The names by which a proof knows what it starts from."""

from xmpp_federation_dns.federation import Federation as Expected
from xmpp_federation_dns.published import UnreadableError, read
from xmpp_federation_dns.records import AddressSet

__all__ = ["AddressSet", "Expected", "UnreadableError", "read"]
