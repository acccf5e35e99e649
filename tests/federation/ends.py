"""How far contoso.com gets with fabrikam.com by a certificate of its own: a table of docs/verification.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.x509.oid import ExtendedKeyUsageOID

NO_S2S = 'modules_disabled = { "s2s" }\nVirtualHost "adatum.com"'
"""How a host of Prosody federates with nobody, while another does."""
LISTED = {
    "acl": {"strangers": {"server": "contoso.com"}},
    "access_rules": {"partners": [{"deny": "strangers"}, {"allow": "all"}]},
    "s2s_access": "partners",
}
"""What ejabberd has in place of a list of allowed partners, contoso.com not among them."""


class Said(NamedTuple):
    """How much the finding C12 weighs, and a part of it or of what the server said."""

    severity: str
    words: str


@dataclass(frozen=True, eq=False)
class End:
    """What contoso.com shows and fabrikam.com demands, and what C12 says of either server, if tried."""

    title: str
    certificate: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How the certificate of contoso.com is issued."""
    trusted: bool = True
    """Whether fabrikam.com trusts its issuer."""
    prosody: Said | None = None
    configured: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How Prosody differs, which offers bidi otherwise."""
    ejabberd: Said | None = None
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What ejabberd's configuration has more."""


PONG = Said("info", "answers its ping")
SUCCESS = Said("info", "the proof ends here, since without bidi")
EXPIRED = {"days": -3}

ENDS = (
    End("a certificate as it should be", prosody=PONG, ejabberd=SUCCESS),
    End("no bidi", prosody=SUCCESS, configured={"bidi": False}),
    End("no answer to pings", prosody=Said("info", "service-unavailable"), configured={"without": ["ping"]}),
    End(
        "a certificate without clientAuth",
        {"usages": [ExtendedKeyUsageOID.SERVER_AUTH]},
        prosody=PONG,
        ejabberd=Said("error", "not-authorized 'unsupported certificate purpose'"),
    ),
    End(
        "an expired certificate",
        EXPIRED,
        prosody=Said("error", 'not-authorized "Your server\'s certificate has expired"'),
        ejabberd=Said("error", "not-authorized 'certificate has expired'"),
    ),
    End(
        "an expired certificate, and dialback is enough",
        EXPIRED,
        prosody=Said("info", "SASL EXTERNAL is not offered"),
        configured={"strict": False},
    ),
    End(
        "a certificate of a CA that it does not trust",
        trusted=False,
        prosody=Said("error", 'not-authorized "Your server\'s certificate is not trusted"'),
        ejabberd=Said("error", "not-authorized 'unable to verify the first certificate'"),
    ),
    End("contoso.com is not among the allowed partners", ejabberd=Said("error", "invalid-from"), more=LISTED),
    End(
        "federation is turned off for fabrikam.com",
        prosody=Said("error", "policy-violation 'Server-to-server communication is disabled for this host'"),
        configured={"more": NO_S2S},
    ),
)
