"""What is known of octoDNS's packages, and what is wrong with the arguments of their classes. Without octoDNS."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from xmpp_federation_dns import names
from xmpp_federation_dns.problems import Problem, Unknown, described, is_like_secret

SECRET = re.compile(r"key|token|secret|passw", re.IGNORECASE)
"""What the name of an argument has in it that no state may hold."""
_VARIABLE = re.compile(r"env/[A-Za-z_]\w*")
_SIGNED_IN = re.compile(r"(\w+://)?[^\s/@]*:\S*@")
"""How a text begins that has `user:password@` in it."""
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_FORMER = re.compile(r"octodns\.provider\.(\w+)\.(\w+)")


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


def present(provider_class: str) -> str:
    """Return what the class of a service is called, where it was a part of octoDNS before 1.0; else nothing."""
    if not (former := _FORMER.fullmatch(provider_class)):
        return ""
    service, name = former.groups()
    return f"octodns_{'azure' if service == 'azuredns' else service}.{name}"


def argument_faults(provider_class: str, arguments: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield which of *arguments* would be secrets in the state, name no variable, or send a key unencrypted."""
    for name, value in arguments.items():
        path = ("arguments", name)
        if isinstance(value, str) and value.startswith("env/"):
            if not _VARIABLE.fullmatch(value):
                text = f"{described(value)} names no environment variable"
                yield Problem(path, f"{text}, such as env/DNS_TOKEN")
        elif _is_secret(name, value):
            text = "the state would hold this secret"
            yield Problem(path, f"{text}; write env/NAME, the environment variable that has it")
        elif fault := _fault(provider_class, name, value):
            yield Problem(path, fault)
    # The default of octodns-powerdns is http.
    if (
        _is_powerdns(provider_class)
        and arguments.get("scheme", "http") == "http"
        and not _is_here(arguments.get("host"))
    ):
        text = "the key of the API goes unencrypted; set scheme: https"
        yield Problem(("arguments",), text, "warning")


def _is_powerdns(provider_class: str) -> bool:
    return provider_class.startswith("octodns_powerdns.")


def _is_secret(name: str, value: object) -> bool:
    if SECRET.search(name) and not isinstance(value, bool):
        return True
    return isinstance(value, str) and (is_like_secret(value) or bool(_SIGNED_IN.match(value)))


def _fault(provider_class: str, name: str, value: object) -> str:
    """Return what is wrong with an argument whose name says what it is; of others their classes alone know."""
    match name:
        case _ if isinstance(value, Unknown):
            return ""
        case "port" if isinstance(value, bool) or not _PORT.fullmatch(str(value)) or int(str(value)) > 65535:
            return f"{described(value)} is no port: 1 to 65535"
        case "timeout" if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            return f"{described(value)} is no time: whole seconds, without quotes"
        case "scheme" if _is_powerdns(provider_class) and value not in ("http", "https"):
            return f"{described(value)} is neither http nor https"
        case "host" if _is_powerdns(provider_class):
            return _host_fault(str(value))
        case _:
            return ""


def _host_fault(text: str) -> str:
    """Return why *text* cannot stand in a URL as its host, and what to write."""
    if names.is_host(_bare(text)) and (_bare(text) != text or ":" not in text):
        return ""
    host, port = (text, "") if ":" in text and names.is_host(text) else names.pasted(text)
    shown = f"[{host}]" if ":" in host else host
    hint = f"; write '{shown}'{f' and port: {port}' if port else ''}" if host else ""
    return f"{described(text)} is neither an address nor a host name as a URL has it{hint}"


def _bare(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _is_here(host: object) -> bool:
    try:
        return ipaddress.ip_address(_bare(str(host))).is_loopback
    except ValueError:
        return host == "localhost"
