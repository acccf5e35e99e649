"""What is known of octoDNS's packages, and what is wrong with the arguments of their classes. Without octoDNS."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from xmpp_federation_dns.problems import Problem, Unknown, described, is_like_secret

SECRET = re.compile(r"key|token|secret|passw", re.IGNORECASE)
"""What the name of an argument has in it that no state may hold."""
_VARIABLE = re.compile(r"env/[A-Za-z_]\w*")


def _argument(value: object) -> object:
    if isinstance(value, str | int | Unknown):
        return value
    raise PydanticCustomError("argument_type", "text, a whole number or a switch expected")


Argument = Annotated[
    str | int | bool,
    PlainValidator(_argument),
    WithJsonSchema({"type": ["string", "integer", "boolean"]}),
]
"""An argument of a class."""


class Known(NamedTuple):
    """What was found of one octoDNS package."""

    refused: str = ""
    """Why its classes publish nothing, and the way out."""
    atomic: bool = False
    """Whether a plan happens as a whole or not at all."""
    ttl: int = 0
    """The smallest TTL in seconds that the service takes."""


_OURS = "this package publishes there itself, and promises more; write {}"
_WHOLE = "it writes the whole zone anew, and would lose what it cannot read; use another way into the zone"
KNOWN = {
    # One PATCH, of which a 422 in the middle leaves nothing (octodns-powerdns 1.2.0 on PowerDNS 4.7.3, 2026-11).
    "octodns_powerdns": Known(atomic=True),
    # Not below minimum_ttl of the domain, usually 3600, unless the account may (deSEC, limits of RRsets, 2026-11).
    "octodns_desec": Known(ttl=3600),
    "octodns_route53": Known(_OURS.format("provider: aws and bulk: true")),
    "octodns_azure": Known(_OURS.format("provider: azure and bulk: true")),
    "octodns_googlecloud": Known(_OURS.format("provider: gcp")),
    "octodns_cloudflare": Known(_OURS.format("provider: cloudflare")),
    "octodns_bind": Known(_OURS.format("provider: rfc2136")),
    # dns.replace() of all that is desired: foreign HTTPS and URI records were lost (1.0.1, 2026-11).
    "octodns_transip": Known(_WHOLE),
    "octodns_sakuracloud": Known(_WHOLE),
    "octodns.provider.yaml": Known("it writes files, and no DNS server reads them"),
}
"""The packages about which something is to be said, by the beginning of their classes; others send one by one."""


def known(provider_class: str) -> Known:
    """Return what is known of a class by its name."""
    parts = provider_class.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((KNOWN[each] for each in beginnings if each in KNOWN), Known())


def argument_faults(provider_class: str, arguments: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield which of *arguments* would be secrets in the state, name no variable, or send a key unencrypted."""
    for name, value in arguments.items():
        path = ("arguments", name)
        is_variable = isinstance(value, str) and value.startswith("env/")
        if is_variable and not _VARIABLE.fullmatch(str(value)):
            text = f"{described(value)} names no environment variable"
            yield Problem(path, f"{text}, such as env/DNS_TOKEN")
        elif not is_variable and (
            (SECRET.search(name) and not isinstance(value, bool))
            or (isinstance(value, str) and is_like_secret(value))
        ):
            text = "the state would hold this secret"
            yield Problem(path, f"{text}; write env/NAME, the environment variable that has it")
    # The default of octodns-powerdns is http.
    is_powerdns = provider_class.startswith("octodns_powerdns.")
    if is_powerdns and arguments.get("scheme", "http") == "http" and not _is_here(arguments.get("host")):
        text = "the key of the API goes unencrypted; set scheme: https"
        yield Problem(("arguments",), text, "warning")


def _is_here(host: object) -> bool:
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return host == "localhost"
