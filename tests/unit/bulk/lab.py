"""What the tests of zones in bulk share: record sets as the state has them, and operations that fail."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from tools.lab.knot import ADDRESS as LOOPBACK
from tools.lab.knot import KEY_NAME

from xmpp_federation_dns.backends.client import UpdateError

ZONE = "contoso.com"
Error = TypeVar("Error", bound=UpdateError)
ADDRESS = "131.107.155.10"
OTHER_ADDRESS = "131.107.155.11"


def name(number: int) -> str:
    """Return the name of a SIP domain of the zone."""
    return f"d{number}.{ZONE}"


def service(domain: str, ttl: int = 3600, host: str = "xmpp") -> dict[str, str]:
    """Return the SRV record set of a SIP domain."""
    return {f"_xmpp-server._tcp.{domain} SRV": f"{ttl} 0 0 5269 {host}.{domain}."}


def domain(number: int, address: str = ADDRESS, host: str = "xmpp") -> dict[str, str]:
    """Return both record sets of a SIP domain."""
    sip_domain = name(number)
    return {**service(sip_domain, host=host), f"{host}.{sip_domain} A": f"300 {address}"}


def domains(*numbers: int, address: str = ADDRESS, host: str = "xmpp") -> dict[str, str]:
    """Return the record sets of some SIP domains."""
    return {key: text for number in numbers for key, text in domain(number, address, host).items()}


def properties(port: int, record_sets: Any, **others: Any) -> dict[str, Any]:
    """Return the properties of a resource of the plugin."""
    return {
        "server": LOOPBACK,
        "port": port,
        "zone": ZONE,
        "provider": "rfc2136",
        "tsigKeyName": KEY_NAME,
        "tsigAlgorithm": "hmac-sha256",
        "existing": "refuse",
        "recordSets": record_sets,
        **others,
    }


def failed(kind: type[Error], operation: Callable[..., object], *arguments: Any, **options: Any) -> Error:
    """Return the error with which an operation fails."""
    with pytest.raises(kind) as raised:
        operation(*arguments, **options)
    assert type(raised.value) is kind
    return raised.value
