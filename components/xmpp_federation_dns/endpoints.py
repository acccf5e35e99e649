"""Name servers as a user writes them: `192.0.2.53`, `192.0.2.53:5300`, `[2001:db8::53]:5300`, or a host name."""

import ipaddress
import socket

from xmpp_federation_dns import names

PORT = 53
"""The port of DNS (RFC 1035 §4.2)."""

Endpoint = tuple[str, int]
"""Address, or host name, and port."""


def parse_endpoint(text: str, default: int = PORT) -> Endpoint:
    """Return host and port of what a user wrote, with the port *default* where none is written.

    Raises ``ValueError`` with what is wrong with it.
    """
    host, port = text, None
    if text.startswith("[") and "]" in text:
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or None
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError(f"{port!r} is no port; write ADDRESS:PORT")
    number = default if port is None else int(port)
    try:
        return str(ipaddress.ip_address(host)), number
    except ValueError:
        pass
    try:
        names.host_name(host)
    except ValueError:
        raise ValueError("neither an address nor a host name") from None
    return host, number


def resolved(text: str) -> Endpoint:
    """Return address and port of what a user wrote; raise ``ValueError`` with all of it and what is wrong."""
    try:
        host, port = parse_endpoint(text)
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0]), port
    except OSError:
        raise ValueError(f"{text}: the name of the server does not resolve") from None
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None
