"""What a user configures: the same shape as Python arguments, as a mapping and as a stack file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, cast

import pulumi
from pydantic import (
    ConfigDict,
    Discriminator,
    GetPydanticSchema,
    PlainValidator,
    Strict,
    Tag,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from xmpp_federation_dns.backends import MODEL, PROVIDERS, Zone, zone_class
from xmpp_federation_dns.backends.options import Text
from xmpp_federation_dns.problems import Unknown

Integer = Annotated[int, Strict()]
Boolean = Annotated[bool, Strict()]


def _list_or_later(value: Any, validate: Callable[[Any], Any]) -> Any:
    if isinstance(value, pulumi.Output | Unknown):
        return value  # pyright: ignore[reportUnknownVariableType] an output's type is not known at run time
    return validate(value)


def _list_of_text(_: object, schema: Callable[[Any], Any]) -> Any:
    return core_schema.no_info_wrap_validator_function(_list_or_later, schema(Sequence[Text]))


Addresses = Annotated[
    Sequence[str | pulumi.Output[str]] | pulumi.Output[Sequence[str]], GetPydanticSchema(_list_of_text)
]
"""Addresses, each of which may be an output, or the output of another resource that becomes a list of them."""


def _zone(value: object) -> Zone:
    """Read a zone as its provider's class does; one of a class of the program's own is a zone already."""
    if isinstance(value, Zone):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("zone_type", "a mapping expected")
    provider = cast("dict[str, object]", value).get("provider")
    if provider is None:
        raise PydanticCustomError("provider_missing", "no provider")
    if not isinstance(provider, str) or provider not in PROVIDERS:
        raise PydanticCustomError("provider_unknown", "no provider of the table")
    return _adapter(provider).validate_python(value)


@cache
def _adapter(provider: str) -> TypeAdapter[Zone]:
    return TypeAdapter(zone_class(provider))


def _max_removed(value: object) -> object:
    if value == "off" or (type(value) is int and value >= 0):
        return value
    raise PydanticCustomError("max_removed_type", "a number or off expected")


MaxRemoved = Annotated[
    int | Literal["off"],
    PlainValidator(_max_removed),
    WithJsonSchema({"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^(off|[0-9]+)$"}]}),
]
"""How many SIP domains an update may take away where that is many; or that nobody counts."""


def _form(domain: object) -> str:
    return "short" if isinstance(domain, str) else "long"


@dataclass(frozen=True, kw_only=True)
class EdgePool:
    """The servers that accept federation: one target with its addresses."""

    __pydantic_config__: ClassVar[ConfigDict] = MODEL

    host: str = "xmpp"
    """Labels of the target below the SIP domain, or `@` for the SIP domain itself."""
    target: str | None = None
    """Absolute name of the target, instead of `host`."""
    manage_addresses: Boolean = True
    """Publish the addresses of the target; `false` where they are published elsewhere."""
    ipv4: Addresses = ()
    """IPv4 addresses of the pool; each of them, or the list, may be an output."""
    ipv6: Addresses = ()
    """IPv6 addresses of the pool; each of them, or the list, may be an output."""
    priority: Integer = 0
    """0 to 65535; peers try the lowest first (RFC 2782)."""
    weight: Integer = 0
    """0 to 65535; share of the peers among pools of equal priority (RFC 2782)."""
    port: Integer = 5269
    """TCP port, 1 to 65535; the profile `lync` admits 5269 alone."""
    direct_tls_port: Integer | None = None
    """TCP port of direct TLS, 1 to 65535: adds `_xmpps-server._tcp` (XEP-0368); not in the profile `lync`."""


@dataclass(frozen=True, kw_only=True)
class SipDomain:
    """A domain that users sign in with."""

    __pydantic_config__: ClassVar[ConfigDict] = MODEL

    name: str
    """The SIP domain, as U-label or A-label."""
    edge_pools: Sequence[EdgePool] | None = None
    """Edge pools of this domain, instead of the shared ones."""
    federation: Literal["enabled", "disabled"] = "enabled"
    """`disabled` publishes the one SRV record `0 0 0 .`: no XMPP here (RFC 2782)."""


@dataclass(frozen=True, kw_only=True)
class XmppFederationDnsArgs:
    """The XMPP federation records of a list of SIP domains, and where they are published."""

    __pydantic_config__: ClassVar[ConfigDict] = MODEL

    domains: Sequence[
        Annotated[
            Annotated[str, Tag("short")] | Annotated[SipDomain, Tag("long")],
            Discriminator(_form),
        ]
    ]
    """The SIP domains: names, or mappings where one has options of its own."""
    zones: Sequence[Annotated[Zone, PlainValidator(_zone), WithJsonSchema({})]]
    """The DNS zones that hold them; each name goes into the closest enclosing zone."""
    edge_pools: Sequence[EdgePool] | None = None
    """Edge pools of every SIP domain that has none of its own."""
    srv_ttl: Integer = 3600
    """TTL of SRV record sets in seconds, 60 to 86400."""
    address_ttl: Integer = 300
    """TTL of A and AAAA record sets in seconds, 60 to 86400: the recovery time when an Edge pool moves."""
    tsig_secret: Text | None = None
    """Secret in base64 of the TSIG keys of rfc2136 zones:
    `pulumi config set --secret xmpp-federation-dns:tsigSecret`."""
    profile: Literal["lync", "standard"] = "lync"
    """The rules that hold: those of Lync and Skype for Business, or the RFCs only."""
    allow_private_addresses: Boolean = False
    """Admit addresses that peers on the internet cannot reach, for a lab."""
    verify: Literal["off", "warn", "fail"] = "off"
    """Ask the name servers during an update for what was published: `warn` tells what is not proven, `fail` ends
    the update with it."""
    verify_timeout: Integer = 120
    """Seconds, 1 to 3600, until what some name server does not say counts as not proven."""
    max_removed: MaxRemoved | None = None
    """The exact number of SIP domains that this update may take federation or a target from, where it is refused as
    too many; `off` admits any number."""
